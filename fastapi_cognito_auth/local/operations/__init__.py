"""The operations, one file a flow: name -> function of the plane and the validated request."""

from collections.abc import Callable
from typing import Any, Final

from fastapi_cognito_auth.local.operations import (
    account,
    admin_users,
    auth_events,
    auth_factors,
    challenges,
    client_token,
    derived_token,
    devices,
    passkeys,
    password,
    pool_mfa,
    refresh,
    sign_in,
    sign_up,
    software_token,
    user_attributes,
    user_sessions,
)
from fastapi_cognito_auth.local.plane import Plane

Operation = Callable[[Plane, dict[str, Any]], dict[str, Any]]

OPERATIONS: Final[dict[str, Operation]] = {
    **sign_up.OPERATIONS,
    **sign_in.OPERATIONS,
    **challenges.OPERATIONS,
    **client_token.OPERATIONS,
    **derived_token.OPERATIONS,
    **software_token.OPERATIONS,
    **password.OPERATIONS,
    **refresh.OPERATIONS,
    **account.OPERATIONS,
    **pool_mfa.OPERATIONS,
    **admin_users.OPERATIONS,
    **user_attributes.OPERATIONS,
    **auth_factors.OPERATIONS,
    **auth_events.OPERATIONS,
    **devices.OPERATIONS,
    **passkeys.OPERATIONS,
    **user_sessions.OPERATIONS,
}
