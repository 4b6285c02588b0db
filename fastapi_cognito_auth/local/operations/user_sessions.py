"""Tracked sessions: how many a user may have, which there are, and ending one."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.tokens import Grant
from fastapi_cognito_auth.local.users import User

_SSO_MINUTES: Final = 60
_MOST: Final = 125


def _check_tracking(plane: Plane) -> None:
    if not plane.tokens.session_config.enabled:
        raise invalid_parameter("Session tracking is not enabled for the user pool.")


def _pool_configuration(plane: Plane, params: dict[str, Any]) -> Result:
    config = plane.tokens.session_config
    return {
        "UserPoolId": params["UserPoolId"],
        "UserSessionTracking": "ENABLED" if config.enabled else "DISABLED",
        "TokenSession": {"MaxPerUser": config.max_per_user},
    }


def _set_pool_configuration(plane: Plane, params: dict[str, Any]) -> Result:
    config = plane.tokens.session_config
    config.enabled = params["UserSessionTracking"] == "ENABLED"
    config.max_per_user = params["TokenSession"]["MaxPerUser"]
    return _pool_configuration(plane, params)


def _client_configuration(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    minutes = plane.tokens.session_config.sso_minutes.get(client.id, _SSO_MINUTES)
    return {
        "UserPoolId": params["UserPoolId"],
        "ClientId": client.id,
        "SSOSession": {"MaxValidityMinutes": minutes},
    }


def _set_client_configuration(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    _check_tracking(plane)
    minutes = params["SSOSession"]["MaxValidityMinutes"]
    config = plane.tokens.session_config
    config.sso_minutes = {**config.sso_minutes, client.id: minutes}
    return _client_configuration(plane, params)


def _list(plane: Plane, user: User, current: Grant | None) -> Result:
    _check_tracking(plane)
    sessions = [
        {
            "SessionId": grant.session_id,
            "SessionType": "TOKEN",
            "ClientId": grant.client_id,
            "CreateDate": grant.auth_time,
            "LastActiveDate": grant.last_active,
            # Only a user has a current session; an administrator looks on from outside.
            **({} if current is None else {"IsCurrentSession": grant is current}),
        }
        for grant in plane.tokens.tracked(user.sub)
    ]
    return {"Sessions": sessions[:_MOST]}


def _revoke(plane: Plane, user: User, session_id: str, current: Grant | None) -> Result:
    """End a session. What may be linked to it is an SSO session, which a sign-in by the API does not have."""
    _check_tracking(plane)
    if current is not None and current.session_id == session_id:
        raise invalid_parameter("The current session cannot be revoked.")
    for grant in plane.tokens.tracked(user.sub):
        if grant.session_id == session_id:
            grant.revoked = True
            return {}
    raise not_found("Session does not exist.")


def _list_own(plane: Plane, params: dict[str, Any]) -> Result:
    _, user, grant = plane.tokens.read_grant(params["AccessToken"])
    return _list(plane, user, grant)


def _revoke_own(plane: Plane, params: dict[str, Any]) -> Result:
    _, user, grant = plane.tokens.read_grant(params["AccessToken"])
    return _revoke(plane, user, params["SessionId"], grant)


def _admin_list(plane: Plane, params: dict[str, Any]) -> Result:
    return _list(plane, user_of(plane, params), None)


def _admin_revoke(plane: Plane, params: dict[str, Any]) -> Result:
    return _revoke(plane, user_of(plane, params), params["SessionId"], None)


OPERATIONS: Final = {
    "GetUserPoolSessionConfiguration": _pool_configuration,
    "SetUserPoolSessionConfiguration": _set_pool_configuration,
    "GetUserPoolClientSessionConfiguration": _client_configuration,
    "SetUserPoolClientSessionConfiguration": _set_client_configuration,
    "ListUserSessions": _list_own,
    "RevokeUserSession": _revoke_own,
    "AdminListUserSessions": _admin_list,
    "AdminRevokeUserSession": _admin_revoke,
}
