"""The one call that turns a refresh token into new tokens, or the older one where that is not known."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi_cognito_auth.cognito.client import CognitoClient, refused_without_a_name
from fastapi_cognito_auth.exceptions import NotAuthorizedError, UnknownOperationError, UserPoolError

logger = logging.getLogger("fastapi_cognito_auth")

_OPERATION = "GetTokensFromRefreshToken"


class TokenRefresh:
    """Refreshes tokens; its state is whether the endpoint lacks the operation for it.

    Some servers that speak the API know `REFRESH_TOKEN_AUTH` of InitiateAuth alone. AWS knows both,
    and takes only GetTokensFromRefreshToken where the app client rotates refresh tokens; so the
    older one is called where the newer is not known, and never for another reason.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client
        self._lacking = False

    async def call(
        self, refresh_token: str, *, device_key: str | None = None, client_metadata: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the answer of the service.

        Raises:
            UserPoolError: the service refused, or could not be reached.
        """
        metadata: dict[str, Any] = {"ClientMetadata": dict(client_metadata)} if client_metadata else {}
        if self._lacking:
            return await self._initiate_auth(refresh_token, device_key, metadata)
        device = {} if device_key is None else {"DeviceKey": device_key}
        try:
            return await self._client.call(_OPERATION, RefreshToken=refresh_token, **device, **metadata)
        except UserPoolError as exc:
            if not (isinstance(exc, UnknownOperationError) or await self._is_lacking(exc)):
                raise
            unknown = exc
        try:
            answer = await self._initiate_auth(refresh_token, device_key, metadata)
        except NotAuthorizedError:
            if self._client.confidential:
                # Such a server may want the secret hash, which takes the name of the token's owner.
                raise unknown from None
            raise
        logger.warning("the endpoint has no %s: refreshing by REFRESH_TOKEN_AUTH from now on", _OPERATION)
        self._lacking = True
        return answer

    async def _is_lacking(self, error: UserPoolError) -> bool:
        """Ask a server that is not AWS's, and refused without saying what, about a token that is none.

        A server that knows the operation names an error. The token itself is not sent again: what
        has taken effect without an answer would count as reuse.
        """
        if not (self._client.foreign and refused_without_a_name(error)):
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
