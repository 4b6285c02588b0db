"""Sign-in by a passkey over HTTP, with a software authenticator."""

from typing import Any

import pytest

from tests.local.authenticator import Authenticator
from tests.routers.kit import ADA, PASSWORD, App, code_of

ORIGIN = "https://app.example.com"


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


class PasskeyApp(App):
    def __init__(self, **pool: Any) -> None:
        eve = type(ADA)("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
        super().__init__(
            [ADA, eve],
            allowed_first_factors=["PASSWORD", "WEB_AUTHN"],
            relying_party_id="example.com",
            **pool,
        )
        self.app.include_router(self.auth.account_router, prefix="/account")

    def register(self, authenticator: Authenticator, username: str = "ada") -> None:
        headers = bearer(self.sign_in(username).json())
        options = self.http.post("/account/passkeys/options", headers=headers).json()
        credential = authenticator.create(options["credential_creation_options"])
        added = self.http.post("/account/passkeys", json={"credential": credential}, headers=headers)
        assert added.status_code == 201

    def challenge(self, username: str = "ada") -> dict[str, Any]:
        body = {"username": username, "auth_flow": "USER_AUTH", "preferred_challenge": "WEB_AUTHN"}
        answer: dict[str, Any] = self.post("/sign-in", **body).json()
        return answer

    def answer(self, challenge: dict[str, Any], credential: dict[str, Any]) -> Any:
        return self.post(
            "/challenge", challenge="WEB_AUTHN", session=challenge["session"], credential=credential
        )


def options_of(challenge: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = challenge["parameters"]["credential_request_options"]
    return options


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator(origin=ORIGIN)


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest, authenticator: Authenticator) -> PasskeyApp:
    app = PasskeyApp(client_secret=request.param)
    app.register(authenticator)
    return app


def test_a_passkey_signs_in(app: PasskeyApp, authenticator: Authenticator) -> None:
    challenge = app.challenge()
    assert challenge["challenge"] == "WEB_AUTHN"
    tokens = app.answer(challenge, authenticator.get(options_of(challenge))).json()
    assert app.me(tokens["access_token"]).json()["username"] == "ada"


def test_a_user_without_a_passkey_is_not_asked_for_one(app: PasskeyApp) -> None:
    assert app.challenge("eve")["challenge"] == "SELECT_CHALLENGE"


def test_a_signature_is_used_once(app: PasskeyApp, authenticator: Authenticator) -> None:
    challenge = app.challenge()
    signed = authenticator.get(options_of(challenge))
    assert app.answer(challenge, signed).status_code == 200
    assert code_of(app.answer(challenge, signed)) == (401, "not_authorized")
    assert code_of(app.answer(app.challenge(), signed)) == (401, "not_authorized")


def test_a_signature_for_another_origin_is_refused(app: PasskeyApp, authenticator: Authenticator) -> None:
    challenge = app.challenge()
    authenticator.origin = "https://example.com.evil.example"
    assert code_of(app.answer(challenge, authenticator.get(options_of(challenge)))) == (401, "not_authorized")


def test_the_passkey_of_another_user_is_refused(app: PasskeyApp) -> None:
    eves = Authenticator(origin=ORIGIN)
    app.register(eves, "eve")
    challenge = app.challenge("ada")
    signed = eves.get({**options_of(challenge), "allowCredentials": []}, eves.credentials[0])
    assert code_of(app.answer(challenge, signed)) == (401, "not_authorized")


def test_a_counter_that_goes_back_is_refused(app: PasskeyApp, authenticator: Authenticator) -> None:
    challenge = app.challenge()
    app.answer(challenge, authenticator.get(options_of(challenge)))
    authenticator.credentials[0].sign_count = 0
    challenge = app.challenge()
    assert code_of(app.answer(challenge, authenticator.get(options_of(challenge)))) == (401, "not_authorized")


def test_a_passkey_for_another_origin_is_not_registered() -> None:
    app = PasskeyApp()
    headers = bearer(app.sign_in().json())
    options = app.http.post("/account/passkeys/options", headers=headers).json()
    evil = Authenticator(origin="https://evil.example", rp_id="evil.example")
    credential = evil.create(options["credential_creation_options"])
    refused = app.http.post("/account/passkeys", json={"credential": credential}, headers=headers)
    assert refused.status_code == 400
    assert app.challenge()["challenge"] == "SELECT_CHALLENGE"


@pytest.mark.parametrize(
    "credential",
    [
        {},
        [],
        {"id": "x"},
        {"id": "x", "rawId": "x", "type": "password", "response": {}},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "x"}},
    ],
    ids=str,
)
def test_what_is_no_signature_is_422(app: PasskeyApp, credential: Any) -> None:
    assert code_of(app.answer(app.challenge(), credential)) == (422, "invalid_request")
