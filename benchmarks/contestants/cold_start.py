"""A fresh process from its start to the answer to its first request: over HTTP, or straight to the app.

No load: what is left is importing, putting the app together, fetching keys and verifying. Straight to the
app there is no server either, as in a function. Settings and the token come by environment variables,
as in a deployment.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from typing import Annotated, Any

ANSWER = {"username": "ada"}

_TOKEN = os.environ.get("ACCESS_TOKEN", "")


def bare() -> Any:
    """An app whose endpoint depends on nothing."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/me")
    async def me() -> dict[str, str]:
        return ANSWER

    return app


def _depending(dependency: Callable[..., Any]) -> Any:
    from fastapi import Depends, FastAPI

    app = FastAPI()

    @app.get("/me")
    async def me(found: Annotated[Any, Depends(dependency)]) -> dict[str, str]:
        assert found
        return ANSWER

    return app


def ours() -> Any:
    """`Depends(auth.current_user)`."""
    from fastapi_cognito_auth import CognitoAuth

    return _depending(CognitoAuth().current_user)


def ours_with_router() -> Any:
    """The same, and `auth.router` beside it."""
    from fastapi_cognito_auth import CognitoAuth

    auth = CognitoAuth()
    app = _depending(auth.current_user)
    app.include_router(auth.router, prefix="/auth")
    return app


def pyjwt() -> Any:
    """PyJWT by `PyJWKClient`, in a thread since it waits."""
    import jwt
    from fastapi import Request

    client = jwt.PyJWKClient(os.environ["COGNITO_JWKS_URI"])

    def verified(request: Request) -> dict[str, Any]:
        token = request.headers["authorization"].removeprefix("Bearer ")
        claims: dict[str, Any] = jwt.decode(
            token,
            client.get_signing_key_from_jwt(token).key,
            algorithms=["RS256"],
            issuer=os.environ["ISSUER"],
        )
        if claims["token_use"] != "access" or claims["client_id"] != os.environ["COGNITO_CLIENT_ID"]:
            raise ValueError("another use or client")
        return claims

    return _depending(verified)


def fastapi_cognito() -> Any:
    """fastapi-cognito's `auth_required`."""
    from fastapi_cognito import CognitoAuth, CognitoSettings

    pool = {
        "region": os.environ["COGNITO_USER_POOL_ID"].partition("_")[0],
        "userpool_id": os.environ["COGNITO_USER_POOL_ID"],
        "app_client_id": os.environ["COGNITO_CLIENT_ID"],
        "jwks_url": os.environ["COGNITO_JWKS_URI"],
    }
    settings = CognitoSettings(
        check_expiration=True,
        jwt_header_name="Authorization",
        jwt_header_prefix="Bearer",
        userpools={"pool": pool},
    )
    return _depending(CognitoAuth(settings=settings).auth_required)


def fastapi_cloudauth() -> Any:
    """fastapi-cloudauth's `Cognito`; it fetches keys when it is made."""
    from fastapi_cloudauth.cognito import JWKS
    from pydantic import BaseModel

    from benchmarks.contestants.cloudauth import cognito_of

    class AccessUser(BaseModel):
        username: str

    keys = JWKS(url=os.environ["COGNITO_JWKS_URI"])
    found = cognito_of(keys, client_id=os.environ["COGNITO_CLIENT_ID"], issuer=os.environ["ISSUER"])
    return _depending(found.claim(AccessUser))


CONTESTANTS = {
    "bare": bare,
    "ours": ours,
    "ours_with_router": ours_with_router,
    "pyjwt": pyjwt,
    "fastapi_cognito": fastapi_cognito,
    "fastapi_cloudauth": fastapi_cloudauth,
}


async def _serve(app: Any) -> int:
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="warning")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(
            f"GET /me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {_TOKEN}\r\n\r\n".encode()
        )
        status = int((await reader.readline()).split()[1])
        writer.close()
        server.should_exit = True
        await serving
    return status


async def _ask(app: Any) -> int:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/me",
        "raw_path": b"/me",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"authorization", f"Bearer {_TOKEN}".encode()),
        ],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 5000),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    status: int = sent[0]["status"]
    return status


def main(name: str, way: str) -> None:
    """Make one request, and fail unless it is answered with 200."""
    app = CONTESTANTS[name]()
    if way == "straight":
        status = asyncio.run(_ask(app))
    else:
        import uvicorn

        # The loop that uvicorn takes, too.
        with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
            status = runner.run(_serve(app))
    if status != 200:
        sys.exit(f"{name} answered {status}")


if __name__ == "__main__":
    main(*sys.argv[1:])
