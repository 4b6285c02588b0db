"""RespondToAuthChallenge and AdminRespondToAuthChallenge: one handler per challenge."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.acr import METHODS, level_of
from fastapi_cognito_auth.local.codes import same_code
from fastapi_cognito_auth.local.delivery import verified_address
from fastapi_cognito_auth.local.errors import (
    ServiceError,
    code_mismatch,
    invalid_parameter,
    invalid_session,
    missing_parameter,
    not_authorized,
)
from fastapi_cognito_auth.local.mfa import EMAIL, SMS, TOTP, WRONG_CODE
from fastapi_cognito_auth.local.operations import custom_auth, device_proof, steps, user_auth
from fastapi_cognito_auth.local.operations.admission import Answer, admit, open_step, require, resume
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.srp_server import canonical_timestamp, decode_signature
from fastapi_cognito_auth.local.users import User
from fastapi_cognito_auth.local.validation import check_password_shape

_SETUP_CODES: Final = 5
"""How many codes of an MFA_SETUP go out within an hour."""


def respond(plane: Plane, params: dict[str, Any]) -> steps.Result:
    """Answer a challenge, in RespondToAuthChallenge and its admin twin."""
    client = plane.directory.client(params["ClientId"])
    responses = params.get("ChallengeResponses")
    if not responses:
        raise missing_parameter("challenge responses.")
    username = require(responses, "USERNAME")
    client.check_secret_hash(username, responses.get("SECRET_HASH"), extra_is_error=False)
    handler = CHALLENGES.get(params["ChallengeName"])
    if handler is None:
        msg = f"{params['ChallengeName']} is not supported by the local user pool"
        raise invalid_parameter(msg)
    answer = Answer(
        client=client,
        username=username,
        responses=responses,
        session=params.get("Session"),
        client_metadata=params.get("ClientMetadata") or {},
    )
    return handler(plane, answer)


def _password_verifier(plane: Plane, answer: Answer) -> steps.Result:
    names = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")
    stamp, signature, block = (require(answer.responses, name) for name in names)
    timestamp = canonical_timestamp(stamp)
    proof = decode_signature(signature)
    handshake = plane.handshakes.get(block, answer.client)
    session = None
    if handshake.session is not None:
        session = open_step(plane, answer, "PASSWORD_VERIFIER")
        if answer.session != handshake.session:
            raise invalid_session()
    plane.lockout.check(handshake.key)
    fits = handshake.proves(plane.handshakes.pool_name, proof, timestamp)
    user = plane.directory.find(answer.username)
    if (
        not fits
        or user is None
        or user.sub != handshake.sub
        # A challenge of before a password change must not let the old password in.
        or plane.passwords.get(user.sub) != handshake.verifier
    ):
        plane.lockout.fail(handshake.key)
        raise not_authorized()
    if session is None:
        steps.check_may_sign_in(user)
        sign_in = SignIn(
            client=answer.client,
            user=user,
            device_key=answer.responses.get("DEVICE_KEY"),
            client_metadata=answer.client_metadata,
        )
    else:
        sign_in = resume(plane, answer, session)
        session.used = True
    proven = replace(sign_in, methods=sign_in.methods | {"pwd"})
    go_on = steps.after_password if proven.rounds is None else custom_auth.after_srp
    return go_on(plane, proven)


def _new_password_required(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, "NEW_PASSWORD_REQUIRED")
    user = sign_in.user
    password = require(answer.responses, "NEW_PASSWORD")
    check_password_shape("newPassword", password)
    prefix = "userAttributes."
    given = {
        name.removeprefix(prefix): value
        for name, value in answer.responses.items()
        if name.startswith(prefix)
    }
    schema = plane.directory.schema
    attributes.check_values(schema, given, create=False)
    attributes.check_writable(answer.client, given)
    held = user.attributes
    for name in given:
        if schema[name].required and held.get(name):
            msg = f"Cannot modify an already provided {name}"
            raise not_authorized(msg)
    attributes.check_required(schema, held | given)
    plane.check_unique(given, user)
    plane.check_new_password(user, password)
    session.used = True
    plane.update_attributes(user, given)
    plane.set_password(user, password)
    go_on = steps.after_first_factor if sign_in.rounds is None else custom_auth.go_on
    return go_on(plane, sign_in)


def _software_token_mfa(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, TOTP)
    code = require(answer.responses, "SOFTWARE_TOKEN_MFA_CODE")
    plane.directory.check_writable()
    factors = plane.factors.of(sign_in.user.sub)
    if factors.token is None:
        # The factor was removed after the challenge went out.
        raise invalid_session()
    with plane.counting_guesses(f"mfa:{sign_in.user.sub}"):
        factors.token = factors.token.use(code, plane.clock())
    return _second_factor(plane, session, sign_in, TOTP)


def _sent_code(plane: Plane, answer: Answer, factor: str) -> tuple[Session, SignIn]:
    """Check a code of a second factor that was sent."""
    session, sign_in = admit(plane, answer, factor)
    code = require(answer.responses, f"{factor}_CODE")
    with plane.counting_guesses(f"mfa:{sign_in.user.sub}"):
        if not same_code(session.data["code"], code):
            raise code_mismatch(WRONG_CODE)
    return session, sign_in


def _second_factor(plane: Plane, session: Session, sign_in: SignIn, factor: str) -> steps.Result:
    session.used = True
    proven = replace(sign_in, methods=sign_in.methods | {METHODS[factor]})
    return steps.signed_in(plane, proven)


def _sms_mfa(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = _sent_code(plane, answer, SMS)
    return _second_factor(plane, session, sign_in, SMS)


def _email_otp(plane: Plane, answer: Answer) -> steps.Result:
    if "code" not in open_step(plane, answer, EMAIL).data:
        # The challenge of that name that is a first factor.
        return user_auth.CHALLENGES[EMAIL](plane, answer)
    session, sign_in = _sent_code(plane, answer, EMAIL)
    address = session.data.get("sets_up")
    if address is not None:
        _set_up_email(plane, sign_in.user, address)
    return _second_factor(plane, session, sign_in, EMAIL)


def _set_up_email(plane: Plane, user: User, address: str) -> None:
    """Store the address that a code has just proven, and switch the factor on."""
    if steps.active_factors(plane, user):
        raise invalid_session()
    changes = {"email": address, "email_verified": "true"}
    plane.check_unique(changes, user)
    plane.update_attributes(user, changes)
    factors = plane.factors.of(user.sub)
    factors.enabled = factors.enabled | {EMAIL}


def _select_mfa_type(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, "SELECT_MFA_TYPE")
    choice = require(answer.responses, "ANSWER")
    raising = level_of(sign_in.methods) < sign_in.target
    open_now = steps.raising_factors(plane, sign_in) if raising else steps.active_factors(plane, sign_in.user)
    if choice not in session.data["choices"] or choice not in open_now:
        raise invalid_parameter("Invalid MFA type selected")
    session.used = True
    return steps.ask_factor(plane, sign_in, choice)


def _mfa_setup(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, "MFA_SETUP")
    user = sign_in.user
    if "EMAIL" in answer.responses:
        return _mfa_setup_by_email(plane, session, sign_in, answer.responses["EMAIL"])
    token = session.data.get("verified")
    if token is None or plane.factors.of(user.sub).token is not token:
        raise invalid_parameter("User has not verified software token mfa")
    return _second_factor(plane, session, sign_in, TOTP)


def _mfa_setup_by_email(plane: Plane, session: Session, sign_in: SignIn, address: str) -> steps.Result:
    user = sign_in.user
    if EMAIL not in plane.directory.mfa_methods:
        raise ServiceError("MFAMethodNotFoundException", "Email MFA is not enabled for the user pool")
    if steps.active_factors(plane, user) or "verified" in session.data:
        # Only the password was proven so far: that must not replace a factor that is in force.
        raise invalid_session()
    if verified_address(user.attributes, "email") not in {None, address}:
        # A verified address can reset the password, so the password alone must not replace it.
        raise not_authorized("The email address does not match the verified one")
    changes = {"email": address}
    attributes.check_values(plane.directory.schema, changes, create=not user.attributes.get("email"))
    if not address:
        raise missing_parameter("EMAIL")
    plane.check_unique({**changes, "email_verified": "true"}, user)
    requests = ("mfa_setup", user.sub)
    plane.limits.guard(requests, _SETUP_CODES)
    plane.limits.count(requests)
    session.used = True
    return steps.ask_code(plane, sign_in, EMAIL, address, sets_up=address)


def _device_srp_auth(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, "DEVICE_SRP_AUTH")
    return device_proof.begin(plane, session, sign_in, answer.responses)


def _device_password_verifier(plane: Plane, answer: Answer) -> steps.Result:
    session, sign_in = admit(plane, answer, "DEVICE_PASSWORD_VERIFIER")
    return device_proof.finish(plane, session, sign_in, answer.responses)


CHALLENGES: Final[dict[str, Callable[[Plane, Answer], steps.Result]]] = {
    **user_auth.CHALLENGES,
    **custom_auth.CHALLENGES,
    "PASSWORD_VERIFIER": _password_verifier,
    "NEW_PASSWORD_REQUIRED": _new_password_required,
    "SOFTWARE_TOKEN_MFA": _software_token_mfa,
    "SMS_MFA": _sms_mfa,
    "EMAIL_OTP": _email_otp,
    "SELECT_MFA_TYPE": _select_mfa_type,
    "MFA_SETUP": _mfa_setup,
    "DEVICE_SRP_AUTH": _device_srp_auth,
    "DEVICE_PASSWORD_VERIFIER": _device_password_verifier,
}


def _admin_respond(plane: Plane, params: dict[str, Any]) -> steps.Result:
    return respond(plane, params)


OPERATIONS: Final = {"RespondToAuthChallenge": respond, "AdminRespondToAuthChallenge": _admin_respond}
