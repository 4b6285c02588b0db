"""Triggers of CUSTOM_AUTH that ask one riddle, after the password where one was sent."""

from typing import Any

from fastapi_cognito_auth.local import Triggers

TRIES = 3


def define(event: dict[str, Any]) -> dict[str, Any]:
    session, response = event["request"]["session"], event["response"]
    asked = [record for record in session if record["challengeName"] == "CUSTOM_CHALLENGE"]
    if session and session[-1]["challengeName"] == "SRP_A":
        response["challengeName"] = "PASSWORD_VERIFIER"
    elif asked and asked[-1]["challengeResult"]:
        response["issueTokens"] = True
    elif len(asked) == TRIES:
        response["failAuthentication"] = True
    else:
        response["challengeName"] = "CUSTOM_CHALLENGE"
    return event


def create(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {
        "publicChallengeParameters": {"hint": "the answer to everything"},
        "privateChallengeParameters": {"answer": "42"},
    }
    return event


def verify(event: dict[str, Any]) -> dict[str, Any]:
    request = event["request"]
    right = request["privateChallengeParameters"]["answer"] == request["challengeAnswer"]
    event["response"]["answerCorrect"] = right
    return event


RIDDLE = Triggers(
    define_auth_challenge=define, create_auth_challenge=create, verify_auth_challenge_response=verify
)
