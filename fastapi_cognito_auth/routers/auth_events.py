"""Feedback on a sign-in, by the link of an e-mail."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.auth_events import AuthEvents, FeedbackValue
from fastapi_cognito_auth.cognito.typed import Username
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    NotAuthorizedError,
    ResourceNotFoundError,
    TooManyRequestsError,
    UserPoolAddOnNotEnabledError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.route import Body, new_router


class FeedbackRequest(Body):
    """Whether a sign-in was the user's own."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "grace",
                    "event_id": "9fd2fb28-5ad7-4c30-a2a6-d2e6a02e1b6e",
                    "feedback_token": "eyJraWQiOiJvZiJ9.the.link",
                    "feedback_value": "Valid",
                }
            ]
        }
    )

    username: Username
    """Who was told of the sign-in."""

    event_id: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[\w+-]+$")]
    """Of the link that the user was sent."""

    feedback_token: Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9\-_=.]+$")]
    """Of the link that the user was sent; it stands for the user."""

    feedback_value: FeedbackValue
    """Whether it was the user's own."""


class FeedbackTaken(Body):
    """Threat protection learns from it."""

    status: Literal["feedback_taken"] = "feedback_taken"
    """Always the same."""


def auth_events_router(auth_events: AuthEvents, *, max_body_size: int) -> APIRouter:
    """Build the endpoint over `auth.pool.auth_events`."""
    router = new_router(tags=["auth"], max_body_size=max_body_size)

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
