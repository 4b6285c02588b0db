"""The users of the pool, for administrators, put together from the flows: `auth.pool.users`."""

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.user_access import UserAccess
from fastapi_cognito_auth.cognito.user_auth_events import UserAuthEvents
from fastapi_cognito_auth.cognito.user_devices import UserDevices
from fastapi_cognito_auth.cognito.user_directory import UserDirectory
from fastapi_cognito_auth.cognito.user_identities import UserIdentities
from fastapi_cognito_auth.cognito.user_logins import UserLogins
from fastapi_cognito_auth.cognito.user_mfa import UserMfa


class Users(UserDirectory, UserAccess, UserIdentities):
    """What administrators do with users, by the app's own AWS credentials.

    Nothing here asks who asks: that is the caller's, as `auth.admin_router` does it.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        super().__init__(client)
        self.devices: UserDevices = UserDevices(client)
        self.sessions: UserLogins = UserLogins(client)
        self.mfa: UserMfa = UserMfa(client)
        self.auth_events: UserAuthEvents = UserAuthEvents(client)
