"""Serves an endpoint that asks for the user of a cookie session, beside the bare one.

It signs a user of a local pool in once for each store, and tells the cookies before it serves: an
ID token is among what they hold.
"""

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.contestants.http_server import depending, serve
from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool

PASSWORD = "Correct-horse-1!"
_HOME = "http://localhost"


def signed_in(
    path: str, pool: LocalUserPool, settings: Any, *, secret_key: str | None = None
) -> tuple[FastAPI, str]:
    """Return an app whose endpoint asks for the user, and the cookies of a browser that is signed in.

    Args:
        path: of the endpoint.
        pool: with ada among its users.
        settings: say where sessions are kept.
        secret_key: that of another worker, where several serve one app.
    """
    auth = CognitoAuth.local(pool, settings=settings, secret_key=secret_key)
    app = depending(path, auth.current_user)
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.session_router, prefix="/session")
    browser = TestClient(app, base_url=_HOME, headers={"Origin": _HOME})
    browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD}).raise_for_status()
    return app, "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def main(redis_url: str) -> None:
    """Serve until stdin ends; the cookies are the first line on stdout, and the port the second."""
    pool = LocalUserPool(users=[LocalUser("ada", password=PASSWORD)], access_token_validity=86_400)
    stores: dict[str, Any] = {"/cookie": {}}
    if redis_url:
        stores["/redis"] = {"session_store": "redis", "redis_url": redis_url}
    found = {path: signed_in(path, pool, settings) for path, settings in stores.items()}
    print(json.dumps({path: cookie for path, (_, cookie) in found.items()}), flush=True)
    serve({path: app for path, (app, _) in found.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
