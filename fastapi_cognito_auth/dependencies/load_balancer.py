"""The user whom an Application Load Balancer has signed in, from the header it adds."""

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.transports import HeaderTransport
from fastapi_cognito_auth.exceptions import NO_ACCESS_TOKEN, NotAuthenticatedError
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.tokens.alb import AlbVerifier
from fastapi_cognito_auth.user import User


class LoadBalancerUser:
    """Reads `x-amzn-oidc-data`, and says who the user is.

    Args:
        transport: where the header is.
        verifier: judges it.
        group_scopes: the scopes that each group grants.
    """

    def __init__(
        self, transport: HeaderTransport, verifier: AlbVerifier, *, group_scopes: Mapping[str, frozenset[str]]
    ) -> None:
        self._transport = transport
        self._verifier = verifier
        self._group_scopes = group_scopes

    async def user(self, connection: HTTPConnection) -> User:
        """Return the user.

        Raises:
            NotAuthenticatedError: there is no such header.
            InvalidTokenError: a subclass that says which check failed.
            CrossSiteRequestError: another site made the browser send the request.
            KeysUnavailableError: the header cannot be judged at the moment.
        """
        token = self._transport.read(connection)
        if not isinstance(token, str):
            raise token.error()
        claims = await self._verifier.verify(token)
        groups = frozenset(claims.groups)
        granted = (self._group_scopes[group] for group in groups & self._group_scopes.keys())
        user = User(
            sub=claims.sub,
            username=claims.username,
            groups=groups,
            scopes=frozenset(claims.scope.split()).union(*granted),
            client_id=claims.client_id,
            issuer=claims.iss,
            expires_at=datetime.fromtimestamp(claims.exp, UTC),
        )
        return user.with_claims(claims).with_profile(_no_profile)


async def _no_profile() -> Profile:
    raise NotAuthenticatedError(NO_ACCESS_TOKEN)
