"""Whether a name is somebody's: what each public endpoint answers for users in any state, and for nobody.

The same questions are asked in the same order for every name, so what one answer leaves behind, such
as a code, is there for all of them.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

import pytest
from httpx2 import Response

from fastapi_cognito_auth.cognito.wire import OPERATIONS
from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.srp.handshake import SRPClient
from tests.local.authenticator import Authenticator
from tests.routers.kit import PASSWORD, TEMPORARY, App
from tests.routers.test_account_mfa import enrol
from tests.routers.test_wire import MODEL, PREFIX
from tests.routers.test_wire import TYPE as AWS_JSON

Kind = Literal["ENABLED", "LEGACY"]
Answer = tuple[int, Any, dict[str, str]]

WRONG: Final = "Wrong-horse-1!"
NOBODY: Final = "somebody"
STATES: Final = (
    "usualone",
    "unsigned",
    "tempword",
    "resetted",
    "switched",
    "unheared",
    "passkeys",
    "totpuser",
)
"""Users in every state, under names as long as nobody's: confirmed, unconfirmed, with a temporary
password, to be reset, disabled, without an address, with a passkey, with an authenticator app."""

SRP_A: Final = SRPClient("Ab12Cd34E").srp_a


def email(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com"}


@cache
def app_of(kind: Kind) -> App:
    """Build a pool with a user in each state."""
    permanent = ("usualone", "resetted", "switched", "passkeys", "totpuser")
    app = App(
        [
            *(LocalUser(name, password=PASSWORD, attributes=email(name)) for name in permanent),
            LocalUser("tempword", temporary_password=TEMPORARY, attributes=email("tempword")),
            LocalUser("unheared", password=PASSWORD),
        ],
        prevent_user_existence_errors=kind == "ENABLED",
        allowed_first_factors=["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
        relying_party_id="example.com",
    )
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    app.post("/sign-up", username="unsigned", password=PASSWORD, attributes=email("unsigned"))
    for operation, name in (("AdminDisableUser", "switched"), ("AdminResetUserPassword", "resetted")):
        app.pool.call(operation, {"UserPoolId": app.pool.user_pool_id, "Username": name})
    token = app.access_token("passkeys")
    options = app.account("POST", "/passkeys/options", token).json()["credential_creation_options"]
    credential = Authenticator(origin="https://example.com").create(options)
    assert app.account("POST", "/passkeys", token, credential=credential).status_code == 201
    enrol(app, app.access_token("totpuser"))
    return app


def post(path: str, **body: Any) -> Callable[[App, str], Response]:
    """Ask an endpoint; the name goes where `{name}` is."""

    def ask(app: App, name: str) -> Response:
        return app.post(path, **json.loads(json.dumps(body).replace("{name}", name)))

    return ask


def wire(operation: str, **body: Any) -> Callable[[App, str], Response]:
    """Ask the wire endpoint."""

    def ask(app: App, name: str) -> Response:
        filled = json.dumps({"ClientId": app.pool.client_id, **body}).replace("{name}", name)
        headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}{operation}"}
        return app.http.post("/cognito/", content=filled, headers=headers)

    return ask


def form(app: App, name: str) -> Response:
    return app.http.post("/auth/token", data={"username": name, "password": WRONG})


BY_PASSWORD = {"USERNAME": "{name}", "PASSWORD": WRONG}
BY_SRP = {"USERNAME": "{name}", "SRP_A": SRP_A}
NO_SESSION = "x" * 40
QUESTIONS: Final[dict[str, Callable[[App, str], Response]]] = {
    "/sign-in": post("/sign-in", username="{name}", password=WRONG),
    "/sign-in in clear": post("/sign-in", username="{name}", password=WRONG, auth_flow="USER_PASSWORD_AUTH"),
    "/sign-in by choice": post("/sign-in", username="{name}", auth_flow="USER_AUTH"),
    "/sign-in by choice with a password": post(
        "/sign-in", username="{name}", password=WRONG, auth_flow="USER_AUTH", preferred_challenge="PASSWORD"
    ),
    "/sign-in by choice with SRP": post(
        "/sign-in",
        username="{name}",
        password=WRONG,
        auth_flow="USER_AUTH",
        preferred_challenge="PASSWORD_SRP",
    ),
    "/sign-in by choice with a code": post(
        "/sign-in", username="{name}", auth_flow="USER_AUTH", preferred_challenge="EMAIL_OTP"
    ),
    "/sign-in by choice with a passkey": post(
        "/sign-in", username="{name}", auth_flow="USER_AUTH", preferred_challenge="WEB_AUTHN"
    ),
    "/sign-in with a level": post(
        "/sign-in",
        username="{name}",
        auth_flow="USER_AUTH",
        target_acr_values=["urn:cognito:loa:4"],
    ),
    "/sign-in by triggers": post("/sign-in", username="{name}", auth_flow="CUSTOM_AUTH"),
    "/token": form,
    "/initiate-auth": post("/initiate-auth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=BY_PASSWORD),
    "/initiate-auth with SRP": post("/initiate-auth", AuthFlow="USER_SRP_AUTH", AuthParameters=BY_SRP),
    "/initiate-auth by choice": post(
        "/initiate-auth", AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "{name}"}
    ),
    "/respond-to-auth-challenge": post(
        "/respond-to-auth-challenge",
        ChallengeName="SMS_MFA",
        Session=NO_SESSION,
        ChallengeResponses={"USERNAME": "{name}", "SMS_MFA_CODE": "123456"},
    ),
    "/sign-up/confirm": post("/sign-up/confirm", username="{name}", code="000000"),
    "/sign-up/resend-code": post("/sign-up/resend-code", username="{name}"),
    "/password/reset before a code": post(
        "/password/reset", username="{name}", code="000000", password=WRONG
    ),
    "/password/forgot": post("/password/forgot", username="{name}"),
    "/password/reset": post("/password/reset", username="{name}", code="000000", password=WRONG),
    "/auth-events/feedback": post(
        "/auth-events/feedback",
        username="{name}",
        event_id="e",
        feedback_token="t",
        feedback_value="Valid",
    ),
    "InitiateAuth": wire("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=BY_PASSWORD),
    "InitiateAuth with SRP": wire("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=BY_SRP),
    "InitiateAuth by choice": wire(
        "InitiateAuth", AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "{name}"}
    ),
    "RespondToAuthChallenge": wire(
        "RespondToAuthChallenge",
        ChallengeName="SMS_MFA",
        Session=NO_SESSION,
        ChallengeResponses={"USERNAME": "{name}", "SMS_MFA_CODE": "123456"},
    ),
    "ConfirmSignUp": wire("ConfirmSignUp", Username="{name}", ConfirmationCode="000000"),
    "ConfirmSignUp with a session": wire(
        "ConfirmSignUp", Username="{name}", ConfirmationCode="000000", Session=NO_SESSION
    ),
    "ResendConfirmationCode": wire("ResendConfirmationCode", Username="{name}"),
    "ForgotPassword": wire("ForgotPassword", Username="{name}"),
    "ConfirmForgotPassword": wire(
        "ConfirmForgotPassword", Username="{name}", ConfirmationCode="000000", Password=WRONG
    ),
    "UpdateAuthEventFeedback": wire(
        "UpdateAuthEventFeedback",
        UserPoolId="us-east-1_x",
        Username="{name}",
        EventId="e",
        FeedbackToken="t",
        FeedbackValue="Valid",
    ),
    "/sign-up": post("/sign-up", username="{name}", password=WRONG, attributes={"email": "x@example.org"}),
    "SignUp": wire("SignUp", Username="{name}", Password=WRONG),
}

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
        for operation in OPERATIONS
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
