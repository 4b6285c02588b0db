"""The signed-in user: attributes, factors, signing out everywhere, and deletion.

Every operation takes the user's access token. Cognito refuses one that was revoked, which whoever
verifies it offline cannot see.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.factors import AuthFactors
from fastapi_cognito_auth.cognito.given import pairs, several
from fastapi_cognito_auth.cognito.models import CodeDelivery
from fastapi_cognito_auth.profile import MfaOption, Profile
from fastapi_cognito_auth.schemas.described import Described


def _delivery(details: Any) -> Any:
    return CodeDelivery.from_cognito(details) if isinstance(details, dict) else details


class _Answer(Described):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, populate_by_name=True)


class AttributesUpdated(_Answer):
    """The new values are taken."""

    status: Literal["attributes_updated"] = "attributes_updated"
    """Always the same."""

    code_delivery_details: list[Annotated[CodeDelivery, BeforeValidator(_delivery)]] = Field(
        default=[], validation_alias="CodeDeliveryDetailsList"
    )
    """Where codes went that verify a new e-mail address or phone number. A pool may keep the
    verified address in force until the code for the new one is given."""


class _CodeSent(_Answer):
    delivery: Annotated[CodeDelivery, BeforeValidator(_delivery)] = Field(
        validation_alias="CodeDeliveryDetails"
    )


class Account:
    """What users do to their own account.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def profile(self, access_token: str) -> Profile:
        """Get the user's attributes and second factors (GetUser).

        Raises:
            NotAuthorizedError: the token is revoked, or the user disabled.
            UserNotFoundError: the user is deleted.
        """
        return parse(Profile, await self._client.call("GetUser", AccessToken=access_token))

    async def auth_factors(self, access_token: str) -> AuthFactors:
        """Get the ways in which the user can sign in (GetUserAuthFactors).

        Raises:
            NotAuthorizedError: the token is revoked, or the user disabled.
        """
        return parse(AuthFactors, await self._client.call("GetUserAuthFactors", AccessToken=access_token))

    async def update_attributes(
        self,
        access_token: str,
        attributes: Mapping[str, str],
        *,
        client_metadata: Mapping[str, str] | None = None,
    ) -> AttributesUpdated:
        """Set attributes; an empty value clears one (UpdateUserAttributes).

        Args:
            access_token: of the user.
            attributes: such as `{"email": "…"}`. `sub` and `*_verified` are not the user's to write.
            client_metadata: passed to the pool's triggers.

        Raises:
            NotAuthorizedError: the app client may not write an attribute, or the token is revoked.
            InvalidParameterError: an attribute is unknown, immutable or malformed.
            AliasExistsError: the address is an alias of another user.
        """
        answer = await self._client.call(
            "UpdateUserAttributes",
            AccessToken=access_token,
            UserAttributes=pairs(attributes),
            ClientMetadata=dict(client_metadata or {}),
        )
        return parse(AttributesUpdated, answer)

    async def delete_attributes(self, access_token: str, names: Iterable[str]) -> None:
        """Delete attributes (DeleteUserAttributes).

        Raises:
            InvalidParameterError: an attribute is unknown or required.
            NotAuthorizedError: the app client may not write it, or the token is revoked.
        """
        await self._client.call(
            "DeleteUserAttributes", AccessToken=access_token, UserAttributeNames=several(names)
        )

    async def send_attribute_code(
        self, access_token: str, name: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> CodeDelivery:
        """Send a code to the user's `email` or `phone_number` (GetUserAttributeVerificationCode).

        Raises:
            InvalidParameterError: the attribute is not set, or cannot be verified.
            LimitExceededError: too many codes were asked for.
        """
        answer = await self._client.call(
            "GetUserAttributeVerificationCode",
            AccessToken=access_token,
            AttributeName=name,
            ClientMetadata=dict(client_metadata or {}),
        )
        return parse(_CodeSent, answer).delivery

    async def verify_attribute(self, access_token: str, name: str, code: str) -> None:
        """Prove the ownership of an address by the code that was sent there (VerifyUserAttribute).

        Raises:
            CodeMismatchError: the code is wrong.
            ExpiredCodeError: the code was used or has expired; ask for another.
            AliasExistsError: the address is an alias of another user.
            LimitExceededError: too many wrong codes.
        """
        await self._client.call(
            "VerifyUserAttribute", AccessToken=access_token, AttributeName=name, Code=code
        )

    async def sign_out_everywhere(self, access_token: str) -> None:
        """Revoke all the user's refresh tokens, and their access tokens at Cognito (GlobalSignOut).

        Whoever verifies access tokens offline goes on accepting them until they expire. The
        cookie of managed login stays, too.

        Raises:
            NotAuthorizedError: the token is revoked already.
        """
        await self._client.call("GlobalSignOut", AccessToken=access_token)

    async def delete(self, access_token: str) -> None:
        """Delete the user, for good (DeleteUser).

        Raises:
            NotAuthorizedError: the token is revoked, or the user disabled.
        """
        await self._client.call("DeleteUser", AccessToken=access_token)

    async def set_settings(self, access_token: str, mfa_options: Iterable[MfaOption]) -> None:
        """Set `MFAOptions`, the superseded switch of SMS as a second factor (SetUserSettings).

        Raises:
            InvalidParameterError: the attribute is not a phone number.
        """
        await self._client.call(
            "SetUserSettings",
            AccessToken=access_token,
            MFAOptions=[option.members() for option in mfa_options],
        )
