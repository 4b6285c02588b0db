"""Sign-up, confirmation, and another code."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from fastapi_cognito_auth.cognito.answers import Attributes, ClientMetadata, Code, Password
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import CodeDelivery, Confirmed, SignedUp
from fastapi_cognito_auth.cognito.sign_up import SignUp
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    InvalidSessionError,
    LimitExceededError,
    NotAuthorizedError,
    TooManyFailedAttemptsError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UsernameExistsError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Body, SealedSession, Username, new_router


class SignUpRequest(Body):
    """A new user."""

    username: Username
    password: Password | None = None
    """Left out in pools that sign in by code or passkey alone."""

    attributes: Attributes = Field(default_factory=dict)
    client_metadata: ClientMetadata = None


class ConfirmSignUpRequest(Body):
    """The code that a new user was sent."""

    username: Username
    code: Code
    session: SealedSession | None = None
    """Of the sign-up, to go on to the first sign-in without a password."""

    client_metadata: ClientMetadata = None


class ResendCodeRequest(Body):
    """The user to send another code."""

    username: Username
    client_metadata: ClientMetadata = None


def sign_up_router(sign_up: SignUp, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.sign_up`."""
    router = new_router(max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post(
        "/sign-up",
        status_code=201,
        responses=responses(
            UsernameExistsError,
            InvalidPasswordError,
            InvalidParameterError,
            UserLambdaValidationError,
            NotAuthorizedError,
            LimitExceededError,
            TooManyRequestsError,
            CodeDeliveryFailureError,
            UserPoolUnavailableError,
        ),
    )
    async def start(body: SignUpRequest, context: Context) -> SignedUp:
        """Create a user. Unless the pool confirms by itself, a code goes to the user's address."""
        return await sign_up.start(
            body.username,
            body.password,
            body.attributes,
            client_metadata=body.client_metadata,
            user_context=context,
        )

    @router.post(
        "/sign-up/confirm",
        responses=responses(
            InvalidSessionError,
            CodeMismatchError,
            ExpiredCodeError,
            InvalidParameterError,
            UserLambdaValidationError,
            AliasExistsError,
            NotAuthorizedError,
            LimitExceededError,
            TooManyFailedAttemptsError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def confirm(body: ConfirmSignUpRequest, context: Context) -> Confirmed:
        """Confirm a user by the code that was sent."""
        return await sign_up.confirm(
            body.username,
            body.code,
            session=body.session,
            client_metadata=body.client_metadata,
            user_context=context,
        )

    @router.post(
        "/sign-up/resend-code",
        responses=responses(
            UserLambdaValidationError,
            LimitExceededError,
            TooManyRequestsError,
            CodeDeliveryFailureError,
            UserPoolUnavailableError,
        ),
    )
    async def resend_code(body: ResendCodeRequest, context: Context) -> CodeDelivery:
        """Send another code. The answer is the same whether or not the user exists."""
        return await sign_up.resend_code(
            body.username, client_metadata=body.client_metadata, user_context=context
        )

    return router
