"""The second factors of any user, for administrators."""

from collections.abc import Iterable

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.factors import MfaPreference
from fastapi_cognito_auth.profile import MfaOption


class UserMfa:
    """Switches the second factors of users.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def set_preference(self, username: str, preference: MfaPreference) -> None:
        """Switch second factors on or off (AdminSetUserMFAPreference).

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: a factor is not set up, or two are preferred.
        """
        await self._client.call("AdminSetUserMFAPreference", Username=username, **preference.members())

    async def delete_totp(self, username: str) -> None:
        """Take the authenticator app away from a user who has lost it (AdminDeleteSoftwareToken).

        Raises:
            UserNotFoundError: there is no such user.
            UserNotConfirmedError: the user is not confirmed.
        """
        await self._client.call("AdminDeleteSoftwareToken", Username=username)

    async def set_settings(self, username: str, mfa_options: Iterable[MfaOption]) -> None:
        """Set `MFAOptions`, the superseded switch of SMS as a second factor (AdminSetUserSettings).

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: the attribute is not a phone number.
        """
        await self._client.call(
            "AdminSetUserSettings", Username=username, MFAOptions=[option.members() for option in mfa_options]
        )
