"""What the pool tells of a signed-in user beyond the access token (GetUser)."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from fastapi_cognito_auth.schemas.described import Described


def by_name(pairs: Any) -> Any:
    """Read the API's list of `Name` and `Value`; anything else is left for the model to refuse."""
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) for pair in pairs):
        return pairs
    # An attribute without a value comes without the member.
    return {pair.get("Name"): pair.get("Value", "") for pair in pairs}


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True, defer_build=True)


class MfaOption(_Answer):
    """An entry of the superseded `MFAOptions`: SMS as a second factor."""

    delivery_medium: Literal["SMS", "EMAIL"] = Field(validation_alias="DeliveryMedium")
    """How codes go out."""

    attribute_name: str | None = Field(default=None, validation_alias="AttributeName", max_length=32)
    """Where they go."""

    def members(self) -> dict[str, str]:
        """Return it under the names of the API."""
        named = {} if self.attribute_name is None else {"AttributeName": self.attribute_name}
        return {"DeliveryMedium": self.delivery_medium, **named}


class Profile(_Answer):
    """The signed-in user, as the pool knows them now."""

    username: str = Field(validation_alias="Username")
    """As the pool has it; immutable."""

    attributes: Annotated[dict[str, str], BeforeValidator(by_name)] = Field(validation_alias="UserAttributes")
    """Those that the app client may read. Every value is text, `email_verified` too."""

    preferred_mfa_setting: str | None = Field(default=None, validation_alias="PreferredMfaSetting")
    """The second factor that is asked for first."""

    user_mfa_setting_list: list[str] = Field(default=[], validation_alias="UserMFASettingList")
    """The second factors that are switched on."""

    mfa_options: list[MfaOption] = Field(default=[], validation_alias="MFAOptions")
    """What the superseded SetUserSettings set."""

    @property
    def email(self) -> str | None:
        """The e-mail address, if there is one that the app client may read."""
        return self.attributes.get("email")

    @property
    def name_to_show(self) -> str:
        """What people know the account by: where they sign in by address, the username says nothing."""
        if self.username != self.attributes.get("sub"):
            return self.username
        return self.attributes.get("email") or self.attributes.get("phone_number") or self.username
