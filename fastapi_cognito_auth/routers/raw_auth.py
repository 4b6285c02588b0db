"""InitiateAuth and RespondToAuthChallenge in the API's own shape, for clients that do SRP themselves.

Members may be written as the API does (`AuthFlow`) or in snake case; the answer is the API's own.
The app adds what only it may know: `SECRET_HASH`. Here `Session` is Cognito's own: it is bound
to the user and the client by the service.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from fastapi_cognito_auth.cognito.answers import ClientMetadata, within_limits
from fastapi_cognito_auth.cognito.attempt import UserContext, context_data
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    InvalidRequestError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserNotConfirmedError,
    UserNotFoundError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.client_address import FindContext
from fastapi_cognito_auth.routers.route import Body, new_router

Call = Callable[..., Awaitable[dict[str, Any]]]
Values = Annotated[dict[str, str], AfterValidator(within_limits)]


class _ApiBody(Body):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_pascal), populate_by_name=True
    )

    client_id: str | None = None
    """May be left out. Another app client than the app's own is refused."""

    client_metadata: ClientMetadata = None
    session: str | None = Field(default=None, min_length=20, max_length=4096)
    """Cognito's own, of the answer before, unchanged."""


class InitiateAuthRequest(_ApiBody):
    """InitiateAuth, without `SECRET_HASH`."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "AuthFlow": "USER_SRP_AUTH",
                    "AuthParameters": {"USERNAME": "grace", "SRP_A": "a1b2c3d4e5f6"},
                }
            ]
        }
    )

    auth_flow: Literal[
        "USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"
    ]
    """How to sign in."""

    auth_parameters: Values
    """What the flow asks for, such as `USERNAME` and `SRP_A`."""


class RespondToAuthChallengeRequest(_ApiBody):
    """RespondToAuthChallenge, without `SECRET_HASH`."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ChallengeName": "SMS_MFA",
                    "ChallengeResponses": {"USERNAME": "grace", "SMS_MFA_CODE": "123456"},
                    "Session": "the Session of the answer before",
                }
            ]
        }
    )

    challenge_name: str = Field(pattern=r"^[A-Z_]+$", max_length=64)
    """As the answer before names it."""

    challenge_responses: Values
    """What the challenge asks for."""


_ERRORS = (
    InvalidParameterError,
    NotAuthorizedError,
    UserNotConfirmedError,
    PasswordResetRequiredError,
    UserLambdaValidationError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)


def raw_auth_router(
    call: Call, find_context: FindContext, *, client_id: str, max_body_size: int
) -> APIRouter:
    """Build the endpoints.

    Args:
        call: `auth.pool.call`.
        find_context: where a request came from.
        client_id: the app's own client.
        max_body_size: bytes.
    """
    router = new_router(tags=["auth"], max_body_size=max_body_size)
    Context = Annotated[UserContext | None, Depends(find_context)]  # noqa: N806 - a type

    async def forward(
        operation: str, body: _ApiBody, context: UserContext | None, **params: Any
    ) -> dict[str, Any]:
        if body.client_id not in (None, client_id):
            raise InvalidRequestError("The client_id is not this app's.")
        params |= context_data(context)
        if body.session is not None:
            params["Session"] = body.session
        try:
            return await call(operation, ClientMetadata=body.client_metadata or {}, **params)
        except UserNotFoundError as exc:
            raise NotAuthorizedError from exc

    @router.post("/initiate-auth", responses=responses(*_ERRORS))
    async def initiate_auth(body: InitiateAuthRequest, context: Context) -> dict[str, Any]:
        """Call InitiateAuth of the user pools API."""
        return await forward(
            "InitiateAuth", body, context, AuthFlow=body.auth_flow, AuthParameters=body.auth_parameters
        )

    @router.post(
        "/respond-to-auth-challenge",
        responses=responses(CodeMismatchError, ExpiredCodeError, InvalidPasswordError, *_ERRORS),
    )
    async def respond_to_auth_challenge(
        body: RespondToAuthChallengeRequest, context: Context
    ) -> dict[str, Any]:
        """Call RespondToAuthChallenge of the user pools API."""
        return await forward(
            "RespondToAuthChallenge",
            body,
            context,
            ChallengeName=body.challenge_name,
            ChallengeResponses=body.challenge_responses,
        )

    return router
