"""Sign-up, confirmation, and another code."""

from fastapi import APIRouter
from pydantic import Field

from fastapi_cognito_auth.cognito.models import Attributes, Code, CodeDelivery, SignedUp
from fastapi_cognito_auth.cognito.sign_up import SignUp
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    LimitExceededError,
    NotAuthorizedError,
    TooManyFailedAttemptsError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UsernameExistsError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.route import Body, ClientMetadata, Password, Username, new_router


class SignUpRequest(Body):
    """A new user."""

    username: Username
    password: Password
    attributes: Attributes = Field(default_factory=dict)
    client_metadata: ClientMetadata = None


class ConfirmSignUpRequest(Body):
    """The code that a new user was sent."""

    username: Username
    code: Code
    client_metadata: ClientMetadata = None


class ResendCodeRequest(Body):
    """The user to send another code."""

    username: Username
    client_metadata: ClientMetadata = None


class Confirmed(Body):
    """The user may sign in now."""

    status: str = "confirmed"


def sign_up_router(sign_up: SignUp) -> APIRouter:
    """Build the endpoints over `auth.pool.sign_up`."""
    router = new_router()

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
            UserPoolUnavailableError,
        ),
    )
    async def start(body: SignUpRequest) -> SignedUp:
        """Create a user. Unless the pool confirms by itself, a code goes to the user's address."""
        return await sign_up.start(
            body.username, body.password, body.attributes, client_metadata=body.client_metadata
        )

    @router.post(
        "/sign-up/confirm",
        responses=responses(
            CodeMismatchError,
            ExpiredCodeError,
            AliasExistsError,
            NotAuthorizedError,
            LimitExceededError,
            TooManyFailedAttemptsError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def confirm(body: ConfirmSignUpRequest) -> Confirmed:
        """Confirm a user by the code that was sent."""
        await sign_up.confirm(body.username, body.code, client_metadata=body.client_metadata)
        return Confirmed()

    @router.post(
        "/sign-up/resend-code",
        responses=responses(LimitExceededError, TooManyRequestsError, UserPoolUnavailableError),
    )
    async def resend_code(body: ResendCodeRequest) -> CodeDelivery:
        """Send another code. The answer is the same whether or not the user exists."""
        return await sign_up.resend_code(body.username, client_metadata=body.client_metadata)

    return router
