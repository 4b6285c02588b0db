"""One endpoint answers every challenge; another prepares an authenticator app."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from fastapi import Body as BodyParameter
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.challenges import Challenges
from fastapi_cognito_auth.cognito.models import SignInResult, TotpSecret
from fastapi_cognito_auth.exceptions import (
    InvalidSessionError,
    NotAuthorizedError,
    SoftwareTokenMFANotFoundError,
    TooManyRequestsError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.challenge_request import ANSWER_EXAMPLES, CHALLENGE_ERRORS
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Body, SealedSession, new_router


class TotpRequest(Body):
    """The MFA_SETUP challenge for which an authenticator app is set up."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"session": "the session of the challenge"}]}
    )

    session: SealedSession
    """The `session` of the challenge, unchanged."""


def challenges_router(challenges: Challenges, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.challenges`."""
    router = new_router(tags=["auth"], max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post("/challenge", responses=responses(*CHALLENGE_ERRORS))
    async def answer_challenge(
        body: Annotated[ChallengeAnswer, BodyParameter(openapi_examples=ANSWER_EXAMPLES)], context: Context
    ) -> SignInResult:
        """Answer a challenge of `/sign-in`. More challenges may follow before the tokens.

        After a wrong code the same `session` serves for another try.
        """
        return await challenges.answer(body, user_context=context)

    router.include_router(totp_challenge_router(challenges, max_body_size=max_body_size))
    return router


def totp_challenge_router(challenges: Challenges, *, max_body_size: int) -> APIRouter:
    """Build the endpoint that prepares an authenticator app; its tag is that of what includes it."""
    router = new_router(max_body_size=max_body_size)

    @router.post(
        "/challenge/totp",
        responses=responses(
            InvalidSessionError,
            NotAuthorizedError,
            SoftwareTokenMFANotFoundError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def set_up_totp(body: TotpRequest) -> TotpSecret:
        """Get the secret for an authenticator app, when the challenge is MFA_SETUP.

        Then send the app's first code to `/challenge`, with the `session` of this answer.
        """
        return await challenges.set_up_totp(body.session)

    return router
