"""`auth.account_router`, put together from the endpoints of each flow."""

from collections.abc import Callable

from fastapi import APIRouter

from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser, HomeUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.routers.account import account_router
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.attributes import attributes_router
from fastapi_cognito_auth.routers.devices import devices_router
from fastapi_cognito_auth.routers.mfa import mfa_router
from fastapi_cognito_auth.routers.passkeys import passkeys_router
from fastapi_cognito_auth.routers.sessions import sessions_router


def whole_account_router(
    parts: Parts,
    user: CurrentUser | HomeUser,
    token: AccessToken,
    freshness: Freshness,
    *,
    clock: Callable[[], float],
) -> APIRouter:
    """Build `auth.account_router`."""
    pool, size = parts.pool, parts.max_body_size
    # The base, because its paths are empty: a part cannot be included with those.
    router = account_router(
        pool.account,
        pool.password,
        user,
        token,
        freshness,
        ending=parts.ending,
        max_body_size=size,
        clock=clock,
    )
    for part in (
        attributes_router(pool.account, user, token, freshness, max_body_size=size),
        mfa_router(pool.mfa, pool.account, user, token, freshness, max_body_size=size),
        passkeys_router(pool.passkeys, user, token, freshness, max_body_size=size),
        devices_router(pool.devices, token, max_body_size=size),
        sessions_router(pool.sessions, user, token),
    ):
        router.include_router(part)
    return router
