"""Second factors of the signed-in user."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.account import Account
from fastapi_cognito_auth.cognito.factors import MfaPreference
from fastapi_cognito_auth.cognito.mfa import Mfa, SoftwareTokenSecret
from fastapi_cognito_auth.cognito.typed import Code
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.exceptions import (
    CodeMismatchError,
    ConcurrentModificationError,
    ExpiredCodeError,
    InvalidParameterError,
    SoftwareTokenMFANotFoundError,
    StepUpRequiredError,
    responses,
)
from fastapi_cognito_auth.routers.route import SIGNED_IN, Body, new_router
from fastapi_cognito_auth.user import User


class VerifyTotpRequest(Body):
    """The first code of the authenticator app that now holds the secret."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"code": "123456", "device_name": "My telephone"}]}
    )

    code: Code
    """Six digits."""

    device_name: str | None = Field(default=None, min_length=1, max_length=256)
    """A name for the authenticator app, shown when its code is asked for."""


def mfa_router(
    mfa: Mfa,
    account: Account,
    current_user: CurrentUser,
    access_token: AccessToken,
    freshness: Freshness,
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.mfa`."""
    router = new_router(max_body_size=max_body_size, dependencies=[Depends(current_user)])

    @router.put(
        "/mfa", status_code=204, responses=responses(*SIGNED_IN, StepUpRequiredError, InvalidParameterError)
    )
    async def set_mfa_preference(
        body: MfaPreference,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> None:
        """Switch second factors. Asks for a recent sign-in."""
        freshness.demand(user)
        await mfa.set_preference(token, body)

    @router.post(
        "/mfa/totp",
        responses=responses(
            *SIGNED_IN, StepUpRequiredError, SoftwareTokenMFANotFoundError, ConcurrentModificationError
        ),
    )
    async def add_totp(
        user: Annotated[User, Depends(current_user)], token: Annotated[str, Depends(access_token)]
    ) -> SoftwareTokenSecret:
        """Get the secret for an authenticator app, then send its first code to `/mfa/totp/verify`.

        Asks for a recent sign-in: whoever found an old token must not lock the owner out.
        """
        freshness.demand(user)
        profile = await account.profile(token)
        return await mfa.start_totp(token, account=profile.name_to_show)

    @router.post(
        "/mfa/totp/verify",
        status_code=204,
        responses=responses(
            *SIGNED_IN,
            StepUpRequiredError,
            CodeMismatchError,
            ExpiredCodeError,
            InvalidParameterError,
            SoftwareTokenMFANotFoundError,
        ),
    )
    async def verify_totp(
        body: VerifyTotpRequest,
        user: Annotated[User, Depends(current_user)],
        token: Annotated[str, Depends(access_token)],
    ) -> None:
        """Register the authenticator app by its first code.

        Unless the pool demands a second factor, `PUT /mfa` then switches it on. Asks for a recent
        sign-in.
        """
        freshness.demand(user)
        await mfa.verify_totp(token, body.code, device_name=body.device_name)

    return router
