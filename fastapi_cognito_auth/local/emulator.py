"""An app that serves a local user pool over HTTP, for clients that know only an endpoint.

Every operation that the local pool knows is there, those that need AWS credentials too: nobody's
signature is looked at. It is for one's own machine, and nothing for anybody else.
"""

from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from fastapi_cognito_auth.dependencies.addresses import address_of
from fastapi_cognito_auth.formats import aws_json
from fastapi_cognito_auth.local import endpoint
from fastapi_cognito_auth.local.import_router import import_router
from fastapi_cognito_auth.local.pool import LocalUserPool
from fastapi_cognito_auth.local.reached_at import REACHED_AT
from fastapi_cognito_auth.local.router import outbox_router
from fastapi_cognito_auth.local.well_known import LOOPBACK_NAMES, well_known_router

MAX_BODY: Final = 2_097_152
"""Bytes: a managed login branding style, with its images in base64, is the longest."""

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
    app.include_router(outbox_router(pool.outbox), prefix="/local")
    app.include_router(pool.domain_router)
    app.include_router(import_router(pool))
    app.include_router(well_known_router(pool, names=names))

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
        REACHED_AT.set(str(address_of(request)).rstrip("/"))
        # Signing and proving are no work for the event loop.
        return _response(
            *await run_in_threadpool(endpoint.exchange, pool.call, dict(request.headers), bytes(body))
        )

    return app


def _response(status: int, headers: dict[str, str], body: bytes) -> Response:
    return Response(body, status, headers)
