"""Account operations as they go over the wire: what is sent, paged, and refused when it is unfit."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.profile import Profile
from tests.cognito.upstream import DELIVERY, Upstream, error, reply
from tests.formats.test_passkey_json import CREDENTIAL, OPTIONS
from tests.older import known, needs
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY, SIGNER, Clock, KeyServer, access_claims

TOKEN = SIGNER.sign(access_claims())
SESSION_ID = "tkn" + "a" * 25
PASSKEY = {
    "CredentialId": "AQID",
    "FriendlyCredentialName": "phone",
    "RelyingPartyId": "example.com",
    "AuthenticatorTransports": ["internal"],
    "CreatedAt": 1_790_000_000,
}


class Account:
    """The account router over the upstream; tokens are really verified."""

    def __init__(self, upstream: Upstream) -> None:
        auth = CognitoAuth(
            CognitoSettings(
                user_pool_id=POOL_ID,
                client_id=CLIENT_ID,
                secret_key=(SECRET_KEY,),
                endpoint_url=upstream.url,
            ),
            fetch_keys=KeyServer(SIGNER.jwk()),
            clock=Clock(),
        )
        app = FastAPI()
        app.include_router(auth.account_router, prefix="/account")
        self._http = TestClient(app)

    def __call__(self, method: str, path: str, body: Any = None) -> Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self._http.request(method, f"/account{path}", json=body, headers=headers)


@pytest.fixture(scope="module")
def _account(_server: Upstream) -> Account:
    return Account(_server)


@pytest.fixture
def account(_account: Account, upstream: Upstream) -> Account:
    return _account


def test_a_passkey_is_passed_on_as_the_browser_sent_it(account: Account, upstream: Upstream) -> None:
    upstream.plan("CompleteWebAuthnRegistration", reply({}))
    answer = account("POST", "/passkeys", {"credential": CREDENTIAL})
    assert (answer.status_code, answer.json()) == (201, {"status": "passkey_added"})
    assert upstream.only("CompleteWebAuthnRegistration") == {"AccessToken": TOKEN, "Credential": CREDENTIAL}


def test_creation_options_reach_the_browser_as_the_pool_sent_them(
    account: Account, upstream: Upstream
) -> None:
    options = OPTIONS | {"later": {"a": [1, None]}}
    upstream.plan("StartWebAuthnRegistration", reply({"CredentialCreationOptions": options}))
    assert account("POST", "/passkeys/options").json() == {"credential_creation_options": options}


def test_passkeys_are_listed_page_by_page(account: Account, upstream: Upstream) -> None:
    upstream.plan(
        "ListWebAuthnCredentials",
        reply({"Credentials": [PASSKEY], "NextToken": "n+1/="}),
        reply({"Credentials": []}),
    )
    first = account("GET", "/passkeys?max_results=1").json()
    assert first == {
        "credentials": [
            {
                "credential_id": "AQID",
                "friendly_credential_name": "phone",
                "relying_party_id": "example.com",
                "authenticator_attachment": None,
                "authenticator_transports": ["internal"],
                "created_at": first["credentials"][0]["created_at"],
            }
        ],
        "next_token": "n+1/=",
    }
    assert account("GET", "/passkeys?next_token=n%2B1%2F%3D").json() == {
        "credentials": [],
        "next_token": None,
    }
    sent = [call.params for call in upstream.calls]
    assert sent == [{"AccessToken": TOKEN, "MaxResults": 1}, {"AccessToken": TOKEN, "NextToken": "n+1/="}]


def test_a_passkey_is_removed_by_its_id(account: Account, upstream: Upstream) -> None:
    upstream.plan("DeleteWebAuthnCredential", reply({}))
    assert account("DELETE", "/passkeys/AQID_-").status_code == 204
    assert upstream.only("DeleteWebAuthnCredential") == {"AccessToken": TOKEN, "CredentialId": "AQID_-"}


@needs("ListUserSessions")
def test_sessions_are_listed_page_by_page(account: Account, upstream: Upstream) -> None:
    session = {"SessionId": SESSION_ID, "LastLocation": {"City": "Oslo", "Country": "NO"}}
    upstream.plan("ListUserSessions", reply({"Sessions": [session], "NextToken": "next"}), reply({}))
    first = account("GET", "/sessions").json()
    assert first["sessions"][0]["last_location"] == {"city": "Oslo", "country": "NO"}
    assert first["next_token"] == "next"
    assert account("GET", "/sessions?next_token=next").json() == {"sessions": [], "next_token": None}
    assert [call.params.get("NextToken") for call in upstream.calls] == [None, "next"]


@pytest.mark.skipif(bool(known({"ListUserSessions"})), reason="this boto3 knows sessions")
@pytest.mark.parametrize(("method", "path"), [("GET", "/sessions"), ("DELETE", f"/sessions/{SESSION_ID}")])
def test_sessions_without_a_boto3_that_knows_them_are_a_501(
    account: Account, method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = account(method, path)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (501, "unknown_operation")
    assert "needs boto3 1.44.1 or newer" in caplog.text


@needs("RevokeUserSession")
def test_linked_sessions_are_ended_with_it_on_request(account: Account, upstream: Upstream) -> None:
    upstream.plan("RevokeUserSession", reply({}))
    answer = account("DELETE", f"/sessions/{SESSION_ID}?revoke_associated_sessions=LINKED")
    assert answer.status_code == 204
    assert upstream.only("RevokeUserSession") == {
        "AccessToken": TOKEN,
        "SessionId": SESSION_ID,
        "RevokeAssociatedSessions": "LINKED",
    }


@needs("SetUserMFAPreference", "WebAuthnMfaSettings")
def test_every_second_factor_goes_under_its_name(account: Account, upstream: Upstream) -> None:
    upstream.plan("SetUserMFAPreference", reply({}))
    body = {
        "sms_mfa_settings": {"enabled": True},
        "software_token_mfa_settings": {"enabled": True, "preferred_mfa": True},
        "email_mfa_settings": {"enabled": False},
        "web_authn_mfa_settings": {"enabled": True},
    }
    assert account("PUT", "/mfa", body).status_code == 204
    assert upstream.only("SetUserMFAPreference") == {
        "AccessToken": TOKEN,
        "SMSMfaSettings": {"Enabled": True, "PreferredMfa": False},
        "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True},
        "EmailMfaSettings": {"Enabled": False, "PreferredMfa": False},
        "WebAuthnMfaSettings": {"Enabled": True},
    }


def test_a_user_without_a_password_sets_one_and_sends_no_other(account: Account, upstream: Upstream) -> None:
    upstream.plan("ChangePassword", reply({}))
    assert account("PUT", "/password", {"proposed_password": "1 ä  漢2"}).status_code == 200
    assert upstream.only("ChangePassword") == {"AccessToken": TOKEN, "ProposedPassword": "1 ä  漢2"}


def test_the_legacy_option_of_the_profile_is_shown(account: Account, upstream: Upstream) -> None:
    option = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    upstream.plan(
        "GetUser", reply({"Username": "ada", "UserAttributes": [{"Name": "x"}], "MFAOptions": [option]})
    )
    profile = account("GET", "").json()
    assert profile["attributes"] == {"x": ""}
    assert profile["mfa_options"] == [{"delivery_medium": "SMS", "attribute_name": "phone_number"}]


def test_a_totp_status_of_error_is_a_wrong_code(account: Account, upstream: Upstream) -> None:
    upstream.plan("VerifySoftwareToken", reply({"Status": "ERROR"}))
    answer = account("POST", "/mfa/totp/verify", {"code": "123456"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (400, "code_mismatch")


UNFIT: list[tuple[str, str, Any, str, Any]] = [
    ("GET", "", None, "GetUser", {}),
    ("GET", "", None, "GetUser", {"Username": "ada"}),
    ("GET", "", None, "GetUser", {"Username": "ada", "UserAttributes": "none"}),
    ("GET", "", None, "GetUser", {"Username": "ada", "UserAttributes": [5]}),
    ("GET", "", None, "GetUser", {"Username": "ada", "UserAttributes": [{"Value": "x"}]}),
    ("GET", "", None, "GetUser", {"Username": 5, "UserAttributes": []}),
    ("GET", "/auth-factors", None, "GetUserAuthFactors", {}),
    ("GET", "/auth-factors", None, "GetUserAuthFactors", {"Username": "a", "ConfiguredUserAuthFactors": 5}),
    ("POST", "/attributes/email/code", None, "GetUserAttributeVerificationCode", {}),
    (
        "POST",
        "/attributes/email/code",
        None,
        "GetUserAttributeVerificationCode",
        {"CodeDeliveryDetails": "x"},
    ),
    (
        "POST",
        "/attributes/email/code",
        None,
        "GetUserAttributeVerificationCode",
        {"CodeDeliveryDetails": {"Destination": 5}},
    ),
    ("PATCH", "", {"attributes": {"name": "x"}}, "UpdateUserAttributes", {"CodeDeliveryDetailsList": [5]}),
    (
        "PATCH",
        "",
        {"attributes": {"name": "x"}},
        "UpdateUserAttributes",
        {"CodeDeliveryDetailsList": DELIVERY},
    ),
    ("POST", "/mfa/totp", None, "AssociateSoftwareToken", {}),
    ("POST", "/mfa/totp", None, "AssociateSoftwareToken", {"SecretCode": "A" * 5000}),
    ("POST", "/mfa/totp", None, "AssociateSoftwareToken", {"SecretCode": "no base32 at all"}),
    ("POST", "/passkeys/options", None, "StartWebAuthnRegistration", {}),
    ("POST", "/passkeys/options", None, "StartWebAuthnRegistration", {"CredentialCreationOptions": "{}"}),
    ("POST", "/passkeys/options", None, "StartWebAuthnRegistration", {"CredentialCreationOptions": {}}),
    ("GET", "/passkeys", None, "ListWebAuthnCredentials", {}),
    ("GET", "/passkeys", None, "ListWebAuthnCredentials", {"Credentials": [{}]}),
    ("GET", "/passkeys", None, "ListWebAuthnCredentials", {"Credentials": [PASSKEY | {"CreatedAt": "x"}]}),
    ("GET", "/sessions", None, "ListUserSessions", {"Sessions": [{}]}),
    ("GET", "/sessions", None, "ListUserSessions", {"Sessions": 5}),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "operation", "unfit"),
    [pytest.param(*case, marks=needs(case[3])) for case in UNFIT],
)
def test_an_answer_of_another_shape_is_a_503(
    account: Account, upstream: Upstream, method: str, path: str, body: Any, operation: str, unfit: Any
) -> None:
    upstream.plan("GetUser", reply({"Username": "ada", "UserAttributes": []}))
    upstream.plan(operation, reply(unfit))
    answer = account(method, path, body)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "user_pool_unavailable")
    assert upstream.operations[-1] == operation


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("WebAuthnOriginNotAllowedException", 400, "web_authn_origin_not_allowed"),
        ("WebAuthnChallengeNotFoundException", 400, "web_authn_challenge_not_found"),
        ("WebAuthnRelyingPartyMismatchException", 400, "web_authn_relying_party_mismatch"),
        ("LimitExceededException", 429, "limit_exceeded"),
        ("NotAuthorizedException", 401, "not_authorized"),
    ],
)
def test_a_refusal_of_the_pool_keeps_its_name(
    account: Account, upstream: Upstream, name: str, status: int, code: str
) -> None:
    upstream.plan("CompleteWebAuthnRegistration", error(name))
    answer = account("POST", "/passkeys", {"credential": CREDENTIAL})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (status, code)


def test_a_profile_is_made_by_its_own_names_too() -> None:
    assert Profile(username="ada", attributes={"name": "Ada"}).attributes == {"name": "Ada"}
