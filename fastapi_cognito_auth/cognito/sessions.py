"""The logins of a user that the pool tracks (ListUserSessions, RevokeUserSession).

Tracking is an option of the pool. What it lists may lag by some seconds.
"""

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.user_session import RevokeAssociatedSessions, UserSessionPage


class Sessions:
    """Lists and ends the user's own sessions.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def page(self, access_token: str, *, next_token: str | None = None) -> UserSessionPage:
        """Get one page of the user's sessions (ListUserSessions).

        Raises:
            InvalidParameterError: `next_token` is not one of this list.
            NotAuthorizedError: the token is revoked, or the user disabled.
        """
        more = {} if next_token is None else {"NextToken": next_token}
        answer = await self._client.call("ListUserSessions", AccessToken=access_token, **more)
        return parse(UserSessionPage, answer)

    async def revoke(
        self,
        access_token: str,
        session_id: str,
        *,
        revoke_associated_sessions: RevokeAssociatedSessions = "NONE",
    ) -> None:
        """End another session of the user (RevokeUserSession).

        The one that the token belongs to cannot be ended so: sign out instead.

        Raises:
            InvalidParameterError: it is the current session.
            ResourceNotFoundError: the user has no such session.
        """
        await self._client.call(
            "RevokeUserSession",
            AccessToken=access_token,
            SessionId=session_id,
            RevokeAssociatedSessions=revoke_associated_sessions,
        )
