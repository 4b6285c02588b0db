"""The one call that turns a refresh token into new tokens, or the older one where that is not known."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cognito.boto_errors import refused_without_a_name
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    NotAuthorizedError,
    UnknownOperationError,
    UnsupportedOperationError,
    UserPoolError,
)
from fastapi_cognito_auth.runtime.clock import wall_clock

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_OPERATION: Final = "GetTokensFromRefreshToken"
_REMEMBERED: Final = 300
"""Seconds: a server may be replaced, and what refused without a name may have been a gateway's bad day."""

_NOT_THIS_WAY: Final = (InvalidParameterError, UnknownOperationError, UnsupportedOperationError)
"""What a server says that does not take the older flow; the token has not been used by then."""


class TokenRefresh:
    """Refreshes tokens; its state is since when the endpoint is known to lack the operation for it.

    Some servers that speak the API know `REFRESH_TOKEN_AUTH` of InitiateAuth alone. AWS knows both,
    and takes only GetTokensFromRefreshToken where the app client rotates refresh tokens; so the
    older one is called where the newer is not known, never for another reason, and never at AWS.

    Args:
        client: speaks to Cognito.
        clock: seconds since the epoch.
    """

    def __init__(self, client: CognitoClient, *, clock: Callable[[], float] = wall_clock) -> None:
        self._client = client
        self._clock = clock
        self._lacking_since: float | None = None

    async def call(
        self, refresh_token: str, *, device_key: str | None = None, client_metadata: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the answer of the service.

        Raises:
            UserPoolError: the service refused, or could not be reached.
        """
        metadata: dict[str, Any] = {"ClientMetadata": dict(client_metadata)} if client_metadata else {}
        if self._is_known_to_lack():
            try:
                return await self._initiate_auth(refresh_token, device_key, metadata)
            except NotAuthorizedError:
                raise
            except _NOT_THIS_WAY:
                self._lacking_since = None
            except UserPoolError:
                # Whatever it is, the next refresh finds out anew.
                self._lacking_since = None
                raise
        device = {} if device_key is None else {"DeviceKey": device_key}
        try:
            return await self._client.call(_OPERATION, RefreshToken=refresh_token, **device, **metadata)
        except UserPoolError as exc:
            if not await self._is_lacking(exc):
                raise
            unknown = exc
        try:
            answer = await self._initiate_auth(refresh_token, device_key, metadata)
        except NotAuthorizedError:
            if self._client.confidential:
                # Such a server may want the secret hash, which takes the name of the token's owner.
                raise unknown from None
            raise
        logger.warning("the endpoint has no %s: refreshing by REFRESH_TOKEN_AUTH for now", _OPERATION)
        self._lacking_since = self._clock()
        return answer

    def _is_known_to_lack(self) -> bool:
        return self._lacking_since is not None and 0 <= self._clock() - self._lacking_since < _REMEMBERED

    async def _is_lacking(self, error: UserPoolError) -> bool:
        """Tell whether a server that is not AWS's does not know the operation.

        One that refused without saying what is asked about a token that is none: a server that
        knows the operation names an error. The token itself is not sent again: what has taken
        effect without an answer would count as reuse.
        """
        if not self._client.foreign:
            return False
        if isinstance(error, UnknownOperationError):
            return True
        if not refused_without_a_name(error):
            return False
        try:
            await self._client.call(_OPERATION, RefreshToken="none")
        except UserPoolError as exc:
            return isinstance(exc, UnknownOperationError) or refused_without_a_name(exc)
        return False

    async def _initiate_auth(
        self, refresh_token: str, device_key: str | None, metadata: Mapping[str, Any]
    ) -> dict[str, Any]:
        device = {} if device_key is None else {"DEVICE_KEY": device_key}
        return await self._client.call(
            "InitiateAuth",
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token, **device},
            **metadata,
        )
