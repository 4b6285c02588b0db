"""Second factors of a signed-in user: which are on, and an authenticator app (RFC 6238)."""

from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.otpauth import otpauth_uri, qr_svg
from fastapi_cognito_auth.cognito.software_token import verify_first_code
from fastapi_cognito_auth.schemas.described import Described

_LONGEST_NAME: Final = 64
"""Characters of an account's name; in any script, more might not fit into a QR code."""


class _Settings(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class MfaSettings(_Settings):
    """Whether a second factor is on, and whether it is the one asked for first."""

    enabled: bool
    """Whether it is on."""

    preferred_mfa: bool = False
    """Whether it is asked for first."""


class WebAuthnMfaSettings(_Settings):
    """Whether a passkey serves as a second factor."""

    enabled: bool
    """Whether it is on."""


class MfaPreference(_Settings):
    """The second factors to switch; one that is left out stays as it is."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"software_token_mfa_settings": {"enabled": False}}]}
    )

    sms_mfa_settings: MfaSettings | None = None
    """Codes by SMS."""

    software_token_mfa_settings: MfaSettings | None = None
    """Codes of an authenticator app."""

    email_mfa_settings: MfaSettings | None = None
    """Codes by e-mail."""

    web_authn_mfa_settings: WebAuthnMfaSettings | None = None
    """Passkeys."""


class SoftwareTokenSecret(Described):
    """The secret for an authenticator app, to be shown once."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    secret_code: str = Field(repr=False)
    """Base32, for typing in."""

    otpauth_uri: str = Field(repr=False)
    """For a link that opens the authenticator app."""

    qr_svg: str = Field(repr=False)
    """The same as a QR code, drawn by the app: no other service sees the secret."""


class _Associated(BaseModel):
    secret_code: str = Field(
        validation_alias="SecretCode", min_length=16, max_length=256, pattern=r"^[A-Za-z0-9]+$", repr=False
    )


class Mfa:
    """Sets up and switches the second factors of a signed-in user.

    Args:
        client: speaks to Cognito.
        totp_issuer: the name that authenticator apps show.
    """

    def __init__(self, client: CognitoClient, *, totp_issuer: str) -> None:
        self._client = client
        self._totp_issuer = totp_issuer

    async def set_preference(self, access_token: str, preference: MfaPreference) -> None:
        """Switch second factors on or off (SetUserMFAPreference).

        Raises:
            InvalidParameterError: a factor is not set up, or two are preferred.
            NotAuthorizedError: the token is revoked, or the user disabled.
        """
        members = {
            "SMSMfaSettings": preference.sms_mfa_settings,
            "SoftwareTokenMfaSettings": preference.software_token_mfa_settings,
            "EmailMfaSettings": preference.email_mfa_settings,
        }
        params = {
            name: {"Enabled": settings.enabled, "PreferredMfa": settings.preferred_mfa}
            for name, settings in members.items()
            if settings is not None
        }
        if preference.web_authn_mfa_settings is not None:
            params["WebAuthnMfaSettings"] = {"Enabled": preference.web_authn_mfa_settings.enabled}
        await self._client.call("SetUserMFAPreference", AccessToken=access_token, **params)

    async def start_totp(self, access_token: str, *, account: str) -> SoftwareTokenSecret:
        """Get a secret for an authenticator app (AssociateSoftwareToken).

        An app that is set up already stays in force until `verify_totp` replaces it.

        Args:
            access_token: of the user.
            account: the user's name, as the authenticator app shows it.

        Raises:
            SoftwareTokenMFANotFoundError: the pool has TOTP switched off.
            NotAuthorizedError: the token is revoked, or the user disabled.
        """
        answer = await self._client.call("AssociateSoftwareToken", AccessToken=access_token)
        secret = parse(_Associated, answer).secret_code
        uri = otpauth_uri(secret, issuer=self._totp_issuer, account=account[:_LONGEST_NAME])
        return SoftwareTokenSecret(secret_code=secret, otpauth_uri=uri, qr_svg=qr_svg(uri))

    async def verify_totp(self, access_token: str, code: str, *, device_name: str | None = None) -> None:
        """Register the authenticator app by its first code (VerifySoftwareToken).

        In a pool where second factors are optional, `set_preference` then switches it on.

        Args:
            access_token: of the user.
            code: what the authenticator app shows now.
            device_name: shown when its code is asked for.

        Raises:
            CodeMismatchError: the code is wrong.
            ExpiredCodeError: the code was used before.
            NotAuthorizedError: no secret was asked for, too many wrong codes, or the token is revoked.
        """
        await verify_first_code(self._client, code, device_name, AccessToken=access_token)
