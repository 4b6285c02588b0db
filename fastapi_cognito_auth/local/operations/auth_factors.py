"""GetUserAuthFactors and SetUserSettings, and the administrator's twins of both."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations.account import mfa_settings, set_mfa_preference
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.first_factors import FIRST_FACTORS
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User


def configured_factors(plane: Plane, user: User) -> list[str]:
    """Return what the user can prove: of the pool's first factors, and TOTP, which is only a second."""
    allowed = plane.directory.first_factors
    factors = [
        name for name, factor in FIRST_FACTORS.items() if name in allowed and factor.is_available(plane, user)
    ]
    return factors + (["SOFTWARE_TOKEN"] if plane.factors.of(user.sub).token is not None else [])


def _answer(plane: Plane, user: User) -> Result:
    return {
        "Username": user.username,
        "ConfiguredUserAuthFactors": configured_factors(plane, user),
        **mfa_settings(plane, user),
    }


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    return _answer(plane, user)


def _admin_get(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, user_of(plane, params))


def set_user_settings(plane: Plane, user: User, options: list[dict[str, str]]) -> None:
    """Switch SMS MFA as the older operation does: on by the phone number, off by an empty list."""
    for option in options:
        if option.get("DeliveryMedium") != "SMS" or option.get("AttributeName") != "phone_number":
            raise invalid_parameter("Only SMS to phone_number can be an MFA option")
    set_mfa_preference(plane, user, {"SMSMfaSettings": {"Enabled": bool(options)}})


def _set_user_settings(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    set_user_settings(plane, user, params["MFAOptions"])
    return {}


def _admin_set_user_settings(plane: Plane, params: dict[str, Any]) -> Result:
    set_user_settings(plane, user_of(plane, params), params["MFAOptions"])
    return {}


OPERATIONS: Final = {
    "GetUserAuthFactors": _get,
    "AdminGetUserAuthFactors": _admin_get,
    "SetUserSettings": _set_user_settings,
    "AdminSetUserSettings": _admin_set_user_settings,
}
