"""GetUserPoolMfaConfig and SetUserPoolMfaConfig."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.mfa import OTP_NAMES
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_METHODS: Final = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    return plane.directory.mfa_config(params["UserPoolId"])


def _set(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace the configuration; what is left out is switched off, but for WebAuthnConfiguration."""
    pool_id = params["UserPoolId"]
    mfa = params.get("MfaConfiguration", "OFF")
    if mfa != "OFF" and not any(_is_on(name, params.get(name)) for name in _METHODS):
        raise invalid_parameter("At least one MFA method has to be configured")
    plane.directory.mfa_config(pool_id)
    served = pool_id == plane.directory.pool_id
    if served and mfa == "ON" and {*plane.directory.first_factors} <= OTP_NAMES:
        raise invalid_parameter("MFA cannot be required where one-time passwords are the only first factors")
    settings = {name: params.get(name) for name in _METHODS}
    if "WebAuthnConfiguration" in params:
        settings["WebAuthnConfiguration"] = params["WebAuthnConfiguration"]
    plane.directory.set_mfa_config(pool_id, mfa, settings)
    return plane.directory.mfa_config(pool_id)


def _is_on(name: str, settings: dict[str, Any] | None) -> bool:
    if name == "SoftwareTokenMfaConfiguration":
        return bool((settings or {}).get("Enabled"))
    return settings is not None


OPERATIONS: Final = {"GetUserPoolMfaConfig": _get, "SetUserPoolMfaConfig": _set}
