"""The ways in which a user signs in, and the second factors to switch."""

from typing import Any, ClassVar

from pydantic import ConfigDict, Field

from fastapi_cognito_auth.schemas.described import Described


class AuthFactors(Described):
    """How the user can sign in."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True)

    username: str = Field(validation_alias="Username")
    """As the pool has it; immutable."""

    configured_user_auth_factors: list[str] = Field(default=[], validation_alias="ConfiguredUserAuthFactors")
    """Of `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN` and `SOFTWARE_TOKEN`."""

    preferred_mfa_setting: str | None = Field(default=None, validation_alias="PreferredMfaSetting")
    """The second factor that is asked for first."""

    user_mfa_setting_list: list[str] = Field(default=[], validation_alias="UserMFASettingList")
    """The second factors that are switched on."""


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

    def members(self) -> dict[str, Any]:
        """Return the settings under the names of the API."""
        settings = {
            "SMSMfaSettings": self.sms_mfa_settings,
            "SoftwareTokenMfaSettings": self.software_token_mfa_settings,
            "EmailMfaSettings": self.email_mfa_settings,
        }
        members = {
            name: {"Enabled": factor.enabled, "PreferredMfa": factor.preferred_mfa}
            for name, factor in settings.items()
            if factor is not None
        }
        if self.web_authn_mfa_settings is not None:
            members["WebAuthnMfaSettings"] = {"Enabled": self.web_authn_mfa_settings.enabled}
        return members
