"""Passkeys of the signed-in user."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.passkeys import PasskeyCreation, PasskeyPage, Passkeys
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.guards import guard
from fastapi_cognito_auth.exceptions import (
    InvalidParameterError,
    LimitExceededError,
    ResourceNotFoundError,
    StepUpRequiredError,
    WebAuthnChallengeNotFoundError,
    WebAuthnClientMismatchError,
    WebAuthnConfigurationMissingError,
    WebAuthnCredentialNotSupportedError,
    WebAuthnNotEnabledError,
    WebAuthnOriginNotAllowedError,
    WebAuthnRelyingPartyMismatchError,
    responses,
)
from fastapi_cognito_auth.formats.passkey_json import RegistrationResponse
from fastapi_cognito_auth.routers.route import SIGNED_IN, Body, NextToken, new_router

CredentialId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=1364,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="As `GET /passkeys` lists it.",
        examples=["Y3JlZGVudGlhbA"],
    ),
]


class AddPasskeyRequest(Body):
    """The passkey that the browser made."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "credential": {
                        "id": "Y3JlZGVudGlhbA",
                        "rawId": "Y3JlZGVudGlhbA",
                        "type": "public-key",
                        "response": {
                            "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
                            "attestationObject": "o2NmbXRkbm9uZQ",
                        },
                    }
                }
            ]
        }
    )

    credential: RegistrationResponse
    """`toJSON()` of what `navigator.credentials.create()` returned, unchanged."""


class PasskeyAdded(Body):
    """The user can sign in with the passkey."""

    status: Literal["passkey_added"] = "passkey_added"
    """Always the same."""


def passkeys_router(
    passkeys: Passkeys,
    current_user: CurrentUser,
    access_token: AccessToken,
    freshness: Freshness,
    *,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.passkeys`."""
    router = new_router(max_body_size=max_body_size, dependencies=[Depends(current_user)])
    recent_sign_in = [Depends(guard(current_user, freshness.demand))]

    @router.get("/passkeys", responses=responses(*SIGNED_IN, InvalidParameterError, LimitExceededError))
    async def list_passkeys(
        token: Annotated[str, Depends(access_token)],
        max_results: Annotated[int | None, Query(ge=1, le=20, description="Passkeys of a page.")] = None,
        next_token: NextToken = None,
    ) -> PasskeyPage:
        """List the user's passkeys."""
        return await passkeys.page(token, max_results=max_results, next_token=next_token)

    @router.post(
        "/passkeys/options",
        dependencies=recent_sign_in,
        # The browser's shape has members that must be absent rather than null.
        response_model_exclude_unset=True,
        responses=responses(
            *SIGNED_IN,
            StepUpRequiredError,
            LimitExceededError,
            WebAuthnNotEnabledError,
            WebAuthnConfigurationMissingError,
        ),
    )
    async def get_passkey_options(token: Annotated[str, Depends(access_token)]) -> PasskeyCreation:
        """Get what the browser needs to make a passkey. Asks for a recent sign-in.

        Hand it to `PublicKeyCredential.parseCreationOptionsFromJSON()`.
        """
        return await passkeys.start(token)

    @router.post(
        "/passkeys",
        status_code=201,
        dependencies=recent_sign_in,
        responses=responses(
            *SIGNED_IN,
            StepUpRequiredError,
            InvalidParameterError,
            LimitExceededError,
            WebAuthnNotEnabledError,
            WebAuthnChallengeNotFoundError,
            WebAuthnClientMismatchError,
            WebAuthnCredentialNotSupportedError,
            WebAuthnOriginNotAllowedError,
            WebAuthnRelyingPartyMismatchError,
        ),
    )
    async def add_passkey(
        body: AddPasskeyRequest, token: Annotated[str, Depends(access_token)]
    ) -> PasskeyAdded:
        """Register the passkey that the browser made. Asks for a recent sign-in."""
        await passkeys.complete(token, body.credential)
        return PasskeyAdded()

    @router.delete(
        "/passkeys/{credential_id}",
        status_code=204,
        dependencies=recent_sign_in,
        responses=responses(
            *SIGNED_IN, StepUpRequiredError, InvalidParameterError, ResourceNotFoundError, LimitExceededError
        ),
    )
    async def delete_passkey(
        credential_id: CredentialId, token: Annotated[str, Depends(access_token)]
    ) -> None:
        """Remove a passkey. Asks for a recent sign-in."""
        await passkeys.delete(token, credential_id)

    return router
