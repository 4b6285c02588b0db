"""The administrator's operations on users."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import attributes, recovery
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized, user_not_found
from fastapi_cognito_auth.local.operations import passwordless, post_confirmation, pre_sign_up
from fastapi_cognito_auth.local.operations.account import mfa_settings, set_mfa_preference
from fastapi_cognito_auth.local.operations.password import NO_CONTACT, WRONG_STATE, send_reset_code
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.passwords import check_policy, new_temporary_password
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User


def user_of(plane: Plane, params: Mapping[str, Any]) -> User:
    """Return the user that Username names."""
    user = plane.directory.find(params["Username"])
    if user is None:
        raise user_not_found()
    return user


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    policy = plane.directory.password_policy
    resends = params.get("MessageAction") == "RESEND"
    if "TemporaryPassword" not in params and not resends and passwordless.codes_allowed(plane):
        return _create_without_password(plane, params)
    password = params.get("TemporaryPassword") or new_temporary_password(policy)
    if resends:
        user = user_of(plane, params)
        if user.status != "FORCE_CHANGE_PASSWORD":
            msg = f"Resend not possible. {user.username} status is not FORCE_CHANGE_PASSWORD"
            raise ServiceError("UnsupportedUserStateException", msg)
        check_policy(password, policy)
    else:
        check_policy(password, policy)
        user = _add(plane, params, _named(plane, params), "FORCE_CHANGE_PASSWORD")
    plane.set_password(user, password, temporary=True)
    if params.get("MessageAction") != "SUPPRESS":
        _invite(plane, user, params.get("DesiredDeliveryMediums"), password, Caller.of(params))
    return {"User": {**user.describe(), "Attributes": attributes.to_pairs(user.attributes)}}


Named = tuple[str | None, dict[str, str]]


def _named(plane: Plane, params: dict[str, Any]) -> Named:
    given = attributes.from_pairs(params.get("UserAttributes"))
    attributes.check_values(plane.directory.schema, given, create=True)
    return plane.name_user(params["Username"], given)


def _add(plane: Plane, params: dict[str, Any], named: Named, status: str) -> User:
    stored, held = named
    username, force = params["Username"], params.get("ForceAliasCreation", False)
    plane.check_new_name(username, held, duplicate="User account already exists", by_attribute=False)
    # The trigger can refuse an administrator's user too; the rest of its answer is for sign-up.
    pre_sign_up.ask(plane, "PreSignUp_AdminCreateUser", held, params)
    plane.check_unique(held, None, force=force)
    return plane.directory.add_user(stored, held, status)


def _create_without_password(plane: Plane, params: dict[str, Any]) -> Result:
    """Add a user who signs in with codes: there is no password to replace, so nothing may be missing."""
    named = _named(plane, params)
    passwordless.check_contact(plane, named[1])
    attributes.check_required(plane.directory.schema, named[1])
    user = _add(plane, params, named, "CONFIRMED")
    return {"User": {**user.describe(), "Attributes": attributes.to_pairs(user.attributes)}}


def _invite(plane: Plane, user: User, media: list[str] | None, password: str, caller: Caller) -> None:
    """Send the temporary password by each medium asked for, else by the first that the user has."""
    held = user.attributes
    reachable = [name for name in ("email", "phone_number") if held.get(name)]
    wanted = {"EMAIL": "email", "SMS": "phone_number"}
    chosen = [wanted[name] for name in media if wanted[name] in reachable] if media else reachable[:1]
    for attribute in chosen:
        plane.send(user, "admin_create_user", attribute, password, caller)


def _set_password(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    plane.check_new_password(user, params["Password"])
    plane.set_password(user, params["Password"], temporary=not params.get("Permanent", False))
    return {}


def _confirm_sign_up(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    if user.status != "UNCONFIRMED":
        msg = f"User cannot be confirmed. Current status is {user.status}"
        raise not_authorized(msg)
    plane.check_confirmable(user)
    plane.directory.change(user, status="CONFIRMED")
    plane.codes.discard(("sign_up", user.sub))
    post_confirmation.tell(plane, post_confirmation.SIGN_UP, user, Caller.of(params))
    return {}


def _reset_password(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status not in {"CONFIRMED", "RESET_REQUIRED"}:
        raise not_authorized(WRONG_STATE)
    if not recovery.contacts(plane.directory.config):
        raise recovery.only_by_an_administrator()
    contact = plane.recovery_contact(user)
    if contact is None:
        raise invalid_parameter(NO_CONTACT)
    plane.directory.change(user, status="RESET_REQUIRED")
    plane.sign_out(user)
    send_reset_code(plane, user, contact, "admin_reset_password", Caller.of(params))
    return {}


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    pairs = attributes.to_pairs(user.attributes)
    return {**user.describe(), "UserAttributes": pairs, **mfa_settings(plane, user)}


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    plane.forget(user)
    plane.directory.remove_user(user)
    return {}


def _disable(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    plane.directory.change(user, enabled=False)
    plane.sign_out(user)
    return {}


def _enable(plane: Plane, params: dict[str, Any]) -> Result:
    plane.directory.change(user_of(plane, params), enabled=True)
    return {}


def _sign_out(plane: Plane, params: dict[str, Any]) -> Result:
    plane.sign_out(user_of(plane, params))
    return {}


def _set_mfa_preference(plane: Plane, params: dict[str, Any]) -> Result:
    set_mfa_preference(plane, user_of(plane, params), params)
    return {}


def _update_attributes(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    changes = attributes.from_pairs(params["UserAttributes"])
    attributes.check_values(plane.directory.schema, changes, create=False)
    attributes.check_kept(plane.directory.schema, changes)
    plane.check_unique(changes, user)
    plane.update_attributes(user, changes)
    return {}


def _delete_attributes(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    changes = dict.fromkeys(params["UserAttributeNames"], "")
    attributes.check_values(plane.directory.schema, changes, create=False)
    attributes.check_kept(plane.directory.schema, changes)
    plane.update_attributes(user, changes)
    return {}


OPERATIONS: Final = {
    "AdminCreateUser": _create,
    "AdminSetUserPassword": _set_password,
    "AdminConfirmSignUp": _confirm_sign_up,
    "AdminResetUserPassword": _reset_password,
    "AdminGetUser": _get,
    "AdminDeleteUser": _delete,
    "AdminDisableUser": _disable,
    "AdminEnableUser": _enable,
    "AdminUserGlobalSignOut": _sign_out,
    "AdminSetUserMFAPreference": _set_mfa_preference,
    "AdminUpdateUserAttributes": _update_attributes,
    "AdminDeleteUserAttributes": _delete_attributes,
}
