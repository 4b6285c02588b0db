"""USER_AUTH for a name that nobody has, where the app client hides that: challenges without an answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import (
    code_mismatch,
    invalid_parameter,
    invalid_session,
    not_authorized,
)
from fastapi_cognito_auth.local.mfa import PASSKEY, WRONG_CODE
from fastapi_cognito_auth.local.operations import offers
from fastapi_cognito_auth.local.operations.admission import Answer, prove_password, require, start_srp
from fastapi_cognito_auth.local.operations.passkey_factor import decoy_options, read_credential
from fastapi_cognito_auth.local.operations.steps import Result, delivered
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session

_ADDRESSES: Final = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}


def stands_for_nobody(session: Session) -> bool:
    """Tell whether a step was opened for a name that nobody had."""
    return "nobody" in session.data


def start(
    plane: Plane, client: Client, username: str, parameters: Mapping[str, str], levels: Sequence[int]
) -> Result:
    """Answer as for a user who has some of the factors that the pool allows.

    Args:
        plane: the plane.
        client: the app client.
        username: as submitted.
        parameters: of the request.
        levels: the wanted acr levels, none for any.
    """
    held = offers.invented(plane, username)
    target = next((level for level in levels if held.leading_to(level)), 0)
    offered = held.offered(target, hidden=True)
    preferred = parameters.get("PREFERRED_CHALLENGE", "")
    if preferred in offered:
        return _begin(plane, client, username, preferred, parameters)
    step = _open(plane, client, username, "SELECT_CHALLENGE", {}, offered=offered)
    return step | {"AvailableChallenges": offered}


def select(plane: Plane, answer: Answer, session: Session, choice: str) -> Result:
    """Answer SELECT_CHALLENGE."""
    username = _name(plane, answer, session)
    if choice not in session.data["offered"]:
        raise invalid_parameter("The selected challenge is not available")
    result = _begin(plane, answer.client, username, choice, answer.responses)
    session.used = True
    return result


def continue_srp(plane: Plane, answer: Answer, session: Session, srp_a: str) -> Result:
    """Answer PASSWORD_SRP with a handshake that no password fits."""
    result = _start_srp(plane, answer.client, _name(plane, answer, session), srp_a)
    session.used = True
    return result


def refuse(plane: Plane, answer: Answer, session: Session) -> Result:
    """Refuse a password, a code or a passkey."""
    username = _name(plane, answer, session)
    nobody = plane.count_key(None, username)
    if session.challenge == "PASSWORD":
        prove_password(plane, None, username, require(answer.responses, "PASSWORD"))
    if session.challenge == PASSKEY:
        read_credential(answer.responses)
        with plane.counting_guesses(f"passkey:{nobody}"):
            raise not_authorized()
    require(answer.responses, f"{session.challenge}_CODE")
    with plane.counting_guesses(f"otp:{nobody}"):
        raise code_mismatch(WRONG_CODE)


def _name(plane: Plane, answer: Answer, session: Session) -> str:
    username: str = session.data["nobody"]
    if plane.directory.fold(answer.username) != plane.directory.fold(username):
        raise invalid_session()
    return username


def _open(
    plane: Plane, client: Client, username: str, name: str, parameters: dict[str, str], **data: Any
) -> Result:
    key = plane.count_key(None, username)
    session = plane.sessions.open(client, key, name, nobody=username, **data)
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _begin(plane: Plane, client: Client, username: str, name: str, parameters: Mapping[str, str]) -> Result:
    if name == "PASSWORD" and parameters.get("PASSWORD"):
        prove_password(plane, None, username, parameters["PASSWORD"])
    if name == "PASSWORD_SRP" and parameters.get("SRP_A"):
        return _start_srp(plane, client, username, parameters["SRP_A"])
    shown = {}
    if name in _ADDRESSES:
        shown = delivered(plane.simulate_delivery(username, _ADDRESSES[name]))
    if name == PASSKEY:
        shown = {"CREDENTIAL_REQUEST_OPTIONS": decoy_options(plane, username)}
    return _open(plane, client, username, name, shown)


def _start_srp(plane: Plane, client: Client, username: str, srp_a: str) -> Result:
    result = _open(plane, client, username, "PASSWORD_VERIFIER", {})
    parameters = start_srp(plane, client, None, username, srp_a, session=result["Session"])
    return result | {"ChallengeParameters": parameters}
