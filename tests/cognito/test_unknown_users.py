"""Nobody learns from us who has an account, also where the pool (of the LEGACY kind) tells us."""

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from tests.cognito import vectors
from tests.cognito.conftest import MakeApi
from tests.cognito.upstream import DELIVERY, Upstream, challenge, error, reply
from tests.cognito.vectors import LOGIN, PASSWORD

UNKNOWN = error("UserNotFoundException", "User does not exist.")
WRONG_PASSWORD = error("NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = error("CodeMismatchException", "Invalid verification code provided, please try again.")
SRP_STEP = reply(challenge("PASSWORD_VERIFIER", **vectors.SRP_VALUES))


def sign_in(api: TestClient, flow: str) -> Response:
    return api.post("/sign-in", json={"username": LOGIN, "password": PASSWORD, "auth_flow": flow})


def token(api: TestClient) -> Response:
    return api.post("/token", data={"username": LOGIN, "password": PASSWORD})


def said(answer: Response) -> tuple[int, str, str | None]:
    return answer.status_code, answer.text, answer.headers.get("www-authenticate")


def test_a_password_sign_in_answers_as_to_a_wrong_password(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", WRONG_PASSWORD, UNKNOWN)
    known, unknown = (sign_in(api, "USER_PASSWORD_AUTH") for _ in range(2))
    assert said(unknown) == said(known)
    assert unknown.status_code == 401


@pytest.mark.parametrize("at_the_proof", [False, True], ids=["at the first step", "at the proof"])
def test_an_srp_sign_in_answers_as_to_a_wrong_password(
    at_the_proof: bool, api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", SRP_STEP, SRP_STEP if at_the_proof else UNKNOWN)
    upstream.plan("RespondToAuthChallenge", WRONG_PASSWORD, UNKNOWN)
    known, unknown = (sign_in(api, "USER_SRP_AUTH") for _ in range(2))
    assert said(unknown) == said(known)
    assert unknown.status_code == 401


def test_the_password_form_answers_as_to_a_wrong_password(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", SRP_STEP, UNKNOWN)
    upstream.plan("RespondToAuthChallenge", WRONG_PASSWORD)
    known, unknown = (token(api) for _ in range(2))
    assert said(unknown) == said(known)


def test_clients_that_do_srp_themselves_hear_of_a_wrong_password(api: TestClient, upstream: Upstream) -> None:
    body = {"auth_flow": "USER_PASSWORD_AUTH", "auth_parameters": {"USERNAME": LOGIN, "PASSWORD": PASSWORD}}
    upstream.plan("InitiateAuth", WRONG_PASSWORD, UNKNOWN)
    known, unknown = (api.post("/initiate-auth", json=body) for _ in range(2))
    assert said(unknown) == said(known)


@pytest.mark.parametrize(
    ("operation", "path", "more"),
    [
        ("ConfirmSignUp", "/sign-up/confirm", {"code": "123456"}),
        ("ConfirmForgotPassword", "/password/reset", {"code": "123456", "password": PASSWORD}),
    ],
)
def test_a_code_for_an_unknown_user_is_answered_as_a_wrong_code(
    operation: str, path: str, more: dict[str, str], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan(operation, WRONG_CODE, UNKNOWN, error("NotAuthorizedException", "User is disabled."))
    known, unknown, disabled = (api.post(path, json={"username": LOGIN, **more}) for _ in range(3))
    assert said(unknown) == said(known) == said(disabled)
    assert unknown.status_code == 400


SENDING = {"ForgotPassword": "/password/forgot", "ResendConfirmationCode": "/sign-up/resend-code"}


@pytest.mark.parametrize("operation", SENDING)
@pytest.mark.parametrize(
    "refusal",
    [UNKNOWN, error("InvalidParameterException"), error("NotAuthorizedException")],
    ids=["unknown", "without an address", "in another state"],
)
def test_a_code_that_is_not_sent_is_answered_like_one_that_is(
    refusal: object, operation: str, api: TestClient, upstream: Upstream
) -> None:
    upstream.plan(operation, reply({"CodeDeliveryDetails": DELIVERY}), refusal)  # type: ignore[arg-type]
    known, unknown = (api.post(SENDING[operation], json={"username": LOGIN}) for _ in range(2))
    assert said(unknown) == said(known)
    assert unknown.json() == {"status": "code_requested"}


@pytest.mark.parametrize("operation", SENDING)
def test_a_limit_is_reported_rather_than_a_code_promised(
    operation: str, api: TestClient, upstream: Upstream
) -> None:
    upstream.plan(operation, error("LimitExceededException"))
    answer = api.post(SENDING[operation], json={"username": LOGIN})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")


def test_a_challenge_of_a_deleted_user_is_refused_in_the_service_s_own_words(
    auth: CognitoAuth, make_api: MakeApi, upstream: Upstream
) -> None:
    """Whoever holds a session knows that the user was there."""
    api = make_api()
    upstream.plan("InitiateAuth", reply(challenge("SMS_MFA")))
    upstream.plan("RespondToAuthChallenge", UNKNOWN)
    session = sign_in(api, "USER_PASSWORD_AUTH").json()["session"]
    answer = api.post("/challenge", json={"challenge": "SMS_MFA", "session": session, "code": "1"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (404, "user_not_found")
