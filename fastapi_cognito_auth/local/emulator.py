"""An app that serves a local user pool over HTTP, for clients that know only an endpoint.

Every operation that the local pool knows is there, those that need AWS credentials too: nobody's
signature is looked at. It is for one's own machine, and nothing for anybody else.
"""

import re
from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.local import endpoint
from fastapi_cognito_auth.local.pool import LocalUserPool
from fastapi_cognito_auth.local.router import local_router
from fastapi_cognito_auth.routers.well_known import discovery_document

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]", "::1")
MAX_BODY: Final = 1_048_576
"""Bytes."""

_PORT: Final = re.compile(r":[0-9]{1,5}\Z")
_LOCAL_ORIGIN: Final = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


def emulator(pool: LocalUserPool, *, remote: bool = False, names: Iterable[str] = ()) -> FastAPI:
    """Build the app.

    Args:
        pool: what it serves.
        remote: answer under other names than this machine's own. Without it a page of another
            site cannot reach the pool by a name that it has pointed here.
        names: further host names under which it is reached. Its discovery document names the keys
            under no others, unless the pool has an issuer of its own.
    """
    names = [*names]
    served = {*LOOPBACK_NAMES, *(f"[{name}]" if ":" in name else name.lower() for name in names)}
    app = FastAPI(title="Local user pool", openapi_url=None)
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=_LOCAL_ORIGIN,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["x-amzn-errortype", "x-amzn-requestid"],
    )
    if not remote:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK_NAMES, *names])
    app.include_router(local_router(pool.outbox), prefix="/local")

    @app.post("/")
    async def call_operation(request: Request) -> Response:
        """Run an operation of the user pools API."""
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    too_large = aws_json.serialization_error("The request body is too large")
                    return _response(*aws_json.refuse(too_large))
        except ClientDisconnect:
            return Response(status_code=400)
        # Signing keys and moto are no work for the event loop.
        return _response(
            *await run_in_threadpool(endpoint.exchange, pool.call, dict(request.headers), bytes(body))
        )

    @app.get(f"/{pool.user_pool_id}/.well-known/jwks.json")
    async def key_set() -> dict[str, object]:
        """Return the keys that verify the pool's tokens."""
        return pool.jwks()

    @app.get(f"/{pool.user_pool_id}/.well-known/openid-configuration")
    async def discovery(request: Request) -> dict[str, object]:
        """Return the metadata of the issuer; Cognito's own address has no keys of a local pool."""
        if pool.issuer != pool.service_issuer:
            return discovery_document(pool.issuer, f"{pool.issuer.rstrip('/')}/.well-known/jwks.json")
        # A client may write any Host, and a cache hand on what was answered to it.
        host = _PORT.sub("", request.headers.get("host", "")).lower()
        if host not in served:
            raise HTTPException(400, "Say what the issuer is: there are no keys to be had under this name.")
        # `base_url` lacks the path under which this app is mounted in another.
        beside = str(request.url.replace(query="")).removesuffix("openid-configuration")
        return discovery_document(pool.issuer, f"{beside}jwks.json")

    return app


def _response(status: int, headers: dict[str, str], body: bytes) -> Response:
    return Response(body, status, headers)
