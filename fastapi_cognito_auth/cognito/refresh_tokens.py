"""What a refresh token is good for: new tokens, and signing out."""

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.models import AuthOutcome, AuthTokens, Tokens
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from fastapi_cognito_auth.single_flight import SingleFlight


class RefreshTokens:
    """Refreshes and revokes; its state is the refreshes that are under way.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client
        self._flights: SingleFlight[bytes, dict[str, Any]] = SingleFlight()

    async def refresh(
        self, refresh_token: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> Tokens:
        """Get new tokens (GetTokensFromRefreshToken).

        Groups and attributes are looked up anew. Two refreshes of one token at the same time
        share one call: with rotation, the second would otherwise be taken for a theft.

        Raises:
            NotAuthorizedError: the token is not good any more: expired, revoked, or of a user
                who was disabled or deleted. The user must sign in again.
            RefreshTokenReuseError: rotation has replaced the token.
            UserPoolUnavailableError: nothing is known; the token may be good, so keep it.
        """
        metadata = dict(client_metadata or {})
        # The secret itself is no key of a dictionary that a debugger may show.
        key = hashlib.sha256(repr((refresh_token, sorted(metadata.items()))).encode()).digest()
        answer = await self._flights.run(
            key,
            lambda: self._client.call(
                "GetTokensFromRefreshToken", RefreshToken=refresh_token, ClientMetadata=metadata
            ),
        )
        outcome = parse(AuthOutcome, answer)
        if outcome.result is None:
            raise UserPoolUnavailableError
        return parse(AuthTokens, outcome.result).tokens()

    async def revoke(self, refresh_token: str) -> None:
        """End a sign-in: revoke the refresh token and the access tokens drawn from it (RevokeToken).

        Cognito refuses the access tokens from then on. Whoever verifies them offline does not
        notice until they expire.

        Raises:
            UnsupportedTokenTypeError: it is not a refresh token.
            UnsupportedOperationError: revocation is switched off for the app client.
            UnauthorizedError: the token belongs to another app client.
        """
        await self._client.call("RevokeToken", Token=refresh_token)
