"""Who gets at an account, and how recent a sign-in has to be."""

import json
from typing import Any

import jwt
import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.keys import SigningKey
from tests.older import needs, needs_openapi_of_scopes
from tests.routers.kit import ADA, NEW_PASSWORD, PASSWORD, App, code_of

SESSION_ID = "tkn" + "a" * 25
CREDENTIAL = {
    "id": "AQID",
    "rawId": "AQID",
    "type": "public-key",
    "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
    "clientExtensionResults": {},
}
OFF = {"enabled": False}

ENDPOINTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "", {}),
    ("PATCH", "", {"attributes": {"name": "Ada"}}),
    ("DELETE", "", {}),
    ("PUT", "/password", {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD}),
    ("POST", "/sign-out-everywhere", {}),
    ("GET", "/auth-factors", {}),
    ("GET", "/freshness", {}),
    ("PUT", "/settings", {"mfa_options": [{"delivery_medium": "SMS"}]}),
    ("DELETE", "/attributes/name", {}),
    ("POST", "/attributes/email/code", {}),
    ("POST", "/attributes/email/verify", {"code": "123456"}),
    ("PUT", "/mfa", {"software_token_mfa_settings": {"enabled": True}}),
    ("POST", "/mfa/totp", {}),
    ("POST", "/mfa/totp/verify", {"code": "123456"}),
    ("GET", "/passkeys", {}),
    ("POST", "/passkeys/options", {}),
    ("POST", "/passkeys", {"credential": CREDENTIAL}),
    ("DELETE", "/passkeys/AQID", {}),
    ("GET", "/sessions", {}),
    ("DELETE", f"/sessions/{SESSION_ID}", {}),
]
SESSIONS = needs("ListUserSessions")
PASSKEY_AS_FACTOR = needs("SetUserMFAPreference", "WebAuthnMfaSettings")


def called(endpoint: tuple[str, str, dict[str, Any]]) -> Any:
    """Return it as a case of what goes on to the pool, where boto3 knows how."""
    _, path, body = endpoint
    marks = [SESSIONS] if path.startswith("/sessions") else []
    marks += [PASSKEY_AS_FACTOR] if "web_authn_mfa_settings" in body else []
    return pytest.param(endpoint, marks=marks)


SENSITIVE: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "", {"attributes": {"email": "mallory@example.com"}}),
    ("PATCH", "", {"attributes": {"name": "Ada", "phone_number": ""}}),
    ("DELETE", "/attributes/email", {}),
    ("DELETE", "/attributes/phone_number", {}),
    ("DELETE", "", {}),
    ("PUT", "/password", {"proposed_password": NEW_PASSWORD}),
    ("PUT", "/password", {"previous_password": None, "proposed_password": NEW_PASSWORD}),
    ("PUT", "/mfa", {"sms_mfa_settings": OFF}),
    ("PUT", "/mfa", {"software_token_mfa_settings": OFF}),
    ("PUT", "/mfa", {"email_mfa_settings": OFF}),
    ("PUT", "/mfa", {"web_authn_mfa_settings": OFF}),
    ("PUT", "/mfa", {"sms_mfa_settings": {"enabled": True}, "software_token_mfa_settings": OFF}),
    ("PUT", "/mfa", {"sms_mfa_settings": {"enabled": True}}),
    ("POST", "/mfa/totp/verify", {"code": "123456"}),
    ("PUT", "/settings", {"mfa_options": []}),
    ("PUT", "/settings", {"mfa_options": [{}]}),
    ("POST", "/passkeys/options", {}),
    ("POST", "/passkeys", {"credential": CREDENTIAL}),
    ("DELETE", "/passkeys/AQID", {}),
]


def name_of(endpoint: Any) -> str:
    return " ".join(endpoint[:2]) if isinstance(endpoint, tuple) else str(endpoint)


@pytest.fixture(scope="module")
def shared() -> App:
    """Of tests that change nothing."""
    return App()


@pytest.fixture
def app() -> App:
    return App()


def signed(key: SigningKey, **claims: Any) -> str:
    payload = json.dumps({name: value for name, value in claims.items() if value is not None}).encode()
    return jwt.PyJWS().encode(payload, key.private, "RS256", headers={"kid": key.kid, "typ": None})


def changed(app: App, token: str, **changes: Any) -> str:
    """Sign the claims of an access token anew, changed, with the pool's own key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return signed(app.pool._plane.tokens.keys.access, **{**claims, **changes})


@pytest.fixture(scope="module")
def bad_tokens(shared: App) -> dict[str, tuple[str | None, str]]:
    tokens = shared.sign_in().json()
    access = tokens["access_token"]
    now = int(shared.clock.now)
    return {
        "none": (None, "not_authenticated"),
        "ID token": (tokens["id_token"], "invalid_token_use"),
        "refresh token": (tokens["refresh_token"], "invalid_token"),
        "machine token": (changed(shared, access, username=None), "invalid_token_use"),
        "of another client": (changed(shared, access, client_id="other"), "invalid_client"),
        "of another pool": (changed(shared, access, iss="https://evil.example"), "invalid_issuer"),
        "expired": (changed(shared, access, exp=now - 60), "token_expired"),
        "of another user, forged": (access[:-8] + "AAAAAAAA", "invalid_signature"),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "none",
        "ID token",
        "refresh token",
        "machine token",
        "of another client",
        "of another pool",
        "expired",
        "of another user, forged",
    ],
)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
def test_a_bad_token_is_refused_before_the_pool_is_asked(
    shared: App, bad_tokens: dict[str, tuple[str | None, str]], endpoint: Any, kind: str
) -> None:
    method, path, body = endpoint
    token, code = bad_tokens[kind]
    calls = shared.calls()
    answer = shared.account(method, path, token, **body)
    assert answer.status_code == 401
    # A mangled signature may not even be base64url of the right form.
    assert code_of(answer)[1] in {code, "invalid_token"}
    assert calls == []


def test_the_list_above_is_every_endpoint_but_those_of_devices(shared: App) -> None:
    paths = shared.app.openapi()["paths"]
    real = {
        f"{method.upper()} {path.removeprefix('/account')}"
        for path, operations in paths.items()
        if path.startswith("/account") and not path.startswith("/account/devices")
        for method in operations
    }
    listed = {
        name_of(endpoint)
        .replace(SESSION_ID, "{session_id}")
        .replace("/AQID", "/{credential_id}")
        .replace("/attributes/name", "/attributes/{name}")
        .replace("/attributes/email", "/attributes/{name}")
        for endpoint in ENDPOINTS
    }
    assert listed == real


@needs_openapi_of_scopes
def test_every_endpoint_asks_for_a_token_in_openapi(shared: App) -> None:
    for path, operations in shared.app.openapi()["paths"].items():
        if path.startswith("/account"):
            for operation in operations.values():
                ways = {name for way in operation["security"] for name in way}
                assert ways == {"CognitoAuth", "CognitoAccessToken"}, path
                assert operation["tags"] == ["account"], path
                assert "401" in operation["responses"], path


@pytest.mark.parametrize(
    "endpoint", [called(endpoint) for endpoint in ENDPOINTS if endpoint[1] != "/freshness"], ids=name_of
)
def test_a_revoked_token_is_refused_by_the_pool(app: App, endpoint: Any) -> None:
    method, path, body = endpoint
    token = app.access_token()
    calls = app.calls()
    assert app.account("POST", "/sign-out-everywhere", token).status_code == 200
    answer = app.account(method, path, token, **body)
    assert code_of(answer) == (401, "not_authorized")
    assert len(calls) == 2


@pytest.mark.parametrize("endpoint", SENSITIVE, ids=name_of)
def test_a_stale_sign_in_is_refused_before_the_pool_is_asked(app: App, endpoint: Any) -> None:
    method, path, body = endpoint
    token = app.access_token()
    app.clock.advance(301)
    calls = app.calls()
    answer = app.account(method, path, token, **body)
    assert code_of(answer) == (401, "step_up_required")
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert 'max_age="300"' in answer.headers["WWW-Authenticate"]
    assert calls == []


@pytest.mark.parametrize("endpoint", [called(endpoint) for endpoint in SENSITIVE], ids=name_of)
def test_a_fresh_sign_in_goes_on_to_the_pool(app: App, endpoint: Any) -> None:
    method, path, body = endpoint
    token = app.access_token()
    app.clock.advance(299)
    calls = app.calls()
    assert code_of_any(app.account(method, path, token, **body)) != "step_up_required"
    assert len(calls) == 1


def code_of_any(answer: Any) -> str | None:
    return answer.json()["detail"]["code"] if answer.status_code >= 400 else None


def test_a_refresh_does_not_make_a_sign_in_fresh(app: App) -> None:
    tokens = app.sign_in().json()
    app.clock.advance(301)
    refreshed = app.post("/refresh", refresh_token=tokens["refresh_token"]).json()
    answer = app.account("DELETE", "", refreshed["access_token"])
    assert code_of(answer) == (401, "step_up_required")


def test_what_is_not_sensitive_takes_a_stale_sign_in(app: App) -> None:
    token = app.access_token()
    app.clock.advance(1800)
    assert app.account("GET", "", token).status_code == 200
    changed_password = {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD}
    assert app.account("PUT", "/password", token, **changed_password).status_code == 200


def test_a_client_can_ask_beforehand_whether_the_sign_in_is_fresh(app: App) -> None:
    token = app.access_token()
    signed_in_at = int(app.clock.now)
    answer = app.account("GET", "/freshness", token).json()
    assert (answer["fresh"], answer["fresh_until"]) == (True, signed_in_at + 300)
    assert set(answer["required_for"]) == {
        "change_contact",
        "set_password_without_previous",
        "change_mfa",
        "set_up_totp",
        "add_passkey",
        "delete_passkey",
        "delete_account",
    }
    app.clock.advance(301)
    answer = app.account("GET", "/freshness", token).json()
    assert (answer["fresh"], answer["fresh_until"]) == (False, signed_in_at + 300)


def test_the_demand_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_FRESH_SIGN_IN_MAX_AGE", "off")
    app = App()
    token = app.access_token()
    app.clock.advance(3000)
    assert app.account("GET", "/freshness", token).json() == {
        "fresh": True,
        "fresh_until": None,
        "required_for": [],
    }
    calls = app.calls()
    app.account("DELETE", "", token)
    assert calls == ["DeleteUser"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"attributes": {}}),
        ("PATCH", "", {"attributes": {"name": "Ada"}, "username": "bob"}),
        ("PATCH", "", {"attributes": {"name": ["Ada"]}}),
        ("PUT", "/password", {"previous_password": PASSWORD}),
        ("PUT", "/password", {"proposed_password": 1}),
        ("POST", "/mfa/totp/verify", {"code": "ab cd"}),
        ("POST", "/mfa/totp/verify", {"code": 123456}),
        ("PUT", "/mfa", {"sms_mfa_settings": {}}),
        ("PUT", "/mfa", {"totp": {"enabled": True}}),
        ("POST", "/attributes/email/verify", {"code": "a b"}),
        ("DELETE", "/attributes/" + "x" * 33, {}),
        ("DELETE", "/sessions/other", {}),
        ("DELETE", f"/sessions/{SESSION_ID}?revoke_associated_sessions=ALL", {}),
        ("DELETE", "/passkeys/a%20b", {}),
        ("GET", "/passkeys?max_results=21", {}),
        ("GET", "/passkeys?max_results=0", {}),
        ("GET", "/passkeys?next_token=", {}),
        ("GET", "/sessions?next_token=a%20b", {}),
        ("PUT", "/settings", {"mfa_options": [{"delivery_medium": "EMAIL"}]}),
    ],
)
def test_a_malformed_request_is_422_and_asks_the_pool_for_nothing(
    shared: App, method: str, path: str, body: dict[str, Any]
) -> None:
    token = shared.access_token()
    calls = shared.calls()
    assert code_of(shared.account(method, path, token, **body)) == (422, "invalid_request")
    assert calls == []


def test_a_body_cannot_name_another_user() -> None:
    """Whose account it is, the token says, and nothing else."""
    app = App([ADA, LocalUser("bob", password=PASSWORD, attributes={"email": "bob@example.com"})])
    token = app.access_token("ada")
    assert app.account("GET", "?username=bob", token).json()["username"] == "ada"
    for extra in ({"username": "bob"}, {"access_token": app.access_token("bob")}):
        body = {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD, **extra}
        assert code_of(app.account("PUT", "/password", token, **body)) == (422, "invalid_request")
    assert app.sign_in("bob").json()["status"] == "signed_in"
