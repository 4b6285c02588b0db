"""Serves one contestant's endpoints by uvicorn, one worker, on a free port of loopback.

They answer the same few bytes and differ in their dependencies alone. Each is an app of its own, so
that none pays for routes that stand before it. `/cpu` tells the processor time of the process.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Annotated, Any, Never

import uvicorn
from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp

from benchmarks.contestants import hand_tuned
from benchmarks.material import Material

ANSWER = {"username": "ada"}

Dependency = Callable[..., Awaitable[Any]]


def bare(path: str) -> FastAPI:
    """Return an app whose endpoint depends on nothing."""
    app = FastAPI(openapi_url=None)

    @app.get(path)
    async def endpoint() -> dict[str, str]:
        return ANSWER

    return app


def depending(path: str, dependency: Dependency, guards: Sequence[Dependency] = ()) -> FastAPI:
    """Return an app whose endpoint depends on something."""
    app = FastAPI(openapi_url=None)

    @app.get(path, dependencies=[Depends(guard) for guard in guards])
    async def endpoint(found: Annotated[Any, Depends(dependency)]) -> dict[str, str]:
        assert found
        return ANSWER

    return app


def _cpu(path: str) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get(path)
    async def endpoint() -> float:
        return time.process_time()

    return app


async def header_only(request: Request) -> str:
    """Read the header and do nothing with it: the floor of a dependency."""
    return request.headers["authorization"]


def hand_tuned_verification(material: Material) -> Dependency:
    """Return a dependency that verifies the token with few checks: the floor of one that is new."""
    verify = hand_tuned.verifier(material)

    async def verified(request: Request) -> dict[str, Any]:
        return verify(request.headers["authorization"].removeprefix("Bearer "))

    return verified


def ours(material: Material, **settings: Any) -> dict[str, FastAPI]:
    """`Depends(auth.current_user)`, alone and with a guard of the route, beside the floors."""
    from fastapi_cognito_auth import CognitoAuth, CognitoSettings

    async def fetch_keys() -> bytes:
        return material.jwks_path.read_bytes()

    auth = CognitoAuth(
        CognitoSettings(
            user_pool_id=material.pool["user_pool_id"], client_id=material.pool["client_id"], **settings
        ),
        # An address among the settings is asked instead.
        fetch_keys=None if "jwks_uri" in settings else fetch_keys,
    )
    guards = [auth.require_groups("analysts")]
    return {
        "/header": depending("/header", header_only),
        "/floor": depending("/floor", hand_tuned_verification(material)),
        "/user": depending("/user", auth.current_user),
        "/guard": depending("/guard", auth.current_user, guards),
    }


def fastapi_cognito(material: Material) -> dict[str, FastAPI]:
    """fastapi-cognito's `auth_required`."""
    from fastapi_cognito import CognitoAuth, CognitoSettings

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
    return {"/user": depending("/user", CognitoAuth(settings=settings).auth_required)}


def fastapi_cloudauth(material: Material) -> dict[str, FastAPI]:
    """fastapi-cloudauth's `Cognito`, with its claims read into a model."""
    from pydantic import BaseModel

    from benchmarks.contestants.cloudauth import cognito

    class AccessUser(BaseModel):
        username: str

    return {"/user": depending("/user", cognito(material).claim(AccessUser))}


CONTESTANTS: dict[str, Callable[..., dict[str, FastAPI]]] = {
    "ours": ours,
    "fastapi_cognito": fastapi_cognito,
    "fastapi_cloudauth": fastapi_cloudauth,
}


async def _serve(config: uvicorn.Config, listening: socket.socket) -> None:
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    # The run closes our stdin when it has no more questions.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.should_exit = True
    await serving


def main(name: str, directory: str, *settings: str) -> None:
    """Serve a contestant; the port is the first line on stdout."""
    given = dict(setting.split("=", 1) for setting in settings)
    serve(CONTESTANTS[name](Material(directory), **given))


def serve(others: Mapping[str, ASGIApp]) -> Never:
    """Serve apps by their paths until stdin ends, and the bare endpoint beside them."""
    apps: dict[str, ASGIApp] = {"/bare": bare("/bare"), "/cpu": _cpu("/cpu"), **others}

    async def by_path(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await apps[scope["path"]](scope, receive, send)

    config = uvicorn.Config(by_path, log_level="warning", access_log=False, lifespan="off", interface="asgi3")
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        # Not every event loop says so itself; answers in two parts would wait for an acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(listening.getsockname()[1], flush=True)
        # uvloop where it is at hand, as uvicorn's own command does.
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(config, listening))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
