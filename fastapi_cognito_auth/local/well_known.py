"""The key set and the discovery document of a local pool, where Cognito has them beside its API."""

import re
from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from fastapi_cognito_auth.dependencies.addresses import address_of
from fastapi_cognito_auth.local.domain.discovery import document
from fastapi_cognito_auth.local.pool import LocalUserPool

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]", "::1")
_PORT: Final = re.compile(r":[0-9]{1,5}\Z")
_FOR_PAGES: Final = {"Access-Control-Allow-Origin": "*"}


def well_known_router(pool: LocalUserPool, *, names: Iterable[str] = ()) -> APIRouter:
    """Build the two endpoints.

    Args:
        pool: whose.
        names: host names beside those of this machine under which they are reached. A pool without an
            issuer of its own names no addresses under any others.
    """
    served = {*LOOPBACK_NAMES, *(f"[{name}]" if ":" in name else name.lower() for name in names)}
    own_issuer = pool.issuer != pool.service_issuer
    router = APIRouter(prefix=f"/{pool.user_pool_id}/.well-known", include_in_schema=False)

    @router.get("/jwks.json")
    def key_set() -> Response:
        """Return the keys that verify the pool's tokens."""
        return JSONResponse(pool.jwks(), headers=_FOR_PAGES)

    @router.get("/openid-configuration")
    async def discovery(request: Request) -> Response:
        """Return the metadata of the issuer; Cognito's own address has no keys of a local pool."""
        # A client may write any Host, and a cache hand on what was answered to it.
        host = _PORT.sub("", request.headers.get("host", "")).lower()
        if not own_issuer and host not in served:
            raise HTTPException(400, "Say what the issuer is: there are no keys to be had under this name.")
        if own_issuer:
            at = pool.issuer.rstrip("/")
        else:
            # `base_url` lacks the path under which this app is mounted in another.
            at = str(address_of(request)).removesuffix("/.well-known/openid-configuration")
        domain = at.removesuffix(f"/{pool.user_pool_id}")
        return JSONResponse(document(pool.issuer, f"{at}/.well-known/jwks.json", domain), headers=_FOR_PAGES)

    return router
