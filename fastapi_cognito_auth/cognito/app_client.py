"""What every request of one app client carries: its ids, and what proves its secret."""

import base64
import hmac
from collections.abc import Collection
from typing import Any, Final

from fastapi_cognito_auth.cognito.pool_operations import OF_THE_WHOLE_POOL

_MEMBERS_WITH_SECRET: Final = {
    **dict.fromkeys(("GetTokensFromRefreshToken", "RevokeToken", "GetDerivedToken"), "ClientSecret"),
    "GetClientToken": "Secret",
}
_PARAMETERS_WITH_HASH: Final = {
    "InitiateAuth": "AuthParameters",
    "RespondToAuthChallenge": "ChallengeResponses",
}


class AppClient:
    """An app client of a user pool.

    Args:
        user_pool_id: filled in where an operation takes `UserPoolId` and none is given.
        client_id: filled in where an operation takes `ClientId` and none is given.
        secret: where the app client has one, `SECRET_HASH` is added to what needs it.
    """

    def __init__(self, user_pool_id: str, client_id: str, secret: str | None) -> None:
        self._user_pool_id = user_pool_id
        self._client_id = client_id
        self._secret = secret

    @property
    def confidential(self) -> bool:
        """Whether the app client has a secret."""
        return self._secret is not None

    def secret_hash(self, username: str) -> str:
        """Return the base64 HMAC-SHA256 of username and client id under the client secret."""
        key = (self._secret or "").encode()
        digest = hmac.digest(key, f"{username}{self._client_id}".encode(), "sha256")
        return base64.b64encode(digest).decode()

    def complete(self, operation: str, members: Collection[str], params: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of a request with what the app client adds.

        Args:
            operation: its name in the API.
            members: those that it takes.
            params: as the caller gave them; nothing of them is replaced.
        """
        complete = dict(params)
        if "UserPoolId" in members:
            complete.setdefault("UserPoolId", self._user_pool_id)
        if "ClientId" in members and operation not in OF_THE_WHOLE_POOL:
            complete.setdefault("ClientId", self._client_id)
        if self._secret is None or complete.get("ClientId") != self._client_id:
            return complete
        if member := _MEMBERS_WITH_SECRET.get(operation):
            complete.setdefault(member, self._secret)
        elif "SecretHash" in members and "Username" in complete:
            complete.setdefault("SecretHash", self.secret_hash(complete["Username"]))
        elif name := _PARAMETERS_WITH_HASH.get(operation.removeprefix("Admin")):
            values = dict(complete.get(name, {}))
            # Each step hashes the username that this very request carries.
            if "USERNAME" in values:
                values.setdefault("SECRET_HASH", self.secret_hash(values["USERNAME"]))
            complete[name] = values
        return complete
