"""What a sign-in is asked for, whatever becomes of its tokens."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.attempt import UserContext
from fastapi_cognito_auth.cognito.models import SignInResult
from fastapi_cognito_auth.cognito.sign_in import FirstFactor, SignIn
from fastapi_cognito_auth.cognito.typed import Password, Username
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserNotConfirmedError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.routers.route import Body, DeviceSecret, SealedSession

SIGN_IN_ERRORS: Final = (
    NotAuthorizedError,
    UserNotConfirmedError,
    PasswordResetRequiredError,
    InvalidParameterError,
    UserLambdaValidationError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)


class SignInRequest(Body):
    """Who signs in, and how."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"username": "grace", "password": "Correct-horse-1!"}]}
    )

    username: Username
    """A username or an alias: an e-mail address or a phone number."""

    password: Password | None = None
    """Left out where another factor comes first."""

    auth_flow: Literal["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH"] | None = None
    """How; the app's setting unless given. `USER_AUTH` lets the user choose, `CUSTOM_AUTH` leaves
    it to the pool's triggers. A password is proved by SRP in all but `USER_PASSWORD_AUTH`."""

    preferred_challenge: FirstFactor | None = None
    """With `USER_AUTH`: goes there directly, if the user has it."""

    session: SealedSession | None = None
    """With `USER_AUTH`: of a confirmed sign-up; signs in without anything else."""

    target_acr_values: list[Annotated[str, Field(pattern=r"^[^\s\"\\]{1,64}$")]] = Field(
        default_factory=list, max_length=4
    )
    """With `USER_AUTH`: the authentication levels that are asked for. An access token in the
    `Authorization` header credits what the user did already."""

    max_age: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """With `target_acr_values`: seconds for which an earlier factor counts."""

    device: DeviceSecret | None = None
    """What the client kept of its device."""

    client_metadata: ClientMetadata = None

    @model_validator(mode="after")
    def _fits_the_flow(self) -> Self:
        if self.auth_flow == "USER_AUTH":
            if self.max_age is not None and not self.target_acr_values:
                raise ValueError("max_age goes with target_acr_values")
            if self.password is not None and self.preferred_challenge not in {"PASSWORD", "PASSWORD_SRP"}:
                raise ValueError("a password goes with the preferred challenge PASSWORD or PASSWORD_SRP")
            return self
        only_for_choice = (self.preferred_challenge, self.session, self.max_age)
        if any(value is not None for value in only_for_choice) or self.target_acr_values:
            raise ValueError("preferred_challenge, session, target_acr_values and max_age need USER_AUTH")
        if self.password is None and self.auth_flow != "CUSTOM_AUTH":
            raise ValueError("this flow needs a password")
        return self


async def signed_in(
    flow: SignIn, body: SignInRequest, *, access_token: str | None, context: UserContext | None
) -> SignInResult:
    """Sign in as a body asks for it.

    Args:
        flow: `auth.pool.sign_in`.
        body: who, and how.
        access_token: of a user who is signed in already, whose factors are credited where levels are
            asked for. Cognito judges it: it must be of the same user.
        context: where the request came from.
    """
    if body.auth_flow == "USER_AUTH":
        return await flow.with_choice(
            body.username,
            preferred_challenge=body.preferred_challenge,
            password=body.password,
            session=body.session,
            device=body.device,
            target_acr_values=body.target_acr_values,
            access_token=access_token if body.target_acr_values else None,
            max_age=body.max_age,
            client_metadata=body.client_metadata,
            user_context=context,
        )
    if body.auth_flow == "CUSTOM_AUTH" or body.password is None:
        return await flow.with_custom_auth(
            body.username,
            password=body.password,
            device=body.device,
            client_metadata=body.client_metadata,
            user_context=context,
        )
    return await flow.with_password(
        body.username,
        body.password,
        auth_flow=body.auth_flow,
        device=body.device,
        client_metadata=body.client_metadata,
        user_context=context,
    )
