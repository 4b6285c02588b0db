"""One endpoint answers every challenge; another prepares an authenticator app."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Body as BodyParameter

from fastapi_cognito_auth.cognito.answers import ChallengeAnswer
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.challenges import Challenges
from fastapi_cognito_auth.cognito.models import SignInResult, TotpSecret
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    EnableSoftwareTokenMFAError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    InvalidSessionError,
    NotAuthorizedError,
    PasswordHistoryPolicyViolationError,
    PasswordResetRequiredError,
    SoftwareTokenMFANotFoundError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Body, SealedSession, new_router


class TotpRequest(Body):
    """The MFA_SETUP challenge for which an authenticator app is set up."""

    session: SealedSession


def challenges_router(challenges: Challenges, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.challenges`."""
    router = new_router(max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post(
        "/challenge",
        responses=responses(
            InvalidSessionError,
            NotAuthorizedError,
            CodeMismatchError,
            ExpiredCodeError,
            EnableSoftwareTokenMFAError,
            InvalidPasswordError,
            PasswordHistoryPolicyViolationError,
            InvalidParameterError,
            AliasExistsError,
            PasswordResetRequiredError,
            UserLambdaValidationError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def answer(body: Annotated[ChallengeAnswer, BodyParameter()], context: Context) -> SignInResult:
        """Answer a challenge of `/sign-in`. More challenges may follow before the tokens.

        After a wrong code the same `session` serves for another try.
        """
        return await challenges.answer(body, user_context=context)

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
