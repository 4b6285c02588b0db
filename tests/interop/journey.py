"""What a user of an app goes through, against whatever stands behind the app."""

import base64
import time
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fastapi.testclient import TestClient

from tests.interop.servers import SIGN_UP_CODE, TEMPORARY, Server

PASSWORD = "Correct-horse-1!"
NEW_PASSWORD = "Battery-staple-2!"
RESET_PASSWORD = "Paper-clip-4!"
WRONG_CODE = "654321"
Step = tuple[str, object, object]
"""A name, what came, and what would come with Amazon Cognito."""


class Answer:
    """What an endpoint answered; a member that is not there is `None`, so that a journey goes on."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.body: Any = response.json() if response.content else {}

    def __getitem__(self, member: str) -> Any:
        return self.body.get(member) if isinstance(self.body, dict) else None

    @property
    def outcome(self) -> object:
        """The code of an error, else `signed_in` or the name of a challenge, else the status."""
        detail = self["detail"]
        if isinstance(detail, dict):
            return self.status, detail["code"]
        return self["challenge"] or (self["status"] if self["status"] == "signed_in" else self.status)


class App:
    """The app, over HTTP."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def ask(self, method: str, path: str, token: str | None = None, **body: Any) -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return Answer(self._client.request(method, path, headers=headers, json=body or None))

    def post(self, path: str, **body: Any) -> Answer:
        return self.ask("POST", path, **body)

    def sign_in(self, username: str, password: str) -> Answer:
        return self.post("/auth/sign-in", username=username, password=password)


def journey(app: App, server: Server, pool_id: str) -> Iterator[Step]:
    """Go through everything."""
    yield from _new_user(app)
    tokens = app.sign_in("ada", PASSWORD)
    yield "sign in", tokens.outcome, "signed_in"
    yield from _guards(app, server, pool_id, tokens)
    yield from _account(app)
    yield from _forgotten(app)
    yield from _temporary_password(app, server, pool_id)
    yield from _authenticator_app(app)
    yield from _leaving(app)


def _new_user(app: App) -> Iterator[Step]:
    email = {"email": "ada@example.com"}
    sign_up = {"username": "ada", "password": PASSWORD, "attributes": email}
    made = app.post("/auth/sign-up", **sign_up)
    yield "sign up", (made.status, made["confirmed"]), (201, False)
    again = app.post("/auth/sign-up", **sign_up)
    yield "sign up under a name that is taken", again.outcome, (409, "username_exists")
    weak = app.post("/auth/sign-up", username="bob", password="weakling", attributes=email)
    yield "sign up with a weak password", weak.outcome, (400, "invalid_password")
    early = app.sign_in("ada", PASSWORD)
    yield "sign in before confirming", early.outcome, (403, "user_not_confirmed")
    yield "resend the code", app.post("/auth/sign-up/resend-code", username="ada").outcome, 200
    mistyped = app.post("/auth/sign-up/confirm", username="ada", code=WRONG_CODE)
    yield "confirm by a wrong code", mistyped.outcome, (400, "code_mismatch")
    confirmed = app.post("/auth/sign-up/confirm", username="ada", code=SIGN_UP_CODE)
    yield "confirm", confirmed.outcome, 200
    wrong = app.sign_in("ada", NEW_PASSWORD)
    yield "sign in with a wrong password", wrong.outcome, (401, "not_authorized")
    yield "sign in as nobody", app.sign_in("nobody", PASSWORD).outcome, (401, "not_authorized")


def _guards(app: App, server: Server, pool_id: str, tokens: Answer) -> Iterator[Step]:
    access = tokens["access_token"]
    yield "/me", app.ask("GET", "/me", access)["username"], "ada"
    yield "/me without a token", app.ask("GET", "/me").outcome, (401, "not_authenticated")
    id_token = app.ask("GET", "/me", tokens["id_token"])
    yield "/me with the ID token", id_token.outcome, (401, "invalid_token_use")
    yield "/reports", app.ask("GET", "/reports", access).outcome, (403, "permission_denied")
    server.aws.admin_add_user_to_group(UserPoolId=pool_id, Username="ada", GroupName="analysts")
    fresh = app.post("/auth/refresh", refresh_token=tokens["refresh_token"] or "none")
    yield "refresh", fresh.outcome, "signed_in"
    analyst = app.sign_in("ada", PASSWORD)["access_token"]
    yield "/reports as an analyst", app.ask("GET", "/reports", analyst).outcome, 200


def _account(app: App) -> Iterator[Step]:
    token = app.sign_in("ada", PASSWORD)["access_token"]
    yield (
        "the profile",
        (app.ask("GET", "/account", token)["attributes"] or {}).get("email"),
        "ada@example.com",
    )
    yield "change the profile", app.ask("PATCH", "/account", token, attributes={"name": "Ada"}).outcome, 200
    attributes = app.ask("GET", "/account", token)["attributes"] or {}
    yield "… shows", attributes.get("name"), "Ada"
    change = {"proposed_password": NEW_PASSWORD}
    wrong = app.ask("PUT", "/account/password", token, previous_password="Wrong-5!x", **change)
    yield "change the password by a wrong one", wrong.outcome, (401, "not_authorized")
    changed = app.ask("PUT", "/account/password", token, previous_password=PASSWORD, **change)
    yield "change the password", changed.outcome, 200
    yield "sign in with the old password", app.sign_in("ada", PASSWORD).outcome, (401, "not_authorized")
    yield "sign in with the new password", app.sign_in("ada", NEW_PASSWORD).outcome, "signed_in"


def _forgotten(app: App) -> Iterator[Step]:
    yield "forget the password", app.post("/auth/password/forgot", username="ada").outcome, 200
    reset = {"username": "ada", "password": RESET_PASSWORD}
    mistyped = app.post("/auth/password/reset", **reset, code=WRONG_CODE)
    yield "reset by a wrong code", mistyped.outcome, (400, "code_mismatch")
    yield "reset", app.post("/auth/password/reset", **reset, code=SIGN_UP_CODE).outcome, 200
    yield "sign in after the reset", app.sign_in("ada", RESET_PASSWORD).outcome, "signed_in"


def _temporary_password(app: App, server: Server, pool_id: str) -> Iterator[Step]:
    server.aws.admin_create_user(
        UserPoolId=pool_id,
        Username="newcomer",
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": "newcomer@example.com"}],
    )
    asked = app.sign_in("newcomer", TEMPORARY)
    yield "sign in with a temporary password", asked.outcome, "NEW_PASSWORD_REQUIRED"
    answer = {"challenge": "NEW_PASSWORD_REQUIRED", "session": asked["session"] or "none"}
    chosen = app.post("/auth/challenge", **answer, new_password=NEW_PASSWORD)
    yield "choose a password", chosen.outcome, "signed_in"
    yield "sign in with the chosen password", app.sign_in("newcomer", NEW_PASSWORD).outcome, "signed_in"


def _authenticator_app(app: App) -> Iterator[Step]:
    token = app.sign_in("newcomer", NEW_PASSWORD)["access_token"]
    made = app.ask("POST", "/account/mfa/totp", token)
    yield "get a secret for an authenticator app", made.outcome, 200
    secret = made["secret_code"]
    now = time.time()
    verified = app.ask("POST", "/account/mfa/totp/verify", token, code=_totp(secret, now))
    yield "register the authenticator app", verified.outcome, 204
    preferred = {"software_token_mfa_settings": {"enabled": True, "preferred_mfa": True}}
    yield "prefer it", app.ask("PUT", "/account/mfa", token, **preferred).outcome, 204
    asked = app.sign_in("newcomer", NEW_PASSWORD)
    yield "sign in with a second factor", asked.outcome, "SOFTWARE_TOKEN_MFA"
    answer = {"challenge": "SOFTWARE_TOKEN_MFA", "session": asked["session"] or "none"}
    mistyped = app.post("/auth/challenge", **answer, code="000000")
    yield "answer by a wrong code", mistyped.outcome, (400, "code_mismatch")
    right = app.post("/auth/challenge", **answer, code=_totp(secret, now + 30))
    yield "answer by the code", right.outcome, "signed_in"


def _totp(secret: str | None, at: float) -> str:
    if secret is None:
        return "000000"
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(at)).decode()


def _leaving(app: App) -> Iterator[Step]:
    tokens = app.sign_in("ada", RESET_PASSWORD)
    refresh_token = tokens["refresh_token"] or "none"
    signed_out = app.post("/auth/sign-out", refresh_token=refresh_token)
    yield "sign out", signed_out["refresh_token_revoked"], True
    refused = app.post("/auth/refresh", refresh_token=refresh_token)
    yield "refresh after signing out", refused.outcome, (401, "not_authorized")
    token = app.sign_in("ada", RESET_PASSWORD)["access_token"]
    yield "sign out everywhere", app.ask("POST", "/account/sign-out-everywhere", token).outcome, 200
    token = app.sign_in("ada", RESET_PASSWORD)["access_token"]
    yield "delete the account", app.ask("DELETE", "/account", token).outcome, 200
    yield "sign in after that", app.sign_in("ada", RESET_PASSWORD).outcome, (401, "not_authorized")
