"""What threat protection recorded of any user's sign-ins, for administrators."""

from collections.abc import AsyncIterator
from typing import Literal

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE, follow, read_page
from fastapi_cognito_auth.cognito.records import AuthEvent, Page


class UserAuthEvents:
    """Lists the sign-ins of users, and takes an administrator's word for them.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    def list(self, username: str) -> AsyncIterator[AuthEvent]:
        """Go through the sign-ins of a user, the newest first (AdminListUserAuthEvents).

        Raises:
            UserNotFoundError: there is no such user.
            UserPoolAddOnNotEnabledError: the pool has no threat protection.
        """
        return follow(lambda token: self.page(username, next_token=token))

    async def page(
        self, username: str, *, limit: int = LARGEST_PAGE, next_token: str | None = None
    ) -> Page[AuthEvent]:
        """Get one page of them (AdminListUserAuthEvents).

        Args:
            username: whose.
            limit: at most 60.
            next_token: of the page before.

        Raises:
            UserNotFoundError: there is no such user.
            UserPoolAddOnNotEnabledError: the pool has no threat protection.
        """
        return await read_page(
            self._client,
            "AdminListUserAuthEvents",
            AuthEvent,
            "AuthEvents",
            next_token,
            Username=username,
            MaxResults=limit,
        )

    async def give_feedback(
        self, username: str, event_id: str, feedback_value: Literal["Valid", "Invalid"]
    ) -> None:
        """Say whether a sign-in was the user's own (AdminUpdateAuthEventFeedback).

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such event.
            UserPoolAddOnNotEnabledError: the pool has no threat protection.
        """
        await self._client.call(
            "AdminUpdateAuthEventFeedback", Username=username, EventId=event_id, FeedbackValue=feedback_value
        )
