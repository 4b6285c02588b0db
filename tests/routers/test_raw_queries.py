"""Queries as no browser writes them, which servers hand over all the same: bytes that are no text."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.support import SECRET_KEY

QUERY = b"state=\xff&next=\xed\xa0\x80&client_id=%ff"


def app_with_everything() -> FastAPI:
    pool = LocalUserPool(users=[LocalUser("ada", password="Correct-horse-1!")], identity_providers=["Google"])
    auth = CognitoAuth.local(
        pool,
        secret_key=SECRET_KEY,
        settings={"forward_client_address": True, "resource": ["https://api.example"]},
    )
    app = FastAPI()
    app.add_middleware(auth.session_middleware)
    app.add_exception_handler(401, auth.sign_in_redirect("/login"))
    app.include_router(auth.session_router, prefix="/session")
    app.include_router(auth.managed_login_router, prefix="/login")
    app.include_router(auth.router, prefix="/auth")
    app.include_router(auth.account_router, prefix="/account")
    app.include_router(auth.local_router, prefix="/local")
    app.include_router(auth.wire_router, prefix="/wire")
    app.include_router(auth.metadata_router)
    return app


APP = app_with_everything()
DOMAIN = ("login", "signup", "confirm", "confirmUser", "forgotPassword", "identity-provider", "logout")
PATHS = {
    *APP.openapi()["paths"],
    *(f"/login{path}" for path in ("", "/callback", "/logout", "/sign-up", "/add-passkey")),
    *(f"/login/domain/{path}" for path in (*DOMAIN, "passkeys/add", "passkey.js")),
    *(f"/login/domain/oauth2/{path}" for path in ("authorize", "token", "revoke", "userInfo")),
    *(f"/local/{path}" for path in ("outbox", "login", "oauth2/authorize")),
    "/wire/",
    "/.well-known/oauth-protected-resource",
}


def status(method: str, path: str, app: Any = APP) -> int:
    """Call the app as a server does; what it raises is a 500."""
    sent: list[Any] = []
    kind = (
        b"application/x-www-form-urlencoded" if "domain" in path or "oauth2" in path else b"application/json"
    )
    headers = [
        (b"host", b"localhost"),
        (b"accept", b"text/html"),
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"sec-fetch-site", b"same-origin"),
        (b"content-type", kind),
        (b"x-amz-target", b"AWSCognitoIdentityProviderService.InitiateAuth"),
    ]
    body = b'{"username": "ada", "password": "Correct-horse-1!"}'
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": QUERY,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answered: int = sent[0]["status"]
    return answered


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_query_makes_a_route_fail(method: str, path: str) -> None:
    assert status(method, path) < 500


def test_the_emulator_tells_where_the_keys_are_whatever_the_query() -> None:
    pool = LocalUserPool()
    path = f"/{pool.user_pool_id}/.well-known/openid-configuration"
    assert status("GET", path, emulator(pool)) == 200
