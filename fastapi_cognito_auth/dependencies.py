"""`current_user`, and the guards that refuse.

Nouns are dependencies, verbs make one. Each takes an `HTTPConnection`, so the same objects guard
HTTP routes and WebSockets. Refusing is raising: nothing here returns `None` for "no".
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer, OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import (
    InvalidTokenUseError,
    NotAuthenticatedError,
    PermissionDeniedError,
    StepUpRequiredError,
)
from fastapi_cognito_auth.tokens import TokenVerifier
from fastapi_cognito_auth.transports import BearerTransport
from fastapi_cognito_auth.user import User

Guard = Callable[..., Awaitable[User]]
"""A dependency that returns the user, or raises."""


@dataclass(frozen=True)
class _SignedIn:
    """What one verification of a request's token found."""

    user: User
    access_token: str = field(repr=False)


class CurrentUser(SecurityBase):
    """The signed-in user: `Depends(auth.current_user)`.

    It is a security scheme as FastAPI knows them, so OpenAPI lists it, and `Security` with
    `scopes` works. A token is verified once for a request, however many guards ask.

    Args:
        transport: where the token is.
        verifier: judges it.
        group_scopes: the scopes that each group grants.
        token_url: where Swagger's Authorize button gets a token; `None` for a plain bearer scheme.
    """

    def __init__(
        self,
        transport: BearerTransport,
        verifier: TokenVerifier,
        *,
        group_scopes: Mapping[str, frozenset[str]],
        token_url: str | None,
    ) -> None:
        self._transport = transport
        self._verifier = verifier
        self._group_scopes = group_scopes
        self.scheme_name = "CognitoAuth"
        self.model = _scheme(token_url)

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User:
        """Return the user, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        user = (await self._signed_in(connection)).user
        _demand_scopes(user, security_scopes.scopes)
        return user

    async def access_token(self, connection: HTTPConnection) -> str:
        """Return the token itself, verified like the user's.

        Raises:
            CognitoAuthError: as for the user.
        """
        return (await self._signed_in(connection)).access_token

    async def _signed_in(self, connection: HTTPConnection) -> _SignedIn:
        # FastAPI calls `Security` with scopes and `Depends` apart: share what one of them found.
        # The key is this object, so that two pools in one app keep their users apart.
        known: dict[CurrentUser, _SignedIn] = connection.scope.setdefault("fastapi_cognito_auth.users", {})
        if self not in known:
            token = self._transport.read(connection)
            claims = await self._verifier.access_token(token)
            if not claims.username:
                raise InvalidTokenUseError("The token is a machine's; this needs a user's.")
            user = User.from_claims(claims, claims.username, self._group_scopes)
            known[self] = _SignedIn(user, token)
        return known[self]


class OptionalUser(SecurityBase):
    """The signed-in user, or `None` without credentials: `Depends(auth.optional_user)`.

    A token that is not valid is still refused: whoever sends one believes to be signed in.

    Args:
        current_user: finds the user.
    """

    def __init__(self, current_user: CurrentUser) -> None:
        self._current_user = current_user
        self.scheme_name = current_user.scheme_name
        self.model = current_user.model

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User | None:
        """Return the user, or `None` if the request carries no token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: there is a user, and a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            return await self._current_user(connection, security_scopes)
        except NotAuthenticatedError:
            return None


class AccessToken(SecurityBase):
    """The access token of the signed-in user, as it came: `Depends(auth.access_token)`.

    For operations of Cognito that take one. It was verified first, and only once.

    Args:
        current_user: verifies it.
    """

    def __init__(self, current_user: CurrentUser) -> None:
        self._current_user = current_user
        self.scheme_name = current_user.scheme_name
        self.model = current_user.model

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> str:
        """Return the token, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        await self._current_user(connection, security_scopes)
        return await self._current_user.access_token(connection)


class Freshness:
    """Tells whether a sign-in is recent enough for something sensitive (RFC 9470).

    It goes by `auth_time`, which a refresh keeps, so only signing in helps.

    Args:
        max_age: seconds that may have passed; `None` accepts any sign-in.
        clock: seconds since the epoch.
    """

    def __init__(self, max_age: float | None, *, clock: Callable[[], float] = time.time) -> None:
        self.max_age = max_age
        self._clock = clock

    def until(self, user: User) -> float | None:
        """Return when the sign-in stops being fresh, in seconds since the epoch, if it ever does."""
        if self.max_age is None or user.auth_time is None:
            return None
        return user.auth_time.timestamp() + self.max_age

    def holds(self, user: User) -> bool:
        """Return whether the sign-in is fresh; one of unknown time is not."""
        if self.max_age is None:
            return True
        until = self.until(user)
        return until is not None and self._clock() <= until

    def demand(self, user: User) -> None:
        """Refuse a sign-in that is not fresh.

        Raises:
            StepUpRequiredError: the user must sign in again.
        """
        if self.max_age is not None and not self.holds(user):
            raise StepUpRequiredError(max_age=self.max_age)


def require_fresh(current_user: CurrentUser, freshness: Freshness) -> Guard:
    """Make a guard that demands a recent sign-in."""

    async def guard(user: Annotated[User, Depends(current_user)]) -> User:
        freshness.demand(user)
        return user

    return guard


def require_groups(current_user: CurrentUser, *groups: str) -> Guard:
    """Make a guard that lets in members of **all** these groups.

    Raises:
        ValueError: no group is named; a guard that lets everyone in is a mistake.
    """
    required = _names("group", groups)

    async def guard(user: Annotated[User, Depends(current_user)]) -> User:
        if not required <= user.groups:
            raise PermissionDeniedError(required=required, held=user.groups)
        return user

    return guard


def require_any_group(current_user: CurrentUser, *groups: str) -> Guard:
    """Make a guard that lets in members of **at least one** of these groups.

    Raises:
        ValueError: no group is named.
    """
    required = _names("group", groups)

    async def guard(user: Annotated[User, Depends(current_user)]) -> User:
        if required.isdisjoint(user.groups):
            raise PermissionDeniedError(required=required, held=user.groups)
        return user

    return guard


def require_scopes(current_user: CurrentUser, *scopes: str) -> Guard:
    """Make a guard that demands **all** these scopes, of the token or granted by a group.

    Raises:
        ValueError: no scope is named.
    """
    required = _names("scope", scopes)

    async def guard(user: Annotated[User, Depends(current_user)]) -> User:
        _demand_scopes(user, required)
        return user

    return guard


def _demand_scopes(user: User, scopes: Iterable[str]) -> None:
    required = frozenset(scopes)
    if not required <= user.scopes:
        raise PermissionDeniedError(required=required, held=user.scopes, scope=" ".join(sorted(required)))


def _names(kind: str, names: tuple[str, ...]) -> frozenset[str]:
    if not names or not all(names):
        msg = f"name at least one {kind}"
        raise ValueError(msg)
    return frozenset(names)


def _scheme(token_url: str | None) -> SecuritySchemeModel:
    if token_url is None:
        return HTTPBearer(bearerFormat="JWT", description="An access token of the user pool.")
    flow = OAuthFlowPassword(tokenUrl=token_url, scopes={})
    return OAuth2(flows=OAuthFlows(password=flow), description="An access token of the user pool.")
