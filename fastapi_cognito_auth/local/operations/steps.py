"""What follows a proven first factor: a reset, a new password, a second factor, or tokens."""

import json
from typing import Any, Final

from fastapi_cognito_auth.local import acr, attributes, delivery
from fastapi_cognito_auth.local.codes import new_code
from fastapi_cognito_auth.local.devices import Device
from fastapi_cognito_auth.local.errors import ServiceError, not_authorized
from fastapi_cognito_auth.local.mfa import ALL, EMAIL, SMS, TOTP
from fastapi_cognito_auth.local.operations import authentication_triggers
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.users import User

Result = dict[str, Any]

SIGNED_IN: Final = "SignedIn"
"""What the result of a sign-in at the domain has in place of tokens: the `SignIn`."""

CONTACTS: Final = {SMS: "phone_number", EMAIL: "email"}
"""The attribute that a code is sent to."""

UNREACHABLE: Final = "The user cannot reach any of the requested ACR values"
_PURPOSES: Final = {SMS: "sms_mfa", EMAIL: "email_mfa"}


def check_may_sign_in(user: User) -> None:
    """Refuse a disabled user, then an unconfirmed one; both come before the password is looked at."""
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status == "EXTERNAL_PROVIDER":
        # Such a user has proven nothing here, and cannot: whatever is sent to an address of theirs.
        raise not_authorized()
    if user.status == "UNCONFIRMED":
        raise ServiceError("UserNotConfirmedException", "User is not confirmed.")


def check_reset(user: User) -> None:
    """Refuse a user whose password has to be reset; only a proven first factor learns that."""
    if user.status == "RESET_REQUIRED":
        raise ServiceError("PasswordResetRequiredException", "Password reset required for the user")


def after_password(plane: Plane, sign_in: SignIn) -> Result:
    """Go on after a correct password."""
    demanded = replace_password(plane, sign_in)
    return after_first_factor(plane, sign_in) if demanded is None else demanded


def replace_password(plane: Plane, sign_in: SignIn) -> Result | None:
    """Refuse a correct password that may not be used, or ask to replace a temporary one."""
    user = sign_in.user
    plane.lockout.clear(user.sub)
    check_reset(user)
    if user.status != "FORCE_CHANGE_PASSWORD":
        return None
    if plane.passwords.expired(user.sub):
        msg = "Temporary password has expired and must be reset by an administrator."
        raise not_authorized(msg)
    return _new_password_required(plane, sign_in)


def after_first_factor(plane: Plane, sign_in: SignIn) -> Result:
    """Ask for a second factor, or end the sign-in."""
    device = known_device(plane, sign_in)
    if acr.level_of(sign_in.methods) < sign_in.target:
        return _choose_factor(plane, sign_in, raising_factors(plane, sign_in))
    mode = plane.directory.mfa
    if mode == "OFF" or sign_in.multi_factor:
        return signed_in(plane, sign_in)
    active = active_factors(plane, sign_in.user)
    trusted = device is not None and device.remembered
    if active and trusted and plane.directory.device_tracking.get("ChallengeRequiredOnNewDevice"):
        return signed_in(plane, sign_in)
    if active:
        return _choose_factor(plane, sign_in, active)
    return _mfa_setup(plane, sign_in) if mode == "ON" else signed_in(plane, sign_in)


def raising_factors(plane: Plane, sign_in: SignIn) -> list[str]:
    """Return the second factors of the user that lift the sign-in to its target."""
    return [
        factor
        for factor in usable_factors(plane, sign_in.user)
        if acr.level_of(sign_in.methods | {acr.METHODS[factor]}) >= sign_in.target
    ]


def _choose_factor(plane: Plane, sign_in: SignIn, factors: list[str]) -> Result:
    preferred = plane.factors.of(sign_in.user.sub).preferred
    if not factors:
        raise not_authorized(UNREACHABLE)
    if preferred in factors:
        return ask_factor(plane, sign_in, preferred)
    if len(factors) == 1:
        return ask_factor(plane, sign_in, factors[0])
    return _select_mfa_type(plane, sign_in, factors)


def known_device(plane: Plane, sign_in: SignIn) -> Device | None:
    """Return the device that the client says it is.

    Raises:
        ServiceError: the user has no such device.
    """
    if sign_in.device_key is None or not plane.directory.device_tracking:
        return None
    return plane.devices.get(sign_in.user.sub, sign_in.device_key)


def signed_in(plane: Plane, sign_in: SignIn) -> Result:
    """End the sign-in with tokens; a device that the client says it is has to prove it first."""
    if acr.level_of(sign_in.methods) < sign_in.target:
        raise not_authorized()
    if known_device(plane, sign_in) is not None:
        return challenge(plane, sign_in, "DEVICE_SRP_AUTH", {"USERNAME": sign_in.user.username})
    return issue_tokens(plane, sign_in)


def issue_tokens(plane: Plane, sign_in: SignIn, *, device_key: str | None = None) -> Result:
    """Issue the tokens of a sign-in; one at the domain gets them with its code, later.

    Args:
        plane: the plane.
        sign_in: with everything proven that it needs.
        device_key: of a device that has proven its secret; without one a new device is offered.
    """
    if sign_in.at_domain:
        authentication_triggers.after(plane, sign_in, new_device=False)
        return {SIGNED_IN: sign_in}
    offered: dict[str, Any] = {}
    new_device = device_key is None and bool(plane.directory.device_tracking)
    authentication_triggers.after(plane, sign_in, new_device=new_device)
    if new_device:
        offered = {"NewDeviceMetadata": plane.devices.offer(sign_in.user.sub)}
        device_key = offered["NewDeviceMetadata"]["DeviceKey"]
    result = plane.tokens.sign_in(
        sign_in.client,
        sign_in.user,
        methods=sign_in.methods,
        device_key=device_key,
        client_metadata=sign_in.client_metadata,
    )
    return {"AuthenticationResult": result | offered, "ChallengeParameters": {}}


def usable_factors(plane: Plane, user: User) -> list[str]:
    """Return the second factors that the pool offers and the user has set up, switched on or not."""
    held = user.attributes
    ready = {TOTP: plane.factors.of(user.sub).token is not None} | {
        factor: delivery.verified_address(held, name) is not None for factor, name in CONTACTS.items()
    }
    return [factor for factor in ALL if ready[factor] and factor in plane.directory.mfa_methods]


def active_factors(plane: Plane, user: User) -> list[str]:
    """Return the second factors that a sign-in asks this user for."""
    enabled = plane.factors.of(user.sub).enabled
    return [factor for factor in usable_factors(plane, user) if factor in enabled]


def ask_factor(plane: Plane, sign_in: SignIn, factor: str) -> Result:
    """Open the challenge of one factor."""
    user = sign_in.user
    parameters = {"USER_ID_FOR_SRP": user.username}
    if factor == TOTP:
        token = plane.factors.of(user.sub).token
        if token is not None and token.friendly_name:
            parameters["FRIENDLY_DEVICE_NAME"] = token.friendly_name
        return challenge(plane, sign_in, TOTP, parameters)
    attribute = CONTACTS[factor]
    return ask_code(plane, sign_in, factor, user.attributes[attribute])


def ask_code(plane: Plane, sign_in: SignIn, factor: str, destination: str, **data: Any) -> Result:
    """Send a code of a second factor and open its challenge."""
    code = new_code()
    sent = plane.send(
        sign_in.user, _PURPOSES[factor], CONTACTS[factor], code, sign_in.caller, destination=destination
    )
    parameters = {"USER_ID_FOR_SRP": sign_in.user.username} | delivered(sent)
    return challenge(plane, sign_in, factor, parameters, code=code, **data)


def delivered(details: dict[str, str]) -> dict[str, str]:
    """Return the challenge parameters that tell where a code went."""
    return {
        "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": details["Destination"],
    }


def challenge(plane: Plane, sign_in: SignIn, name: str, parameters: dict[str, str], **data: Any) -> Result:
    """Open a challenge whose session carries the sign-in."""
    session = plane.sessions.open(sign_in.client, sign_in.user.sub, name, sign_in=sign_in.progress, **data)
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _new_password_required(plane: Plane, sign_in: SignIn) -> Result:
    held = sign_in.user.attributes
    missing = attributes.missing_required(plane.directory.schema, held)
    shown = attributes.readable(sign_in.client, held)
    shown.pop("sub", None)
    parameters = {
        "USER_ID_FOR_SRP": sign_in.user.username,
        "requiredAttributes": json.dumps([f"userAttributes.{name}" for name in missing]),
        "userAttributes": json.dumps(shown),
    }
    return challenge(plane, sign_in, "NEW_PASSWORD_REQUIRED", parameters)


def _mfa_setup(plane: Plane, sign_in: SignIn) -> Result:
    # A phone number cannot be set up by a challenge's answer: the list names it where there is nothing else.
    answerable = [str(name) for name in (TOTP, EMAIL) if name in plane.directory.mfa_methods]
    can_setup = answerable or [SMS]
    parameters = {"MFAS_CAN_SETUP": json.dumps(can_setup), "USER_ID_FOR_SRP": sign_in.user.username}
    return challenge(plane, sign_in, "MFA_SETUP", parameters)


def _select_mfa_type(plane: Plane, sign_in: SignIn, choices: list[str]) -> Result:
    user = sign_in.user
    parameters = {"MFAS_CAN_CHOOSE": json.dumps(choices), "USER_ID_FOR_SRP": user.username}
    if SMS in choices:
        parameters["CODE_DELIVERY_DESTINATION"] = delivery.mask(user.attributes["phone_number"])
    return challenge(plane, sign_in, "SELECT_MFA_TYPE", parameters, choices=choices)
