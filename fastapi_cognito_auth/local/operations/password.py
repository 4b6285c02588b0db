"""ForgotPassword, ConfirmForgotPassword and ChangePassword."""

from typing import Any, Final

from fastapi_cognito_auth.local import recovery
from fastapi_cognito_auth.local.codes import RESET_SECONDS
from fastapi_cognito_auth.local.errors import (
    ServiceError,
    code_mismatch,
    expired_code,
    invalid_parameter,
    missing_parameter,
    not_authorized,
    user_not_found,
)
from fastapi_cognito_auth.local.operations import post_confirmation, user_migration
from fastapi_cognito_auth.local.operations.sign_up import NO_SUCH_USER
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User

NO_CONTACT: Final = (
    "Cannot reset password for the user as there is no registered/verified email or phone_number"
)
WRONG_STATE: Final = "User password cannot be reset in the current state."
_WITHOUT_A_PASSWORD_TO_FORGET: Final = frozenset(
    {"FORCE_CHANGE_PASSWORD", "UNCONFIRMED", "EXTERNAL_PROVIDER"}
)
_PER_HOUR: Final = 5


def send_reset_code(
    plane: Plane, user: User, contact: tuple[str, str], purpose: str, caller: Caller
) -> dict[str, str]:
    """Send a code that ConfirmForgotPassword takes."""
    attribute, destination = contact
    code = plane.codes.issue(("reset", user.sub), RESET_SECONDS, attribute=attribute, destination=destination)
    return plane.send(user, purpose, attribute, code, caller)


def _forgot(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    username = params["Username"]
    client.check_secret_hash(username, params.get("SecretHash"))
    user, caller = plane.directory.find(username), Caller.of(params)
    contacts = recovery.contacts(plane.directory.config)
    if not contacts:
        if user is None and not client.hides_users:
            raise user_not_found(NO_SUCH_USER)
        # The same for everybody, so that it tells of nobody.
        raise recovery.only_by_an_administrator()
    if user is None and plane.triggers.user_migration is not None:
        plane.limits.guard(("forgot", plane.count_key(None, username)), _PER_HOUR)
        user = user_migration.at_forgotten_password(plane, client, username, caller)
    if user is None and not client.hides_users:
        raise user_not_found(NO_SUCH_USER)
    key = plane.count_key(user, username)
    plane.limits.guard(("forgot", key), _PER_HOUR)
    plane.limits.count(("forgot", key))
    contact = None if user is None else plane.recovery_contact(user)
    if user is not None and user.enabled and user.status in _WITHOUT_A_PASSWORD_TO_FORGET:
        raise not_authorized(WRONG_STATE)
    if user is not None and user.enabled and contact is not None:
        return {"CodeDeliveryDetails": send_reset_code(plane, user, contact, "forgot_password", caller)}
    if user is None or client.hides_users:
        # A code that reaches nobody, so that guessing at it looks the same.
        plane.codes.issue(("reset", key), RESET_SECONDS)
        only = contacts[0] if len(contacts) == 1 else ""
        return {"CodeDeliveryDetails": plane.simulate_delivery(username, only)}
    if not user.enabled:
        raise not_authorized("User is disabled.")
    raise invalid_parameter(NO_CONTACT)


def _confirm_forgot(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    username = params["Username"]
    client.check_secret_hash(username, params.get("SecretHash"))
    user = plane.directory.find(username)
    if user is None and not client.hides_users:
        raise user_not_found(NO_SUCH_USER)
    if user is not None and not user.enabled and not client.hides_users:
        raise not_authorized("User is disabled.")
    key = plane.count_key(user, username)
    plane.limits.guard(("confirm_forgot", key), _PER_HOUR)
    try:
        code = plane.codes.check(("reset", key), params["ConfirmationCode"])
        if user is None or not user.enabled or not code.attribute:
            raise code_mismatch()
        if user.attributes.get(code.attribute) != code.destination:
            raise expired_code()
    except ServiceError:
        plane.limits.count(("confirm_forgot", key))
        raise
    if user.status not in {"CONFIRMED", "RESET_REQUIRED"}:
        raise not_authorized(WRONG_STATE)
    plane.check_new_password(user, params["Password"])
    plane.set_password(user, params["Password"])
    post_confirmation.tell(plane, post_confirmation.FORGOT_PASSWORD, user, Caller.of(params))
    return {}


def _change(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    if user.status == "EXTERNAL_PROVIDER":
        # Their provider knows them; a password would be a second way in.
        raise not_authorized()
    # Only a user who signs in without a password may set the first one without another.
    has_password = plane.passwords.get(user.sub) is not None
    previous = params.get("PreviousPassword")
    if previous is None and has_password:
        raise missing_parameter("OldPassword")
    attempts = ("change_password", user.sub)
    plane.limits.guard(attempts, _PER_HOUR)
    if previous is not None and not plane.passwords.verify(user.sub, user.username, previous):
        plane.limits.count(attempts)
        raise not_authorized()
    plane.check_new_password(user, params["ProposedPassword"])
    plane.set_password(user, params["ProposedPassword"])
    return {}


OPERATIONS: Final = {
    "ForgotPassword": _forgot,
    "ConfirmForgotPassword": _confirm_forgot,
    "ChangePassword": _change,
}
