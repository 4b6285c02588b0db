"""`current_user` and the other principals of a request.

Nouns are dependencies. Each takes an `HTTPConnection`, so the same objects serve HTTP routes and
WebSockets. Refusing is raising: nothing here returns `None` for "no".
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from fastapi.openapi.models import HTTPBearer, OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidIssuerError,
    InvalidTokenUseError,
    NotAuthenticatedError,
    PermissionDeniedError,
)
from fastapi_cognito_auth.load_balancer import NO_ACCESS_TOKEN, LoadBalancerUser
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.refusal import refusal
from fastapi_cognito_auth.tokens import TokenVerifier
from fastapi_cognito_auth.transports import Transport
from fastapi_cognito_auth.user import IdUser, Machine, User
from fastapi_cognito_auth.verified_tokens import VerifiedToken


class Found(NamedTuple):
    """What one verification of a request's token found."""

    principal: User | Machine
    access_token: str | None
    """`None` where a load balancer vouches for the user."""

    def user(self) -> User:
        """Return the user, if it is one.

        Raises:
            InvalidTokenUseError: it is a machine.
        """
        if not isinstance(self.principal, User):
            raise InvalidTokenUseError("The token is a machine's; this needs a user's.")
        return self.principal

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"Found({self.principal!r})"


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
        load_balancer: LoadBalancerUser | None = None,
        resource_metadata: str | None = None,
    ) -> None:
        self._transport = transport
        self._verifier = verifier
        self._group_scopes = group_scopes
        self._home = frozenset(home)
        self._profile = profile
        self._load_balancer = load_balancer
        self.resource_metadata = resource_metadata

    async def find(self, connection: HTTPConnection) -> Found:
        """Return who it is, or raise the error that says why that cannot be told.

        Raises:
            CognitoAuthError: as `CurrentPrincipal` says.
        """
        # FastAPI calls `Security` with scopes and `Depends` apart: share what one of them found.
        # The key is this object, so that two pools in one app keep their users apart.
        known: dict[Principals, Found] = connection.scope.setdefault("fastapi_cognito_auth.principals", {})
        found = known.get(self)
        if found is None:
            try:
                token = self._transport.read(connection)
            except NotAuthenticatedError:
                if self._load_balancer is None:
                    raise
                found = known[self] = Found(await self._load_balancer.user(connection), None)
                return found
            verified = await self._verifier.verify(token, AccessTokenClaims)
            principal = verified.principal
            if principal is None:
                principal = verified.principal = self._principal(verified)
            if type(principal) is User and principal.issuer in self._home:
                principal = principal.with_profile(lambda: self._profile(token))
            found = known[self] = Found(principal, token)
        return found

    def home(self, found: Found) -> User:
        """Return the user, if the app's own pool issued the token.

        Raises:
            InvalidIssuerError: another of the accepted pools issued it.
            InvalidTokenUseError: it is a machine.
        """
        user = found.user()
        if user.issuer not in self._home:
            raise InvalidIssuerError
        return user

    def _principal(self, verified: VerifiedToken[AccessTokenClaims]) -> User | Machine:
        claims = verified.claims
        if claims.username and claims.sub != claims.client_id:
            return User.from_claims(
                claims, claims.username, self._group_scopes, group_prefix=verified.group_prefix
            )
        if claims.username is None and claims.sub == claims.client_id:
            return Machine.from_claims(claims)
        raise InvalidTokenUseError("The token is neither a user's nor a machine's.")


class _Dependency(SecurityBase):
    """A security scheme as FastAPI knows them, so OpenAPI lists it, and `Security` with scopes works."""

    def __init__(self, principals: Principals, scheme: SecuritySchemeModel) -> None:
        self._principals = principals
        self.scheme_name = "CognitoAuth"
        self.model = scheme

    def refusal(self, connection: HTTPConnection, error: CognitoAuthError) -> Exception:
        """Return what to raise for an error: here, and in guards that ask for more."""
        return refusal(connection, error, self._principals.resource_metadata)


class CurrentUser(_Dependency):
    """The signed-in user: `Depends(auth.current_user)`.

    Args:
        principals: finds them.
        scheme: what OpenAPI shows.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User:
        """Return the user, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            user = (await self._principals.find(connection)).user()
            demand_scopes(user, security_scopes.scopes)
        except CognitoAuthError as exc:
            raise self.refusal(connection, exc) from exc.__cause__
        return user


class HomeUser(CurrentUser):
    """The signed-in user of the app's own pool, which alone knows the account."""

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User:
        """Return the user, or raise the error that says why not.

        Raises:
            InvalidIssuerError: another of the accepted pools issued the token.
            CognitoAuthError: as for any user.
        """
        try:
            user = self._principals.home(await self._principals.find(connection))
            demand_scopes(user, security_scopes.scopes)
        except CognitoAuthError as exc:
            raise self.refusal(connection, exc) from exc.__cause__
        return user


class CurrentPrincipal(_Dependency):
    """Who sends the request, a user or a machine: `Depends(auth.current_principal)`.

    Args:
        principals: finds them.
        scheme: what OpenAPI shows.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User | Machine:
        """Return the user or the machine, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            principal = (await self._principals.find(connection)).principal
            demand_scopes(principal, security_scopes.scopes)
        except CognitoAuthError as exc:
            raise self.refusal(connection, exc) from exc.__cause__
        return principal


class OptionalUser(_Dependency):
    """The signed-in user, or `None` without credentials: `Depends(auth.optional_user)`.

    A token that is not valid is still refused: whoever sends one believes to be signed in.

    Args:
        principals: finds them.
        scheme: what OpenAPI shows.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> User | None:
        """Return the user, or `None` if the request carries no token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: there is a user, and a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            user = (await self._principals.find(connection)).user()
            demand_scopes(user, security_scopes.scopes)
        except NotAuthenticatedError:
            return None
        except CognitoAuthError as exc:
            raise self.refusal(connection, exc) from exc.__cause__
        return user


class AccessToken(_Dependency):
    """The access token of the signed-in user, as it came: `Depends(auth.access_token)`.

    For operations of Cognito that take one. It was verified first, and only once; one that
    another pool issued is refused, since the app's own pool could do nothing with it.

    Args:
        principals: verifies it.
        scheme: what OpenAPI shows.
    """

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> str:
        """Return the token, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed.
            PermissionDeniedError: a scope that `Security` names is missing.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            found = await self._principals.find(connection)
            demand_scopes(self._principals.home(found), security_scopes.scopes)
            if found.access_token is None:
                raise NotAuthenticatedError(NO_ACCESS_TOKEN)
        except CognitoAuthError as exc:
            raise self.refusal(connection, exc) from exc.__cause__
        return found.access_token


class CurrentIdUser(SecurityBase):
    """The user whom an ID token names: `Depends(auth.id_user)`.

    An ID token says who somebody is, for the app that signed them in. It is no permission: use it
    where that is what you ask, and access tokens everywhere else.

    Args:
        transport: where the token is.
        verifier: judges it.
        resource_metadata: where the API describes itself, named in each refusal (RFC 9728).
    """

    def __init__(
        self, transport: Transport, verifier: TokenVerifier, *, resource_metadata: str | None = None
    ) -> None:
        self._transport = transport
        self._resource_metadata = resource_metadata
        self._verifier = verifier
        self.scheme_name = "CognitoIdToken"
        self.model = HTTPBearer(bearerFormat="JWT", description="An ID token of the user pool.")

    async def __call__(self, connection: HTTPConnection) -> IdUser:
        """Return the user, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed; an access token is one.
            KeysUnavailableError: the token cannot be judged at the moment.
        """
        try:
            verified = await self._verifier.verify(self._transport.read(connection), IdTokenClaims)
        except CognitoAuthError as exc:
            raise refusal(connection, exc, self._resource_metadata) from exc.__cause__
        if verified.principal is None:
            verified.principal = IdUser.from_claims(verified.claims, group_prefix=verified.group_prefix)
        user: IdUser = verified.principal
        return user


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


def security_scheme(token_url: str | None, places: Sequence[str]) -> SecuritySchemeModel:
    """Return what OpenAPI shows of access tokens.

    Args:
        token_url: where Swagger's Authorize button gets a token; `None` for a plain bearer scheme.
        places: where a token is looked for, in words.
    """
    description = "An access token of the user pool."
    if len(places) > 1:
        description = f"An access token of the user pool, in {' or in '.join(places)}."
    if token_url is None:
        return HTTPBearer(bearerFormat="JWT", description=description)
    flow = OAuthFlowPassword(tokenUrl=token_url, scopes={})
    return OAuth2(flows=OAuthFlows(password=flow), description=description)
