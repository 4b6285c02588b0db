"""Feedback on a sign-in, by the link of an e-mail."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from fastapi_cognito_auth.cognito.auth_events import AuthEvents, FeedbackValue
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    NotAuthorizedError,
    ResourceNotFoundError,
    TooManyRequestsError,
    UserPoolAddOnNotEnabledError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.route import Body, Username, new_router


class FeedbackRequest(Body):
    """Whether a sign-in was the user's own."""

    username: Username
    event_id: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[\w+-]+$")]
    feedback_token: Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9\-_=.]+$")]
    """Of the link that the user was sent; it stands for the user."""

    feedback_value: FeedbackValue


class FeedbackTaken(Body):
    """Threat protection learns from it."""

    status: Literal["feedback_taken"] = "feedback_taken"


def auth_events_router(auth_events: AuthEvents, *, max_body_size: int) -> APIRouter:
    """Build the endpoint over `auth.pool.auth_events`."""
    router = new_router(max_body_size=max_body_size)

    @router.post(
        "/auth-events/feedback",
        responses=responses(
            InvalidParameterError,
            UserPoolAddOnNotEnabledError,
            NotAuthorizedError,
            ResourceNotFoundError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def give_feedback(body: FeedbackRequest) -> FeedbackTaken:
        """Say whether a sign-in was one's own, with the token of the link in the e-mail."""
        await auth_events.give_feedback(
            body.username, body.event_id, body.feedback_token, body.feedback_value
        )
        return FeedbackTaken()

    return router
