"""Tokens for the app itself: client credentials at the pool's domain, or GetClientToken.

https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from fastapi_cognito_auth.cognito.domain_client import DomainClient
from fastapi_cognito_auth.cognito.kept_tokens import Issued, KeptTokens
from fastapi_cognito_auth.cognito.token_requests import (
    Verify,
    bearer,
    refused,
    verified,
    wanted_resource,
    wanted_scopes,
)
from fastapi_cognito_auth.exceptions import (
    ConfigurationError,
    MachineClientError,
    MachineScopeError,
    MachineTokenError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.runtime.clock import wall_clock

if TYPE_CHECKING:
    import httpx2

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

Ask = Callable[[frozenset[str], str | None], Awaitable[str]]
"""Asks for a token of these scopes, which is for that resource."""

_Key = tuple[frozenset[str], str | None]

_MOST: Final = 256
"""Sets of scopes for which a token is kept."""

_OF_THE_CLIENT: Final = frozenset({"invalid_client", "unauthorized_client"})


class MachineTokens:
    """Gets access tokens for the app itself, and keeps them until shortly before they end.

    Args:
        ask: asks the pool for one.
        verify: judges what it answers with.
        clock: seconds since the epoch.
    """

    def __init__(self, ask: Ask, verify: Verify, *, clock: Callable[[], float] = wall_clock) -> None:
        self._ask = ask
        self._verify = verify
        self._tokens: KeptTokens[_Key] = KeptTokens(most=_MOST, clock=clock)

    async def get(self, *, scopes: Iterable[str] = (), resource: str | None = None) -> str:
        """Return an access token (RFC 6749 section 4.4) that is good for some seconds more.

        Args:
            scopes: those that it has to have, such as `orders/read`; all that the app client may
                have unless given.
            resource: what it is for (RFC 8707); such a token is accepted nowhere else. Only the
                domain has them.

        Raises:
            MachineScopeError: the app client may not have one of the scopes.
            MachineClientError: the pool does not know the app client, or not by this secret.
            MachineTokenError: it refused for another reason, or its token is not what was asked for.
            UserPoolUnavailableError: nothing is known; try again.
            KeysUnavailableError: the token cannot be verified at the moment.
            ValueError: a scope or the resource is written in another way.
        """
        key = wanted_scopes(scopes), wanted_resource(resource)
        return await self._tokens.get(key, lambda: self._issue(key))

    def httpx_auth(self, *, scopes: Iterable[str] = (), resource: str | None = None) -> "httpx2.Auth":
        """Return what adds such a token to each request of an `httpx2.AsyncClient`.

        A request that is refused with 401 is sent once more, with a new token.

        Args:
            scopes: as for `get`.
            resource: as for `get`.

        Raises:
            ValueError: a scope or the resource is written in another way.
        """
        from fastapi_cognito_auth.cognito.bearer_auth import BearerAuth  # noqa: PLC0415 - httpx2 comes late

        key = wanted_scopes(scopes), wanted_resource(resource)
        return BearerAuth(
            lambda: self._tokens.get(key, lambda: self._issue(key)),
            lambda refused: self._tokens.instead_of(refused, key, lambda: self._issue(key)),
        )

    async def _issue(self, key: _Key) -> Issued:
        token = await self._ask(*key)
        claims = await verified(token, self._verify, *key)
        if claims.username is not None or claims.sub != claims.client_id:
            logger.warning("the pool issued a token to a machine that is a user's")
            raise MachineTokenError
        return Issued(token, claims.exp)


def at_domain(client: DomainClient) -> Ask:
    """Return what asks the token endpoint of the pool's domain.

    Args:
        client: asks as the app client.
    """

    async def ask(scopes: frozenset[str], resource: str | None) -> str:
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(sorted(scopes)),
            "resource": resource or "",
        }
        status, answer = await client.post(
            "/oauth2/token", **{name: text for name, text in form.items() if text}
        )
        if status == 200:
            return bearer(answer.get("access_token"), answer.get("token_type"))
        error = client.refusal_of(status, answer, asked=form["scope"] or "none")
        if error is None:
            raise UserPoolUnavailableError
        if error in _OF_THE_CLIENT:
            raise MachineClientError(error=error)
        raise MachineScopeError(error=error) if error == "invalid_scope" else MachineTokenError(error=error)

    return ask


def by_api(call: Callable[..., Awaitable[dict[str, Any]]], client_id: str, client_secret: str) -> Ask:
    """Return what asks by GetClientToken, for pools without a domain.

    Args:
        call: calls an operation of the API.
        client_id: the app client.
        client_secret: its secret.
    """

    async def ask(scopes: frozenset[str], resource: str | None) -> str:
        if resource is not None:
            raise ConfigurationError("COGNITO_DOMAIN is missing: GetClientToken knows no resources")
        asked = {"Scopes": sorted(scopes)} if scopes else {}
        try:
            answer = await call("GetClientToken", ClientId=client_id, Secret=client_secret, **asked)
        except UserPoolError as exc:
            raise refused(exc, scopes) from exc.__cause__
        result = answer.get("ClientAuthenticationResult") or {}
        return bearer(result.get("AccessToken"), result.get("TokenType"))

    return ask
