"""Turns that a sign-in takes seldom."""

import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from tests.cognito.conftest import MakeApi
from tests.cognito.upstream import Upstream, error, reply
from tests.routers.kit import code_of

TOKENS = {
    "AccessToken": "a",
    "IdToken": "i",
    "RefreshToken": "r",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}


@pytest.fixture
def api(make_api: MakeApi, upstream: Upstream) -> TestClient:
    return make_api()


def sealed_device(auth: CognitoAuth) -> str:
    secret = {"key": "us-east-1_0a", "group_key": "-group", "password": "secret"}
    return auth.pool.devices._sealer().hide("device", secret)


def test_a_user_who_is_gone_signs_in_again(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("GetTokensFromRefreshToken", error("UserNotFoundException"))
    assert code_of(api.post("/refresh", json={"refresh_token": "x"})) == (401, "not_authorized")


def test_feedback_on_an_unknown_user_reads_as_a_wrong_token(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("UpdateAuthEventFeedback", error("UserNotFoundException"))
    body = {"username": "ada", "event_id": "x", "feedback_token": "x", "feedback_value": "Valid"}
    assert code_of(api.post("/auth-events/feedback", json=body)) == (401, "not_authorized")


def test_feedback_is_passed_on(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("UpdateAuthEventFeedback", reply({}))
    body = {"username": "ada", "event_id": "x", "feedback_token": "t", "feedback_value": "Invalid"}
    assert api.post("/auth-events/feedback", json=body).json() == {"status": "feedback_taken"}
    assert upstream.calls[0].params["FeedbackValue"] == "Invalid"


def test_a_missing_pool_is_our_side_when_no_device_was_sent(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", error("ResourceNotFoundException"))
    body = {"username": "ada", "password": "x", "auth_flow": "USER_PASSWORD_AUTH"}
    assert code_of(api.post("/sign-in", json=body)) == (503, "invalid_user_pool_configuration")
    assert len(upstream.calls) == 1


@pytest.mark.parametrize(
    ("operation", "path", "body"),
    [
        ("SignUp", "/sign-up", {"username": "ada", "password": "Correct-horse-1!"}),
        ("ForgotPassword", "/password/forgot", {"username": "ada"}),
        ("GetTokensFromRefreshToken", "/refresh", {"refresh_token": "x"}),
    ],
)
def test_a_missing_pool_is_our_side_in_self_service_too(
    api: TestClient, upstream: Upstream, operation: str, path: str, body: dict[str, str]
) -> None:
    upstream.plan(operation, error("ResourceNotFoundException"))
    assert code_of(api.post(path, json=body)) == (503, "invalid_user_pool_configuration")


def test_a_refresh_is_not_repeated_after_a_fault(api: TestClient, upstream: Upstream) -> None:
    """The first call may have replaced the token; a second would be taken for a theft."""
    upstream.plan(
        "GetTokensFromRefreshToken",
        error("InternalErrorException", status=500),
        error("RefreshTokenReuseException"),
    )
    assert api.post("/refresh", json={"refresh_token": "x"}).status_code == 503
    assert len(upstream.calls) == 1


def test_a_throttled_refresh_is_repeated(api: TestClient, upstream: Upstream) -> None:
    upstream.plan(
        "GetTokensFromRefreshToken",
        error("TooManyRequestsException"),
        reply({"AuthenticationResult": TOKENS}),
    )
    assert api.post("/refresh", json={"refresh_token": "x"}).status_code == 200


def test_a_pool_may_issue_tokens_after_the_first_step_of_a_device(
    api: TestClient, auth: CognitoAuth, upstream: Upstream
) -> None:
    first = {"ChallengeName": "DEVICE_SRP_AUTH", "Session": "s" * 20, "ChallengeParameters": {}}
    upstream.plan("InitiateAuth", reply(first))
    upstream.plan("RespondToAuthChallenge", reply({"AuthenticationResult": TOKENS}))
    body = {"username": "ada", "password": "x", "auth_flow": "USER_PASSWORD_AUTH"}
    answer = api.post("/sign-in", json=body | {"device": sealed_device(auth)})
    assert answer.json()["status"] == "signed_in"
    assert upstream.calls[1].params["ChallengeResponses"]["DEVICE_KEY"] == "us-east-1_0a"


def test_a_device_that_was_never_named_cannot_be_proved(api: TestClient, upstream: Upstream) -> None:
    first = {"ChallengeName": "DEVICE_SRP_AUTH", "Session": "s" * 20, "ChallengeParameters": {}}
    upstream.plan("InitiateAuth", reply(first))
    body = {"username": "ada", "password": "x", "auth_flow": "USER_PASSWORD_AUTH"}
    assert code_of(api.post("/sign-in", json=body)) == (503, "user_pool_unavailable")


def test_the_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "fastapi_cognito_auth", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "local" in done.stdout
