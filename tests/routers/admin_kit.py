"""An app with `auth.admin_router`, and administrators who ask it for something."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.routers.kit import PASSWORD, code_of
from tests.support import Clock

ROOT = LocalUser("root", password=PASSWORD, groups=("admins",), attributes={"email": "root@example.com"})
OTHER_ADMIN = LocalUser("admin2", password=PASSWORD, groups=("admins",))
AUDITOR = LocalUser("auditor", password=PASSWORD, groups=("auditors",))
ADA = LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com", "name": "Ada"})
BOB = LocalUser("bob", password=PASSWORD, groups=("editors",), attributes={"email": "bob@example.com"})
GUARD = {"GetUser", "AdminListGroupsForUser"}
"""What the pool is asked for before anybody is let in."""
PEOPLE = (ROOT, OTHER_ADMIN, AUDITOR, ADA, BOB)


class AdminApp:
    """The routers on a local pool, and who asks them."""

    def __init__(
        self,
        users: Iterable[LocalUser] = PEOPLE,
        *,
        settings: LocalSettings | None = None,
        clock: Clock | None = None,
        pool: LocalUserPool | None = None,
        **options: Any,
    ) -> None:
        self.clock = clock or Clock()
        self.pool = pool or LocalUserPool(users=users, clock=self.clock, **options)
        # Making RSA keys takes longer than all the rest of a test.
        self.pool._plane.tokens.keys = signing_keys()
        more: LocalSettings = settings or {"admin_read_groups": ("auditors",)}
        self.auth = CognitoAuth.local(self.pool, settings=more, clock=self.clock)
        self.app = FastAPI()
        self.app.include_router(self.auth.router, prefix="/auth")
        self.app.include_router(self.auth.account_router, prefix="/account")
        self.app.include_router(self.auth.admin_router, prefix="/admin")
        self.http = TestClient(self.app)

    def tokens(self, username: str = "root", password: str = PASSWORD) -> dict[str, Any]:
        body = {"username": username, "password": password}
        answer = self.http.post("/auth/sign-in", json=body)
        found: dict[str, Any] = answer.json()
        return found

    def token(self, username: str = "root", password: str = PASSWORD) -> str:
        token: str = self.tokens(username, password)["access_token"]
        return token

    def ask(self, token: str | None, method: str, path: str, body: Any = None) -> Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.http.request(method, f"/admin{path}", headers=headers, json=body)

    def refused(self, token: str | None, method: str, path: str, body: Any = None) -> tuple[int, str]:
        return code_of(self.ask(token, method, path, body))

    def me(self, token: str) -> int:
        """Return what the app says to a token, which it verifies offline."""
        return self.http.get("/account/freshness", headers={"Authorization": f"Bearer {token}"}).status_code

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.pool.call(operation, {"UserPoolId": self.pool.user_pool_id, **params})

    @contextmanager
    def calls(self) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        """Note what the pool is asked for meanwhile."""
        noted: list[tuple[str, dict[str, Any]]] = []
        call = self.pool.call

        def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            noted.append((operation, params))
            return call(operation, params)

        self.pool.call = noting  # type: ignore[method-assign]
        try:
            yield noted
        finally:
            self.pool.call = call  # type: ignore[method-assign]


DEVICE = "us-east-1_11111111-2222-3333-4444-555555555555"
SESSION = "tkn" + "a" * 25
JOB = "0123456789abcdefABCDEF"

READING: list[tuple[str, str]] = [
    ("GET", "/users"),
    ("GET", "/users/ada"),
    ("GET", "/users/ada/auth-factors"),
    ("GET", "/users/ada/groups"),
    ("GET", "/users/ada/devices"),
    ("GET", f"/users/ada/devices/{DEVICE}"),
    ("GET", "/users/ada/sessions"),
    ("GET", "/users/ada/auth-events"),
    ("GET", "/groups"),
    ("GET", "/groups/editors"),
    ("GET", "/groups/editors/users"),
    ("GET", "/user-imports"),
    ("GET", f"/user-imports/{JOB}"),
]
CHANGING: list[tuple[str, str, Any]] = [
    ("POST", "/users", {"username": "eve"}),
    ("DELETE", "/users/ada?confirm=ada", None),
    ("PATCH", "/users/ada/attributes", {"attributes": {"name": "Ada"}}),
    ("DELETE", "/users/ada/attributes?name=name", None),
    ("POST", "/users/ada/resend-invitation", None),
    ("POST", "/users/ada/confirm", None),
    ("POST", "/users/ada/disable", None),
    ("POST", "/users/ada/enable", None),
    ("POST", "/users/ada/reset-password", None),
    ("PUT", "/users/ada/password", {"password": PASSWORD}),
    ("POST", "/users/ada/sign-out", None),
    ("PUT", "/users/ada/mfa", {"software_token_mfa_settings": {"enabled": False}}),
    ("DELETE", "/users/ada/mfa/totp", None),
    ("PUT", "/users/ada/settings", {"mfa_options": []}),
    ("POST", "/users/ada/identities", {"provider": "Google", "provider_user_id": "7"}),
    ("DELETE", "/users/ada/identities/Google", None),
    ("PATCH", f"/users/ada/devices/{DEVICE}", {"status": "remembered"}),
    ("DELETE", f"/users/ada/devices/{DEVICE}", None),
    ("DELETE", f"/users/ada/sessions/{SESSION}", None),
    ("POST", "/users/ada/auth-events/1/feedback", {"feedback_value": "Valid"}),
    ("POST", "/groups", {"name": "writers"}),
    ("PATCH", "/groups/editors", {"description": "Who edits"}),
    ("DELETE", "/groups/editors?confirm=editors", None),
    ("PUT", "/groups/editors/users/ada", None),
    ("DELETE", "/groups/editors/users/bob", None),
    ("GET", "/user-export?format=csv", None),
    ("POST", "/user-imports?invite=false", None),
    ("DELETE", f"/user-imports/{JOB}", None),
]
EVERYTHING: list[tuple[str, str, Any]] = [*((method, path, None) for method, path in READING), *CHANGING]


def name_of(endpoint: tuple[Any, ...]) -> str:
    return f"{endpoint[0]} {endpoint[1].partition('?')[0]}"
