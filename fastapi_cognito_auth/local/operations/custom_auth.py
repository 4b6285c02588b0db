"""CUSTOM_AUTH: DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse in turn.

Each round leaves one record: challengeName, challengeResult and, where it was given, challengeMetadata.
A name that nobody has runs through the same triggers with `userNotFound`, and never gets tokens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fastapi_cognito_auth.local import delivery
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import invalid_parameter, invalid_session, not_authorized
from fastapi_cognito_auth.local.operations import steps
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
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.sign_in import SignIn
from fastapi_cognito_auth.local.triggers import (
    Event,
    Invocation,
    Trigger,
    flag,
    texts,
    unrecognizable,
    user_attributes,
    with_metadata,
)
from fastapi_cognito_auth.local.users import User

_CHALLENGE: Final = "CUSTOM_CHALLENGE"
_VERIFIER: Final = "PASSWORD_VERIFIER"


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """A custom sign-in; `sign_in` is None for a name that nobody has."""

    client: Client
    username: str
    sign_in: SignIn | None
    rounds: tuple[Mapping[str, Any], ...] = ()
    client_metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def user(self) -> User | None:
        return None if self.sign_in is None else self.sign_in.user


def start(plane: Plane, request: Request) -> steps.Result:
    """Ask DefineAuthChallenge what comes first."""
    parameters = request.parameters
    username = require(parameters, "USERNAME")
    check_flow(request, username, "CUSTOM_AUTH", "CUSTOM_AUTH is not enabled for the client.")
    with_srp = parameters.get("CHALLENGE_NAME")
    if with_srp not in {None, "SRP_A"}:
        raise invalid_parameter("CHALLENGE_NAME can only be SRP_A")
    srp_a = None if with_srp is None else require(parameters, "SRP_A")
    user = known_user(plane, request, username)
    rounds = () if srp_a is None else (_record("SRP_A", result=True),)
    attempt = _Attempt(
        client=request.client,
        username=username,
        sign_in=None
        if user is None
        else SignIn(client=request.client, user=user, device_key=parameters.get("DEVICE_KEY")),
        rounds=rounds,
    )
    return _decide(plane, attempt, srp_a)


def after_srp(plane: Plane, sign_in: SignIn) -> steps.Result:
    """Go on after the proof of the password."""
    records = (*(sign_in.rounds or ()), _record(_VERIFIER, result=True))
    proven = replace(sign_in, rounds=records)
    demanded = steps.replace_password(plane, proven)
    return go_on(plane, proven) if demanded is None else demanded


def go_on(plane: Plane, sign_in: SignIn) -> steps.Result:
    """Ask DefineAuthChallenge what comes next."""
    attempt = _Attempt(
        client=sign_in.client,
        username=sign_in.user.username,
        sign_in=sign_in,
        rounds=sign_in.rounds or (),
        client_metadata=sign_in.client_metadata,
    )
    return _decide(plane, attempt)


def _record(name: str, *, result: bool, metadata: str | None = None) -> dict[str, Any]:
    record = {"challengeName": name, "challengeResult": result}
    return record | ({} if metadata is None else {"challengeMetadata": metadata})


def _invoke(plane: Plane, attempt: _Attempt, name: str, request: Event, response: Event) -> Event:
    triggers = plane.triggers
    trigger: Trigger | None = {
        "DefineAuthChallenge": triggers.define_auth_challenge,
        "CreateAuthChallenge": triggers.create_auth_challenge,
        "VerifyAuthChallengeResponse": triggers.verify_auth_challenge_response,
    }[name]
    if trigger is None:
        raise invalid_parameter("Custom auth lambda trigger is not configured for the user pool.")
    user = attempt.user
    invocation = Invocation(
        name=name,
        source=f"{name}_Authentication",
        pool_id=plane.directory.pool_id,
        client_id=attempt.client.id,
        username=attempt.username if user is None else user.username,
    )
    shared = {"userAttributes": user_attributes(user), "userNotFound": user is None}
    return invocation(trigger, with_metadata(shared | request, attempt.client_metadata), response)


def _decide(plane: Plane, attempt: _Attempt, srp_a: str | None = None) -> steps.Result:
    rounds = [dict(record) for record in attempt.rounds]
    empty = {"challengeName": None, "issueTokens": None, "failAuthentication": None}
    response = _invoke(plane, attempt, "DefineAuthChallenge", {"session": rounds}, empty)
    if flag(response, "failAuthentication"):
        raise not_authorized()
    if flag(response, "issueTokens"):
        return _issue(plane, attempt)
    name = response.get("challengeName")
    if name == _CHALLENGE:
        return _create(plane, attempt)
    if name == _VERIFIER and srp_a is not None:
        return _ask_proof(plane, attempt, srp_a)
    raise unrecognizable()


def _issue(plane: Plane, attempt: _Attempt) -> steps.Result:
    if attempt.sign_in is None:
        raise not_authorized()
    steps.check_reset(attempt.sign_in.user)
    return steps.signed_in(plane, attempt.sign_in)


def _ask_proof(plane: Plane, attempt: _Attempt, srp_a: str) -> steps.Result:
    session = _open(plane, attempt, _VERIFIER)
    parameters = start_srp(plane, attempt.client, attempt.user, attempt.username, srp_a, session=session)
    return {"ChallengeName": _VERIFIER, "Session": session, "ChallengeParameters": parameters}


def _create(plane: Plane, attempt: _Attempt) -> steps.Result:
    request = {"challengeName": _CHALLENGE, "session": [dict(record) for record in attempt.rounds]}
    empty = {
        "publicChallengeParameters": None,
        "privateChallengeParameters": None,
        "challengeMetadata": None,
    }
    response = _invoke(plane, attempt, "CreateAuthChallenge", request, empty)
    public = texts(response.get("publicChallengeParameters"))
    private = texts(response.get("privateChallengeParameters"))
    metadata = response.get("challengeMetadata")
    if metadata is not None and not isinstance(metadata, str):
        raise unrecognizable()
    session = _open(plane, attempt, _CHALLENGE, private=private, metadata=metadata)
    shown = public | {"USERNAME": _shown_name(plane, attempt)}
    return {"ChallengeName": _CHALLENGE, "Session": session, "ChallengeParameters": shown}


def _open(plane: Plane, attempt: _Attempt, challenge: str, **data: Any) -> str:
    if attempt.sign_in is None:
        data |= {"nobody": attempt.username, "rounds": attempt.rounds}
        key = plane.count_key(None, attempt.username)
        return plane.sessions.open(attempt.client, key, challenge, **data)
    sign_in = replace(attempt.sign_in, rounds=attempt.rounds)
    return plane.sessions.open(attempt.client, sign_in.user.sub, challenge, sign_in=sign_in.progress, **data)


def _shown_name(plane: Plane, attempt: _Attempt) -> str:
    """Return the Username; where real ones are not what was submitted, a decoy's is not either."""
    if attempt.user is not None:
        return attempt.user.username
    is_alias = bool(delivery.kind_of_name(attempt.username))
    return plane.decoy_identity(attempt.username) if is_alias else attempt.username


def _custom_challenge(plane: Plane, answer: Answer) -> steps.Result:
    session = open_step(plane, answer, _CHALLENGE)
    given = require(answer.responses, "ANSWER")
    kept = session.data
    if "nobody" in kept:
        if answer.username not in {kept["nobody"], plane.decoy_identity(kept["nobody"])}:
            raise invalid_session()
        sign_in, username, rounds = None, kept["nobody"], kept["rounds"]
    else:
        sign_in = resume(plane, answer, session)
        username, rounds = sign_in.user.username, sign_in.rounds or ()
    # Whatever a trigger does now, this challenge has had its answer.
    session.used = True
    attempt = _Attempt(
        client=answer.client,
        username=username,
        sign_in=sign_in,
        rounds=rounds,
        client_metadata=answer.client_metadata,
    )
    request = {"privateChallengeParameters": kept["private"], "challengeAnswer": given}
    response = _invoke(plane, attempt, "VerifyAuthChallengeResponse", request, {"answerCorrect": None})
    record = _record(_CHALLENGE, result=flag(response, "answerCorrect"), metadata=kept["metadata"])
    return _decide(plane, replace(attempt, rounds=(*attempt.rounds, record)))


CHALLENGES: Final[dict[str, Callable[[Plane, Answer], steps.Result]]] = {_CHALLENGE: _custom_challenge}
