"""Who sends a request: found out once, however many dependencies ask."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.forgotten import refuse_forgotten_in_app
from fastapi_cognito_auth.dependencies.transports import NO_TOKEN, NoToken, Transport
from fastapi_cognito_auth.exceptions import (
    InvalidIssuerError,
    InvalidTokenError,
    InvalidTokenUseError,
    KeysUnavailableError,
    NotAuthenticatedError,
    PermissionDeniedError,
    SessionsUnavailableError,
)
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.tokens.verified_tokens import VerifiedToken
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from fastapi_cognito_auth.user import Machine, User

if TYPE_CHECKING:
    from fastapi_cognito_auth.cookie_sessions.protocol import Kept
    from fastapi_cognito_auth.cookie_sessions.session import Session
    from fastapi_cognito_auth.dependencies.browser_session import BrowserSession
    from fastapi_cognito_auth.dependencies.load_balancer import LoadBalancerUser


class Found(NamedTuple):
    """What one verification of a request's token found."""

    principal: User | Machine
    access_token: str | None
    """`None` where a load balancer vouches for the user."""

    session: "Kept | None" = None
    """The cookie session that holds the token, if one does."""

    def user(self) -> User:
        """Return the user, if it is one.

        Raises:
            InvalidTokenUseError: it is a machine.
        """
        if not isinstance(self.principal, User):
            error = InvalidTokenUseError("The token is a machine's; this needs a user's.")
            raise error.about("username", found=None, wanted="a user's")
        return self.principal

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"Found({self.principal!r})"


class _Judged(NamedTuple):
    """What the access token of a cookie session was found to be."""

    verified: VerifiedToken[AccessTokenClaims]
    principal: User | Machine


class Principals:
    """Finds out who sends a request, once for a request however many dependencies ask.

    Args:
        transport: where the token is.
        verifier: judges it.
        group_scopes: the scopes that each group grants.
        home: the issuers of the app's own pool, whose users have a profile.
        profile: gets the profile of an access token's user.
        load_balancer: finds the user of a request without an access token.
        resource_metadata: where the API describes itself, named in each refusal (RFC 9728).
    """

    def __init__(
        self,
        transport: Transport,
        verifier: TokenVerifier,
        *,
        group_scopes: Mapping[str, frozenset[str]],
        home: Collection[str],
        profile: Callable[[str], Awaitable[Profile]],
        load_balancer: "LoadBalancerUser | None" = None,
        resource_metadata: str | None = None,
    ) -> None:
        self._transport = transport
        self._verifier = verifier
        self._group_scopes = group_scopes
        self._home = frozenset(home)
        self._profile = profile
        self._load_balancer = load_balancer
        self.resource_metadata = resource_metadata
        self.session: BrowserSession | None = None
        """Where to look for who sends no token; an app without cookie sessions has none."""

    async def find(self, connection: HTTPConnection) -> Found:
        """Return who it is, or raise the error that says why that cannot be told.

        Raises:
            CognitoAuthError: as `CurrentPrincipal` says.
            ConfigurationError: a route of the app lacks its `Depends`.
        """
        # FastAPI calls `Security` with scopes and `Depends` apart: share what one of them found.
        # The key is this object, so that two pools in one app keep their users apart.
        refuse_forgotten_in_app(connection.scope)
        known: dict[Principals, Found] = connection.scope.setdefault("fastapi_cognito_auth.principals", {})
        found = known.get(self)
        if found is None:
            token = self._transport.read(connection)
            if isinstance(token, str):
                # As `judge`, written out, since every request comes by here.
                try:
                    verified = await self._verifier.verify(token, AccessTokenClaims)
                except KeysUnavailableError as exc:
                    # Anybody may make up what is sent, but not the token of a session, which a refusal ends.
                    raise (exc.presumably or exc) from exc.__cause__
                found = Found(self._principal(verified, token), token)
            else:
                found = await self._look_elsewhere(connection, token)
            known[self] = found
        return found

    async def _look_elsewhere(self, connection: HTTPConnection, nobody: NoToken) -> Found:
        error = None
        if self.session is not None:
            try:
                return await self._of_session(self.session, connection)
            except NotAuthenticatedError as exc:
                error = exc
        if self._load_balancer is None:
            # What is wrong with the header says more than that there is no session either.
            raise nobody.error() if error is None or nobody is not NO_TOKEN else error
        return Found(await self._load_balancer.user(connection), None)

    async def _of_session(self, session: "BrowserSession", connection: HTTPConnection) -> Found:
        kept = await session.current(connection)
        token, judged = kept.session.access_token, kept.judged
        try:
            if judged is None or not await self._verifier.is_still_good(token, judged.verified):
                judged = kept.judged = await self._judged(kept.session)
        except InvalidTokenError:
            # Revoked, or of a key that is withdrawn: whoever holds nothing else is not signed in.
            await session.end(connection, kept)
            raise NotAuthenticatedError("Sign in again: the session has ended.") from None
        return Found(judged.principal, token, kept)

    async def _judged(self, session: "Session") -> _Judged:
        token = session.access_token
        verified = await self._verifier.verify(token, AccessTokenClaims)
        principal = self._principal(verified, token)
        # What a refresh brings is not looked at before.
        if principal.sub != session.sub:
            raise InvalidTokenError("The tokens are of two users.")
        return _Judged(verified, principal)

    async def judge(self, token: str) -> Found:
        """Return whose access token it is.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: that cannot be told at the moment.
        """
        return Found(self._principal(await self._verifier.verify(token, AccessTokenClaims), token), token)

    async def end_session(self, connection: HTTPConnection) -> None:
        """Take away the cookie session by which the principal of a request was found, if one was.

        A store that does not answer keeps it: nothing refreshes its tokens any more.
        """
        kept = self._kept(connection)
        if self.session is not None and kept is not None:
            self.session.forget(connection)
            with suppress(SessionsUnavailableError):
                await self.session.end(connection, kept)

    def session_id(self, connection: HTTPConnection) -> str | None:
        """Return what the cookie session is called by which the principal of a request was found."""
        kept = self._kept(connection)
        if kept is None:
            return None
        from fastapi_cognito_auth.cookie_sessions.protocol import session_id  # noqa: PLC0415 - few have sessions

        return session_id(kept.ticket)

    def _kept(self, connection: HTTPConnection) -> "Kept | None":
        known: dict[Principals, Found] = connection.scope.get("fastapi_cognito_auth.principals", {})
        found = known.get(self)
        return None if found is None else found.session

    def home(self, found: Found) -> User:
        """Return the user, if the app's own pool issued the token.

        Raises:
            InvalidIssuerError: another of the accepted pools issued it.
            InvalidTokenUseError: it is a machine.
        """
        user = found.user()
        if user.issuer not in self._home:
            raise InvalidIssuerError().about("iss", found=user.issuer, wanted=self._home)
        return user

    def _principal(self, verified: VerifiedToken[AccessTokenClaims], token: str) -> User | Machine:
        principal: User | Machine | None = verified.principal
        if principal is None:
            principal = verified.principal = principal_of(verified, self._group_scopes)
        if type(principal) is User and principal.issuer in self._home:
            return principal.with_profile(lambda: self._profile(token))
        return principal


def principal_of(
    verified: VerifiedToken[AccessTokenClaims], group_scopes: Mapping[str, frozenset[str]]
) -> User | Machine:
    """Return whose access token it is.

    Args:
        verified: what verifying it found out.
        group_scopes: the scopes that each group grants.

    Raises:
        InvalidTokenUseError: it is neither a user's nor a machine's.
    """
    claims = verified.claims
    if claims.username and claims.sub != claims.client_id:
        return User.from_claims(
            claims,
            claims.username,
            groups=verified.pool.groups_of(claims),
            scopes=verified.pool.scopes_of(claims),
            group_scopes=group_scopes,
        )
    if claims.username is None and claims.sub == claims.client_id:
        return Machine.from_claims(claims, scopes=verified.pool.scopes_of(claims))
    raise InvalidTokenUseError("The token is neither a user's nor a machine's.")


def demand_scopes(principal: User | Machine, scopes: Collection[str]) -> None:
    """Refuse who lacks a scope.

    Raises:
        PermissionDeniedError: at least one is missing.
    """
    if not scopes:
        return
    required = frozenset(scopes)
    if not required <= principal.scopes:
        raise PermissionDeniedError(
            required=required, held=principal.scopes, scope=" ".join(sorted(required))
        )
