"""The user's own attributes: changed, verified by a code, deleted."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.codes import ATTRIBUTE_SECONDS, Key
from fastapi_cognito_auth.local.delivery import REACHABLE
from fastapi_cognito_auth.local.errors import ServiceError, expired_code, invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User

_REQUESTS: Final = 5
_GUESSES: Final = 15


def _verify_key(user: User, name: str) -> Key:
    return (f"verify_{name}", user.sub)


def _change_key(user: User, name: str) -> Key:
    """Return the key of a code whose destination becomes the attribute once it is proven."""
    return (f"change_{name}", user.sub)


def _send(
    plane: Plane, user: User, name: str, destination: str, caller: Caller, *, change: bool, occasion: str
) -> dict[str, str]:
    wanted, other = _verify_key(user, name), _change_key(user, name)
    if change:
        wanted, other = other, wanted
    plane.codes.discard(other)
    code = plane.codes.issue(wanted, ATTRIBUTE_SECONDS, attribute=name, destination=destination)
    return plane.send(
        user, "verify_user_attribute", name, code, caller, destination=destination, occasion=occasion
    )


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    changes = attributes.from_pairs(params["UserAttributes"])
    schema = plane.directory.schema
    attributes.check_values(schema, changes, create=False)
    attributes.check_writable(client, changes)
    attributes.check_kept(schema, changes)
    held = user.attributes
    moved = [name for name in REACHABLE if changes.get(name) and changes[name] != held.get(name)]
    settings = plane.directory.config.get("UserAttributeUpdateSettings") or {}
    postponed = [
        name for name in moved if name in (settings.get("AttributesRequireVerificationBeforeUpdate") or ())
    ]
    # A new address is not verified yet, so it takes no alias from anybody; a sign-in name must be free.
    plane.check_unique(changes | {f"{name}_verified": "false" for name in moved}, user)
    plane.update_attributes(user, {name: value for name, value in changes.items() if name not in postponed})
    automatic = plane.directory.config.get("AutoVerifiedAttributes") or ()
    caller = Caller(client_id=client.id, metadata=params.get("ClientMetadata") or {})
    sent = [
        _send(
            plane,
            user,
            name,
            changes[name],
            caller,
            change=name in postponed,
            occasion="UpdateUserAttribute",
        )
        for name in moved
        if name in postponed or name in automatic
    ]
    return {"CodeDeliveryDetailsList": sent}


def _reachable(params: Mapping[str, Any]) -> str:
    name: str = params["AttributeName"]
    if name not in REACHABLE:
        msg = f"Attribute {name} cannot be verified."
        raise invalid_parameter(msg)
    return name


def _request_code(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    name = _reachable(params)
    pending = plane.codes.find(_change_key(user, name))
    destination = user.attributes.get(name) if pending is None else pending.destination
    if not destination:
        msg = f"User does not have {name} to verify."
        raise invalid_parameter(msg)
    requests = ("attribute_code", user.sub)
    plane.limits.guard(requests, _REQUESTS)
    plane.limits.count(requests)
    caller = Caller(client_id=client.id, metadata=params.get("ClientMetadata") or {})
    sent = _send(
        plane,
        user,
        name,
        destination,
        caller,
        change=pending is not None,
        occasion="VerifyUserAttribute",
    )
    return {"CodeDeliveryDetails": sent}


def _verify(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    name = _reachable(params)
    guesses = ("verify_attribute", user.sub)
    plane.limits.guard(guesses, _GUESSES)
    change = _change_key(user, name)
    key = _verify_key(user, name) if plane.codes.find(change) is None else change
    try:
        code = plane.codes.check(key, params["Code"])
    except ServiceError:
        plane.limits.count(guesses)
        raise
    if key != change and user.attributes.get(name) != code.destination:
        # It went to an address that the user no longer has.
        raise expired_code()
    proven = {name: code.destination, f"{name}_verified": "true"}
    plane.check_unique(proven, user)
    plane.codes.discard(key)
    plane.update_attributes(user, proven)
    return {}


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = plane.tokens.read_access_token(params["AccessToken"])
    changes = dict.fromkeys(params["UserAttributeNames"], "")
    attributes.check_values(plane.directory.schema, changes, create=False)
    attributes.check_writable(client, changes)
    attributes.check_kept(plane.directory.schema, changes)
    plane.update_attributes(user, changes)
    return {}


OPERATIONS: Final = {
    "UpdateUserAttributes": _update,
    "GetUserAttributeVerificationCode": _request_code,
    "VerifyUserAttribute": _verify,
    "DeleteUserAttributes": _delete,
}
