"""Passkeys of a signed-in user (StartWebAuthnRegistration and its three companions)."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.formats.passkey_json import CreationOptions, RegistrationResponse
from fastapi_cognito_auth.schemas.described import Described


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True)


class PasskeyCreation(_Answer):
    """What the browser needs to make a passkey."""

    credential_creation_options: CreationOptions = Field(validation_alias="CredentialCreationOptions")
    """For `PublicKeyCredential.parseCreationOptionsFromJSON()`."""


class Passkey(_Answer):
    """A passkey of the user."""

    credential_id: str = Field(validation_alias="CredentialId")
    """Names the passkey."""

    friendly_credential_name: str = Field(validation_alias="FriendlyCredentialName")
    """For people."""

    relying_party_id: str = Field(validation_alias="RelyingPartyId")
    """The domain that it is for."""

    authenticator_attachment: str | None = Field(default=None, validation_alias="AuthenticatorAttachment")
    """`platform` or `cross-platform`."""

    authenticator_transports: list[str] = Field(default=[], validation_alias="AuthenticatorTransports")
    """How a browser reaches the authenticator, such as `internal` or `usb`."""

    created_at: datetime = Field(validation_alias="CreatedAt")
    """When it was added."""


class PasskeyPage(_Answer):
    """Some of the user's passkeys."""

    credentials: list[Passkey] = Field(validation_alias="Credentials")
    """Those of this page."""

    next_token: str | None = Field(default=None, validation_alias="NextToken")
    """Gets the next page; absent from the last."""


class Passkeys:
    """Adds, lists and removes passkeys.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def start(self, access_token: str) -> PasskeyCreation:
        """Get what the browser needs to make a passkey (StartWebAuthnRegistration).

        Raises:
            WebAuthnNotEnabledError: passkeys are switched off for the pool.
            WebAuthnConfigurationMissingError: the pool has no relying party id.
        """
        answer = await self._client.call("StartWebAuthnRegistration", AccessToken=access_token)
        return parse(PasskeyCreation, answer)

    async def complete(self, access_token: str, credential: RegistrationResponse) -> None:
        """Register the passkey that the browser made (CompleteWebAuthnRegistration).

        Raises:
            WebAuthnChallengeNotFoundError: the registration was not started, or has expired.
            WebAuthnOriginNotAllowedError: the browser was on another site.
            WebAuthnRelyingPartyMismatchError: the passkey is for another relying party.
            WebAuthnCredentialNotSupportedError: its algorithm or attestation is not supported.
            LimitExceededError: the user has as many as a user can have.
        """
        await self._client.call(
            "CompleteWebAuthnRegistration", AccessToken=access_token, Credential=credential.as_sent()
        )

    async def page(
        self, access_token: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> PasskeyPage:
        """Get one page of the user's passkeys (ListWebAuthnCredentials).

        Args:
            access_token: of the user.
            max_results: how many at most, 1 to 20.
            next_token: of the page before.

        Raises:
            InvalidParameterError: `next_token` is not one of this list.
        """
        more: dict[str, Any] = {"MaxResults": max_results, "NextToken": next_token}
        given = {name: value for name, value in more.items() if value is not None}
        answer = await self._client.call("ListWebAuthnCredentials", AccessToken=access_token, **given)
        return parse(PasskeyPage, answer)

    async def delete(self, access_token: str, credential_id: str) -> None:
        """Remove a passkey (DeleteWebAuthnCredential).

        Raises:
            ResourceNotFoundError: the user has no such passkey.
        """
        await self._client.call(
            "DeleteWebAuthnCredential", AccessToken=access_token, CredentialId=credential_id
        )
