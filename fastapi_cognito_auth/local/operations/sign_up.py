"""SignUp, ConfirmSignUp and ResendConfirmationCode."""

from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.codes import SIGN_UP_SECONDS
from fastapi_cognito_auth.local.errors import (
    ServiceError,
    code_mismatch,
    expired_code,
    invalid_parameter,
    invalid_session,
    not_authorized,
    user_not_found,
)
from fastapi_cognito_auth.local.operations import passwordless, post_confirmation, pre_sign_up
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.operations.user_auth import AUTO_SIGN_IN
from fastapi_cognito_auth.local.passwords import check_policy
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.triggers import Caller
from fastapi_cognito_auth.local.users import User

NO_SUCH_USER: Final = "Username/client id combination not found."
_SIGN_UP: Final = "SIGN_UP"
"""What the session of SignUp answers; no challenge has that name."""

_GUESSES: Final = 15
_RESENDS: Final = 5


def _sign_up(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    username, caller = params["Username"], Caller.of(params)
    client.check_secret_hash(username, params.get("SecretHash"))
    if (plane.directory.config.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        raise not_authorized("SignUp is not permitted for this user pool")
    password = params.get("Password")
    given = attributes.from_pairs(params.get("UserAttributes"))
    if password is None and not passwordless.codes_allowed(plane):
        msg = (
            "1 validation error detected: Value null at 'password' failed to satisfy constraint: "
            "Member must not be null"
        )
        raise invalid_parameter(msg)
    attributes.check_values(plane.directory.schema, given, create=True)
    attributes.check_writable(client, given)
    stored, held = plane.name_user(username, given)
    attributes.check_required(plane.directory.schema, held)
    if password is None:
        passwordless.check_contact(plane, held)
    else:
        check_policy(password, plane.directory.password_policy)
    plane.check_new_name(username, held, duplicate="User already exists", by_attribute=True)
    verdict = pre_sign_up.ask(plane, "PreSignUp_SignUp", held, params)
    verified = {name: "true" for name in verdict.verifies if held.get(name.removesuffix("_verified"))}
    plane.check_unique(held | verified, None, confirmed=verdict.confirms)
    user = plane.directory.add_user(stored, held | verified, "UNCONFIRMED")
    if password is not None:
        plane.passwords.set(user.sub, user.username, password)
    answer: Result = {"UserConfirmed": verdict.confirms, "UserSub": user.sub}
    if verdict.confirms:
        plane.directory.change(user, status="CONFIRMED")
        post_confirmation.tell(plane, post_confirmation.SIGN_UP, user, caller)
        return answer
    contact = _contact(plane, user)
    if contact is not None:
        answer["CodeDeliveryDetails"] = _send(plane, user, contact, "sign_up", caller)
    if client.allows("USER_AUTH"):
        answer["Session"] = plane.sessions.open(client, user.sub, _SIGN_UP)
    return answer


def _contact(plane: Plane, user: User) -> str | None:
    """Return the attribute that is verified at sign-up: the email, or else the phone number."""
    automatic = plane.directory.config.get("AutoVerifiedAttributes") or ()
    held = user.attributes
    return next((name for name in ("email", "phone_number") if name in automatic and held.get(name)), None)


def _send(plane: Plane, user: User, attribute: str, purpose: str, caller: Caller) -> dict[str, str]:
    key = ("sign_up", user.sub)
    code = plane.codes.issue(
        key, SIGN_UP_SECONDS, attribute=attribute, destination=user.attributes[attribute]
    )
    return plane.send(user, purpose, attribute, code, caller)


def _find(plane: Plane, params: dict[str, Any]) -> tuple[Client, User | None]:
    client = plane.directory.client(params["ClientId"])
    client.check_secret_hash(params["Username"], params.get("SecretHash"))
    user = plane.directory.find(params["Username"])
    if user is None and not client.hides_users:
        raise user_not_found(NO_SUCH_USER)
    return client, user


def _confirm(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = _find(plane, params)
    guesses = ("confirm_sign_up", plane.count_key(user, params["Username"]))
    plane.limits.guard(guesses, _GUESSES)
    if user is None:
        plane.limits.count(guesses)
        raise code_mismatch()
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status != "UNCONFIRMED":
        msg = f"User cannot be confirmed. Current status is {user.status}"
        raise not_authorized(msg)
    session = _sign_up_session(plane, client, user, params.get("Session"))
    key = ("sign_up", user.sub)
    try:
        code = plane.codes.check(key, params["ConfirmationCode"])
    except ServiceError:
        plane.limits.count(guesses)
        raise
    if user.attributes.get(code.attribute) != code.destination:
        # It went to an address that the user no longer has.
        raise expired_code()
    proven = {code.attribute: code.destination, f"{code.attribute}_verified": "true"}
    plane.check_confirmable(user, proven, force=params.get("ForceAliasCreation", False))
    plane.codes.discard(key)
    plane.directory.change(user, proven, status="CONFIRMED")
    post_confirmation.tell(plane, post_confirmation.SIGN_UP, user, Caller.of(params))
    if session is not None:
        session.used = True
    elif (
        "Session" in params
        or not client.allows("USER_AUTH")
        or code.guesses
        or plane.limits.is_counted(guesses)
    ):
        # Amplify names no session and expects one. What it stands for is the code, so a guess must not do.
        return {}
    return {"Session": plane.sessions.open(client, user.sub, AUTO_SIGN_IN, attribute=code.attribute)}


def _sign_up_session(plane: Plane, client: Client, user: User, handle: str | None) -> Session | None:
    """Return the session of SignUp, if one came.

    The code lives for a day and the session for minutes: one that is too old only loses that.
    """
    if handle is None or plane.sessions.is_expired(handle):
        return None
    session = plane.sessions.get(handle, _SIGN_UP, client.id)
    if session.sub != user.sub:
        raise invalid_session()
    return session


def _resend(plane: Plane, params: dict[str, Any]) -> Result:
    client, user = _find(plane, params)
    requests = ("resend", plane.count_key(user, params["Username"]))
    plane.limits.guard(requests, _RESENDS)
    plane.limits.count(requests)
    contact = None if user is None else _contact(plane, user)
    if user is None or (client.hides_users and (contact is None or not user.enabled)):
        return {"CodeDeliveryDetails": plane.simulate_delivery(params["Username"])}
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status != "UNCONFIRMED":
        raise invalid_parameter("User is already confirmed.")
    if contact is None:
        raise invalid_parameter("Cannot resend codes. Auto verification not turned on.")
    return {"CodeDeliveryDetails": _send(plane, user, contact, "resend", Caller.of(params))}


OPERATIONS: Final = {"SignUp": _sign_up, "ConfirmSignUp": _confirm, "ResendConfirmationCode": _resend}
