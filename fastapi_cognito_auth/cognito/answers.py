"""What a client answers to a challenge, one model each; `challenge` tells them apart."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, model_validator

from fastapi_cognito_auth.cognito.typed import Code, Email, NewPassword, Password
from fastapi_cognito_auth.formats.passkey_json import AuthenticationResponse
from fastapi_cognito_auth.schemas.described import Described

LARGEST_MAP: Final = 131_072
"""Characters of all names and values together."""


def within_limits(values: dict[str, str]) -> dict[str, str]:
    """Refuse a map whose names and values are too long together."""
    if sum(map(len, values)) + sum(map(len, values.values())) > LARGEST_MAP:
        raise ValueError("the names and values are too long")
    return values


ClientMetadata = Annotated[
    Annotated[dict[str, str], AfterValidator(within_limits)] | None,
    Field(description="Passed to the triggers of the pool as it is. Cognito does not store it."),
]

Attributes = dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[str, Field(max_length=2048)]]
"""The user's attributes by name, such as `email` or `custom:tenant`."""


class _ChallengeAnswer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True
    )

    challenge: str
    """The challenge that is answered, by its name."""

    session: str = Field(min_length=1, max_length=16_384)
    """The `session` of the challenge, unchanged."""

    client_metadata: ClientMetadata = None

    def responses(self) -> dict[str, str]:
        """Return the `ChallengeResponses` beside the username."""
        return {}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        # Passwords, codes and sessions stay out of logs.
        return [("challenge", self.challenge)]


class NewPasswordRequiredAnswer(_ChallengeAnswer):
    """A password of the user's own, and the attributes that the pool demands."""

    challenge: Literal["NEW_PASSWORD_REQUIRED"] = "NEW_PASSWORD_REQUIRED"
    new_password: NewPassword
    """As the pool's policy wants it."""

    attributes: Attributes = Field(default_factory=dict)
    """Those that the challenge calls required, and others if you like."""

    def responses(self) -> dict[str, str]:
        """Return the password and the attributes under the names of the API."""
        return {
            "NEW_PASSWORD": self.new_password,
            **{f"userAttributes.{name}": value for name, value in self.attributes.items()},
        }


class MfaSetupAnswer(_ChallengeAnswer):
    """The first code of the authenticator app that now holds the secret, or an e-mail address."""

    challenge: Literal["MFA_SETUP"] = "MFA_SETUP"
    code: Code | None = None
    """The first code of the authenticator app."""

    device_name: str | None = Field(default=None, min_length=1, max_length=256)
    """A name for the authenticator app, shown when its code is asked for."""

    email: Email | None = None
    """Sets up codes by e-mail instead; the first one is asked for next."""

    @model_validator(mode="after")
    def _one_factor(self) -> Self:
        if (self.code is None) == (self.email is None):
            raise ValueError("send either a code or an e-mail address")
        return self

    def responses(self) -> dict[str, str]:
        """Return the address; a code goes to VerifySoftwareToken."""
        return {} if self.email is None else {"EMAIL": self.email}


class SoftwareTokenMfaAnswer(_ChallengeAnswer):
    """The code that the authenticator app shows now."""

    challenge: Literal["SOFTWARE_TOKEN_MFA"] = "SOFTWARE_TOKEN_MFA"
    code: Code
    """Six digits."""

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"SOFTWARE_TOKEN_MFA_CODE": self.code}


class SmsMfaAnswer(_ChallengeAnswer):
    """The code that came by SMS."""

    challenge: Literal["SMS_MFA"] = "SMS_MFA"
    code: Code
    """As it was sent."""

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"SMS_MFA_CODE": self.code}


class SelectMfaTypeAnswer(_ChallengeAnswer):
    """The second factor that the user chose."""

    challenge: Literal["SELECT_MFA_TYPE"] = "SELECT_MFA_TYPE"
    answer: str = Field(min_length=1, max_length=64)
    """One of `mfas_can_choose`."""

    def responses(self) -> dict[str, str]:
        """Return the choice under its name in the API."""
        return {"ANSWER": self.answer}


class EmailOtpAnswer(_ChallengeAnswer):
    """The code that came by e-mail."""

    challenge: Literal["EMAIL_OTP"] = "EMAIL_OTP"
    code: Code
    """As it was sent."""

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"EMAIL_OTP_CODE": self.code}


class SmsOtpAnswer(_ChallengeAnswer):
    """The code that came by SMS."""

    challenge: Literal["SMS_OTP"] = "SMS_OTP"
    code: Code
    """As it was sent."""

    def responses(self) -> dict[str, str]:
        """Return the code under its name in the API."""
        return {"SMS_OTP_CODE": self.code}


class PasswordAnswer(_ChallengeAnswer):
    """The password, sent to Cognito as it is."""

    challenge: Literal["PASSWORD"] = "PASSWORD"
    password: Password
    """As the user types it."""

    def responses(self) -> dict[str, str]:
        """Return the password under its name in the API."""
        return {"PASSWORD": self.password}


class PasswordSrpAnswer(_ChallengeAnswer):
    """The password, proved by SRP: it does not leave the app."""

    challenge: Literal["PASSWORD_SRP"] = "PASSWORD_SRP"
    password: Password
    """As the user types it."""


class SelectChallengeAnswer(_ChallengeAnswer):
    """The way to sign in that the user chose."""

    challenge: Literal["SELECT_CHALLENGE"] = "SELECT_CHALLENGE"
    answer: Literal["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
    """One of `available_challenges`."""

    password: Password | None = None
    """With PASSWORD or PASSWORD_SRP: saves one step."""

    @model_validator(mode="after")
    def _password_fits(self) -> Self:
        if self.password is not None and not self.answer.startswith("PASSWORD"):
            raise ValueError("a password goes with PASSWORD or PASSWORD_SRP")
        return self

    def responses(self) -> dict[str, str]:
        """Return the choice, and a password that is sent as it is."""
        inline = {"PASSWORD": self.password} if self.answer == "PASSWORD" and self.password else {}
        return {"ANSWER": self.answer, **inline}


class WebAuthnAnswer(_ChallengeAnswer):
    """What the passkey signed: `PublicKeyCredential.toJSON()` in the browser."""

    challenge: Literal["WEB_AUTHN"] = "WEB_AUTHN"
    credential: AuthenticationResponse
    """`toJSON()` of what `navigator.credentials.get()` returned, unchanged."""

    def responses(self) -> dict[str, str]:
        """Return the credential as the JSON string that the API wants."""
        return {"CREDENTIAL": json.dumps(self.credential.as_sent())}


class CustomChallengeAnswer(_ChallengeAnswer):
    """The answer for the pool's VerifyAuthChallengeResponse trigger."""

    challenge: Literal["CUSTOM_CHALLENGE"] = "CUSTOM_CHALLENGE"
    answer: str = Field(min_length=1, max_length=2048)
    """What the trigger asks for."""

    def responses(self) -> dict[str, str]:
        """Return the answer under its name in the API."""
        return {"ANSWER": self.answer}


ChallengeAnswer = Annotated[
    NewPasswordRequiredAnswer
    | MfaSetupAnswer
    | SoftwareTokenMfaAnswer
    | SmsMfaAnswer
    | EmailOtpAnswer
    | SmsOtpAnswer
    | SelectMfaTypeAnswer
    | SelectChallengeAnswer
    | PasswordAnswer
    | PasswordSrpAnswer
    | WebAuthnAnswer
    | CustomChallengeAnswer,
    Discriminator("challenge"),
]
"""The answer to any challenge, told apart by `challenge`."""
