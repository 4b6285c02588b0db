"""USER_AUTH: the user chooses among the first factors that the pool allows and the user has."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi_cognito_auth.local import acr
from fastapi_cognito_auth.local.errors import invalid_parameter, invalid_session, not_authorized
from fastapi_cognito_auth.local.operations import decoys, offers, step_up, steps
from fastapi_cognito_auth.local.operations.admission import (
    Answer,
    Request,
    check_flow,
    known_user,
    open_step,
    require,
    resume,
    start_srp,
)
from fastapi_cognito_auth.local.operations.first_factors import FIRST_FACTORS
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import Proof, SignIn

AUTO_SIGN_IN: Final = "AUTO_SIGN_IN"
"""What the session of a confirmed sign-up answers; no challenge has that name."""

_CONFIRMED_BY: Final = {"email": ("EMAIL_OTP", "email_otp"), "phone_number": ("SMS_OTP", "sms")}
"""The first factor that a confirmation code stands for, and its amr value."""


def start(plane: Plane, request: Request) -> steps.Result:
    """Begin with the preferred challenge, or offer what there is."""
    parameters = request.parameters
    username = require(parameters, "USERNAME")
    check_flow(request, username, "USER_AUTH", "USER_AUTH is not enabled for the client.")
    levels = step_up.requested_levels(plane, parameters)
    user = known_user(plane, request, username)
    if user is None:
        return _start_for_nobody(plane, request, username, levels)
    preferred = parameters.get("PREFERRED_CHALLENGE", "")
    sign_in = SignIn(
        client=request.client,
        user=user,
        device_key=parameters.get("DEVICE_KEY"),
        at_domain=request.at_domain,
        target=request.target,
    )
    if levels:
        sign_in = step_up.credit(plane, sign_in, parameters)
        sign_in = replace(sign_in, target=_reachable_level(plane, sign_in, levels))
        if _is_half_way(plane, sign_in):
            return steps.after_first_factor(plane, sign_in)
        sign_in = replace(sign_in, methods=frozenset())
    if request.session is not None:
        return _after_sign_up(plane, sign_in, request.session)
    offered = available(plane, sign_in)
    if not offered and request.client.hides_users:
        return decoys.start(plane, request.client, username, parameters, levels)
    if preferred in offered:
        return _begin(plane, sign_in, preferred, parameters)
    return _select(plane, sign_in)


def _start_for_nobody(plane: Plane, request: Request, username: str, levels: list[int]) -> steps.Result:
    """Refuse what would be refused if there were such a user, and answer the rest with a decoy."""
    if levels and "ACCESS_TOKEN" in request.parameters:
        step_up.refuse_credit(plane, request.parameters["ACCESS_TOKEN"])
    if request.session is not None:
        plane.sessions.get(request.session, AUTO_SIGN_IN, request.client.id)
        raise invalid_session()
    return decoys.start(plane, request.client, username, request.parameters, levels)


def available(plane: Plane, sign_in: SignIn) -> list[str]:
    """Return the challenges that this user may choose from."""
    held = offers.held_by(plane, sign_in.user)
    return held.offered(sign_in.target, hidden=sign_in.client.hides_users)


def _reachable_level(plane: Plane, sign_in: SignIn, levels: list[int]) -> int:
    """Return the first of the wanted levels that the user can reach."""
    held = offers.held_by(plane, sign_in.user)
    for level in levels:
        if _is_half_way(plane, replace(sign_in, target=level)) or held.leading_to(level):
            return level
    if sign_in.client.hides_users:
        # Only who has proven a first factor may learn that there is no way.
        return levels[0]
    raise not_authorized(steps.UNREACHABLE)


def _is_half_way(plane: Plane, sign_in: SignIn) -> bool:
    """Tell whether one more factor lifts what is credited; a credit never is enough alone."""
    credited = bool(sign_in.methods) and acr.level_of(sign_in.methods) < sign_in.target
    return credited and bool(steps.raising_factors(plane, sign_in))


def _select(plane: Plane, sign_in: SignIn) -> steps.Result:
    offered = available(plane, sign_in)
    if not offered:
        raise not_authorized()
    result = steps.challenge(plane, sign_in, "SELECT_CHALLENGE", {})
    return result | {"AvailableChallenges": offered}


def _begin(plane: Plane, sign_in: SignIn, name: str, parameters: Mapping[str, str]) -> steps.Result:
    if name == "PASSWORD_SRP":
        if parameters.get("SRP_A"):
            return _start_srp(plane, sign_in, parameters["SRP_A"])
        return steps.challenge(plane, sign_in, name, {})
    factor = FIRST_FACTORS[name]
    if factor.inline and parameters.get(factor.inline):
        return _proven(plane, sign_in, factor.check(plane, sign_in, {}, parameters))
    begun = factor.begin(plane, sign_in)
    return steps.challenge(plane, sign_in, name, dict(begun.parameters), kept=dict(begun.data))


def _start_srp(plane: Plane, sign_in: SignIn, srp_a: str) -> steps.Result:
    result = steps.challenge(plane, sign_in, "PASSWORD_VERIFIER", {})
    user, session = sign_in.user, result["Session"]
    parameters = start_srp(plane, sign_in.client, user, user.username, srp_a, session=session)
    return result | {"ChallengeParameters": parameters}


def _proven(plane: Plane, sign_in: SignIn, proof: Proof) -> steps.Result:
    methods = sign_in.methods | proof.methods
    return steps.after_password(plane, replace(sign_in, methods=methods, multi_factor=proof.multi_factor))


def _after_sign_up(plane: Plane, sign_in: SignIn, handle: str) -> steps.Result:
    """Take the code that confirmed the sign-up as the first factor, at the first sign-in only."""
    user = sign_in.user
    session = plane.sessions.get(handle, AUTO_SIGN_IN, sign_in.client.id)
    if session.sub != user.sub or plane.tokens.has_signed_in(user.sub):
        raise invalid_session()
    session.used = True
    factor, method = _CONFIRMED_BY[session.data["attribute"]]
    if factor not in available(plane, sign_in):
        return _select(plane, sign_in)
    return _proven(plane, sign_in, Proof(methods=frozenset({method}), multi_factor=True))


def _select_challenge(plane: Plane, answer: Answer) -> steps.Result:
    session = open_step(plane, answer, "SELECT_CHALLENGE")
    choice = require(answer.responses, "ANSWER")
    if decoys.stands_for_nobody(session):
        return decoys.select(plane, answer, session, choice)
    sign_in = resume(plane, answer, session)
    if choice not in available(plane, sign_in):
        raise invalid_parameter("The selected challenge is not available")
    result = _begin(plane, sign_in, choice, answer.responses)
    session.used = True
    return result


def _password_srp(plane: Plane, answer: Answer) -> steps.Result:
    session = open_step(plane, answer, "PASSWORD_SRP")
    srp_a = require(answer.responses, "SRP_A")
    if decoys.stands_for_nobody(session):
        return decoys.continue_srp(plane, answer, session, srp_a)
    result = _start_srp(plane, resume(plane, answer, session), srp_a)
    session.used = True
    return result


def _first_factor(name: str, plane: Plane, answer: Answer) -> steps.Result:
    """Check the answer to the challenge of a first factor."""
    session = open_step(plane, answer, name)
    if decoys.stands_for_nobody(session):
        return decoys.refuse(plane, answer, session)
    sign_in = resume(plane, answer, session)
    proof = FIRST_FACTORS[name].check(plane, sign_in, session.data["kept"], answer.responses)
    session.used = True
    return _proven(plane, sign_in, proof)


CHALLENGES: Final[dict[str, Callable[[Plane, Answer], steps.Result]]] = {
    **{name: partial(_first_factor, name) for name in FIRST_FACTORS},
    "SELECT_CHALLENGE": _select_challenge,
    "PASSWORD_SRP": _password_srp,
}
