"""What follows a proven password: a reset, a new password, a second factor, or tokens."""

import json
from typing import Any

from fastapi_cognito_auth.local import attributes, delivery
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.codes import new_code
from fastapi_cognito_auth.local.directory import User
from fastapi_cognito_auth.local.errors import ServiceError, not_authorized
from fastapi_cognito_auth.local.mfa import SMS, TOTP
from fastapi_cognito_auth.local.plane import Plane

Result = dict[str, Any]


def check_may_sign_in(user: User) -> None:
    """Refuse a disabled user, then an unconfirmed one; both come before the password is looked at."""
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")


def after_password(plane: Plane, client: Client, user: User) -> Result:
    """Go on after a correct password."""
    plane.lockout.clear(user.sub)
    if user.status == "RESET_REQUIRED":
        raise ServiceError("PasswordResetRequiredException", "Password reset required for the user")
    if user.status == "FORCE_CHANGE_PASSWORD":
        if plane.passwords.expired(user.sub):
            msg = "Temporary password has expired and must be reset by an administrator."
            raise not_authorized(msg)
        return _new_password_required(plane, client, user)
    return after_new_password(plane, client, user)


def after_new_password(plane: Plane, client: Client, user: User) -> Result:
    """Ask for a second factor, or end the sign-in."""
    mode = plane.directory.mfa
    if mode == "OFF":
        return signed_in(plane, client, user)
    active = active_factors(plane, user)
    preferred = plane.factors.of(user.sub).preferred
    if not active:
        return _mfa_setup(plane, client, user) if mode == "ON" else signed_in(plane, client, user)
    if preferred in active:
        return ask_factor(plane, client, user, preferred)
    if len(active) == 1:
        return ask_factor(plane, client, user, active[0])
    return _select_mfa_type(plane, client, user, active)


def signed_in(plane: Plane, client: Client, user: User) -> Result:
    """End the sign-in with tokens."""
    return {"AuthenticationResult": plane.tokens.sign_in(client, user), "ChallengeParameters": {}}


def active_factors(plane: Plane, user: User) -> list[str]:
    """Return the second factors that a sign-in asks this user for."""
    verified = user.attributes.get("phone_number_verified") == "true" and bool(
        user.attributes.get("phone_number")
    )
    return plane.factors.of(user.sub).active(phone_verified=verified)


def ask_factor(plane: Plane, client: Client, user: User, factor: str) -> Result:
    """Open the challenge of one factor."""
    parameters = {"USER_ID_FOR_SRP": user.username}
    if factor == TOTP:
        token = plane.factors.of(user.sub).token
        if token is not None and token.friendly_name:
            parameters["FRIENDLY_DEVICE_NAME"] = token.friendly_name
        return _challenge(TOTP, plane.sessions.open(client, user.sub, TOTP), parameters)
    code = new_code()
    sent = plane.send(user, "sms_mfa", "phone_number", code)
    parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = sent["DeliveryMedium"]
    parameters["CODE_DELIVERY_DESTINATION"] = sent["Destination"]
    return _challenge(SMS, plane.sessions.open(client, user.sub, SMS, code=code), parameters)


def _challenge(name: str, session: str, parameters: dict[str, str]) -> Result:
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _new_password_required(plane: Plane, client: Client, user: User) -> Result:
    held = user.attributes
    missing = attributes.missing_required(plane.directory.schema, held)
    shown = {name: value for name, value in attributes.readable(client, held).items() if name != "sub"}
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": json.dumps([f"userAttributes.{name}" for name in missing]),
        "userAttributes": json.dumps(shown),
    }
    session = plane.sessions.open(client, user.sub, "NEW_PASSWORD_REQUIRED")
    return _challenge("NEW_PASSWORD_REQUIRED", session, parameters)


def _mfa_setup(plane: Plane, client: Client, user: User) -> Result:
    parameters = {"MFAS_CAN_SETUP": json.dumps([TOTP]), "USER_ID_FOR_SRP": user.username}
    return _challenge("MFA_SETUP", plane.sessions.open(client, user.sub, "MFA_SETUP"), parameters)


def _select_mfa_type(plane: Plane, client: Client, user: User, active: list[str]) -> Result:
    parameters = {"MFAS_CAN_CHOOSE": json.dumps(active), "USER_ID_FOR_SRP": user.username}
    if SMS in active:
        parameters["CODE_DELIVERY_DESTINATION"] = delivery.mask(user.attributes["phone_number"])
    session = plane.sessions.open(client, user.sub, "SELECT_MFA_TYPE", choices=active)
    return _challenge("SELECT_MFA_TYPE", session, parameters)
