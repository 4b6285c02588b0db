"""What the operations of a user pool answer, as a route may return it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

_PHONE_NUMBER: Final = re.compile(r"\+\d{5,15}")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Tokens(_Answer):
    """The tokens of a signed-in user (RFC 6749 section 5.1)."""

    status: Literal["signed_in"] = "signed_in"
    access_token: str = Field(repr=False)
    id_token: str | None = Field(default=None, repr=False)
    refresh_token: str | None = Field(default=None, repr=False)
    """Absent from a refresh, unless the app client rotates its refresh tokens."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a name
    expires_in: int
    """Seconds for which the access token is valid."""


class _Challenge(_Answer):
    status: Literal["challenge"] = "challenge"
    session: str = Field(repr=False)
    """Sealed by the app; send it back unchanged with the answer."""

    expires_in: int
    """Seconds left to answer."""


class NewPasswordRequiredParameters(_Answer):
    """What a user with a temporary password must supply."""

    required_attributes: list[str]
    """Attributes that must be given now."""

    attributes: dict[str, str]
    """The attributes that the user has."""


class NewPasswordRequired(_Challenge):
    """The temporary password must be replaced."""

    challenge: Literal["NEW_PASSWORD_REQUIRED"] = "NEW_PASSWORD_REQUIRED"
    parameters: NewPasswordRequiredParameters


class MfaSetupParameters(_Answer):
    """The second factors that can be set up."""

    mfas_can_setup: list[str]


class MfaSetup(_Challenge):
    """The pool demands a second factor, and the user has none yet."""

    challenge: Literal["MFA_SETUP"] = "MFA_SETUP"
    parameters: MfaSetupParameters


class SoftwareTokenMfaParameters(_Answer):
    """Which authenticator app is asked for its code."""

    friendly_device_name: str | None = None


class SoftwareTokenMfa(_Challenge):
    """A code of the authenticator app is needed (RFC 6238)."""

    challenge: Literal["SOFTWARE_TOKEN_MFA"] = "SOFTWARE_TOKEN_MFA"
    parameters: SoftwareTokenMfaParameters


class CodeDeliveryParameters(_Answer):
    """Where a code was sent; the destination is masked."""

    medium: str | None = None
    destination: str | None = None


class SmsMfa(_Challenge):
    """A code was sent by SMS."""

    challenge: Literal["SMS_MFA"] = "SMS_MFA"
    parameters: CodeDeliveryParameters


class SelectMfaTypeParameters(_Answer):
    """The second factors to choose from."""

    mfas_can_choose: list[str]


class SelectMfaType(_Challenge):
    """The user has several second factors and prefers none."""

    challenge: Literal["SELECT_MFA_TYPE"] = "SELECT_MFA_TYPE"
    parameters: SelectMfaTypeParameters


Challenge = Annotated[
    NewPasswordRequired | MfaSetup | SoftwareTokenMfa | SmsMfa | SelectMfaType,
    Field(discriminator="challenge"),
]
"""A challenge under the name that Cognito gives it."""

SignInResult = Annotated[Tokens | Challenge, Field(discriminator="status")]
"""What a sign-in leads to: tokens, or a challenge to answer."""


class TotpSecret(_Answer):
    """The secret of an authenticator app, to be shown once."""

    secret_code: str = Field(repr=False)
    """Base32, for typing in."""

    otpauth_uri: str = Field(repr=False)
    """For a link that opens the authenticator app."""

    qr_svg: str = Field(repr=False)
    """The same as a QR code, drawn by the app: no other service sees the secret."""

    session: str = Field(repr=False)
    """Send this one with the first code."""


class CodeDelivery(_Answer):
    """Where a code was sent; the destination is masked."""

    destination: str
    medium: str
    attribute_name: str | None = None

    @classmethod
    def from_cognito(cls, details: Mapping[str, Any]) -> Self:
        """Read `CodeDeliveryDetails`."""
        return cls(
            destination=details.get("Destination", ""),
            medium=details.get("DeliveryMedium", ""),
            attribute_name=details.get("AttributeName"),
        )

    @classmethod
    def simulated(cls, username: str) -> Self:
        """Make what a pool that hides who exists would answer for an unknown user.

        The same for a username each time, as a real answer would be.
        """
        if _PHONE_NUMBER.fullmatch(username):
            return cls(destination=f"+*******{username[-4:]}", medium="SMS", attribute_name="phone_number")
        local, at, domain = username.partition("@")
        if not (local and at and domain):
            digest = hashlib.sha256(username.encode()).digest()
            local, domain = (chr(ord("a") + byte % 26) for byte in digest[:2])
        return cls(destination=f"{local[0]}***@{domain[0]}***", medium="EMAIL", attribute_name="email")


class SignedUp(_Answer):
    """A new user, confirmed or waiting for a code."""

    user_sub: str
    confirmed: bool
    delivery: CodeDelivery | None = None
    """Absent if the pool sends no code."""


class SignedOut(_Answer):
    """What signing out ended, and what it could not end."""

    status: Literal["signed_out"] = "signed_out"
    refresh_token_revoked: bool
    """Whether the refresh token, and with it the access tokens at Cognito, is revoked."""

    access_token_valid_until: int | None = None
    """Seconds since the epoch. Until then a route that verifies the access token offline goes on
    accepting it: the token cannot be recalled. Absent if no valid access token came along."""


Code = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^\S+$", repr=False)]
"""A code that the user was sent, or that an authenticator app shows."""

NewPassword = Annotated[str, Field(min_length=1, max_length=256, repr=False)]
"""Passed on as given: neither trimmed nor normalised."""

Attributes = dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[str, Field(max_length=2048)]]
"""The user's attributes by name, such as `email` or `custom:tenant`."""


class _ChallengeAnswer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    session: str = Field(min_length=1, max_length=16_384, repr=False)
    """The `session` of the challenge, unchanged."""

    def responses(self) -> dict[str, str]:
        """Return the `ChallengeResponses` beside the username."""
        return {}


class NewPasswordRequiredAnswer(_ChallengeAnswer):
    """A password of the user's own, and the attributes that the pool demands."""

    challenge: Literal["NEW_PASSWORD_REQUIRED"] = "NEW_PASSWORD_REQUIRED"
    new_password: NewPassword
    attributes: Attributes = {}

    def responses(self) -> dict[str, str]:
        """Return the password and the attributes under the names of the API."""
        return {
            "NEW_PASSWORD": self.new_password,
            **{f"userAttributes.{name}": value for name, value in self.attributes.items()},
        }


class MfaSetupAnswer(_ChallengeAnswer):
    """The first code of the authenticator app that now holds the secret."""

    challenge: Literal["MFA_SETUP"] = "MFA_SETUP"
    code: Code
    device_name: str | None = Field(default=None, min_length=1, max_length=256)
    """A name for the authenticator app, shown when its code is asked for."""


class SoftwareTokenMfaAnswer(_ChallengeAnswer):
    """The code that the authenticator app shows now."""

    challenge: Literal["SOFTWARE_TOKEN_MFA"] = "SOFTWARE_TOKEN_MFA"
    code: Code

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"SOFTWARE_TOKEN_MFA_CODE": self.code}


class SmsMfaAnswer(_ChallengeAnswer):
    """The code that came by SMS."""

    challenge: Literal["SMS_MFA"] = "SMS_MFA"
    code: Code

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"SMS_MFA_CODE": self.code}


class SelectMfaTypeAnswer(_ChallengeAnswer):
    """The second factor that the user chose."""

    challenge: Literal["SELECT_MFA_TYPE"] = "SELECT_MFA_TYPE"
    answer: str = Field(min_length=1, max_length=64)

    def responses(self) -> dict[str, str]:
        """Return the choice under its name in the API."""
        return {"ANSWER": self.answer}


ChallengeAnswer = Annotated[
    NewPasswordRequiredAnswer | MfaSetupAnswer | SoftwareTokenMfaAnswer | SmsMfaAnswer | SelectMfaTypeAnswer,
    Field(discriminator="challenge"),
]
"""The answer to any challenge, told apart by `challenge`."""


class AuthOutcome(BaseModel):
    """The common answer of InitiateAuth and RespondToAuthChallenge, before it is made ours."""

    model_config = ConfigDict(extra="ignore")

    challenge_name: Annotated[str | None, Field(alias="ChallengeName")] = None
    session: Annotated[str | None, Field(alias="Session", repr=False)] = None
    parameters: Annotated[dict[str, str], Field(alias="ChallengeParameters")] = {}
    result: Annotated[dict[str, Any] | None, Field(alias="AuthenticationResult", repr=False)] = None


class AuthTokens(BaseModel):
    """`AuthenticationResult` of the API."""

    model_config = ConfigDict(extra="ignore")

    access_token: Annotated[str, Field(alias="AccessToken", repr=False)]
    id_token: Annotated[str | None, Field(alias="IdToken", repr=False)] = None
    refresh_token: Annotated[str | None, Field(alias="RefreshToken", repr=False)] = None
    expires_in: Annotated[int, Field(alias="ExpiresIn")]

    def tokens(self) -> Tokens:
        """Return the tokens as a route answers them."""
        return Tokens(
            access_token=self.access_token,
            id_token=self.id_token,
            refresh_token=self.refresh_token,
            expires_in=self.expires_in,
        )
