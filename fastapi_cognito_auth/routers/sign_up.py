"""Sign-up, confirmation, and another code."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.answers import Attributes, ClientMetadata
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import CodeRequested, Confirmed, SignedUp
from fastapi_cognito_auth.cognito.sign_up import SignUp
from fastapi_cognito_auth.cognito.typed import Code, NewPassword, Username
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    CodeMismatchError,
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
from fastapi_cognito_auth.routers.route import Body, SealedSession, new_router


class SignUpRequest(Body):
    """A new user."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "ada",
                    "password": "Correct-horse-1!",
                    "attributes": {"email": "ada@example.com"},
                }
            ]
        }
    )

    username: Username
    """In pools that sign in by address, that address."""

    password: NewPassword | None = None
    """Left out in pools that sign in by code or passkey alone."""

    attributes: Attributes = Field(default_factory=dict)
    """By name. A pool may demand some, such as `email`."""

    client_metadata: ClientMetadata = None


class ConfirmSignUpRequest(Body):
    """The code that a new user was sent."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"username": "ada", "code": "123456"}]}
    )

    username: Username
    """As it was signed up."""

    code: Code
    """As it was sent."""

    session: SealedSession | None = None
    """Of the sign-up, to go on to the first sign-in without a password."""

    client_metadata: ClientMetadata = None


class ResendCodeRequest(Body):
    """The user to send another code."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{"username": "ada"}]})

    username: Username
    """As it was signed up."""

    client_metadata: ClientMetadata = None


def sign_up_router(flow: SignUp, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.sign_up`."""
    router = new_router(tags=["auth"], max_body_size=max_body_size)
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
    async def sign_up(body: SignUpRequest, context: Context) -> SignedUp:
        """Create a user. Unless the pool confirms by itself, a code goes to the user's address."""
        return await flow.start(
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
            InvalidParameterError,
            UserLambdaValidationError,
            AliasExistsError,
            LimitExceededError,
            TooManyFailedAttemptsError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def confirm_sign_up(body: ConfirmSignUpRequest, context: Context) -> Confirmed:
        """Confirm a user by the code that was sent."""
        return await flow.confirm(
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
    async def resend_sign_up_code(body: ResendCodeRequest, context: Context) -> CodeRequested:
        """Send another code. The answer is the same whether or not the user exists."""
        return await flow.resend_code(
            body.username, client_metadata=body.client_metadata, user_context=context
        )

    return router
