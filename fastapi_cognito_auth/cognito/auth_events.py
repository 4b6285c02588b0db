"""What a user says of a sign-in that threat protection asked about (UpdateAuthEventFeedback)."""

from typing import Literal

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.exceptions import NotAuthorizedError, UserNotFoundError

FeedbackValue = Literal["Valid", "Invalid"]


class AuthEvents:
    """Takes users' feedback on their sign-ins.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def give_feedback(
        self, username: str, event_id: str, feedback_token: str, feedback_value: FeedbackValue
    ) -> None:
        """Say whether a sign-in was the user's own (UpdateAuthEventFeedback).

        Args:
            username: whose sign-in it was.
            event_id: from the link that the user was sent.
            feedback_token: from the link; it stands for the user.
            feedback_value: `Valid` if the sign-in was the user's own.

        Raises:
            NotAuthorizedError: the token is wrong, or there is no such user.
            UserPoolAddOnNotEnabledError: the pool has no threat protection.
        """
        try:
            await self._client.call(
                "UpdateAuthEventFeedback",
                Username=username,
                EventId=event_id,
                FeedbackToken=feedback_token,
                FeedbackValue=feedback_value,
            )
        except UserNotFoundError as exc:
            raise NotAuthorizedError("The feedback token is not valid.") from exc
