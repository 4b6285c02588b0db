"""What the operations of a user pool answer, as a route may return it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, model_validator

from fastapi_cognito_auth.cognito.token_lifetime import lifetime_of
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.tokens.claims import LONGEST_LIFE


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, defer_build=True)


class NewDevice(_Answer):
    """A device that the pool saw for the first time, to be registered if the user wishes."""

    device_key: str
    """Names the device."""

    device_group_key: str
    """Goes with it when the device is registered."""


class Tokens(_Answer):
    """The tokens of a signed-in user (RFC 6749 section 5.1)."""

    status: Literal["signed_in"] = "signed_in"
    """Tells tokens from a challenge."""

    access_token: str = Field(repr=False)
    """Goes into the `Authorization` header, after `Bearer`."""

    id_token: str | None = Field(default=None, repr=False)
    """Says who signed in; absent without the scope `openid`."""

    refresh_token: str | None = Field(default=None, repr=False)
    """Absent from a refresh, unless the app client rotates its refresh tokens."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a name
    """How the access token is sent (RFC 6750)."""

    expires_in: int
    """Seconds for which the access token is valid."""

    new_device: NewDevice | None = None
    """Present if the pool tracks devices and does not know this one."""


class _Challenge(_Answer):
    status: Literal["challenge"] = "challenge"
    """Tells a challenge from tokens."""

    challenge: str
    """Cognito's name for it."""

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
    """What must be given."""


class MfaSetupParameters(_Answer):
    """The second factors that can be set up."""

    mfas_can_setup: list[str]
    """Such as `SOFTWARE_TOKEN_MFA` or `EMAIL_OTP`."""


class MfaSetup(_Challenge):
    """The pool demands a second factor, and the user has none yet."""

    challenge: Literal["MFA_SETUP"] = "MFA_SETUP"
    parameters: MfaSetupParameters
    """What can be set up."""


class SoftwareTokenMfaParameters(_Answer):
    """Which authenticator app is asked for its code."""

    friendly_device_name: str | None = None
    """The name that the user gave it."""


class SoftwareTokenMfa(_Challenge):
    """A code of the authenticator app is needed (RFC 6238)."""

    challenge: Literal["SOFTWARE_TOKEN_MFA"] = "SOFTWARE_TOKEN_MFA"
    parameters: SoftwareTokenMfaParameters
    """Which app is meant."""


class CodeDeliveryParameters(_Answer):
    """Where a code was sent; the destination is masked."""

    medium: str | None = None
    """`EMAIL` or `SMS`."""

    destination: str | None = None
    """Where the code went, masked."""


class SmsMfa(_Challenge):
    """A code was sent by SMS."""

    challenge: Literal["SMS_MFA"] = "SMS_MFA"
    parameters: CodeDeliveryParameters
    """Where the code went."""


class SelectMfaTypeParameters(_Answer):
    """The second factors to choose from."""

    mfas_can_choose: list[str]
    """Such as `SOFTWARE_TOKEN_MFA` or `SMS_MFA`."""


class SelectMfaType(_Challenge):
    """The user has several second factors and prefers none."""

    challenge: Literal["SELECT_MFA_TYPE"] = "SELECT_MFA_TYPE"
    parameters: SelectMfaTypeParameters
    """What there is to choose from."""


class EmailOtp(_Challenge):
    """A code was sent by e-mail, as a first or a second factor."""

    challenge: Literal["EMAIL_OTP"] = "EMAIL_OTP"
    parameters: CodeDeliveryParameters
    """Where the code went."""


class SmsOtp(_Challenge):
    """A code was sent by SMS, as a first factor."""

    challenge: Literal["SMS_OTP"] = "SMS_OTP"
    parameters: CodeDeliveryParameters
    """Where the code went."""


class NoParameters(_Answer):
    """Nothing to know beside the challenge's name."""


class PasswordChallenge(_Challenge):
    """The password is asked for, to be sent to Cognito as it is."""

    challenge: Literal["PASSWORD"] = "PASSWORD"
    parameters: NoParameters = NoParameters()
    """Nothing."""


class PasswordSrpChallenge(_Challenge):
    """The password is asked for, to be proved by SRP."""

    challenge: Literal["PASSWORD_SRP"] = "PASSWORD_SRP"
    parameters: NoParameters = NoParameters()
    """Nothing."""


class SelectChallengeParameters(_Answer):
    """The ways to sign in that this user has."""

    available_challenges: list[str]
    """Such as `PASSWORD_SRP`, `EMAIL_OTP` or `WEB_AUTHN`."""


class SelectChallenge(_Challenge):
    """The user chooses how to sign in."""

    challenge: Literal["SELECT_CHALLENGE"] = "SELECT_CHALLENGE"
    parameters: SelectChallengeParameters
    """What there is to choose from."""


class WebAuthnParameters(_Answer):
    """What the browser asks the passkey for."""

    credential_request_options: dict[str, Any]
    """For `PublicKeyCredential.parseRequestOptionsFromJSON()` (WebAuthn Level 3 section 5.1.9)."""


class WebAuthn(_Challenge):
    """A passkey is asked for."""

    challenge: Literal["WEB_AUTHN"] = "WEB_AUTHN"
    parameters: WebAuthnParameters
    """What the browser needs."""


class CustomChallenge(_Challenge):
    """What the pool's own triggers ask."""

    challenge: Literal["CUSTOM_CHALLENGE"] = "CUSTOM_CHALLENGE"
    parameters: dict[str, str]
    """The public parameters of the CreateAuthChallenge trigger."""


Challenge = Annotated[
    NewPasswordRequired
    | MfaSetup
    | SoftwareTokenMfa
    | SmsMfa
    | EmailOtp
    | SmsOtp
    | SelectMfaType
    | SelectChallenge
    | PasswordChallenge
    | PasswordSrpChallenge
    | WebAuthn
    | CustomChallenge,
    Discriminator("challenge"),
]
"""A challenge under the name that Cognito gives it."""

SignInResult = Tokens | Challenge
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
    """The address or number, masked."""

    medium: str
    """`EMAIL` or `SMS`."""

    attribute_name: str | None = None
    """The attribute that holds it."""

    @classmethod
    def from_cognito(cls, details: Mapping[str, Any]) -> Self:
        """Read `CodeDeliveryDetails`."""
        return cls(
            destination=details.get("Destination", ""),
            medium=details.get("DeliveryMedium", ""),
            attribute_name=details.get("AttributeName"),
        )


class CodeRequested(_Answer):
    """A code is on its way, if there is such a user and it can be.

    The answer is the same for everybody: where a code goes would tell whether there is such a user,
    and so would a place that was made up.
    """

    status: Literal["code_requested"] = "code_requested"
    """The same whether or not the user exists."""


class SignedUp(_Answer):
    """A new user, confirmed or waiting for a code."""

    user_sub: str
    """The new user's immutable id."""

    confirmed: bool
    """Whether the user may sign in now."""

    delivery: CodeDelivery | None = None
    """Absent if the pool sends no code."""

    session: str | None = Field(default=None, repr=False)
    """Present if the pool can sign the user in once the sign-up is confirmed: send it along."""


class Confirmed(_Answer):
    """The user may sign in now."""

    status: Literal["confirmed"] = "confirmed"
    """Always the same."""

    session: str | None = Field(default=None, repr=False)
    """Signs the user in without another factor, once and soon: send it to the sign-in."""


class SignedOut(_Answer):
    """What signing out ended, and what it could not end."""

    status: Literal["signed_out"] = "signed_out"
    """Always the same."""

    refresh_token_revoked: bool
    """Whether the refresh token, and with it the access tokens at Cognito, is revoked."""

    access_token_valid_until: int | None = None
    """Seconds since the epoch. Until then some worker of the app may go on accepting the access
    token; where that cannot be told, no token that is valid now lives longer. Absent if nothing
    accepts it, or if no access token came along."""


DeviceStatus = Literal["remembered", "not_remembered"]


class RegisteredDevice(_Answer):
    """A registered device."""

    device: str = Field(repr=False)
    """Keep it on the device, and send it with sign-ins and refreshes. Only the app can read it."""

    user_confirmation_necessary: bool
    """Whether the user must still be asked if the device shall be remembered."""


_REMEMBERED_STATUS: Final = "dev:device_remembered_status"
_REMEMBERED: Final[Mapping[str, bool]] = {"remembered": True, "not_remembered": False}


class TrackedDevice(_Answer):
    """A device of the user."""

    device_key: str
    """Names the device."""

    name: str | None = None
    """For people."""

    status: str | None = None
    """As the pool calls it: `valid`."""

    remembered: bool | None = None
    """Whether it stands in for a second factor, if the pool says so."""

    last_ip_used: str | None = None
    """The address of the last sign-in."""

    created_at: datetime | None = None
    """When the pool first saw it."""

    last_authenticated_at: datetime | None = None
    """When somebody last signed in on it."""

    @classmethod
    def from_cognito(cls, device: Mapping[str, Any]) -> Self:
        """Read `DeviceType`."""
        attributes = {item["Name"]: item.get("Value") for item in device.get("DeviceAttributes", [])}
        return cls(
            device_key=device.get("DeviceKey", ""),
            name=attributes.get("device_name"),
            status=attributes.get("device_status"),
            remembered=_REMEMBERED.get(attributes.get(_REMEMBERED_STATUS) or ""),
            last_ip_used=attributes.get("last_ip_used"),
            created_at=device.get("DeviceCreateDate"),
            last_authenticated_at=device.get("DeviceLastAuthenticatedDate"),
        )


class DevicePage(_Answer):
    """Devices of the user, page by page."""

    devices: list[TrackedDevice]
    """Those of this page."""

    next_token: str | None = None
    """Gets the next page; absent from the last."""


class AuthOutcome(BaseModel):
    """The common answer of InitiateAuth and RespondToAuthChallenge, before it is made ours."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    challenge_name: Annotated[str | None, Field(alias="ChallengeName")] = None
    session: Annotated[str | None, Field(alias="Session", repr=False)] = None
    parameters: Annotated[dict[str, str], Field(alias="ChallengeParameters")] = {}
    available: Annotated[list[str], Field(alias="AvailableChallenges")] = []
    result: Annotated[dict[str, Any] | None, Field(alias="AuthenticationResult", repr=False)] = None


class _NewDeviceMetadata(BaseModel):
    device_key: Annotated[str, Field(alias="DeviceKey")]
    device_group_key: Annotated[str, Field(alias="DeviceGroupKey")]


class AuthTokens(BaseModel):
    """`AuthenticationResult` of the API."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    access_token: Annotated[str, Field(alias="AccessToken", repr=False)]
    id_token: Annotated[str | None, Field(alias="IdToken", repr=False)] = None
    refresh_token: Annotated[str | None, Field(alias="RefreshToken", repr=False)] = None
    expires_in: Annotated[int, Field(alias="ExpiresIn")]
    """Optional in the API: then the access token says it, and also where this cannot be."""

    new_device: Annotated[_NewDeviceMetadata | None, Field(alias="NewDeviceMetadata")] = None

    @model_validator(mode="before")
    @classmethod
    def _lifetime(cls, result: Any) -> Any:
        if not isinstance(result, dict):
            return result
        said = result.get("ExpiresIn")
        if isinstance(said, int) and 1 <= said <= LONGEST_LIFE:
            return result
        token = result.get("AccessToken")
        return {**result, "ExpiresIn": lifetime_of(token)} if isinstance(token, str) else result

    def tokens(self) -> Tokens:
        """Return the tokens as a route answers them."""
        return Tokens(
            access_token=self.access_token,
            id_token=self.id_token,
            refresh_token=self.refresh_token,
            expires_in=self.expires_in,
            new_device=None
            if self.new_device is None
            else NewDevice(
                device_key=self.new_device.device_key, device_group_key=self.new_device.device_group_key
            ),
        )
