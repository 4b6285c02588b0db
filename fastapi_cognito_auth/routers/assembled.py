"""The routers of `CognitoAuth`, put together from the endpoints of each flow."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, NamedTuple

from fastapi import APIRouter

from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser, HomeUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.dependencies.login_attempts import LoginAttempts
from fastapi_cognito_auth.dependencies.misplaced import refuse_as_a_router
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.dependencies.schemes import Schemes
from fastapi_cognito_auth.dependencies.transports import BearerTransport, Transport
from fastapi_cognito_auth.exceptions import CrossSiteRequestError, responses
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.account import account_router
from fastapi_cognito_auth.routers.admin_access import admin_access_router
from fastapi_cognito_auth.routers.admin_auth_events import admin_auth_events_router
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_devices import admin_devices_router
from fastapi_cognito_auth.routers.admin_events import log_event
from fastapi_cognito_auth.routers.admin_export import admin_export_router
from fastapi_cognito_auth.routers.admin_factors import admin_factors_router
from fastapi_cognito_auth.routers.admin_groups import admin_groups_router
from fastapi_cognito_auth.routers.admin_identities import admin_identities_router
from fastapi_cognito_auth.routers.admin_import_jobs import ImportJobs
from fastapi_cognito_auth.routers.admin_imports import admin_imports_router
from fastapi_cognito_auth.routers.admin_memberships import admin_memberships_router
from fastapi_cognito_auth.routers.admin_pages import PageTokens
from fastapi_cognito_auth.routers.admin_remaining import Remaining
from fastapi_cognito_auth.routers.admin_sessions import admin_sessions_router
from fastapi_cognito_auth.routers.admin_standing import Standing
from fastapi_cognito_auth.routers.admin_superiors import Superiors
from fastapi_cognito_auth.routers.admin_users import admin_users_router
from fastapi_cognito_auth.routers.attributes import attributes_router
from fastapi_cognito_auth.routers.auth_events import auth_events_router
from fastapi_cognito_auth.routers.challenges import challenges_router, totp_challenge_router
from fastapi_cognito_auth.routers.client_address import client_context
from fastapi_cognito_auth.routers.config import config_router
from fastapi_cognito_auth.routers.cookie_session import cookie_session_router
from fastapi_cognito_auth.routers.devices import devices_router
from fastapi_cognito_auth.routers.managed_login import ManagedLoginFlow, Pages, managed_login_router
from fastapi_cognito_auth.routers.mfa import mfa_router
from fastapi_cognito_auth.routers.passkeys import passkeys_router
from fastapi_cognito_auth.routers.password import password_router
from fastapi_cognito_auth.routers.pool import pool_router
from fastapi_cognito_auth.routers.raw_auth import raw_auth_router
from fastapi_cognito_auth.routers.refresh_tokens import refresh_tokens_router
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.session_end import SessionEnd
from fastapi_cognito_auth.routers.session_flow import CookieSessionFlow
from fastapi_cognito_auth.routers.sessions import sessions_router
from fastapi_cognito_auth.routers.sign_in import sign_in_router
from fastapi_cognito_auth.routers.sign_up import sign_up_router
from fastapi_cognito_auth.routers.token_form import token_form_router
from fastapi_cognito_auth.routers.user_cookie_sessions import user_cookie_sessions_router
from fastapi_cognito_auth.routers.user_sessions import UserSessions
from fastapi_cognito_auth.routers.wire import wire_router
from fastapi_cognito_auth.sealing import Sealer
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


class Routers:
    """Builds the routers of one user pool.

    Args:
        pool: does what the endpoints ask for.
        ending: ends access tokens where somebody signs out.
        forward_client_address: whether Cognito is told the client's address.
        trusted_proxies: how many proxies add to `X-Forwarded-For` before the app sees it.
        max_body_size: of a request, in bytes.
    """

    def __init__(
        self,
        pool: UserPool,
        ending: Ending,
        *,
        forward_client_address: bool,
        trusted_proxies: int,
        max_body_size: int,
    ) -> None:
        self._pool = pool
        self._ending = ending
        self._max_body_size = max_body_size
        self._trusted_proxies = trusted_proxies
        self._client_context = client_context(forward=forward_client_address, trusted_proxies=trusted_proxies)

    def auth(
        self,
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
            verifier: judges the access token of a sign-out, revoked or not.
            transport: where the access token of a sign-out is.
            schemes: tell OpenAPI of the password form.
            region: of the pool.
            user_pool_id: the pool.
            client_id: the app client.
            auth_flow: how a password is proved by default.
            clock: seconds since the epoch.
        """
        pool, context, size = self._pool, self._client_context, self._max_body_size
        return AuthRouters(
            sign_up=sign_up_router(pool.sign_up, context, max_body_size=size),
            sign_in=sign_in_router(pool.sign_in, context, BearerTransport(), max_body_size=size),
            token_form=token_form_router(pool.sign_in, context, schemes, max_body_size=size),
            challenges=challenges_router(pool.challenges, context, max_body_size=size),
            raw_auth=raw_auth_router(pool.call, context, client_id=client_id, max_body_size=size),
            password=password_router(pool.password, context, max_body_size=size),
            refresh_tokens=refresh_tokens_router(
                pool.refresh_tokens, transport, verifier, self._ending, max_body_size=size, clock=clock
            ),
            auth_events=auth_events_router(pool.auth_events, max_body_size=size),
            config=config_router(
                region=region, user_pool_id=user_pool_id, client_id=client_id, auth_flow=auth_flow
            ),
        )

    def cookie_session(
        self,
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
            session: keeps a browser signed in.
            principals: find out whose tokens they are.
            verifier: judges the access token of a sign-out, revoked or not.
            same_origin: refuses what pages of other sites send.
            user: whose sessions are listed.
            config: tells what the pool offers.
        """
        pool, context, size = self._pool, self._client_context, self._max_body_size
        flow = CookieSessionFlow(session, principals, self._session_end(verifier))
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
        router.include_router(user_cookie_sessions_router(self.user_sessions(session, verifier), user))
        router.include_router(config)
        return router

    def user_sessions(self, session: BrowserSession, verifier: TokenVerifier) -> UserSessions:
        """Build `auth.cookie_sessions`.

        Args:
            session: keeps a browser signed in.
            verifier: judges the access token of a session that ends, revoked or not.
        """
        return UserSessions(session.sessions, self._session_end(verifier))

    def _session_end(self, verifier: TokenVerifier) -> SessionEnd:
        return SessionEnd(verifier, self._pool.refresh_tokens, self._ending)

    def managed_login(
        self,
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
            CookieSessionFlow(session, principals, self._session_end(verifier)),
            session,
            verifier=verifier,
            scopes=scopes,
            issuers=issuers,
        )
        router = managed_login_router(flow)
        if domain is not None:
            router.include_router(domain, prefix="/domain")
        return router

    def account(
        self,
        user: CurrentUser | HomeUser,
        token: AccessToken,
        freshness: Freshness,
        *,
        clock: Callable[[], float],
    ) -> APIRouter:
        """Build `auth.account_router`."""
        pool, size = self._pool, self._max_body_size
        # The base, because its paths are empty: a part cannot be included with those.
        router = account_router(
            pool.account,
            pool.password,
            user,
            token,
            freshness,
            ending=self._ending,
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

    def admin(
        self, administrators: Administrators, sealer: Sealer, *, clock: Callable[[], float]
    ) -> APIRouter:
        """Build `auth.admin_router`.

        Args:
            administrators: let in who may.
            sealer: encrypts the tokens of pages.
            clock: seconds since the epoch.
        """
        users, groups, size = self._pool.users, self._pool.groups, self._max_body_size
        changes = self._changes(administrators.of_the_pool, clock)
        pages = PageTokens(sealer)
        remaining = Remaining(users, groups, (administrators.groups, administrators.of_the_pool))
        standing = Standing(users, groups, administrators.groups, clock=clock)
        router = new_router(tags=["admin"], described={})
        for part in (
            admin_users_router(
                users, groups, administrators, changes, pages, remaining=remaining, max_body_size=size
            ),
            admin_access_router(users, administrators, changes, remaining=remaining, max_body_size=size),
            admin_factors_router(users, administrators, changes, max_body_size=size),
            admin_identities_router(users, administrators, changes, max_body_size=size),
            admin_devices_router(users, administrators, changes, pages, max_body_size=size),
            admin_sessions_router(users, administrators, changes, pages),
            admin_auth_events_router(users, administrators, changes, pages, max_body_size=size),
            admin_memberships_router(groups, administrators, changes, pages, remaining=remaining),
            admin_groups_router(groups, administrators, changes, pages, max_body_size=size),
            admin_export_router(users, administrators, changes, pages, standing),
            admin_imports_router(
                ImportJobs(users, changes, refused_groups=administrators.privileged, clock=clock),
                administrators,
                changes,
                standing,
            ),
        ):
            router.include_router(part)
        return router

    def pool(
        self,
        sealer: Sealer,
        *,
        reading: Guard,
        changing: Guard,
        user_pool_id: str,
        clock: Callable[[], float],
    ) -> APIRouter:
        """Build `auth.pool_router`.

        Args:
            sealer: encrypts the tokens of pages.
            reading: lets in who may look.
            changing: lets in who may change something.
            user_pool_id: the pool.
            clock: seconds since the epoch.
        """
        return pool_router(
            self._pool.configuration,
            self._changes((), clock),
            PageTokens(sealer),
            reading=reading,
            changing=changing,
            user_pool_id=user_pool_id,
            max_body_size=self._max_body_size,
        )

    def _changes(self, superiors: Collection[str], clock: Callable[[], float]) -> Changes:
        return Changes(
            self._pool.users,
            self._ending,
            log_event,
            Superiors(superiors, self._pool.groups),
            trusted_proxies=self._trusted_proxies,
            clock=clock,
        )

    def wire(
        self, verifier: TokenVerifier, well_known: APIRouter, *, clock: Callable[[], float]
    ) -> APIRouter:
        """Build `auth.wire_router`.

        Args:
            verifier: judges the access token of a user who ends every sign-in, revoked or not.
            well_known: the key set and the discovery document.
            clock: seconds since the epoch.
        """
        return wire_router(
            self._pool.wire,
            self._client_context,
            verifier,
            self._ending,
            well_known,
            max_body_size=self._max_body_size,
            clock=clock,
        )
