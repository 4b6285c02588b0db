"""CUSTOM_AUTH: the triggers' events, their order, and that no round can be skipped."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from fastapi_cognito_auth.srp import handshake as srp
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, PASSWORD, Kit, claims, refused

INVALID = "Invalid session for the user."
WRONG = "Incorrect username or password."
Event = dict[str, Any]


class Riddle:
    """Triggers that ask one riddle: three tries, after the password where one was sent."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.answer = ""

    def define(self, event: Event) -> Event:
        self.events.append(event)
        session, response = event["request"]["session"], event["response"]
        asked = [record for record in session if record["challengeName"] == "CUSTOM_CHALLENGE"]
        if session and session[-1]["challengeName"] == "SRP_A":
            response["challengeName"] = "PASSWORD_VERIFIER"
        elif asked and asked[-1]["challengeResult"]:
            response["issueTokens"] = True
        elif len(asked) == 3:
            response["failAuthentication"] = True
        else:
            response["challengeName"] = "CUSTOM_CHALLENGE"
        return event

    def create(self, event: Event) -> Event:
        self.events.append(event)
        self.answer = secrets.token_hex(4)
        event["response"] = {
            "publicChallengeParameters": {"hint": "eight digits", "USERNAME": "mallory"},
            "privateChallengeParameters": {"answer": self.answer},
            "challengeMetadata": "RIDDLE",
        }
        return event

    def verify(self, event: Event) -> Event:
        self.events.append(event)
        request = event["request"]
        right = request["privateChallengeParameters"]["answer"] == request["challengeAnswer"]
        event["response"]["answerCorrect"] = right
        return event

    @property
    def triggers(self) -> Triggers:
        return Triggers(
            define_auth_challenge=self.define,
            create_auth_challenge=self.create,
            verify_auth_challenge_response=self.verify,
        )

    def sources(self) -> list[str]:
        return [event["triggerSource"].partition("_")[0] for event in self.events]


def riddle_kit(**options: Any) -> tuple[Kit, Riddle]:
    riddle = Riddle()
    return Kit(triggers=riddle.triggers, **options), riddle


def begin(kit: Kit, username: str = "alice", metadata: dict[str, str] | None = None, **more: str) -> Any:
    return kit.aws.initiate_auth(
        ClientId=kit.id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": username} | kit.with_hash(username) | more,
        ClientMetadata=metadata or {},
    )


def solve(kit: Kit, session: str, answer: str, username: str = "alice", **metadata: str) -> Any:
    return kit.aws.respond_to_auth_challenge(
        ClientId=kit.id,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=session,
        ChallengeResponses={"USERNAME": username, "ANSWER": answer} | kit.with_hash(username),
        ClientMetadata=metadata,
    )


def test_a_right_answer_signs_in() -> None:
    kit, riddle = riddle_kit()
    challenge = begin(kit, metadata={"not": "for these triggers"})
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert challenge["ChallengeParameters"] == {"USERNAME": "alice", "hint": "eight digits"}
    answer = solve(kit, challenge["Session"], riddle.answer, seat="12")
    read = claims(kit.pool, answer["AuthenticationResult"]["AccessToken"], clock=kit.clock)
    assert (read["username"], read["acr"], "amr" in read) == ("alice", "urn:cognito:loa:1", False)
    define, create, verify, last = riddle.events
    assert define["request"]["session"] == create["request"]["session"] == []
    assert "clientMetadata" not in define["request"]
    assert define["request"]["userNotFound"] is False
    assert define["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert create["request"]["challengeName"] == "CUSTOM_CHALLENGE"
    assert verify["request"]["challengeAnswer"] == riddle.answer
    assert verify["request"]["clientMetadata"] == last["request"]["clientMetadata"] == {"seat": "12"}
    assert last["request"]["session"] == [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "RIDDLE"}
    ]
    assert define["userPoolId"] == kit.pool_id
    assert define["callerContext"]["clientId"] == kit.id
    assert (define["userName"], define["region"], define["version"]) == ("alice", "us-east-1", "1")


def test_wrong_answers_end_as_the_trigger_says() -> None:
    kit, riddle = riddle_kit()
    session = begin(kit)["Session"]
    for _ in range(2):
        session = solve(kit, session, "wrong")["Session"]
    with refused("NotAuthorizedException", WRONG):
        solve(kit, session, "wrong")
    results = [record["challengeResult"] for record in riddle.events[-1]["request"]["session"]]
    assert results == [False] * 3


def test_a_challenge_has_one_answer() -> None:
    kit, riddle = riddle_kit()
    session = begin(kit)["Session"]
    solve(kit, session, "wrong")
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        solve(kit, session, riddle.answer)


def test_a_challenge_is_bound_to_user_client_and_time() -> None:
    kit, riddle = riddle_kit()
    session = begin(kit)["Session"]
    for name in ("bob", "nobody"):
        with refused("NotAuthorizedException", INVALID):
            solve(kit, session, riddle.answer, name)
    for challenge in ("PASSWORD", "SELECT_CHALLENGE", "SMS_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"):
        with refused("NotAuthorizedException", INVALID):
            kit.answer(
                challenge, session, USERNAME="alice", ANSWER="PASSWORD", PASSWORD=PASSWORD, SMS_MFA_CODE="1",
                NEW_PASSWORD=OTHER_PASSWORD,
            )  # fmt: skip
    mine = kit.id
    kit.id = kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="b")["UserPoolClient"][
        "ClientId"
    ]
    with refused("NotAuthorizedException", INVALID):
        solve(kit, session, riddle.answer)
    kit.id = mine
    kit.clock.advance(180)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        solve(kit, session, riddle.answer)


def test_an_answer_without_a_session_or_a_text_is_refused() -> None:
    kit, _ = riddle_kit()
    with refused("InvalidParameterException", "Missing required parameter Session"):
        kit.answer("CUSTOM_CHALLENGE", None, USERNAME="alice", ANSWER="1")
    with refused("NotAuthorizedException", INVALID):
        kit.answer("CUSTOM_CHALLENGE", "x" * 40, USERNAME="alice", ANSWER="1")
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        kit.answer("CUSTOM_CHALLENGE", begin(kit)["Session"], USERNAME="alice")


# With SRP


def begin_srp(kit: Kit, username: str = "alice") -> tuple[srp.SRPClient, Any]:
    client = srp.SRPClient(srp.pool_name(kit.pool_id))
    return client, begin(kit, username, CHALLENGE_NAME="SRP_A", SRP_A=client.srp_a)


def test_the_password_can_come_first() -> None:
    kit, riddle = riddle_kit()
    client, challenge = begin_srp(kit)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    assert riddle.sources() == ["DefineAuthChallenge"]
    assert riddle.events[0]["request"]["session"] == [{"challengeName": "SRP_A", "challengeResult": True}]
    proof = kit.proof(client, challenge["ChallengeParameters"])
    asked = kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert riddle.events[1]["request"]["session"][1:] == [
        {"challengeName": "PASSWORD_VERIFIER", "challengeResult": True}
    ]
    answer = solve(kit, asked["Session"], riddle.answer)
    read = claims(kit.pool, answer["AuthenticationResult"]["AccessToken"], clock=kit.clock)
    assert read["amr"] == ["pwd"]
    assert [record["challengeName"] for record in riddle.events[-1]["request"]["session"]] == [
        "SRP_A",
        "PASSWORD_VERIFIER",
        "CUSTOM_CHALLENGE",
    ]


def test_the_custom_challenge_cannot_be_skipped_after_the_password() -> None:
    """The proof counts in this sign-in only: not without its session, and not for tokens."""
    kit, _ = riddle_kit()
    client, challenge = begin_srp(kit)
    proof = kit.proof(client, challenge["ChallengeParameters"])
    with refused("InvalidParameterException", "Missing required parameter Session"):
        kit.answer("PASSWORD_VERIFIER", None, **proof)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("PASSWORD_VERIFIER", begin_srp(kit)[1]["Session"], **proof)
    answer = kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)
    assert "AuthenticationResult" not in answer
    with refused("NotAuthorizedException"):
        kit.answer("PASSWORD_VERIFIER", answer["Session"], **proof)


def test_a_wrong_password_ends_it() -> None:
    kit, _ = riddle_kit()
    client, challenge = begin_srp(kit)
    proof = kit.proof(client, challenge["ChallengeParameters"], OTHER_PASSWORD)
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)


def test_a_temporary_password_is_replaced_between_the_rounds() -> None:
    kit, riddle = riddle_kit(users=(LocalUser("tina", temporary_password=PASSWORD),))
    client, challenge = begin_srp(kit, "tina")
    proof = kit.proof(client, challenge["ChallengeParameters"])
    asked = kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    asked = kit.answer(
        "NEW_PASSWORD_REQUIRED", asked["Session"], USERNAME="tina", NEW_PASSWORD=OTHER_PASSWORD
    )
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert "AuthenticationResult" in solve(kit, asked["Session"], riddle.answer, "tina")


def test_the_parameters_of_srp_are_checked() -> None:
    kit, _ = riddle_kit()
    with refused("InvalidParameterException", "CHALLENGE_NAME can only be SRP_A"):
        begin(kit, CHALLENGE_NAME="PASSWORD")
    with refused("InvalidParameterException", "Missing required parameter SRP_A"):
        begin(kit, CHALLENGE_NAME="SRP_A")


# Nobody


@pytest.mark.parametrize("username", ["nobody", "nobody@example.com"])
def test_an_unknown_user_runs_through_the_triggers_and_gets_nothing(username: str) -> None:
    kit, riddle = riddle_kit()
    challenge = begin(kit, username)
    assert all(event["request"]["userNotFound"] for event in riddle.events)
    assert riddle.events[0]["request"]["userAttributes"] == {}
    name = challenge["ChallengeParameters"]["USERNAME"]
    with refused("NotAuthorizedException", INVALID):
        solve(kit, challenge["Session"], riddle.answer, "alice")
    with refused("NotAuthorizedException", WRONG):
        solve(kit, challenge["Session"], riddle.answer, name)


def test_an_unknown_user_cannot_prove_a_password() -> None:
    kit, _ = riddle_kit()
    client, challenge = begin_srp(kit, "nobody")
    proof = kit.proof(client, challenge["ChallengeParameters"])
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)


def test_an_unknown_user_is_told_where_that_is_not_hidden() -> None:
    kit, riddle = riddle_kit(prevent_user_existence_errors=False)
    with refused("UserNotFoundException"):
        begin(kit, "nobody")
    assert riddle.events == []


# Triggers that fail


def define(**response: Any) -> Callable[[Event], Event]:
    return lambda event: event | {"response": response}


def fail(_: Event) -> Event:
    raise RuntimeError("no riddles today")


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"challengeName": "PASSWORD_VERIFIER"},
        {"challengeName": "SMS_MFA"},
        {"challengeName": 1},
        {"issueTokens": "true"},
        {"failAuthentication": 1},
    ],
)
def test_an_answer_that_is_none_is_refused(response: dict[str, Any]) -> None:
    kit = Kit(triggers=Triggers(define_auth_challenge=define(**response)))
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        begin(kit)


def test_failing_outweighs_issuing() -> None:
    kit = Kit(triggers=Triggers(define_auth_challenge=define(issueTokens=True, failAuthentication=True)))
    with refused("NotAuthorizedException", WRONG):
        begin(kit)


@pytest.mark.parametrize(
    "returned", [None, [], {}, {"response": None}, {"response": {"x": object()}}, {"response": []}]
)
def test_what_is_no_event_is_refused(returned: Any) -> None:
    kit = Kit(triggers=Triggers(define_auth_challenge=lambda _: returned))
    with refused("InvalidLambdaResponseException"):
        begin(kit)


@pytest.mark.parametrize(
    "response",
    [
        {"publicChallengeParameters": {"n": 1}},
        {"privateChallengeParameters": "x"},
        {"challengeMetadata": {}},
    ],
)
def test_a_challenge_that_is_none_is_refused(response: dict[str, Any]) -> None:
    triggers = Triggers(
        define_auth_challenge=define(challengeName="CUSTOM_CHALLENGE"),
        create_auth_challenge=define(**response),
    )
    with refused("InvalidLambdaResponseException"):
        begin(Kit(triggers=triggers))


def test_an_exception_of_a_trigger_is_told() -> None:
    kit = Kit(triggers=Triggers(define_auth_challenge=fail))
    with refused("UserLambdaValidationException", "DefineAuthChallenge failed with error no riddles today."):
        begin(kit)


def test_a_failing_verification_signs_nobody_in() -> None:
    riddle = Riddle()
    triggers = Triggers(
        define_auth_challenge=riddle.define,
        create_auth_challenge=riddle.create,
        verify_auth_challenge_response=fail,
    )
    kit = Kit(triggers=triggers)
    session = begin(kit)["Session"]
    with refused("UserLambdaValidationException"):
        solve(kit, session, riddle.answer)
    with refused("NotAuthorizedException"):
        solve(kit, session, riddle.answer)


def test_an_answer_that_is_not_judged_is_wrong() -> None:
    riddle = Riddle()
    triggers = Triggers(
        define_auth_challenge=riddle.define,
        create_auth_challenge=riddle.create,
        verify_auth_challenge_response=define(),
    )
    kit = Kit(triggers=triggers)
    assert solve(kit, begin(kit)["Session"], riddle.answer)["ChallengeName"] == "CUSTOM_CHALLENGE"


def test_a_pool_without_triggers_has_no_custom_sign_in() -> None:
    text = "Custom auth lambda trigger is not configured for the user pool."
    with refused("InvalidParameterException", text):
        begin(Kit())
    with refused("InvalidParameterException", "CUSTOM_AUTH is not enabled for the client."):
        begin(riddle_kit(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))[0])


@pytest.mark.parametrize(
    ("operation", "name", "text"),
    [
        ("AdminDisableUser", "NotAuthorizedException", "User is disabled."),
        ("AdminResetUserPassword", "PasswordResetRequiredException", "Password reset required for the user"),
    ],
)
def test_a_trigger_cannot_let_everybody_in(operation: str, name: str, text: str) -> None:
    kit = Kit(users=(ALICE, BOB), triggers=Triggers(define_auth_challenge=define(issueTokens=True)))
    kit.admin(operation)
    with refused(name, text):
        begin(kit)


def test_a_trigger_cannot_change_the_pool_through_its_event() -> None:
    def meddle(event: Event) -> Event:
        event["request"]["userAttributes"]["email"] = "mallory@example.com"
        event["userName"] = "bob"
        event["response"]["issueTokens"] = True
        return event

    kit = Kit(triggers=Triggers(define_auth_challenge=meddle))
    token = begin(kit)["AuthenticationResult"]["IdToken"]
    read = claims(kit.pool, token, audience=kit.id, clock=kit.clock)
    assert (read["cognito:username"], read["email"]) == ("alice", "alice@example.com")


def test_a_secret_hash_is_needed() -> None:
    kit, riddle = riddle_kit(client_secret=True)
    session = begin(kit)["Session"]
    with refused("NotAuthorizedException"):
        kit.answer("CUSTOM_CHALLENGE", session, USERNAME="alice", ANSWER=riddle.answer)
    assert "AuthenticationResult" in solve(kit, session, riddle.answer)
