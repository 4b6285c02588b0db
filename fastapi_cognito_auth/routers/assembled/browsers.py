"""Routers that sign browsers in: by the pool's API, and at its own pages."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.dependencies.login_attempts import LoginAttempts
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.exceptions import CrossSiteRequestError, responses
from fastapi_cognito_auth.routers.assembled.parts import Parts
from fastapi_cognito_auth.routers.challenges import totp_challenge_router
from fastapi_cognito_auth.routers.cookie_session import cookie_session_router
from fastapi_cognito_auth.routers.managed_login import ManagedLoginFlow, Pages, managed_login_router
from fastapi_cognito_auth.routers.password import password_router
from fastapi_cognito_auth.routers.session_end import SessionEnd
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
from fastapi_cognito_auth.routers.sign_up import sign_up_router
from fastapi_cognito_auth.routers.user_cookie_sessions import user_cookie_sessions_router
from fastapi_cognito_auth.routers.user_sessions import UserSessions
from fastapi_cognito_auth.tokens.verifier import TokenVerifier


def session_router(
    parts: Parts,
    session: BrowserSession,
    principals: Principals,
    verifier: TokenVerifier,
    *,
    same_origin: Callable[..., Awaitable[None]],
    user: CurrentUser,
    config: APIRouter,
) -> APIRouter:
    """Build `auth.session_router`.

    Args:
        parts: what all routers share.
        session: keeps a browser signed in.
        principals: find out whose tokens they are.
        verifier: judges the access token of a sign-out, revoked or not.
        same_origin: refuses what pages of other sites send.
        user: whose sessions are listed.
        config: tells what the pool offers.
    """
    pool, context, size = parts.pool, parts.client_context, parts.max_body_size
    flow = CookieSessionFlow(session, principals, _session_end(parts, verifier))
    # The base, because one of its paths is empty: a part cannot be included with that.
    router = cookie_session_router(
        flow, pool.sign_in, pool.challenges, context, same_origin, max_body_size=size
    )
    refused = responses(CrossSiteRequestError)
    for part in (
        sign_up_router(pool.sign_up, context, max_body_size=size),
        password_router(pool.password, context, max_body_size=size),
    ):
        router.include_router(part, responses=refused)
    router.include_router(
        totp_challenge_router(pool.challenges, max_body_size=size),
        tags=["cookie session"],
        responses=refused,
    )
    router.include_router(user_cookie_sessions_router(user_sessions(parts, session, verifier), user))
    router.include_router(config)
    return router


def session_flow(
    parts: Parts, session: BrowserSession, principals: Principals, verifier: TokenVerifier
) -> CookieSessionFlow:
    """Build what turns the tokens of a sign-in into a session, for pages."""
    return CookieSessionFlow(session, principals, _session_end(parts, verifier))


def user_sessions(parts: Parts, session: BrowserSession, verifier: TokenVerifier) -> UserSessions:
    """Build `auth.cookie_sessions`.

    Args:
        parts: what all routers share.
        session: keeps a browser signed in.
        verifier: judges the access token of a session that ends, revoked or not.
    """
    return UserSessions(session.sessions, _session_end(parts, verifier))


def login_router(
    parts: Parts,
    pages: Pages,
    session: BrowserSession,
    principals: Principals,
    verifier: TokenVerifier,
    *,
    box: Box,
    domain: APIRouter | None,
    cookie: str,
    client_id: str,
    scopes: Iterable[str],
    issuers: Iterable[str],
    clock: Callable[[], float],
) -> APIRouter:
    """Build `auth.managed_login_router`.

    Args:
        parts: what all routers share.
        pages: the pool's.
        session: keeps a browser signed in.
        principals: find out whose tokens they are.
        verifier: judges them, revoked or not.
        box: encrypts what a browser keeps of an attempt.
        domain: of a local pool, whose pages are part of the app.
        cookie: what the cookies of attempts begin with.
        client_id: the app client.
        scopes: to ask for.
        issuers: of the pool.
        clock: seconds since the epoch.
    """
    flow = ManagedLoginFlow(
        pages,
        LoginAttempts(box, cookie, client_id=client_id, clock=clock),
        Arrivals(cookie),
        CookieSessionFlow(session, principals, _session_end(parts, verifier)),
        session,
        verifier=verifier,
        scopes=scopes,
        issuers=issuers,
    )
    router = managed_login_router(flow)
    if domain is not None:
        router.include_router(domain, prefix="/domain")
    return router


def _session_end(parts: Parts, verifier: TokenVerifier) -> SessionEnd:
    return SessionEnd(verifier, parts.pool.refresh_tokens, parts.ending)
