"""`auth.router`, put together from the endpoints of each flow."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter

from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.dependencies.misplaced import refuse_as_a_router
from fastapi_cognito_auth.dependencies.schemes import Schemes
from fastapi_cognito_auth.dependencies.transports import BearerTransport, Transport
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.auth_events import auth_events_router
from fastapi_cognito_auth.routers.challenges import challenges_router
from fastapi_cognito_auth.routers.config import config_router
from fastapi_cognito_auth.routers.password import password_router
from fastapi_cognito_auth.routers.raw_auth import raw_auth_router
from fastapi_cognito_auth.routers.refresh_tokens import refresh_tokens_router
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.sign_in import sign_in_router
from fastapi_cognito_auth.routers.sign_up import sign_up_router
from fastapi_cognito_auth.routers.token_form import token_form_router
from fastapi_cognito_auth.tokens.verifier import TokenVerifier


class AuthRouters(NamedTuple):
    """The parts of `auth.router`, one for each flow, to be mounted under one prefix."""

    sign_up: APIRouter
    """`POST /sign-up`, `/sign-up/confirm` and `/sign-up/resend-code`."""

    sign_in: APIRouter
    """`POST /sign-in`."""

    token_form: APIRouter
    """`POST /token`: the OAuth2 password form, for Swagger's Authorize button."""

    challenges: APIRouter
    """`POST /challenge` and `/challenge/totp`: what `/sign-in` asks for more."""

    raw_auth: APIRouter
    """`POST /initiate-auth` and `/respond-to-auth-challenge`, for clients that do SRP themselves."""

    password: APIRouter
    """`POST /password/forgot` and `/password/reset`."""

    refresh_tokens: APIRouter
    """`POST /refresh` and `/sign-out`."""

    auth_events: APIRouter
    """`POST /auth-events/feedback`."""

    config: APIRouter
    """`GET /config`."""

    def together(self) -> APIRouter:
        """Return a router of them all."""
        router = new_router(described={})
        for part in self:
            router.include_router(part)
        return router


def _is_no_router(parts: AuthRouters, name: str) -> Any:
    refuse_as_a_router(
        name,
        "auth.routers are the parts: write include_router(auth.routers.sign_in), or auth.router for them all",
    )
    return object.__getattribute__(parts, name)


# Not in its body, where a type checker would take every name for one that there is.
AuthRouters.__getattr__ = _is_no_router  # type: ignore[attr-defined]


def auth_routers(
    parts: Parts,
    verifier: TokenVerifier,
    transport: Transport,
    schemes: Schemes,
    *,
    region: str,
    user_pool_id: str,
    client_id: str,
    auth_flow: PasswordFlow,
    clock: Callable[[], float],
) -> AuthRouters:
    """Build `auth.routers`.

    Args:
        parts: what all routers share.
        verifier: judges the access token of a sign-out, revoked or not.
        transport: where the access token of a sign-out is.
        schemes: tell OpenAPI of the password form.
        region: of the pool.
        user_pool_id: the pool.
        client_id: the app client.
        auth_flow: how a password is proved by default.
        clock: seconds since the epoch.
    """
    pool, context, size = parts.pool, parts.client_context, parts.max_body_size
    return AuthRouters(
        sign_up=sign_up_router(pool.sign_up, context, max_body_size=size),
        sign_in=sign_in_router(pool.sign_in, context, BearerTransport(), max_body_size=size),
        token_form=token_form_router(pool.sign_in, context, schemes, max_body_size=size),
        challenges=challenges_router(pool.challenges, context, max_body_size=size),
        raw_auth=raw_auth_router(pool.call, context, client_id=client_id, max_body_size=size),
        password=password_router(pool.password, context, max_body_size=size),
        refresh_tokens=refresh_tokens_router(
            pool.refresh_tokens, transport, verifier, parts.ending, max_body_size=size, clock=clock
        ),
        auth_events=auth_events_router(pool.auth_events, max_body_size=size),
        config=config_router(
            region=region, user_pool_id=user_pool_id, client_id=client_id, auth_flow=auth_flow
        ),
    )
