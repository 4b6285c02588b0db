"""GetUser, DeleteUser, and which second factors a user wants."""

from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.delivery import verified_address
from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.mfa import ALL, EMAIL, PASSKEY, SMS, TOTP
from fastapi_cognito_auth.local.operations.passkey_factor import MULTI_FACTOR
from fastapi_cognito_auth.local.operations.steps import CONTACTS, Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User


def mfa_settings(plane: Plane, user: User) -> dict[str, Any]:
    """Return the two members on MFA, each absent when empty."""
    factors = plane.factors.of(user.sub)
    settings: dict[str, Any] = {}
    if factors.enabled:
        settings["UserMFASettingList"] = [name for name in (*ALL, PASSKEY) if name in factors.enabled]
    if factors.preferred:
        settings["PreferredMfaSetting"] = factors.preferred
    return settings


def _get_user(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    shown = attributes.readable(client, user.attributes)
    return {
        "Username": user.username,
        "UserAttributes": attributes.to_pairs(shown),
        **mfa_settings(plane, user),
    }


def set_mfa_preference(plane: Plane, user: User, params: dict[str, Any]) -> None:
    """Switch factors on or off as SetUserMFAPreference and its admin twin ask."""
    wanted = {
        SMS: params.get("SMSMfaSettings"),
        TOTP: params.get("SoftwareTokenMfaSettings"),
        EMAIL: params.get("EmailMfaSettings"),
    }
    on = {name: settings for name, settings in wanted.items() if settings and settings.get("Enabled")}
    if TOTP in on and plane.factors.of(user.sub).token is None:
        raise invalid_parameter("User has not verified software token mfa")
    for name, attribute in CONTACTS.items():
        if name in on and not verified_address(user.attributes, attribute):
            msg = f"User does not have delivery config set to turn on {name}"
            raise invalid_parameter(msg)
    if EMAIL in on and EMAIL not in plane.directory.mfa_methods:
        raise invalid_parameter("Email MFA is not enabled for the user pool")
    if sum(bool(settings.get("PreferredMfa")) for settings in on.values()) > 1:
        raise invalid_parameter("Only one MFA method can be preferred")
    factors = plane.factors.of(user.sub)
    switched_off = {name for name, settings in wanted.items() if settings is not None and name not in on}
    others = (factors.enabled - switched_off - {PASSKEY}) | set(on)
    passkey: bool | None = params.get("WebAuthnMfaSettings", {}).get("Enabled")
    if passkey:
        _check_passkey_mfa(plane, others)
    for name, settings in wanted.items():
        if settings is not None:
            factors.switch(name, enabled=name in on, preferred=settings.get("PreferredMfa", False))
    if passkey is not None:
        factors.switch(PASSKEY, enabled=passkey, preferred=False)


def _check_passkey_mfa(plane: Plane, others: frozenset[str]) -> None:
    """Refuse a passkey as the second factor unless the pool allows it and there is another way in."""
    if plane.directory.webauthn.get("FactorConfiguration") != MULTI_FACTOR:
        raise invalid_parameter("Passkeys are not a second factor in the user pool")
    if not others:
        raise invalid_parameter("Passkey MFA needs another MFA method that is switched on")


def _set_user_mfa_preference(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    set_mfa_preference(plane, user, params)
    return {}


def _delete_user(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    plane.forget(user)
    plane.directory.remove_user(user)
    return {}


OPERATIONS: Final = {
    "GetUser": _get_user,
    "DeleteUser": _delete_user,
    "SetUserMFAPreference": _set_user_mfa_preference,
}
