"""GetUserPoolMfaConfig and SetUserPoolMfaConfig."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.mfa import OTP_NAMES
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

_METHODS: Final = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")
_WEBAUTHN: Final = "WebAuthnConfiguration"


def _get(plane: Plane, _: dict[str, Any]) -> Result:
    return {"MfaConfiguration": plane.directory.mfa, **plane.directory.pool.mfa_settings}


def _set(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace the configuration; what is left out is switched off, but for WebAuthnConfiguration."""
    mfa = params.get("MfaConfiguration", "OFF")
    if mfa != "OFF" and not any(_is_on(name, params.get(name)) for name in _METHODS):
        raise invalid_parameter("At least one MFA method has to be configured")
    if mfa == "ON" and {*plane.directory.first_factors} <= OTP_NAMES:
        raise invalid_parameter("MFA cannot be required where one-time passwords are the only first factors")
    pool = plane.directory.pool
    kept = {_WEBAUTHN: params.get(_WEBAUTHN, pool.mfa_settings.get(_WEBAUTHN))}
    settings = {name: params.get(name) for name in _METHODS} | kept
    pool.mfa = mfa
    pool.mfa_settings = {name: value for name, value in settings.items() if value is not None}
    pool.modified_at = plane.clock()
    return _get(plane, params)


def _is_on(name: str, settings: dict[str, Any] | None) -> bool:
    if name == "SoftwareTokenMfaConfiguration":
        return bool((settings or {}).get("Enabled"))
    return settings is not None


OPERATIONS: Final = {"GetUserPoolMfaConfig": _get, "SetUserPoolMfaConfig": _set}
