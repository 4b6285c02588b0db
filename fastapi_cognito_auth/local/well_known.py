"""The key sets and discovery documents of local pools, where Cognito has them beside its API."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response

from fastapi_cognito_auth.dependencies.addresses import address_of
from fastapi_cognito_auth.local.domain.discovery import document
from fastapi_cognito_auth.local.domain.router import domain_router
from fastapi_cognito_auth.local.domain.server import DomainServer
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.pool import LocalUserPool

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]", "::1")
_PORT: Final = re.compile(r":[0-9]{1,5}\Z")
_FOR_PAGES: Final = {"Access-Control-Allow-Origin": "*"}


@contextmanager
def _not_found() -> Iterator[None]:
    try:
        yield
    except ServiceError:
        raise HTTPException(404) from None


def well_known_router(pool: LocalUserPool, *, names: Iterable[str] = ()) -> APIRouter:
    """Build the endpoints under the id of each pool: those two, and the domain of a pool beside the first.

    Args:
        pool: the first.
        names: host names beside those of this machine under which they are reached. A pool without an
            issuer of its own names no addresses under any others.
    """
    served = {*LOOPBACK_NAMES, *(f"[{name}]" if ":" in name else name.lower() for name in names)}
    own_issuer = pool.issuer != pool.service_issuer
    router = APIRouter(include_in_schema=False)

    def domain(request: Request) -> DomainServer:
        return pool.domain_of(request.path_params["user_pool_id"])

    router.include_router(domain_router(domain), prefix="/{user_pool_id}")

    @router.get("/{user_pool_id}/.well-known/jwks.json")
    def key_set(user_pool_id: str) -> Response:
        """Return the keys that verify the pool's tokens."""
        with _not_found():
            return JSONResponse(pool.jwks(user_pool_id), headers=_FOR_PAGES)

    @router.get("/{user_pool_id}/.well-known/openid-configuration")
    async def discovery(user_pool_id: str, request: Request) -> Response:
        """Return the metadata of the issuer; Cognito's own address has no keys of a local pool."""
        with _not_found():
            issuer = pool.issuer_of(user_pool_id)
        # A client may write any Host, and a cache hand on what was answered to it.
        host = _PORT.sub("", request.headers.get("host", "")).lower()
        if not own_issuer and host not in served:
            raise HTTPException(400, "Say what the issuer is: there are no keys to be had under this name.")
        if own_issuer:
            at = issuer.rstrip("/")
        else:
            # `base_url` lacks the path under which this app is mounted in another.
            at = str(address_of(request)).removesuffix("/.well-known/openid-configuration")
        domain = at.removesuffix(f"/{user_pool_id}") if user_pool_id == pool.user_pool_id else at
        return JSONResponse(document(issuer, f"{at}/.well-known/jwks.json", domain), headers=_FOR_PAGES)

    return router
