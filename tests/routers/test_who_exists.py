"""Whether a name is somebody's: what each public endpoint answers for users in any state, and for nobody.

The same questions are asked in the same order for every name, so what one answer leaves behind, such
as a code, is there for all of them.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final
from uuid import UUID

import pytest
from httpx2 import Response

from fastapi_cognito_auth.cognito.wire import OPERATIONS
from fastapi_cognito_auth.local import LocalUser
from tests.older import MODEL, known
from tests.routers.kit import PASSWORD, App
from tests.routers.names import NOBODY, QUESTIONS, STATES, Kind, app_of

Answer = tuple[int, Any, dict[str, str]]

MASK: Final = re.compile(r"[a-z]\*\*\*@[a-z]\*\*\*")
BYTES: Final = re.compile(r"(?<![\w-])[\w-]{22,}(?![\w-])")
DRAWN: Final = frozenset({"SALT", "SRP_B", "SECRET_BLOCK", "session", "Session"})
"""What is drawn afresh for each answer."""


def comparable(answer: Response, name: str) -> Answer:
    """Return status, body and headers, without what is drawn and without the name."""
    volatile = {"content-length", "x-amzn-requestid"}
    headers = {key: value for key, value in answer.headers.items() if key not in volatile}
    return answer.status_code, _blurred(answer.json(), name), headers


def _blurred(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {
            key: "drawn" if key in DRAWN and isinstance(item, str) else _blurred(item, name)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_blurred(item, name) for item in value]
    if not isinstance(value, str):
        return value
    # The letters of a mask are those of an address, or drawn; so are challenges and ids of passkeys.
    return BYTES.sub("drawn", MASK.sub("a mask", value.replace(name, "{name}")))


@cache
def answers(kind: Kind, name: str) -> dict[str, Answer]:
    """Ask every question of one name."""
    # First, since a code of a sign-up lives for a day, and each name takes some hours.
    if name != "unsigned":
        answers(kind, "unsigned")
    app = app_of(kind)
    found = {}
    for question, ask in QUESTIONS.items():
        found[question] = comparable(ask(app, name), name)
        # Failed passwords lock a name for a while, and codes have a limit in an hour.
        app.clock.advance(1000)
        if name == NOBODY and question in {"/sign-up", "SignUp"}:
            app.pool.call("AdminDeleteUser", {"UserPoolId": app.pool.user_pool_id, "Username": name})
    return found


SIGN_INS: Final = {
    question
    for question in QUESTIONS
    if question.partition(" ")[0] in {"/sign-in", "/token", "/initiate-auth", "InitiateAuth"}
}
RAW_SRP: Final = {"/initiate-auth with SRP", "InitiateAuth with SRP"}
BY_CHOICE: Final = {"/sign-in by choice", "/initiate-auth by choice", "InitiateAuth by choice"}
TO_A_CHALLENGE: Final = (
    BY_CHOICE
    | RAW_SRP
    | {
        "/sign-in by choice with a code",
        "/sign-in by choice with a passkey",
        "/sign-in with a level",
        "/sign-in by triggers",
    }
)
"""What asks for no proof yet, so that a user is answered with a challenge."""

BOTH: Final = ("ENABLED", "LEGACY")
EXCEPTIONS: Final[list[tuple[str, Iterable[Kind], Iterable[str], Iterable[str]]]] = [
    ("Cognito says of an unconfirmed user before the password is proved", BOTH, SIGN_INS, {"unsigned"}),
    ("Cognito says of a disabled user before the password is proved", BOTH, SIGN_INS, {"switched"}),
    ("a username is taken or free", BOTH, {"/sign-up", "SignUp"}, STATES),
    ("Cognito makes up a USER_ID_FOR_SRP of UUID form", ["ENABLED"], RAW_SRP, STATES),
    ("the app cannot make up a challenge", ["LEGACY"], TO_A_CHALLENGE, STATES),
]
"""Where answers differ, and why; `docs/explanation/security-model.md` has the same among its limits."""


def is_answered_as_nobody(kind: Kind, name: str, question: str) -> bool:
    """Tell whether an answer is one that a name which nobody has is given, too.

    What such a name is offered is drawn by the name, as real users have one factor or another.
    """
    wanted = answers(kind, name)[question]
    if answers(kind, NOBODY)[question] == wanted:
        return True
    offers = kind == "ENABLED" and ("by choice" in question or "level" in question)
    return offers and any(answer_to_nobody(kind, question, number) == wanted for number in range(200))


@cache
def answer_to_nobody(kind: Kind, question: str, number: int) -> Answer:
    name = f"nobody{number:02}"
    return comparable(QUESTIONS[question](app_of(kind), name), name)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", BOTH)
def test_a_name_that_is_taken_is_answered_like_one_that_is_not(kind: Kind, question: str) -> None:
    told_apart = {name for name in STATES if not is_answered_as_nobody(kind, name, question)}
    assert told_apart == {
        name
        for _, kinds, questions, names in EXCEPTIONS
        if kind in kinds and question in questions
        for name in names
    }


def test_every_endpoint_that_takes_a_name_is_asked() -> None:
    openapi = app_of("ENABLED").app.openapi()
    bodies = {
        path.removeprefix("/auth"): json.dumps(operation["post"]["requestBody"])
        for path, operation in openapi["paths"].items()
        if path.startswith("/auth/") and "requestBody" in operation.get("post", {})
    }
    named = set()
    for path, body in bodies.items():
        (name, *_) = re.findall(r"schemas/(\w+)", body)
        members = openapi["components"]["schemas"][name].get("properties", {})
        if members.keys() & {"username", "AuthParameters", "ChallengeResponses"}:
            named.add(path)
    assert named == {question.partition(" ")[0] for question in QUESTIONS if question.startswith("/")}


def test_every_operation_that_takes_a_name_is_asked() -> None:
    taking = {
        operation
        for operation in known(OPERATIONS)
        if MODEL.operation_model(operation).input_shape.members.keys()
        & {"Username", "AuthParameters", "ChallengeResponses"}
    }
    assert taking == {question.partition(" ")[0] for question in QUESTIONS if question[0] != "/"}


def test_one_name_is_answered_alike_at_all_endpoints_that_send_codes() -> None:
    for name in (*STATES, NOBODY):
        found = answers("ENABLED", name)
        assert (
            found["/password/forgot"][1] == found["/sign-up/resend-code"][1] == {"status": "code_requested"}
        )
        assert found["ForgotPassword"][1] == found["ResendConfirmationCode"][1]
        assert found["ForgotPassword"][1]["CodeDeliveryDetails"]["Destination"] == "***"


def test_where_people_sign_in_by_address_raw_srp_tells_nobody_either() -> None:
    """There every Username has the form of a UUID."""
    user = LocalUser("usualone@example.com", password=PASSWORD)
    app = App([user], username_attributes=["email"])
    known, unknown = (
        QUESTIONS["/initiate-auth with SRP"](app, f"{name}@example.com") for name in ("usualone", NOBODY)
    )
    for answer in (known, unknown):
        identity = answer.json()["ChallengeParameters"]["USER_ID_FOR_SRP"]
        assert str(UUID(identity)) == identity
    assert known.json()["ChallengeParameters"].keys() == unknown.json()["ChallengeParameters"].keys()
