"""A forgotten password."""

from typing import Annotated

from fastapi import APIRouter, Depends

from fastapi_cognito_auth.cognito.answers import ClientMetadata, Code, Password
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.cognito.password import Password as PasswordReset
from fastapi_cognito_auth.exceptions import (
    CodeDeliveryFailureError,
    CodeMismatchError,
    ExpiredCodeError,
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
from fastapi_cognito_auth.routers.route import Body, Username, new_router


class ForgotPasswordRequest(Body):
    """Who forgot the password."""

    username: Username
    client_metadata: ClientMetadata = None


class ResetPasswordRequest(Body):
    """The code that was sent, and the new password."""

    username: Username
    code: Code
    password: Password
    client_metadata: ClientMetadata = None


class PasswordChanged(Body):
    """The new password is in force. Tokens from before stay valid."""

    status: str = "password_changed"


def password_router(password: PasswordReset, find_context: FindContext, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.password`."""
    router = new_router(max_body_size=max_body_size)
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
    async def forgot(body: ForgotPasswordRequest, context: Context) -> CodeDelivery:
        """Send a reset code. The answer is the same whether or not the user exists."""
        return await password.forgot(
            body.username, client_metadata=body.client_metadata, user_context=context
        )

    @router.post(
        "/password/reset",
        responses=responses(
            CodeMismatchError,
            ExpiredCodeError,
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
    async def reset(body: ResetPasswordRequest, context: Context) -> PasswordChanged:
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
