"""Sign-in with a password, as JSON and as the OAuth2 password form."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from fastapi_cognito_auth.cognito.models import SignInResult, Tokens
from fastapi_cognito_auth.cognito.sign_in import PasswordFlow, SignIn
from fastapi_cognito_auth.exceptions import (
    ChallengeRequiredError,
    InvalidParameterError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserNotConfirmedError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.route import Body, ClientMetadata, Password, Username, new_router

_ERRORS = (
    NotAuthorizedError,
    UserNotConfirmedError,
    PasswordResetRequiredError,
    InvalidParameterError,
    UserLambdaValidationError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)


class SignInRequest(Body):
    """Who signs in, and with what."""

    username: Username
    password: Password
    auth_flow: PasswordFlow | None = None
    """How the password is proved to Cognito; the app's setting unless given."""

    client_metadata: ClientMetadata = None


def sign_in_router(sign_in: SignIn) -> APIRouter:
    """Build the endpoints over `auth.pool.sign_in`."""
    router = new_router()

    @router.post("/sign-in", responses=responses(*_ERRORS))
    async def with_password(body: SignInRequest) -> SignInResult:
        """Sign in. The answer holds tokens, or a challenge to take to `/challenge`."""
        return await sign_in.with_password(
            body.username, body.password, auth_flow=body.auth_flow, client_metadata=body.client_metadata
        )

    @router.post("/token", responses=responses(ChallengeRequiredError, *_ERRORS))
    async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Tokens:
        """Sign in by the OAuth2 password form, as Swagger's Authorize button does (RFC 6749 4.3).

        For users who have no challenge to answer. Everybody else uses `/sign-in`.
        """
        result = await sign_in.with_password(form.username, form.password)
        if not isinstance(result, Tokens):
            raise ChallengeRequiredError
        return result

    return router
