"""RespondToAuthChallenge: one handler per challenge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.codes import same_code
from fastapi_cognito_auth.local.directory import User
from fastapi_cognito_auth.local.errors import (
    code_mismatch,
    invalid_parameter,
    invalid_session,
    missing_parameter,
    not_authorized,
)
from fastapi_cognito_auth.local.mfa import SMS, TOTP, WRONG_CODE
from fastapi_cognito_auth.local.operations import steps
from fastapi_cognito_auth.local.operations.sign_in import require
from fastapi_cognito_auth.local.passwords import check_policy
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.srp_server import canonical_timestamp, decode_signature
from fastapi_cognito_auth.local.validation import check_password_shape


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A challenge's answer, with the secret hash already checked."""

    client: Client
    username: str
    responses: Mapping[str, str] = field(repr=False)
    session: str | None = field(repr=False)


def _respond(plane: Plane, params: dict[str, Any]) -> steps.Result:
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
    return handler(
        plane, Answer(client=client, username=username, responses=responses, session=params.get("Session"))
    )


def _admit(plane: Plane, answer: Answer, challenge: str) -> tuple[Session, User]:
    """Return the open step and its user; USERNAME must name that user."""
    if answer.session is None:
        raise missing_parameter("Session")
    session = plane.sessions.get(answer.session, challenge, answer.client.id)
    user = plane.directory.find(answer.username)
    if user is None or user.sub != session.sub:
        raise invalid_session()
    steps.check_may_sign_in(user)
    return session, user


def _password_verifier(plane: Plane, answer: Answer) -> steps.Result:
    names = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")
    stamp, signature, block = (require(answer.responses, name) for name in names)
    timestamp = canonical_timestamp(stamp)
    proof = decode_signature(signature)
    handshake = plane.handshakes.get(block, answer.client)
    plane.lockout.check(handshake.key)
    proven = handshake.proves(plane.handshakes.pool_name, proof, timestamp)
    user = plane.directory.find(answer.username)
    if (
        not proven
        or user is None
        or user.sub != handshake.sub
        # A challenge of before a password change must not let the old password in.
        or plane.passwords.get(user.sub) is not handshake.verifier
    ):
        plane.lockout.fail(handshake.key)
        raise not_authorized()
    steps.check_may_sign_in(user)
    return steps.after_password(plane, answer.client, user)


def _new_password_required(plane: Plane, answer: Answer) -> steps.Result:
    session, user = _admit(plane, answer, "NEW_PASSWORD_REQUIRED")
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
    check_policy(password, plane.directory.password_policy)
    session.used = True
    plane.update_attributes(user, given)
    plane.set_password(user, password)
    return steps.after_new_password(plane, answer.client, user)


def _software_token_mfa(plane: Plane, answer: Answer) -> steps.Result:
    session, user = _admit(plane, answer, TOTP)
    code = require(answer.responses, "SOFTWARE_TOKEN_MFA_CODE")
    token = plane.factors.of(user.sub).token
    if token is None:
        # The factor was removed after the challenge went out.
        raise invalid_session()
    with plane.counting_guesses(f"mfa:{user.sub}"):
        token.use(code, plane.clock())
    session.used = True
    return steps.signed_in(plane, answer.client, user)


def _sms_mfa(plane: Plane, answer: Answer) -> steps.Result:
    session, user = _admit(plane, answer, SMS)
    code = require(answer.responses, "SMS_MFA_CODE")
    with plane.counting_guesses(f"mfa:{user.sub}"):
        if not same_code(session.data["code"], code):
            raise code_mismatch(WRONG_CODE)
    session.used = True
    return steps.signed_in(plane, answer.client, user)


def _select_mfa_type(plane: Plane, answer: Answer) -> steps.Result:
    session, user = _admit(plane, answer, "SELECT_MFA_TYPE")
    choice = require(answer.responses, "ANSWER")
    if choice not in session.data["choices"] or choice not in steps.active_factors(plane, user):
        raise invalid_parameter("Invalid MFA type selected")
    session.used = True
    return steps.ask_factor(plane, answer.client, user, choice)


def _mfa_setup(plane: Plane, answer: Answer) -> steps.Result:
    session, user = _admit(plane, answer, "MFA_SETUP")
    token = session.data.get("verified")
    if token is None or plane.factors.of(user.sub).token is not token:
        raise invalid_parameter("User has not verified software token mfa")
    session.used = True
    return steps.signed_in(plane, answer.client, user)


CHALLENGES: Final[dict[str, Callable[[Plane, Answer], steps.Result]]] = {
    "PASSWORD_VERIFIER": _password_verifier,
    "NEW_PASSWORD_REQUIRED": _new_password_required,
    "SOFTWARE_TOKEN_MFA": _software_token_mfa,
    "SMS_MFA": _sms_mfa,
    "SELECT_MFA_TYPE": _select_mfa_type,
    "MFA_SETUP": _mfa_setup,
}

OPERATIONS: Final = {"RespondToAuthChallenge": _respond}
