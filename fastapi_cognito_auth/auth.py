"""`CognitoAuth`: reads the settings, builds the parts once, and names them."""

import inspect
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Never, Self

from fastapi import APIRouter

from fastapi_cognito_auth.assembly.local import local_settings
from fastapi_cognito_auth.assembly.start import refuse_mistakes, warmed_up
from fastapi_cognito_auth.assembly.verification import (
    access_token_transport,
    code_flow,
    doubt_regions,
    issuing_pools,
    keep_trying,
    load_balancer_user,
    revocations,
    warm_up,
)
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.closed import closed
from fastapi_cognito_auth.dependencies.current import (
    AccessToken,
    CurrentIdUser,
    CurrentPrincipal,
    CurrentUser,
    HomeUser,
    OptionalUser,
)
from fastapi_cognito_auth.dependencies.dead_ends import NOT_CALLED
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.guards import Guards
from fastapi_cognito_auth.dependencies.misplaced import (
    MisplacedError,
    OfAnObject,
    needs_an_object,
    refuse_as_a_router,
)
from fastapi_cognito_auth.dependencies.own_pages import OwnPages
from fastapi_cognito_auth.dependencies.own_paths import own_path
from fastapi_cognito_auth.dependencies.principals import Principals
from fastapi_cognito_auth.dependencies.refusal_page import RefusalPage, ShowRefusal
from fastapi_cognito_auth.dependencies.schemes import Schemes
from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.dependencies.sign_in_redirect import Otherwise, SignInRedirect
from fastapi_cognito_auth.dependencies.transports import BearerTransport
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.formats.metadata_uri import resource_metadata_uri
from fastapi_cognito_auth.keys.jwks import Fetch, JWKSCache
from fastapi_cognito_auth.misuse import WarmUp, built_once, demand_local, demand_settings, refuse_keywords
from fastapi_cognito_auth.never_from_input import NeverFromInput
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.revocation.protocol import Revocations
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.settings.keywords import LocalSettings
from fastapi_cognito_auth.settings.settings import MISSING_SECRET_KEY, CognitoSettings
from fastapi_cognito_auth.tokens.issuing_pool import ClaimsCheck
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from fastapi_cognito_auth.user import User

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from fastapi_cognito_auth.cognito.client import BeforeSend
    from fastapi_cognito_auth.cognito.derived_tokens import DerivedTokens
    from fastapi_cognito_auth.cognito.held_groups import HeldGroups
    from fastapi_cognito_auth.cognito.machine_tokens import MachineTokens
    from fastapi_cognito_auth.cognito.managed_login import ManagedLogin
    from fastapi_cognito_auth.cognito.models import Tokens
    from fastapi_cognito_auth.cognito.pool import UserPool
    from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
    from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
    from fastapi_cognito_auth.dependencies.session_middleware import SessionMiddleware
    from fastapi_cognito_auth.local import LocalUser, LocalUserPool
    from fastapi_cognito_auth.pages.look import Look
    from fastapi_cognito_auth.profile import Profile
    from fastapi_cognito_auth.routers.assembled.administration import Administration
    from fastapi_cognito_auth.routers.assembled.auth import AuthRouters
    from fastapi_cognito_auth.routers.assembled.parts import Parts
    from fastapi_cognito_auth.routers.user_sessions import UserSessions
    from fastapi_cognito_auth.sealing import Sealer


class CognitoAuth(Guards):
    """A user pool and an app client behind a FastAPI app.

    Everything is built here, once; nothing is fetched. It accepts the tokens of other pools, too,
    if `trusted_pools` names them; two pools with sign-in and accounts are two of these.

    Args:
        settings: from `COGNITO_*` environment variables unless given.
        accept_client: decides, by the verified claims, about tokens of the app's own pool whose app
            clients are not listed, such as those registered dynamically. `True` accepts.
        check_claims: a condition of the app's own for each token. Anything but `True` refuses.
        fetch_keys: gets the key set, instead of fetching it over HTTP.
        before_send: a handler of botocore's `before-send` event that answers calls to Cognito,
            instead of the network.
        clock: seconds since the epoch.

    Raises:
        ConfigurationError: a setting is missing or wrong.
    """

    def __init__(
        self,
        settings: CognitoSettings | None = None,
        *,
        accept_client: ClaimsCheck | None = None,
        check_claims: ClaimsCheck | None = None,
        fetch_keys: Fetch | None = None,
        before_send: "BeforeSend | None" = None,
        clock: Callable[[], float] = wall_clock,
        **_misplaced: Never,
    ) -> None:
        refuse_keywords(_misplaced, _KEYWORDS, "CognitoAuth(CognitoSettings({}=…))")
        settings = CognitoSettings() if settings is None else settings
        demand_settings(settings)
        if before_send is None:
            doubt_regions(settings)
        if settings.alb_arns and (check_claims is not None or settings.revocation != "off"):
            # They could not be asked about the header, and a check that is not asked is none.
            raise ConfigurationError(
                "COGNITO_ALB_ARNS goes neither with check_claims nor with COGNITO_REVOCATION:"
                " set COGNITO_ACCESS_TOKEN_HEADER instead"
            )
        self.settings = settings
        self._local_pool: LocalUserPool | None = None
        self._pools = issuing_pools(settings, fetch_keys, accept_client)
        self.keys: JWKSCache = self._pools[0].keys
        self.key_sets: Mapping[str, JWKSCache] = MappingProxyType(
            {pool.user_pool_id: pool.keys for pool in self._pools}
        )
        self._revocations = revocations(
            settings, self._pools, lambda token: self.pool.call("GetUser", AccessToken=token), clock
        )
        listed = settings.session_store == "redis" and bool(settings.secret_key)
        self._ending = Ending(self._revocations, self._end_sessions if listed else None, self._forget_groups)
        new_verifier = partial(
            TokenVerifier,
            self._pools,
            resources=settings.resource,
            check_claims=check_claims,
            max_token_size=settings.max_token_size,
            clock_skew=settings.clock_skew,
            clock=clock,
        )
        self.verifier: TokenVerifier = new_verifier(
            check_revoked=self._revocations.check if self._revocations else None,
            cache_size=settings.verified_token_cache,
        )
        # Signing out must not depend on a list that says no, or nothing.
        self._signature_verifier = new_verifier(cache_size=0)
        self._before_send = before_send
        self._transport = transport = access_token_transport(settings)
        resource_metadata = resource_metadata_uri(settings.resource[0]) if settings.resource else None
        self._principals = principals = Principals(
            transport,
            self.verifier,
            group_scopes=settings.group_scopes,
            home=settings.issuers,
            profile=self._profile,
            load_balancer=load_balancer_user(settings, clock),
            resource_metadata=resource_metadata,
        )
        self._schemes = schemes = Schemes(
            settings.scheme_name, settings.token_url, transport.places, code_flow(settings)
        )
        super().__init__(CurrentUser(principals, schemes), clock=clock)
        self.current_principal: CurrentPrincipal = CurrentPrincipal(principals, schemes)
        self.optional_user: OptionalUser = OptionalUser(principals, schemes)
        self.access_token: AccessToken = AccessToken(principals, schemes)
        self.id_user: CurrentIdUser = CurrentIdUser(
            BearerTransport(), self.verifier, schemes, principals, resource_metadata=resource_metadata
        )
        self.same_origin: OwnPages = OwnPages(settings.trusted_origins)
        self._session_middleware_built = False
        self._pages: list[APIRouter] = []
        self._shown_refusals: list[ShowRefusal] = []
        self._resource_metadata = resource_metadata
        # Users of other pools have no account here.
        self._home_user = HomeUser(principals, schemes) if settings.trusted_pools else self.current_user

    @classmethod
    def local(
        cls,
        pool: "LocalUserPool | None" = None,
        *,
        users: "Iterable[LocalUser]" = (),
        groups: Iterable[str] = (),
        client_secret: bool | str = False,
        mfa: Literal["OFF", "OPTIONAL", "ON"] = "OPTIONAL",
        group_scopes: Mapping[str, Iterable[str]] | None = None,
        auth_flow: "PasswordFlow" = "USER_SRP_AUTH",
        secret_key: str | None = None,
        settings: LocalSettings | None = None,
        accept_client: ClaimsCheck | None = None,
        check_claims: ClaimsCheck | None = None,
        clock: Callable[[], float] | None = None,
        **_misplaced: Never,
    ) -> Self:
        """Make a user pool inside this process: no AWS account, no network, nothing stored.

        It is honest: a wrong password, code or secret is refused as Cognito would. It needs the
        `[local]` extra, and no environment variable can switch it on or off.

        Args:
            pool: a pool of your own making, instead of `users` to `mfa`.
            users: users that exist from the start.
            groups: groups that exist from the start, beside those of the users.
            client_secret: whether the app client has a secret, or which.
            mfa: the pool's `MfaConfiguration`.
            group_scopes: scopes that membership in a group grants.
            auth_flow: how a password is proved.
            secret_key: seals challenges; drawn unless given, and kept in the pool's state file if it has one.
            settings: more fields of `CognitoSettings` by name, such as `{"clock_skew": 0}`.
            accept_client: as for `CognitoAuth`.
            check_claims: as for `CognitoAuth`.
            clock: seconds since the epoch, for the pool and for verifying its tokens; the pool's
                own unless given.

        Raises:
            ConfigurationError: the `[local]` extra is not installed, or `settings` holds what the
                local pool itself decides about.
        """
        refuse_keywords(_misplaced, _LOCAL_KEYWORDS, 'CognitoAuth.local(settings={{"{}": …}})')
        try:
            from fastapi_cognito_auth.local import LocalUserPool  # noqa: PLC0415 - an optional extra
        except ImportError as exc:
            msg = "CognitoAuth.local() needs the extra: pip install 'fastapi-cognito-auth[local]'"
            raise ConfigurationError(msg) from exc
        demand_local(pool, LocalUserPool, settings)
        own = {"users": users, "groups": groups, "client_secret": client_secret}
        if pool is not None and (given := [name for name, value in own.items() if value]):
            msg = f"a pool of your own has them itself: write LocalUserPool({given[0]}=…)"
            raise ConfigurationError(msg)
        if pool is None:
            pool = LocalUserPool(
                users=users,
                groups=groups,
                client_secret=client_secret,
                mfa=mfa,
                clock=clock or wall_clock,
            )
        key_set = pool.jwks

        async def fetch_keys() -> bytes:
            return json.dumps(key_set()).encode()

        auth = cls(
            local_settings(
                pool, settings, group_scopes=group_scopes, auth_flow=auth_flow, secret_key=secret_key
            ),
            accept_client=accept_client,
            check_claims=check_claims,
            fetch_keys=fetch_keys,
            before_send=pool.before_send,
            clock=clock or pool.clock,
        )
        auth._local_pool = pool
        return auth

    if not TYPE_CHECKING:  # a type checker knows what there is

        def __getattr__(self, name: str) -> Any:
            if name == "dependency":
                raise MisplacedError("an object is no dependency: write Depends(auth.current_user)")
            if not hasattr(type(self), name):
                refuse_as_a_router(name, "an object is no router: write include_router(auth.router)")
            return object.__getattribute__(self, name)  # once more, for its own words

        def __call__(
            self,
            _request: Annotated[None, NeverFromInput("write Depends(auth.current_user) for Depends(auth)")],
        ) -> Never:
            """Let FastAPI refuse `Depends(auth)` when the route is added.

            Raises:
                ConfigurationError: always.
            """
            raise ConfigurationError("an object is neither an app nor a dependency")

    @built_once
    def pool(self) -> "UserPool":
        """The user pool that the routers use, for scripts and endpoints of your own."""
        from fastapi_cognito_auth.assembly.user_pool import user_pool  # noqa: PLC0415 - half a second

        imports = None
        if self._local_pool is not None:
            from fastapi_cognito_auth.local.import_router import import_transport  # noqa: PLC0415 - an extra

            imports = partial(import_transport, self._local_pool)
        return user_pool(
            self.settings, lambda: self._sealer, self._before_send, self._clock, import_transport=imports
        )

    @built_once
    def router(self) -> APIRouter:
        """Sign-up, sign-in, challenges, password reset, refresh and sign-out.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        return self.routers.together()

    @built_once
    def routers(self) -> "AuthRouters":
        """The parts of `router`, for an app that leaves some of them out: `auth.routers.sign_in`.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.routers.assembled.auth import auth_routers  # noqa: PLC0415 - as `_parts`

        _ = self._sealer  # a missing key shows when the app is built, not when a challenge comes
        settings = self.settings
        return auth_routers(
            self._parts,
            self._signature_verifier,
            self._transport,
            self._schemes,
            region=settings.region,
            user_pool_id=settings.user_pool_id,
            client_id=settings.client_id,
            auth_flow=settings.auth_flow,
            clock=self._clock,
        )

    @built_once
    def session_router(self) -> APIRouter:
        """Signing in for browsers: tokens stay in a cookie session, and never reach the page.

        Mount it under a prefix, `app.include_router(auth.session_router, prefix="/session")`, and add the
        middleware: `app.add_middleware(auth.session_middleware)`.
        `Depends(auth.current_user)` and every guard take the session then, too.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.routers.assembled.browsers import session_router  # noqa: PLC0415 - as `_parts`

        session = self._browser_session
        return session_router(
            self._parts,
            session,
            self._principals,
            self._signature_verifier,
            same_origin=self.same_origin,
            user=self._home_user,
            config=self.routers.config,
        )

    @built_once
    def cookie_sessions(self) -> "UserSessions":
        """The cookie sessions of users, in all their browsers, for administrators.

        Raises:
            ConfigurationError: `COGNITO_SESSION_STORE` is `cookie`: nobody has a list of sessions.
                Or `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.routers.assembled.browsers import user_sessions  # noqa: PLC0415 - as `_parts`

        if self.settings.session_store == "cookie":
            raise ConfigurationError(
                "COGNITO_SESSION_STORE is cookie: only the browsers have the sessions, so set it to redis"
            )
        return user_sessions(self._parts, self._browser_session, self._signature_verifier)

    @built_once
    def managed_login_router(self) -> APIRouter:
        """Signing in at the pool's own pages, social and SAML providers included, into a cookie session.

        Mount it under a prefix, `app.include_router(auth.managed_login_router, prefix="/login")`, with
        `session_middleware`. `GET` of the prefix starts; the callback, which the app client has to know,
        is `/callback` under it.

        Raises:
            ConfigurationError: `COGNITO_DOMAIN` or `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.assembly.sessions import session_box  # noqa: PLC0415 - as the pool
        from fastapi_cognito_auth.routers.assembled.browsers import login_router  # noqa: PLC0415 - as `_parts`

        settings = self.settings
        pages: Callable[[str, str, str], ManagedLogin]
        if self._local_pool is not None:
            from fastapi_cognito_auth.local.app_pages import app_pages  # noqa: PLC0415 - an optional extra

            pages = app_pages(self._local_pool)
        else:
            managed_login = self.managed_login
            pages = lambda *_: managed_login  # noqa: E731
        return login_router(
            self._parts,
            pages,
            self._browser_session,
            self._principals,
            self._signature_verifier,
            box=session_box(settings),
            domain=None if self._local_pool is None else self._local_pool.domain_router,
            cookie=settings.session_cookie,
            client_id=settings.client_id,
            scopes=settings.login_scopes,
            issuers=settings.issuers,
            clock=self._clock,
        )

    @built_once
    def pages_router(self) -> APIRouter:
        """Pages to sign in, to sign up, for one's own account and administration, as `pages()` makes them.

        Mount it under a prefix or none, `app.include_router(auth.pages_router, prefix="/account")`, with
        `session_middleware`.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
            ModuleNotFoundError: the extra `pages` is not installed.
        """
        return self.pages()

    def pages(self, look: "Look | None" = None, *, remember_names: bool = True) -> APIRouter:
        """Build pages to sign in, to sign up, for one's own account and administration, in one's own look.

        They need the extra `pages`, and `app.add_middleware(auth.session_middleware)`.

        Args:
            look: names, colours, templates and languages.
            remember_names: a browser offers who signed in last, until somebody uses another name.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing, or a catalogue cannot be read.
            ModuleNotFoundError: the extra is not installed.
        """
        try:
            from fastapi_cognito_auth.pages.assembled import whole_pages_router  # noqa: PLC0415 - an optional extra
            from fastapi_cognito_auth.pages.look import Look  # noqa: PLC0415 - an optional extra
        except ModuleNotFoundError as exc:
            if exc.name not in {"jinja2", "babel", "markupsafe"}:
                raise
            msg = "the pages need an extra: pip install 'fastapi-cognito-auth[pages]'"
            raise ModuleNotFoundError(msg) from exc
        from fastapi_cognito_auth.assembly.sessions import session_box  # noqa: PLC0415 - as the pool
        from fastapi_cognito_auth.routers.assembled.browsers import session_flow, user_sessions  # noqa: PLC0415 - as `_parts`

        settings = self.settings
        router, show_refusal = whole_pages_router(
            look or Look(),
            self._parts,
            session_flow(self._parts, self._browser_session, self._principals, self._signature_verifier),
            self.same_origin,
            sessions=user_sessions(self._parts, self._browser_session, self._signature_verifier),
            user=self._home_user,
            token=self.access_token,
            freshness=Freshness(settings.fresh_sign_in_max_age, clock=self._clock),
            administrators=self._admins,
            administration=lambda: self._administration,
            box=session_box(settings),
            cookie=settings.session_cookie,
            user_pool_id=settings.user_pool_id,
            client_id=settings.client_id,
            auth_flow=settings.auth_flow,
            remember_names=remember_names,
            managed_login=self._start_of_managed_login,
            clock=self._clock,
            uptime=time.monotonic,
        )
        self._pages.append(router)
        self._shown_refusals.append(show_refusal)
        return router

    @built_once
    def managed_login(self) -> "ManagedLogin":
        """The OAuth2 endpoints at the pool's domain, for apps that want the tokens themselves.

        Raises:
            ConfigurationError: `COGNITO_DOMAIN` is missing.
        """
        from fastapi_cognito_auth.assembly.user_pool import managed_login  # noqa: PLC0415 - as the pool

        return managed_login(self.settings)

    def sign_in_redirect(
        self, sign_in: str, *_error: Never, otherwise: Otherwise | None = None
    ) -> SignInRedirect:
        """Send browsers to sign in: `app.add_exception_handler(401, auth.sign_in_redirect("/login"))`.

        A request for a page (`GET` or `HEAD`, with an `Accept` that prefers HTML) that lacks a sign-in is
        answered with 303, and `next` says where to come back to. What `require_fresh` and `require_acr`
        want goes along as `max_age` and `acr_values`. Everything else gets its 401.

        Args:
            sign_in: the path of the sign-in: where `managed_login_router` is, or a page of the app's
                own, which judges its `next` by `own_path`.
            otherwise: the exception handler for the rest, where the app has its own.

        Raises:
            ConfigurationError: that is no path of this app.
        """
        if _error:  # given itself as the exception handler
            raise ConfigurationError(NOT_CALLED[self.sign_in_redirect.__name__])
        return SignInRedirect(sign_in, otherwise, arrivals=Arrivals(self.settings.session_cookie))

    def refusal_page(self, *_error: Never, otherwise: Otherwise | None = None) -> RefusalPage:
        """Show browsers why they are refused: `app.add_exception_handler(403, auth.refusal_page())`.

        A request for a page (`GET` or `HEAD`, with an `Accept` that prefers HTML) is answered by a page in
        the look of `pages()`, with the same status and headers. Everything else is answered as before, and
        so is what an app without those pages refuses.

        Args:
            otherwise: the exception handler for the rest, where the app has its own.
        """
        if _error:  # given itself as the exception handler
            raise ConfigurationError(NOT_CALLED[self.refusal_page.__name__])
        return RefusalPage(self._shown_refusals, otherwise)

    def own_path(self, next_path: str | None, otherwise: str = "/") -> str:
        """Return a path of this app, as it is, or the other one in place of whatever leads elsewhere.

        For the `next` of a sign-in page: who writes links to it must not choose where users end up.

        Args:
            next_path: what came with a request.
            otherwise: where to go instead.
        """
        return own_path(next_path, otherwise)

    @built_once
    def machine_tokens(self) -> "MachineTokens":
        """Access tokens for the app itself, to call other APIs with (RFC 6749 section 4.4).

        They are asked for at the pool's domain if there is one, else by GetClientToken.

        Raises:
            ConfigurationError: there is no app client with a secret: `COGNITO_MACHINE_CLIENT_ID` and
                `COGNITO_MACHINE_CLIENT_SECRET`, or those of the app itself.
        """
        from fastapi_cognito_auth.assembly.machines import machine_tokens  # noqa: PLC0415 - as the pool

        pool = self._local_pool
        return machine_tokens(
            self.settings, self._pools[0], self._call, self._clock, None if pool is None else pool.domain_app
        )

    @built_once
    def derived_tokens(self) -> "DerivedTokens":
        """Access tokens of users, to call other APIs for them with (RFC 8693, GetDerivedToken)."""
        from fastapi_cognito_auth.assembly.machines import derived_tokens  # noqa: PLC0415 - as the pool

        return derived_tokens(
            self.settings,
            self._pools[0],
            self._call,
            self._clock,
            verifier=self.verifier,
            machine=lambda: self.machine_tokens,
        )

    def session_middleware(self, app: "ASGIApp | None" = None) -> "SessionMiddleware":
        """Write the cookies of a session on whatever answer there is: `app.add_middleware(…)`.

        Args:
            app: everything within.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing, or the app, which gives itself.
        """
        from fastapi_cognito_auth.dependencies.session_middleware import (  # noqa: PLC0415 - as with the pool
            MISSING,
            SessionMiddleware,
        )

        if app is None:
            raise ConfigurationError(MISSING)
        self._session_middleware_built = True
        return SessionMiddleware(app, self._browser_session, Arrivals(self.settings.session_cookie))

    @built_once
    def account_router(self) -> APIRouter:
        """The signed-in user's own account: attributes, password, factors, passkeys, devices, sessions.

        Mount it under a prefix, `app.include_router(auth.account_router, prefix="/account")`. Every
        endpoint asks for an access token, so the router needs no guard; what is sensitive asks for a
        recent sign-in (`fresh_sign_in_max_age`).

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.routers.assembled.account import whole_account_router  # noqa: PLC0415 - as `_parts`

        _ = self._sealer
        freshness = Freshness(
            self.settings.fresh_sign_in_max_age,
            clock=self._clock,
            resource_metadata=self._resource_metadata,
        )
        return whole_account_router(
            self._parts, self._home_user, self.access_token, freshness, clock=self._clock
        )

    @built_once
    def admin_router(self) -> APIRouter:
        """The users and groups of the pool, for administrators: the members of `admin_groups`.

        Mount it under a prefix, `app.include_router(auth.admin_router, prefix="/admin")`. Every endpoint
        asks who it is, so the router needs no guard, and cannot do without its own; what changes
        something asks for a recent sign-in (`admin_fresh_sign_in_max_age`). The app's AWS credentials do
        the work.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing, or nobody could be an administrator.
        """
        return self._administration.router

    @built_once
    def pool_router(self) -> APIRouter:
        """The configuration of the pool, for the members of `pool_admin_groups`; without any, for nobody.

        Mount it under a prefix, `app.include_router(auth.pool_router, prefix="/configuration")`. It
        cannot do without its own guard; what changes something asks for a recent sign-in
        (`admin_fresh_sign_in_max_age`). The app's AWS credentials do the work.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        from fastapi_cognito_auth.routers.assembled.configuration import configuration_router  # noqa: PLC0415 - as `_parts`

        groups = self.settings.pool_admin_groups
        administrators = self._administrators(groups, ())
        nobody = closed("Nobody configures the pool here: COGNITO_POOL_ADMIN_GROUPS names no group.")
        return configuration_router(
            self._parts,
            self._sealer,
            reading=administrators.reading if groups else nobody,
            changing=administrators.changing if groups else nobody,
            user_pool_id=self.settings.user_pool_id,
            clock=self._clock,
        )

    @built_once
    def wire_router(self) -> APIRouter:
        """`POST /`: the user pools API itself, for clients that speak it.

        Amplify, amazon-cognito-identity-js, pycognito or boto3 take the app for their endpoint.
        Only operations that need no AWS credentials are there, for the app's own client. The pool's
        key set and discovery document are beside it, as at Cognito.
        """
        from fastapi_cognito_auth.routers.well_known import well_known_router  # noqa: PLC0415 - as `_parts`
        from fastapi_cognito_auth.routers.wire import wire_router  # noqa: PLC0415 - as `_parts`

        settings, local_pool = self.settings, self._local_pool
        key_set_uri = settings.key_set_uri
        if local_pool is not None:
            key_set_uri = f"{local_pool.issuer}/.well-known/jwks.json"
        well_known = well_known_router(
            self.keys,
            user_pool_id=settings.user_pool_id,
            issuer=settings.authorization_servers[0],
            key_set_uri=key_set_uri,
        )
        parts = self._parts
        return wire_router(
            parts.pool.wire,
            parts.client_context,
            self._signature_verifier,
            parts.ending,
            well_known,
            max_body_size=parts.max_body_size,
            clock=self._clock,
        )

    @property
    def revocations(self) -> Revocations:
        """What is asked whether a token is revoked, and told what is.

        Raises:
            ConfigurationError: `COGNITO_REVOCATION` is off: nobody is asked, so telling is in vain.
        """
        if self._revocations is None:
            raise ConfigurationError("COGNITO_REVOCATION is off: there is no list of revocations")
        return self._revocations

    @built_once
    def metadata_router(self) -> APIRouter:
        """Protected resource metadata (RFC 9728): tells clients whose tokens this API takes.

        Mount it without a prefix: its address follows from the first `COGNITO_RESOURCE`.

        Raises:
            ConfigurationError: `COGNITO_RESOURCE` is missing, or begins with no web address.
        """
        from fastapi_cognito_auth.routers.metadata import metadata_router  # noqa: PLC0415 - as `_parts`

        settings = self.settings
        if not settings.resource:
            raise ConfigurationError(
                "COGNITO_RESOURCE is missing; metadata describes the API at that address"
            )
        return metadata_router(
            resource=settings.resource[0],
            authorization_servers=settings.authorization_servers,
            scopes_supported=settings.scopes_supported,
            resource_name=settings.resource_name,
            resource_documentation=settings.resource_documentation,
        )

    @property
    def local_pool(self) -> "LocalUserPool":
        """The embedded user pool.

        Raises:
            AttributeError: this is not a local pool.
        """
        if self._local_pool is None:
            msg = "only CognitoAuth.local() has a local pool"
            raise AttributeError(msg)
        return self._local_pool

    @built_once
    def local_router(self) -> APIRouter:
        """The embedded user pool's domain, and `GET /outbox`: the codes that it would have sent.

        Raises:
            AttributeError: this is not a local pool; a real one tells nobody its codes.
        """
        pool = self.local_pool
        from fastapi_cognito_auth.local.router import local_router  # noqa: PLC0415 - an optional extra

        return local_router(pool)

    def lifespan(self, app: Any = None) -> AbstractAsyncContextManager[None]:
        """Fetch the keys before the first request: `FastAPI(lifespan=auth.lifespan)`.

        A warm-up, never a need: without it, or if it fails, the first request fetches them. It holds the
        start up for half a second at most, and slower keys are fetched beside it. Where it runs again
        and again, as on AWS Lambda, keys that are known are fetched no more than elsewhere. While there
        are none they are tried for again every ten seconds or so.

        Args:
            app: its routes are looked at for a forgotten `Depends`, and for routers that hide each other.

        Raises:
            ConfigurationError: a route would read a `User` or the like from the request, a router is
                included where another answers in its stead, only who is signed in could sign in,
                `sign_in_redirect` or `refusal_page` was not called, or cookie sessions lack their middleware.
        """
        if not isinstance(self, CognitoAuth):  # of the class, it is given the app instead of an object
            raise needs_an_object("lifespan")
        return WarmUp(self._lifespan(app))

    @asynccontextmanager
    async def _lifespan(self, app: Any) -> AsyncIterator[None]:
        refuse_mistakes(
            app,
            self._principals,
            self._own_endpoints(),
            [self.sign_in_redirect, self.refusal_page],
            self.session_middleware,
            middleware_built=self._session_middleware_built,
        )
        session = self._principals.session
        stores = [] if session is None else [session.sessions.warm_up()]
        try:
            work = [*(warm_up(pool) for pool in self._pools), *stores]
            async with warmed_up(work, beside=map(keep_trying, self._pools)):
                yield
        finally:
            # The process may be ended by a signal after this, without anybody closing the pool.
            if self._local_pool is not None:
                self._local_pool.checkpoint()

    @cached_property
    def _admins(self) -> Administrators | None:
        """Let in who administers users, unless nobody could."""
        groups, read_groups = self.settings.admin_groups, self.settings.admin_read_groups
        return self._administrators(groups, read_groups) if groups or read_groups else None

    @cached_property
    def _administration(self) -> "Administration":
        """What administrators of users do, by endpoints or by pages."""
        from fastapi_cognito_auth.routers.assembled.administration import administration  # noqa: PLC0415 - as `_parts`

        if self._admins is None:
            raise ConfigurationError("COGNITO_ADMIN_GROUPS is empty: nobody could use auth.admin_router")
        return administration(self._parts, self._admins, self._sealer, clock=self._clock)

    def _administrators(self, groups: Iterable[str], read_groups: Iterable[str]) -> Administrators:
        return Administrators(
            self._home_user,
            self.access_token,
            groups=groups,
            read_groups=read_groups,
            of_the_pool=self.settings.pool_admin_groups,
            freshness=Freshness(
                self.settings.admin_fresh_sign_in_max_age,
                clock=self._clock,
                resource_metadata=self._resource_metadata,
            ),
            ask=self._groups_lately,
            ask_anew=self._groups_now,
        )

    def _start_of_managed_login(self) -> str | None:
        """Return the name of the route where managed login starts, if the app has asked for it."""
        router: APIRouter | None = vars(self).get("managed_login_router")
        routes = () if router is None else router.routes
        names = (str(getattr(route, "name", "")) for route in routes)
        return next((name for name in names if name.startswith("start_managed_login_")), None)

    def _own_endpoints(self) -> list[Any]:
        """Return the endpoints by which users of this pool sign in, of the routers that were asked for."""
        built = vars(self)
        routers = [built.get(name) for name in ("session_router", "managed_login_router", "wire_router")]
        routers += [*built.get("routers", ()), *self._pages]
        return [served.route.endpoint for router in routers for served in served_by(router)]

    async def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        return await self.pool.call(operation, **params)

    async def _profile(self, access_token: str) -> "Profile":
        return await self.pool.profiles.get(access_token)

    async def _groups_now(self, user: User, access_token: str) -> frozenset[str]:
        return await self._held_groups.now(access_token, user.username)

    async def _groups_lately(self, user: User, access_token: str) -> frozenset[str]:
        return await self._held_groups.lately(access_token, user.username, user.sub)

    def _forget_groups(self, sub: str) -> None:
        # Where nobody administers anything, nobody has been asked about.
        if "_held_groups" in vars(self):
            self._held_groups.forget(sub)

    @cached_property
    def _held_groups(self) -> "HeldGroups":
        from fastapi_cognito_auth.assembly.user_pool import held_groups  # noqa: PLC0415 - as the pool

        return held_groups(self.settings, self.pool, self._clock)

    async def _end_sessions(self, sub: str, issuer: str) -> None:
        # `sub` is of the app's own pool.
        if issuer in self.settings.issuers:
            await self._kept_sessions.sessions.end_of_user(sub)

    @cached_property
    def _browser_session(self) -> "BrowserSession":
        self._principals.session = self._kept_sessions
        return self._kept_sessions

    @cached_property
    def _kept_sessions(self) -> "BrowserSession":
        """Without looking there for who sends a request: an API may only have to end sessions."""

        async def refresh(refresh_token: str, device_key: str | None) -> "Tokens":
            return await self.pool.refresh_tokens.refresh(refresh_token, device_key=device_key)

        async def revoke(refresh_token: str) -> None:
            await self.pool.refresh_tokens.revoke(refresh_token)

        from fastapi_cognito_auth.assembly.sessions import browser_session  # noqa: PLC0415 - as the pool

        return browser_session(self.settings, refresh, revoke, self._clock)

    @cached_property
    def _parts(self) -> "Parts":
        # As with the pool: half a hundred models, which apps without these endpoints do not need.
        from fastapi_cognito_auth.routers.assembled.parts import Parts  # noqa: PLC0415
        from fastapi_cognito_auth.routers.client_address import client_context  # noqa: PLC0415

        settings = self.settings
        return Parts(
            self.pool,
            self._ending,
            client_context(forward=settings.forward_client_address, trusted_proxies=settings.trusted_proxies),
            trusted_proxies=settings.trusted_proxies,
            max_body_size=settings.max_body_size,
        )

    @cached_property
    def _sealer(self) -> "Sealer":
        # Apps that only verify tokens seal nothing, and need no key.
        if not self.settings.secret_key:
            raise ConfigurationError(MISSING_SECRET_KEY)
        from fastapi_cognito_auth.sealing import Sealer  # noqa: PLC0415 - as with the pool

        return Sealer([key.get_secret_value() for key in self.settings.secret_key], clock=self._clock)


for _name in (
    *("current_user", "current_principal", "optional_user", "access_token", "id_user", "same_origin"),
    *("settings", "keys", "key_sets", "verifier"),
):
    setattr(CognitoAuth, _name, OfAnObject(_name))

_KEYWORDS = frozenset(inspect.signature(CognitoAuth).parameters)
_LOCAL_KEYWORDS = frozenset(inspect.signature(CognitoAuth.local).parameters)
