"""`current_user`, and the guards that refuse.

Nouns are dependencies, verbs make one. Each takes an `HTTPConnection`, so the same objects guard
HTTP routes and WebSockets. Refusing is raising: nothing here returns `None` for "no".
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer, OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import InvalidTokenUseError, NotAuthenticatedError, PermissionDeniedError
from fastapi_cognito_auth.tokens import TokenVerifier
from fastapi_cognito_auth.transports import BearerTransport
from fastapi_cognito_auth.user import User

Guard = Callable[..., Awaitable[User]]
"""A dependency that returns the user, or raises."""


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
        user = await self._user(connection)
        _demand_scopes(user, security_scopes.scopes)
        return user

    async def _user(self, connection: HTTPConnection) -> User:
        # FastAPI calls `Security` with scopes and `Depends` apart: share what one of them found.
        # The key is this object, so that two pools in one app keep their users apart.
        known: dict[CurrentUser, User] = connection.scope.setdefault("fastapi_cognito_auth.users", {})
        if self not in known:
            claims = await self._verifier.access_token(self._transport.read(connection))
            if not claims.username:
                raise InvalidTokenUseError("The token is a machine's; this needs a user's.")
            known[self] = User.from_claims(claims, claims.username, self._group_scopes)
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

    async def __call__(self, connection: HTTPConnection) -> User | None:
        """Return the user, or `None` if the request carries no token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            return await self._current_user(connection, SecurityScopes())
        except NotAuthenticatedError:
            return None


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
