"""`auth.pool_router`, with what its changes go through."""

from collections.abc import Callable

from fastapi import APIRouter

from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.routers.admin_pages import PageTokens
from fastapi_cognito_auth.routers.assembled.changes import changes_of
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.pool import pool_router
from fastapi_cognito_auth.sealing import Sealer


def configuration_router(
    parts: Parts,
    sealer: Sealer,
    *,
    reading: Guard,
    changing: Guard,
    user_pool_id: str,
    clock: Callable[[], float],
) -> APIRouter:
    """Build `auth.pool_router`.

    Args:
        parts: what all routers share.
        sealer: encrypts the tokens of pages.
        reading: lets in who may look.
        changing: lets in who may change something.
        user_pool_id: the pool.
        clock: seconds since the epoch.
    """
    return pool_router(
        parts.pool.configuration,
        changes_of(parts, (), clock),
        PageTokens(sealer),
        reading=reading,
        changing=changing,
        user_pool_id=user_pool_id,
        max_body_size=parts.max_body_size,
    )
