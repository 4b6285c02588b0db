"""Serves one contestant's app by uvicorn, one worker, on a free port of loopback.

All of a contestant's endpoints are in one app and answer the same few bytes; they differ in their
dependencies alone. `GET /cpu` tells how much processor time the process has used.
"""

import asyncio
import os
import socket
import sys
import time
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request

from benchmarks.material import Material

ANSWER = {"username": "ada"}


def _bare_app() -> FastAPI:
    app = FastAPI()

    async def header_only(request: Request) -> str:
        return request.headers["authorization"]

    @app.get("/bare")
    async def bare() -> dict[str, str]:
        return ANSWER

    @app.get("/header")
    async def header(token: Annotated[str, Depends(header_only)]) -> dict[str, str]:
        assert token
        return ANSWER

    @app.get("/cpu")
    async def cpu() -> float:
        return time.process_time()

    return app


def ours(material: Material) -> FastAPI:
    """`Depends(auth.current_user)`, alone and with guards of the router and of the route."""
    from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User

    async def fetch_keys() -> bytes:
        return material.jwks_path.read_bytes()

    auth = CognitoAuth(
        CognitoSettings(user_pool_id=material.pool["user_pool_id"], client_id=material.pool["client_id"]),
        fetch_keys=fetch_keys,
    )
    app = _bare_app()

    @app.get("/user")
    async def current_user(user: Annotated[User, Depends(auth.current_user)]) -> dict[str, str]:
        assert user.username
        return ANSWER

    @app.get("/guard", dependencies=[Depends(auth.require_groups("analysts"))])
    async def guarded(user: Annotated[User, Depends(auth.current_user)]) -> dict[str, str]:
        assert user.username
        return ANSWER

    return app


def fastapi_cognito(material: Material) -> FastAPI:
    """fastapi-cognito's `auth_required`."""
    from fastapi_cognito import CognitoAuth, CognitoSettings, CognitoToken

    pool = {
        "region": material.pool["region"],
        "userpool_id": material.pool["user_pool_id"],
        "app_client_id": material.pool["client_id"],
        "jwks_url": str(material.jwks_path),
    }
    settings = CognitoSettings(
        check_expiration=True,
        jwt_header_name="Authorization",
        jwt_header_prefix="Bearer",
        userpools={"pool": pool},
    )
    auth = CognitoAuth(settings=settings)
    app = _bare_app()

    @app.get("/user")
    async def current_user(user: Annotated[CognitoToken, Depends(auth.auth_required)]) -> dict[str, str]:
        assert user.username
        return ANSWER

    return app


def fastapi_cloudauth(material: Material) -> FastAPI:
    """fastapi-cloudauth's `Cognito`, with its claims read into a model."""
    from pydantic import BaseModel

    from benchmarks.contestants.cloudauth import cognito

    class AccessUser(BaseModel):
        username: str

    auth = cognito(material).claim(AccessUser)
    app = _bare_app()

    @app.get("/user")
    async def current_user(user: Annotated[AccessUser, Depends(auth)]) -> dict[str, str]:
        assert user.username
        return ANSWER

    return app


CONTESTANTS = {"ours": ours, "fastapi_cognito": fastapi_cognito, "fastapi_cloudauth": fastapi_cloudauth}


async def _serve(app: FastAPI, listening: socket.socket) -> None:
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    # The run closes our stdin when it has no more questions.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.should_exit = True
    await serving


def main(name: str, directory: str) -> None:
    """Serve until stdin ends; the port is the first line on stdout."""
    app = CONTESTANTS[name](Material(directory))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        print(listening.getsockname()[1], flush=True)
        # uvloop where it is at hand, as uvicorn's own command does.
        with asyncio.Runner(loop_factory=uvicorn.Config(app).get_loop_factory()) as runner:
            runner.run(_serve(app, listening))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
