"""The logins of any user that the pool tracks, for administrators.

Tracking is an option of the pool. What it lists may lag by some seconds.
"""

from collections.abc import AsyncIterator

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.pages import follow, read_page
from fastapi_cognito_auth.cognito.records import Page
from fastapi_cognito_auth.cognito.user_session import RevokeAssociatedSessions, UserSession


class UserLogins:
    """Lists and ends the sessions of users.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    def list(self, username: str) -> AsyncIterator[UserSession]:
        """Go through the sessions of a user (AdminListUserSessions).

        Raises:
            UserNotFoundError: there is no such user.
        """
        return follow(lambda token: self.page(username, next_token=token))

    async def page(self, username: str, *, next_token: str | None = None) -> Page[UserSession]:
        """Get one page of them (AdminListUserSessions).

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: `next_token` is not one of this list.
        """
        return await read_page(
            self._client, "AdminListUserSessions", UserSession, "Sessions", next_token, Username=username
        )

    async def revoke(
        self,
        username: str,
        session_id: str,
        *,
        revoke_associated_sessions: RevokeAssociatedSessions = "NONE",
    ) -> None:
        """End a session of a user (AdminRevokeUserSession).

        Its access token stays valid offline until it expires.

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such session.
        """
        await self._client.call(
            "AdminRevokeUserSession",
            Username=username,
            SessionId=session_id,
            RevokeAssociatedSessions=revoke_associated_sessions,
        )
