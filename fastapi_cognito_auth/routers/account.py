"""The signed-in user's account as a whole."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, get_args

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.account import Account, AttributesUpdated
from fastapi_cognito_auth.cognito.answers import Attributes, ClientMetadata
from fastapi_cognito_auth.cognito.factors import AuthFactors
from fastapi_cognito_auth.cognito.password import Password as PasswordFlow
from fastapi_cognito_auth.cognito.typed import NewPassword, Password
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    InvalidParameterError,
    InvalidPasswordError,
    LimitExceededError,
    PasswordHistoryPolicyViolationError,
    StepUpRequiredError,
    UserLambdaValidationError,
    responses,
)
from fastapi_cognito_auth.profile import Profile
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.legacy_mfa import LegacyMfaRequest
from fastapi_cognito_auth.routers.route import CONTACTS, SIGNED_IN, Body, new_router
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.user import User

Sensitive = Literal[
    "change_contact",
    "set_password_without_previous",
    "change_mfa",
    "set_up_totp",
    "add_passkey",
    "delete_passkey",
    "delete_account",
]
"""What asks for a recent sign-in."""


class UpdateAttributesRequest(Body):
    """The attributes to set; others stay as they are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"attributes": {"name": "Grace Hopper"}}]}
    )

    attributes: Attributes = Field(min_length=1, max_length=100)
    """By name; an empty value clears one."""

    client_metadata: ClientMetadata = None


class ChangePasswordRequest(Body):
    """The password in force, and the new one."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [{"previous_password": "Correct-horse-1!", "proposed_password": "Battery-staple-2?"}]
        }
    )

    previous_password: Password | None = None
    """Left out by a user who has no password; that asks for a recent sign-in."""

    proposed_password: NewPassword
    """The new one."""


class PasswordReplaced(Body):
    """The new password is in force. Tokens from before stay valid."""

    status: Literal["password_changed"] = "password_changed"
    """Always the same."""


class SignedOutEverywhere(Body):
    """What signing out everywhere ended, and what it could not end."""

    status: Literal["signed_out_everywhere"] = "signed_out_everywhere"
    """Always the same."""

    access_token_valid_until: int | None
    """Seconds since the epoch. Until then some worker of the app may go on accepting this access
    token; Cognito itself refuses it from now on. Absent if nothing accepts it."""

    other_access_tokens_valid_until: int | None
    """The same for the latest that the app client can have issued to the user elsewhere."""

    cookie_sessions_ended: bool | None
    """Whether the cookie sessions in all browsers have ended. Otherwise they go on until those access
    tokens end: absent if sessions are kept in cookies, false if Redis does not answer."""


class AccountDeleted(Body):
    """The user is gone."""

    status: Literal["account_deleted"] = "account_deleted"
    """Always the same."""

    access_token_valid_until: int | None
    """Seconds since the epoch. Until then some worker of the app may go on accepting the access
    token. Absent if nothing does."""

    cookie_sessions_ended: bool | None
    """Whether the cookie sessions in all browsers have ended. Otherwise they go on until their access
    tokens end: absent if sessions are kept in cookies, false if Redis does not answer."""


class SignInFreshness(Body):
    """Whether the user must sign in again before something sensitive."""

    fresh: bool
    """Whether the sign-in is recent enough now."""

    fresh_until: int | None
    """Seconds since the epoch; absent if every sign-in is fresh, or this one is of unknown time."""

    required_for: list[Sensitive]
    """What asks for a recent sign-in; empty if nothing does."""


def account_router(
    account: Account,
    password: PasswordFlow,
    current_user: CurrentUser,
    access_token: AccessToken,
    freshness: Freshness,
    *,
    ending: Ending,
    max_body_size: int,
    clock: Callable[[], float] = wall_clock,
) -> APIRouter:
    """Build the endpoints over `auth.pool.account` and `auth.pool.password`."""
    router = new_router(max_body_size=max_body_size, tags=["account"], dependencies=[Depends(current_user)])

    @router.get("", responses=responses(*SIGNED_IN))
    async def get_account(token: Annotated[str, Depends(access_token)]) -> Profile:
        """Get the attributes and second factors, as the pool knows them now."""
        return await account.profile(token)

    @router.patch(
        "",
        responses=responses(
            *SIGNED_IN,
            StepUpRequiredError,
            InvalidParameterError,
            AliasExistsError,
            UserLambdaValidationError,
            CodeDeliveryFailureError,
        ),
    )
    async def update_attributes(
        body: UpdateAttributesRequest,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> AttributesUpdated:
        """Set attributes; an empty value clears one.

        A new `email` or `phone_number` asks for a recent sign-in, since a password can be reset
        by them. The answer says where codes went that verify them.
        """
        if not CONTACTS.isdisjoint(body.attributes):
            freshness.demand(user)
        return await account.update_attributes(token, body.attributes, client_metadata=body.client_metadata)

    @router.delete("", responses=responses(*SIGNED_IN, StepUpRequiredError))
    async def delete_account(
        request: Request,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> AccountDeleted:
        """Delete the user, for good. Asks for a recent sign-in."""
        freshness.demand(user)
        _, ended = await ending.of_user(claims_of(user), lambda: account.delete(token), clock)
        await current_user.end_session(request)
        return AccountDeleted(
            access_token_valid_until=ended.own_valid_until, cookie_sessions_ended=ended.sessions_ended
        )

    @router.put(
        "/password",
        responses=responses(
            *SIGNED_IN,
            StepUpRequiredError,
            InvalidPasswordError,
            PasswordHistoryPolicyViolationError,
            InvalidParameterError,
            LimitExceededError,
        ),
    )
    async def change_password(
        body: ChangePasswordRequest,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> PasswordReplaced:
        """Change the password. Without the previous one it asks for a recent sign-in."""
        if body.previous_password is None:
            freshness.demand(user)
        await password.change(token, body.proposed_password, previous_password=body.previous_password)
        return PasswordReplaced()

    @router.post("/sign-out-everywhere", responses=responses(*SIGNED_IN))
    async def sign_out_everywhere(
        request: Request,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> SignedOutEverywhere:
        """Revoke all refresh tokens, and end the cookie sessions in all browsers if Redis has them.

        The answer says what stays valid, and until when.
        """
        _, ended = await ending.of_user(claims_of(user), lambda: account.sign_out_everywhere(token), clock)
        await current_user.end_session(request)
        return SignedOutEverywhere(
            access_token_valid_until=ended.own_valid_until,
            other_access_tokens_valid_until=ended.others_valid_until,
            cookie_sessions_ended=ended.sessions_ended,
        )

    @router.get("/auth-factors", responses=responses(*SIGNED_IN))
    async def list_auth_factors(token: Annotated[str, Depends(access_token)]) -> AuthFactors:
        """Get the ways in which the user can sign in."""
        return await account.auth_factors(token)

    @router.get("/freshness", responses=responses(*SIGNED_IN))
    async def get_freshness(user: Annotated[User, Depends(current_user)]) -> SignInFreshness:
        """Tell beforehand whether the sign-in is recent enough for what is sensitive."""
        until = freshness.until(user)
        return SignInFreshness(
            fresh=freshness.holds(user),
            fresh_until=None if until is None else int(until),
            required_for=[] if freshness.max_age is None else list(get_args(Sensitive)),
        )

    @router.put(
        "/settings",
        status_code=204,
        deprecated=True,
        responses=responses(*SIGNED_IN, StepUpRequiredError, InvalidParameterError),
    )
    async def set_settings(
        body: LegacyMfaRequest,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> None:
        """Switch SMS as a second factor, as before `PUT /mfa` superseded it. Asks for a recent sign-in."""
        freshness.demand(user)
        options = body.options()
        await account.set_settings(token, options)

    return router


def claims_of(user: User) -> AccessTokenClaims:
    """Return the claims of a user's access token as their model."""
    # They were verified, and come from that very model.
    return AccessTokenClaims.model_validate(dict(user.claims))
