"""`current_user` and the other principals of a request.

Nouns are dependencies. Each takes an `HTTPConnection`, so the same objects serve HTTP routes and
WebSockets. Refusing is raising: nothing here returns `None` for "no".
"""

from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.forgotten import Dependency, refuse_forgotten_in_app
from fastapi_cognito_auth.dependencies.principals import Principals, demand_scopes
from fastapi_cognito_auth.dependencies.refusal import refusal
from fastapi_cognito_auth.dependencies.schemes import AccessTokenScheme, Schemes
from fastapi_cognito_auth.dependencies.transports import NoToken, Transport
from fastapi_cognito_auth.exceptions import (
    NO_ACCESS_TOKEN,
    CognitoAuthError,
    IdTokenNotKeptError,
    InvalidTokenError,
    KeysUnavailableError,
    NotAuthenticatedError,
    PermissionDeniedError,
)
from fastapi_cognito_auth.tokens.claims import IdTokenClaims
from fastapi_cognito_auth.tokens.verified_tokens import VerifiedToken
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from fastapi_cognito_auth.user import IdUser, Machine, User


class _Dependency(Dependency, AccessTokenScheme):
    def __init__(self, principals: Principals, schemes: Schemes) -> None:
        super().__init__(schemes)
        self._principals = principals

    def is_of(self, principals: Principals) -> bool:
        """Tell whether it finds those."""
        return self._principals is principals

    def refusal(self, connection: HTTPConnection, error: CognitoAuthError) -> Exception:
        """Return what to raise for an error: here, and in guards that ask for more."""
        return refusal(connection, error, self._principals.resource_metadata)


class CurrentUser(_Dependency):
    """The signed-in user: `Depends(auth.current_user)`.

    Args:
        principals: finds them.
        schemes: what OpenAPI shows.
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

    async def end_session(self, connection: HTTPConnection) -> None:
        """Take away the cookie session by which the user of a request is signed in, if it is one."""
        await self._principals.end_session(connection)

    def session_id(self, connection: HTTPConnection) -> str | None:
        """Return what the cookie session is called by which the user of a request is signed in."""
        return self._principals.session_id(connection)


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
        schemes: what OpenAPI shows.
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
        schemes: what OpenAPI shows.
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
        schemes: what OpenAPI shows.
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


class CurrentIdUser(Dependency, SecurityBase):
    """The user whom an ID token names: `Depends(auth.id_user)`.

    An ID token says who somebody is, for the app that signed them in. It is no permission: use it
    where that is what you ask, and access tokens everywhere else.

    Args:
        transport: where the token is.
        verifier: judges it.
        schemes: what OpenAPI shows.
        principals: find the cookie session that holds one, for who sends none.
        resource_metadata: where the API describes itself, named in each refusal (RFC 9728).
    """

    def __init__(
        self,
        transport: Transport,
        verifier: TokenVerifier,
        schemes: Schemes,
        principals: Principals,
        *,
        resource_metadata: str | None = None,
    ) -> None:
        self._transport = transport
        self._principals = principals
        self._resource_metadata = resource_metadata
        self._verifier = verifier
        self.schemes = schemes
        self.model = schemes.id_token

    @property
    def scheme_name(self) -> str:  # type: ignore[override]
        """Its name in OpenAPI."""
        return self.schemes.name("IdToken")

    def is_of(self, principals: Principals) -> bool:
        """Tell whether it finds the sessions of those."""
        return self._principals is principals

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> IdUser:
        """Return the user, or raise the error that says why not.

        Raises:
            NotAuthenticatedError: the request carries no token.
            InvalidTokenError: a subclass that says which check failed; an access token is one.
            PermissionDeniedError: `Security` names a scope; an ID token has none.
            KeysUnavailableError: the token cannot be judged at the moment.
            IdTokenNotKeptError: there is a cookie session, and it holds none.
        """
        refuse_forgotten_in_app(connection.scope)
        try:
            verified = await self._verified(connection)
            if security_scopes.scopes:
                raise PermissionDeniedError(
                    required=security_scopes.scopes, scope=" ".join(security_scopes.scopes)
                )
        except CognitoAuthError as exc:
            raise refusal(connection, exc, self._resource_metadata) from exc.__cause__
        if verified.principal is None:
            verified.principal = IdUser.from_claims(
                verified.claims, groups=verified.pool.groups_of(verified.claims)
            )
        user: IdUser = verified.principal
        return user

    async def _verified(self, connection: HTTPConnection) -> VerifiedToken[IdTokenClaims]:
        token, sub = self._transport.read(connection), None
        if not isinstance(token, str):
            token, sub = await self._of_session(connection, token)
        try:
            verified = await self._verifier.verify(token, IdTokenClaims)
        except KeysUnavailableError as exc:
            # As for an access token: nobody has made up that of a session.
            raise ((exc.presumably if sub is None else None) or exc) from exc.__cause__
        if sub is not None and verified.claims.sub != sub:
            raise InvalidTokenError("The tokens are of two users.")
        return verified

    async def _of_session(self, connection: HTTPConnection, nobody: NoToken) -> tuple[str, str]:
        """Return the ID token of the session by which `current_user` would find the user, and whose it is."""
        if self._principals.session is None:
            raise nobody.error()
        found = await self._principals.find(connection)
        if found.session is None:
            raise nobody.error()
        if found.session.session.id_token is None:
            raise IdTokenNotKeptError
        return found.session.session.id_token, found.principal.sub
