"""What a refresh token is good for: new tokens, and signing out."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from fastapi_cognito_auth.cognito.attempt import Device
from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.models import AuthOutcome, AuthTokens, Tokens
from fastapi_cognito_auth.cognito.token_refresh import TokenRefresh
from fastapi_cognito_auth.exceptions import NotAuthorizedError, UserNotFoundError, UserPoolUnavailableError
from fastapi_cognito_auth.runtime.single_flight import SingleFlight


class RefreshTokens:
    """Refreshes and revokes; its state is the refreshes that are under way.

    Args:
        client: speaks to Cognito.
        token_refresh: makes the call for new tokens.
        open_device: opens what a client kept of its device.
    """

    def __init__(
        self, client: CognitoClient, token_refresh: TokenRefresh, open_device: Callable[[str], Device]
    ) -> None:
        self._client = client
        self._token_refresh = token_refresh
        self._open_device = open_device
        self._flights: SingleFlight[bytes, dict[str, Any]] = SingleFlight()

    async def refresh(
        self,
        refresh_token: str,
        *,
        device: str | None = None,
        device_key: str | None = None,
        client_metadata: Mapping[str, str] | None = None,
    ) -> Tokens:
        """Get new tokens (GetTokensFromRefreshToken).

        Groups and attributes are looked up anew. Two refreshes of one token at the same time
        share one call: with rotation, the second would otherwise be taken for a theft.

        Args:
            refresh_token: of the sign-in, or of the last refresh if the app client rotates them.
            device: what the client kept of its device; a token of a tracked device needs it.
            device_key: the device's key alone, where the app kept it (`device_key` of an access token).
            client_metadata: passed to the pool's triggers.

        Raises:
            NotAuthorizedError: the token is not good any more: expired, revoked, or of a user
                who was disabled or deleted. The user must sign in again.
            RefreshTokenReuseError: rotation has replaced the token.
            InvalidSessionError: the device is forged, or from another app.
            UserPoolUnavailableError: nothing is known; the token may be good, so keep it.
        """
        metadata = dict(client_metadata or {})
        if device is not None:
            device_key = self._open_device(device).key
        # The secret itself is no key of a dictionary that a debugger may show.
        key = hashlib.sha256(repr((refresh_token, device_key, sorted(metadata.items()))).encode()).digest()
        try:
            answer = await self._flights.run(
                key,
                lambda: self._token_refresh.call(
                    refresh_token, device_key=device_key, client_metadata=metadata
                ),
            )
        except UserNotFoundError as exc:
            raise NotAuthorizedError("The refresh token is not valid any more.") from exc
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
