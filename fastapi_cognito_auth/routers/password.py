"""A forgotten password."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import CodeRequested
from fastapi_cognito_auth.cognito.password import Password as PasswordReset
from fastapi_cognito_auth.cognito.typed import Code, NewPassword, Username
from fastapi_cognito_auth.exceptions import (
    CodeDeliveryFailureError,
    CodeMismatchError,
    InvalidParameterError,
    InvalidPasswordError,
    LimitExceededError,
    PasswordHistoryPolicyViolationError,
    TooManyFailedAttemptsError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserNotConfirmedError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Body, new_router


class ForgotPasswordRequest(Body):
    """Who forgot the password."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{"username": "grace"}]})

    username: Username
    """A username or an alias: an e-mail address or a phone number."""

    client_metadata: ClientMetadata = None


class ResetPasswordRequest(Body):
    """The code that was sent, and the new password."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [{"username": "grace", "code": "123456", "password": "Battery-staple-2?"}]
        }
    )

    username: Username
    """As it was given when the code was asked for."""

    code: Code
    """As it was sent."""

    password: NewPassword
    """The new one, as the pool's policy wants it."""

    client_metadata: ClientMetadata = None


class PasswordChanged(Body):
    """The new password is in force. Tokens from before stay valid."""

    status: str = "password_changed"
    """Always the same."""


def password_router(password: PasswordReset, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.password`."""
    router = new_router(tags=["auth"], max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    @router.post(
        "/password/forgot",
        responses=responses(
            UserLambdaValidationError,
            LimitExceededError,
            TooManyRequestsError,
            CodeDeliveryFailureError,
            UserPoolUnavailableError,
        ),
    )
    async def forgot_password(body: ForgotPasswordRequest, context: Context) -> CodeRequested:
        """Send a reset code. The answer is the same whether or not the user exists."""
        return await password.forgot(
            body.username, client_metadata=body.client_metadata, user_context=context
        )

    @router.post(
        "/password/reset",
        responses=responses(
            CodeMismatchError,
            InvalidPasswordError,
            PasswordHistoryPolicyViolationError,
            InvalidParameterError,
            UserLambdaValidationError,
            UserNotConfirmedError,
            LimitExceededError,
            TooManyFailedAttemptsError,
            TooManyRequestsError,
            UserPoolUnavailableError,
        ),
    )
    async def reset_password(body: ResetPasswordRequest, context: Context) -> PasswordChanged:
        """Set a new password by the code that was sent."""
        await password.reset(
            body.username,
            body.code,
            body.password,
            client_metadata=body.client_metadata,
            user_context=context,
        )
        return PasswordChanged()

    return router
