"""Second factors of a signed-in user: which are on, and an authenticator app (RFC 6238)."""

from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.factors import MfaPreference
from fastapi_cognito_auth.cognito.otpauth import otpauth_uri, qr_svg
from fastapi_cognito_auth.cognito.software_token import verify_first_code
from fastapi_cognito_auth.schemas.described import Described

_LONGEST_NAME: Final = 64
"""Characters of an account's name; in any script, more might not fit into a QR code."""


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
        await self._client.call("SetUserMFAPreference", AccessToken=access_token, **preference.members())

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
