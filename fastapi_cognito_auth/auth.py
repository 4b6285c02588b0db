"""`CognitoAuth`: reads the settings, builds the parts once, and names them."""

import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from fastapi import APIRouter

from fastapi_cognito_auth.client_address import client_context
from fastapi_cognito_auth.cognito.client import BeforeSend, CognitoClient
from fastapi_cognito_auth.cognito.pool import UserPool
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow
from fastapi_cognito_auth.dependencies import (
    AccessToken,
    CurrentUser,
    Freshness,
    Guard,
    OptionalUser,
    require_any_group,
    require_fresh,
    require_groups,
    require_scopes,
)
from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.jwks import Fetch, FetchError, JWKSCache
from fastapi_cognito_auth.key_sources import key_set_fetch
from fastapi_cognito_auth.routers.account import account_router
from fastapi_cognito_auth.routers.attributes import attributes_router
from fastapi_cognito_auth.routers.auth_events import auth_events_router
from fastapi_cognito_auth.routers.challenges import challenges_router
from fastapi_cognito_auth.routers.config import config_router
from fastapi_cognito_auth.routers.devices import devices_router
from fastapi_cognito_auth.routers.mfa import mfa_router
from fastapi_cognito_auth.routers.passkeys import passkeys_router
from fastapi_cognito_auth.routers.password import password_router
from fastapi_cognito_auth.routers.raw_auth import raw_auth_router
from fastapi_cognito_auth.routers.refresh_tokens import refresh_tokens_router
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.routers.sessions import sessions_router
from fastapi_cognito_auth.routers.sign_in import sign_in_router
from fastapi_cognito_auth.routers.sign_up import sign_up_router
from fastapi_cognito_auth.routers.wire import wire_router
from fastapi_cognito_auth.sealing import Sealer
from fastapi_cognito_auth.settings import MISSING_SECRET_KEY, CognitoSettings
from fastapi_cognito_auth.tokens import TokenVerifier
from fastapi_cognito_auth.transports import BearerTransport

if TYPE_CHECKING:
    from fastapi_cognito_auth.local import LocalUser, LocalUserPool

logger = logging.getLogger("fastapi_cognito_auth")


class CognitoAuth:
    """One user pool and one app client behind a FastAPI app.

    Everything is built here, once; nothing is fetched. Two pools are two of these.

    Args:
        settings: from `COGNITO_*` environment variables unless given.
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
        fetch_keys: Fetch | None = None,
        before_send: BeforeSend | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        settings = settings or CognitoSettings()
        self.settings = settings
        self._local_pool: LocalUserPool | None = None
        self._clock = clock
        self.keys = JWKSCache(
            fetch_keys
            or key_set_fetch(
                uri=settings.key_set_uri,
                key_set=settings.key_set,
                file=settings.key_set_file,
                timeout=settings.jwks_timeout,
            ),
            max_age=settings.jwks_max_age,
        )
        self.verifier = TokenVerifier(
            self.keys,
            issuers=settings.issuers,
            client_ids={settings.client_id},
            clock_skew=settings.clock_skew,
            clock=clock,
        )
        self.pool = UserPool(
            CognitoClient(
                user_pool_id=settings.user_pool_id,
                client_id=settings.client_id,
                client_secret=settings.client_secret.get_secret_value() if settings.client_secret else None,
                region=settings.region,
                endpoint_url=settings.endpoint_url,
                connect_timeout=settings.connect_timeout,
                read_timeout=settings.read_timeout,
                max_attempts=settings.max_attempts,
                max_connections=settings.max_connections,
                before_send=before_send,
            ),
            lambda: self._sealer,
            user_pool_id=settings.user_pool_id,
            client_id=settings.client_id,
            auth_flow=settings.auth_flow,
            session_validity=settings.auth_session_validity,
            totp_issuer=settings.totp_issuer,
            clock=clock,
        )
        self._transport = BearerTransport()
        self.current_user = CurrentUser(
            self._transport,
            self.verifier,
            group_scopes=settings.group_scopes,
            token_url=settings.token_url,
        )
        self.optional_user = OptionalUser(self.current_user)
        self._client_context = client_context(
            forward=settings.forward_client_address, trusted_proxies=settings.trusted_proxies
        )
        self.access_token = AccessToken(self.current_user)

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
        auth_flow: PasswordFlow = "USER_SRP_AUTH",
        secret_key: str | None = None,
        clock: Callable[[], float] | None = None,
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
            secret_key: seals challenges; drawn afresh unless given.
            clock: seconds since the epoch, for the pool and for verifying its tokens; the pool's
                own unless given.

        Raises:
            ConfigurationError: the `[local]` extra is not installed.
        """
        try:
            from fastapi_cognito_auth.local import LocalUserPool  # noqa: PLC0415 - an optional extra
        except ImportError as exc:
            msg = "CognitoAuth.local() needs the extra: pip install 'fastapi-cognito-auth[local]'"
            raise ConfigurationError(msg) from exc
        if pool is None:
            pool = LocalUserPool(
                users=users,
                groups=groups,
                client_secret=client_secret,
                mfa=mfa,
                clock=clock or time.time,
            )
        # Everything that names a pool is given, so that the environment cannot mix in another.
        settings = CognitoSettings(
            user_pool_id=pool.user_pool_id,
            client_id=pool.client_id,
            client_secret=pool.client_secret,
            secret_key=(secret_key or secrets.token_urlsafe(48),),
            endpoint_url=None,
            jwks_uri=None,
            key_set=None,
            key_set_file=None,
            issuer=(pool.issuer,),
            dns_suffix=None,
            auth_flow=auth_flow,
            group_scopes={group: frozenset(scopes) for group, scopes in (group_scopes or {}).items()},
            auth_session_validity=pool.auth_session_validity,
        )
        key_set = pool.jwks

        async def fetch_keys() -> bytes:
            return json.dumps(key_set()).encode()

        auth = cls(settings, fetch_keys=fetch_keys, before_send=pool.before_send, clock=clock or pool.clock)
        auth._local_pool = pool
        return auth

    @cached_property
    def router(self) -> APIRouter:
        """Sign-up, sign-in, challenges, password reset, refresh and sign-out.

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        settings = self.settings
        _ = self._sealer  # a missing key shows when the app is built, not when a challenge comes
        router = new_router()
        for part in (
            sign_up_router(self.pool.sign_up, self._client_context),
            sign_in_router(self.pool.sign_in, self._client_context, self._transport),
            challenges_router(self.pool.challenges, self._client_context),
            raw_auth_router(self.pool.call, self._client_context, client_id=settings.client_id),
            password_router(self.pool.password, self._client_context),
            refresh_tokens_router(self.pool.refresh_tokens, self._transport, self.verifier),
            auth_events_router(self.pool.auth_events),
            config_router(
                region=settings.region,
                user_pool_id=settings.user_pool_id,
                client_id=settings.client_id,
                auth_flow=settings.auth_flow,
            ),
        ):
            router.include_router(part, tags=["auth"])
        return router

    @cached_property
    def account_router(self) -> APIRouter:
        """The signed-in user's own account: attributes, password, factors, passkeys, devices, sessions.

        Mount it under a prefix. Every endpoint asks for an access token, so the router needs no
        guard; what is sensitive asks for a recent sign-in (`fresh_sign_in_max_age`).

        Raises:
            ConfigurationError: `COGNITO_SECRET_KEY` is missing.
        """
        _ = self._sealer
        pool, user, token = self.pool, self.current_user, self.access_token
        freshness = Freshness(self.settings.fresh_sign_in_max_age, clock=self._clock)
        # The base, because its paths are empty: a part cannot be included with those.
        router = account_router(pool.account, pool.password, user, token, freshness, clock=self._clock)
        for part in (
            attributes_router(pool.account, user, token, freshness),
            mfa_router(pool.mfa, pool.account, user, token, freshness),
            passkeys_router(pool.passkeys, user, token, freshness),
            devices_router(pool.devices, token),
            sessions_router(pool.sessions, user, token),
        ):
            router.include_router(part)
        return router

    @cached_property
    def wire_router(self) -> APIRouter:
        """`POST /`: the user pools API itself, for clients that speak it.

        Amplify, amazon-cognito-identity-js, pycognito or boto3 take the app for their endpoint.
        Only operations that need no AWS credentials are there, for the app's own client.
        """
        return wire_router(self.pool.wire, self._client_context)

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

    @cached_property
    def local_router(self) -> APIRouter:
        """`GET /outbox`: the codes that the embedded user pool would have sent.

        Raises:
            AttributeError: this is not a local pool; a real one tells nobody its codes.
        """
        pool = self.local_pool
        from fastapi_cognito_auth.local.router import local_router  # noqa: PLC0415 - an optional extra

        return local_router(pool.outbox)

    @asynccontextmanager
    async def lifespan(self, _app: Any = None) -> AsyncIterator[None]:
        """Fetch the keys before the first request: `FastAPI(lifespan=auth.lifespan)`.

        A warm-up, never a need: without it, or if it fails, the first request fetches them.
        """
        try:
            await self.keys.refresh()
        except FetchError as exc:
            logger.warning("starting without the keys of the user pool: %s", exc)
        yield

    def require_groups(self, *groups: str) -> Guard:
        """Make a guard that lets in members of **all** these groups.

        Raises:
            ValueError: no group is named.
        """
        return require_groups(self.current_user, *groups)

    def require_any_group(self, *groups: str) -> Guard:
        """Make a guard that lets in members of **at least one** of these groups.

        Raises:
            ValueError: no group is named.
        """
        return require_any_group(self.current_user, *groups)

    def require_scopes(self, *scopes: str) -> Guard:
        """Make a guard that demands **all** these scopes, of the token or granted by a group.

        Raises:
            ValueError: no scope is named.
        """
        return require_scopes(self.current_user, *scopes)

    def require_fresh(self, *, max_age: float) -> Guard:
        """Make a guard that demands a sign-in of at most `max_age` seconds ago, by `auth_time`.

        It refuses as RFC 9470 says, so that a client knows to sign the user in again. A refresh
        does not count.

        Raises:
            ValueError: `max_age` is less than a second.
        """
        if not max_age >= 1:
            raise ValueError("max_age is one second or more")
        return require_fresh(self.current_user, Freshness(max_age, clock=self._clock))

    @cached_property
    def _sealer(self) -> Sealer:
        # Apps that only verify tokens seal nothing, and need no key.
        if not self.settings.secret_key:
            raise ConfigurationError(MISSING_SECRET_KEY)
        return Sealer([key.get_secret_value() for key in self.settings.secret_key], clock=self._clock)
