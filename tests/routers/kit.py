"""An app on the local pool, driven over HTTP."""

import hashlib
import hmac
import struct
from base64 import b32decode
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.support import Clock

PASSWORD = "Correct-horse-1!"
NEW_PASSWORD = "Battery-staple-2?"
TEMPORARY = "Temporary-1!"

ADA = LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"})
NEWCOMER = LocalUser("newcomer", temporary_password=TEMPORARY, attributes={"email": "new@example.com"})


class App:
    """The auth router on a local pool, and what a user of it does."""

    def __init__(
        self,
        users: Iterable[LocalUser] = (ADA, NEWCOMER),
        *,
        auth_flow: PasswordFlow = "USER_SRP_AUTH",
        beside: "App | None" = None,
        max_body_size: int | None = None,
        **pool: Any,
    ) -> None:
        # Another worker of an app has the same pool, and the same time.
        self.clock: Clock = beside.clock if beside else Clock()
        self.pool: LocalUserPool = (
            beside.pool if beside else LocalUserPool(users=users, clock=self.clock, **pool)
        )
        # Making RSA keys takes longer than all the rest of a test.
        self.pool._plane.tokens.keys = signing_keys()
        settings: LocalSettings = {} if max_body_size is None else {"max_body_size": max_body_size}
        self.auth = CognitoAuth.local(self.pool, auth_flow=auth_flow, settings=settings, clock=self.clock)
        app = FastAPI()
        app.include_router(self.auth.router, prefix="/auth")
        app.include_router(self.auth.account_router, prefix="/account")
        app.include_router(self.auth.local_router, prefix="/local")

        @app.get("/me")
        async def me(user: Annotated[User, Depends(self.auth.current_user)]) -> User:
            return user

        self.app = app
        self.http = TestClient(app)

    def post(self, path: str, **body: Any) -> Response:
        return self.http.post(f"/auth{path}", json=body)

    def sign_in(self, username: str = "ada", password: str = PASSWORD) -> Response:
        return self.post("/sign-in", username=username, password=password)

    def access_token(self, username: str = "ada", password: str = PASSWORD) -> str:
        """Sign in, and return the access token."""
        token: str = self.sign_in(username, password).json()["access_token"]
        return token

    def account(self, method: str, path: str, access_token: str | None, /, **body: Any) -> Response:
        """Ask for something of the account, with a JSON body if there is one."""
        headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
        return self.http.request(method, f"/account{path}", headers=headers, json=body or None)

    def calls(self) -> list[str]:
        """Note, from now on, which operations the pool is asked for."""
        noted: list[str] = []
        call = self.pool.call

        def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            noted.append(operation)
            return call(operation, params)

        self.pool.call = noting  # type: ignore[method-assign]
        return noted

    def me(self, access_token: str) -> Response:
        return self.http.get("/me", headers={"Authorization": f"Bearer {access_token}"})

    def code(self, username: str = "ada") -> str:
        return self.pool.outbox.latest(username).code

    def totp(self, secret: str) -> str:
        return totp(secret, self.clock.now)

    def to_mfa_setup(self) -> dict[str, Any]:
        """Take the newcomer of a pool with MFA from the temporary password to MFA_SETUP."""
        first = self.sign_in("newcomer", TEMPORARY).json()
        answer = self.post(
            "/challenge", challenge="NEW_PASSWORD_REQUIRED", session=first["session"], new_password=PASSWORD
        )
        body: dict[str, Any] = answer.json()
        assert body["challenge"] == "MFA_SETUP"
        return body

    def enrol(self) -> str:
        """Set up an authenticator app for the newcomer, and return its secret."""
        setup = self.post("/challenge/totp", session=self.to_mfa_setup()["session"]).json()
        secret: str = setup["secret_code"]
        done = self.post(
            "/challenge", challenge="MFA_SETUP", session=setup["session"], code=self.totp(secret)
        )
        assert done.json()["status"] == "signed_in"
        return secret


def totp(secret: str, now: float) -> str:
    """Compute a code as an authenticator app does (RFC 6238), by hand and not by the pool's library."""
    key = b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(now) // 30), hashlib.sha1)
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"


def code_of(answer: Response) -> tuple[int, str]:
    """Return the status and the code of an error."""
    return answer.status_code, answer.json()["detail"]["code"]


def another(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def seen_from(address: str, app: ASGIApp) -> ASGIApp:
    """Return the app as a client at that address reaches it."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": (address, 1234)}, receive, send)

    return asked
