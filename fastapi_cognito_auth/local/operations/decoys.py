"""USER_AUTH for a name that nobody has, where the app client hides that: challenges without an answer."""

from collections.abc import Mapping

from fastapi_cognito_auth.local import delivery
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import code_mismatch, invalid_parameter, invalid_session
from fastapi_cognito_auth.local.mfa import WRONG_CODE
from fastapi_cognito_auth.local.operations.admission import Answer, prove_password, require, start_srp
from fastapi_cognito_auth.local.operations.steps import Result, delivered
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sessions import Session


def stands_for_nobody(session: Session) -> bool:
    """Tell whether a step was opened for a name that nobody had."""
    return "nobody" in session.data


def start(
    plane: Plane, client: Client, username: str, preferred: str, parameters: Mapping[str, str]
) -> Result:
    """Answer as for a user with a password and one verified address."""
    offered = _offered(plane, username)
    if preferred in offered:
        return _begin(plane, client, username, preferred, parameters)
    return _open(plane, client, username, "SELECT_CHALLENGE", {}) | {"AvailableChallenges": offered}


def select(plane: Plane, answer: Answer, session: Session, choice: str) -> Result:
    """Answer SELECT_CHALLENGE."""
    username = _name(answer, session)
    if choice not in _offered(plane, username):
        raise invalid_parameter("The selected challenge is not available")
    result = _begin(plane, answer.client, username, choice, answer.responses)
    session.used = True
    return result


def continue_srp(plane: Plane, answer: Answer, session: Session, srp_a: str) -> Result:
    """Answer PASSWORD_SRP with a handshake that no password fits."""
    result = _start_srp(plane, answer.client, _name(answer, session), srp_a)
    session.used = True
    return result


def refuse(plane: Plane, answer: Answer, session: Session) -> Result:
    """Refuse a password or a code."""
    username = _name(answer, session)
    if session.challenge == "PASSWORD":
        prove_password(plane, None, username, require(answer.responses, "PASSWORD"))
    require(answer.responses, f"{session.challenge}_CODE")
    key = f"otp:{plane.count_key(None, username)}"
    plane.lockout.check(key)
    plane.lockout.fail(key)
    raise code_mismatch(WRONG_CODE)


def _name(answer: Answer, session: Session) -> str:
    username: str = session.data["nobody"]
    if answer.username != username:
        raise invalid_session()
    return username


def _offered(plane: Plane, username: str) -> list[str]:
    allowed = plane.directory.first_factors
    names = ["PASSWORD", "PASSWORD_SRP"] if "PASSWORD" in allowed else []
    code = "SMS_OTP" if delivery.kind_of_name(username) == "phone_number" else "EMAIL_OTP"
    return [*names, code] if code in allowed and plane.directory.mfa != "ON" else names


def _open(plane: Plane, client: Client, username: str, name: str, parameters: dict[str, str]) -> Result:
    session = plane.sessions.open(client, plane.count_key(None, username), name, nobody=username)
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _begin(plane: Plane, client: Client, username: str, name: str, parameters: Mapping[str, str]) -> Result:
    if name == "PASSWORD" and parameters.get("PASSWORD"):
        prove_password(plane, None, username, parameters["PASSWORD"])
    if name == "PASSWORD_SRP" and parameters.get("SRP_A"):
        return _start_srp(plane, client, username, parameters["SRP_A"])
    shown = delivered(plane.simulate_delivery(username)) if name.endswith("_OTP") else {}
    return _open(plane, client, username, name, shown)


def _start_srp(plane: Plane, client: Client, username: str, srp_a: str) -> Result:
    result = _open(plane, client, username, "PASSWORD_VERIFIER", {})
    parameters = start_srp(plane, client, None, username, srp_a, session=result["Session"])
    return result | {"ChallengeParameters": parameters}
