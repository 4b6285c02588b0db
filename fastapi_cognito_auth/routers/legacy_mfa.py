"""The superseded `MFAOptions` as requests have them, of users and of administrators."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from fastapi_cognito_auth.profile import MfaOption
from fastapi_cognito_auth.routers.route import Body


class LegacyMfaOption(Body):
    """SMS as a second factor, in the superseded form."""

    delivery_medium: Literal["SMS"] = "SMS"
    """Codes by SMS; there is no other medium here."""

    attribute_name: Literal["phone_number"] = "phone_number"
    """Where they go."""


class LegacyMfaRequest(Body):
    """The superseded `MFAOptions`; none switches SMS off."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{"mfa_options": []}]})

    mfa_options: list[LegacyMfaOption] = Field(max_length=10)
    """At most one; an empty list switches SMS off."""

    def options(self) -> list[MfaOption]:
        """Return them as answers have them."""
        return [MfaOption(**option.model_dump()) for option in self.mfa_options]
