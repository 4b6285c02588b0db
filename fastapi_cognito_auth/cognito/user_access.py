"""Whether and how users may sign in: confirmed, disabled, with another password, signed out."""

from collections.abc import Mapping

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.typed import check_new_password


class UserAccess:
    """Lets users in, and keeps them out.

    What was issued before stays valid offline until it expires, unless the app asks about revocation.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def confirm(self, username: str, *, client_metadata: Mapping[str, str] | None = None) -> None:
        """Confirm who has signed up, without a code (AdminConfirmSignUp).

        Raises:
            UserNotFoundError: there is no such user.
            NotAuthorizedError: the user is confirmed already.
        """
        await self._client.call(
            "AdminConfirmSignUp", Username=username, ClientMetadata=dict(client_metadata or {})
        )

    async def disable(self, username: str) -> None:
        """Keep a user from signing in, and revoke the tokens at Cognito (AdminDisableUser).

        Raises:
            UserNotFoundError: there is no such user.
        """
        await self._client.call("AdminDisableUser", Username=username)

    async def enable(self, username: str) -> None:
        """Let a disabled user sign in again (AdminEnableUser). Tokens from before stay revoked.

        Raises:
            UserNotFoundError: there is no such user.
        """
        await self._client.call("AdminEnableUser", Username=username)

    async def reset_password(
        self, username: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> None:
        """Make a user choose a new password by a code, which is sent (AdminResetUserPassword).

        Raises:
            UserNotFoundError: there is no such user.
            NotAuthorizedError: the user is disabled, or has no password of their own yet.
            InvalidParameterError: the user has no verified address that a code could go to.
        """
        await self._client.call(
            "AdminResetUserPassword", Username=username, ClientMetadata=dict(client_metadata or {})
        )

    async def set_password(self, username: str, password: str, *, permanent: bool = False) -> None:
        """Set a password (AdminSetUserPassword). Refresh tokens stay valid: `sign_out` ends them.

        Args:
            username: whose.
            password: as the pool's policy wants it.
            permanent: otherwise the user has to replace it at the next sign-in.

        Raises:
            UserNotFoundError: there is no such user.
            InvalidPasswordError: it does not meet the pool's policy.
            PasswordHistoryPolicyViolationError: it was used before.
        """
        check_new_password(password)
        await self._client.call(
            "AdminSetUserPassword", Username=username, Password=password, Permanent=permanent
        )

    async def sign_out(self, username: str) -> None:
        """Revoke all tokens of a user at Cognito (AdminUserGlobalSignOut).

        Raises:
            UserNotFoundError: there is no such user.
        """
        await self._client.call("AdminUserGlobalSignOut", Username=username)
