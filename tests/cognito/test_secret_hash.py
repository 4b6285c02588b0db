"""What proves the client's secret: at each step of each flow, over the username of that very request."""

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from fastapi_cognito_auth.cognito.client import CognitoClient
from tests.cognito import vectors
from tests.cognito.conftest import MakeApi, MakeClient
from tests.cognito.upstream import DELIVERY, TOKENS, Upstream, challenge, reply
from tests.cognito.vectors import CLIENT_SECRET, HASH_OF, LOGIN, PASSWORD, USER_ID

SELF_SERVICE: dict[str, tuple[str, dict[str, str]]] = {
    "SignUp": ("/sign-up", {"username": LOGIN, "password": PASSWORD}),
    "ConfirmSignUp": ("/sign-up/confirm", {"username": LOGIN, "code": "123456"}),
    "ResendConfirmationCode": ("/sign-up/resend-code", {"username": LOGIN}),
    "ForgotPassword": ("/password/forgot", {"username": LOGIN}),
    "ConfirmForgotPassword": (
        "/password/reset",
        {"username": LOGIN, "code": "123456", "password": PASSWORD},
    ),
}
WITH_SECRET: dict[str, tuple[str, dict[str, str]]] = {
    "GetTokensFromRefreshToken": ("/refresh", {"refresh_token": "refresh-token"}),
    "RevokeToken": ("/sign-out", {"refresh_token": "refresh-token"}),
}


@pytest.fixture
def confidential(make_api: MakeApi, upstream: Upstream) -> TestClient:
    """The API over an app client with a secret."""
    plan_all(upstream)
    return make_api(secret=True)


@pytest.fixture
def public(api: TestClient, upstream: Upstream) -> TestClient:
    """The API over an app client without one."""
    plan_all(upstream)
    return api


def plan_all(upstream: Upstream) -> None:
    for operation in SELF_SERVICE:
        upstream.plan(
            operation, reply({"UserSub": USER_ID, "UserConfirmed": False, "CodeDeliveryDetails": DELIVERY})
        )
    upstream.plan("InitiateAuth", reply(challenge("PASSWORD_VERIFIER", **vectors.SRP_VALUES)))
    upstream.plan("RespondToAuthChallenge", reply(TOKENS))
    upstream.plan("GetTokensFromRefreshToken", reply(TOKENS))
    upstream.plan("RevokeToken", reply({}))


def post(api: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(path, json=body)
    assert answer.is_success, answer.text
    value: dict[str, Any] = answer.json()
    return value


@pytest.mark.parametrize("row", vectors.HASHES, ids=lambda row: row["username"])
def test_the_hash_is_the_one_that_others_compute(row: dict[str, str]) -> None:
    client = CognitoClient(
        user_pool_id=vectors.POOL_ID,
        client_id=row["client_id"],
        client_secret=row["client_secret"],
        region="us-east-1",
    )
    assert client.secret_hash(row["username"]) == row["SECRET_HASH"]


@pytest.mark.parametrize("operation", SELF_SERVICE)
def test_self_service_hashes_the_username_as_submitted(
    operation: str, confidential: TestClient, upstream: Upstream
) -> None:
    post(confidential, *SELF_SERVICE[operation])
    params = upstream.only(operation)
    assert (params["Username"], params["SecretHash"]) == (LOGIN, HASH_OF[LOGIN])
    assert params["ClientId"] == vectors.CLIENT_ID


def test_each_step_of_an_srp_sign_in_hashes_its_own_username(
    confidential: TestClient, upstream: Upstream
) -> None:
    post(confidential, "/sign-in", {"username": LOGIN, "password": PASSWORD})
    first = upstream.only("InitiateAuth")["AuthParameters"]
    second = upstream.only("RespondToAuthChallenge")["ChallengeResponses"]
    assert (first["USERNAME"], first["SECRET_HASH"]) == (LOGIN, HASH_OF[LOGIN])
    assert (second["USERNAME"], second["SECRET_HASH"]) == (USER_ID, HASH_OF[USER_ID])


def test_a_password_sign_in_hashes_the_username_as_submitted(
    confidential: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", reply(TOKENS))
    post(
        confidential,
        "/sign-in",
        {"username": LOGIN, "password": PASSWORD, "auth_flow": "USER_PASSWORD_AUTH"},
    )
    assert upstream.only("InitiateAuth")["AuthParameters"] == {
        "USERNAME": LOGIN,
        "PASSWORD": PASSWORD,
        "SECRET_HASH": HASH_OF[LOGIN],
    }


@pytest.mark.parametrize(
    ("named", "username"),
    [({"USER_ID_FOR_SRP": USER_ID}, USER_ID), ({"USERNAME": USER_ID}, USER_ID), ({}, LOGIN)],
    ids=["USER_ID_FOR_SRP", "USERNAME", "no name"],
)
def test_a_challenge_is_answered_under_the_name_that_the_service_gave(
    named: dict[str, str], username: str, confidential: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", reply(challenge("SOFTWARE_TOKEN_MFA", **named)))
    asked = post(confidential, "/sign-in", {"username": LOGIN, "password": PASSWORD})
    post(
        confidential,
        "/challenge",
        {"challenge": "SOFTWARE_TOKEN_MFA", "session": asked["session"], "code": "123456"},
    )
    assert upstream.only("RespondToAuthChallenge")["ChallengeResponses"] == {
        "USERNAME": username,
        "SOFTWARE_TOKEN_MFA_CODE": "123456",
        "SECRET_HASH": HASH_OF[username],
    }


def test_a_challenge_after_a_challenge_keeps_the_name(confidential: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", reply(challenge("NEW_PASSWORD_REQUIRED", USER_ID_FOR_SRP=USER_ID)))
    upstream.plan("RespondToAuthChallenge", reply(challenge("SMS_MFA")), reply(TOKENS))
    first = post(confidential, "/sign-in", {"username": LOGIN, "password": PASSWORD})
    second = post(
        confidential,
        "/challenge",
        {"challenge": "NEW_PASSWORD_REQUIRED", "session": first["session"], "new_password": "Another-1!"},
    )
    post(confidential, "/challenge", {"challenge": "SMS_MFA", "session": second["session"], "code": "1"})
    names = [call.params["ChallengeResponses"]["USERNAME"] for call in upstream.calls[1:]]
    hashes = [call.params["ChallengeResponses"]["SECRET_HASH"] for call in upstream.calls[1:]]
    assert (names, hashes) == ([USER_ID] * 2, [HASH_OF[USER_ID]] * 2)


def test_clients_that_do_srp_themselves_get_the_hash_added(
    confidential: TestClient, upstream: Upstream
) -> None:
    post(
        confidential,
        "/initiate-auth",
        {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": LOGIN, "SRP_A": "2"}},
    )
    post(
        confidential,
        "/respond-to-auth-challenge",
        {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {"USERNAME": USER_ID}},
    )
    assert upstream.only("InitiateAuth")["AuthParameters"]["SECRET_HASH"] == HASH_OF[LOGIN]
    assert upstream.only("RespondToAuthChallenge")["ChallengeResponses"]["SECRET_HASH"] == HASH_OF[USER_ID]


def test_the_secret_hash_does_not_come_back_to_such_a_client(
    confidential: TestClient, upstream: Upstream
) -> None:
    answer = post(
        confidential,
        "/initiate-auth",
        {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": LOGIN, "SRP_A": "2"}},
    )
    assert HASH_OF[LOGIN] not in str(answer)


@pytest.mark.parametrize("operation", WITH_SECRET)
def test_refresh_and_revocation_send_the_secret_itself(
    operation: str, confidential: TestClient, upstream: Upstream
) -> None:
    post(confidential, *WITH_SECRET[operation])
    assert upstream.only(operation)["ClientSecret"] == CLIENT_SECRET
    assert "SecretHash" not in upstream.only(operation)


def test_admin_sign_in_is_hashed_too(make_client: MakeClient, upstream: Upstream) -> None:
    client = make_client(secret=True)
    for operation in ("AdminInitiateAuth", "AdminRespondToAuthChallenge"):
        upstream.plan(operation, reply(TOKENS))
    asyncio.run(
        client.call(
            "AdminInitiateAuth",
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": LOGIN, "PASSWORD": PASSWORD},
        )
    )
    asyncio.run(
        client.call(
            "AdminRespondToAuthChallenge",
            ChallengeName="SMS_MFA",
            ChallengeResponses={"USERNAME": USER_ID, "SMS_MFA_CODE": "1"},
        )
    )
    assert upstream.only("AdminInitiateAuth")["AuthParameters"]["SECRET_HASH"] == HASH_OF[LOGIN]
    responses = upstream.only("AdminRespondToAuthChallenge")["ChallengeResponses"]
    assert responses["SECRET_HASH"] == HASH_OF[USER_ID]


def test_without_a_username_there_is_nothing_to_hash(make_client: MakeClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", reply(TOKENS))
    given = {"REFRESH_TOKEN": "refresh-token"}
    asyncio.run(
        make_client(secret=True).call("InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=given)
    )
    assert upstream.only("InitiateAuth")["AuthParameters"] == given


def test_the_secret_of_one_client_is_not_used_for_another(
    make_client: MakeClient, upstream: Upstream
) -> None:
    upstream.plan("ForgotPassword", reply({}))
    asyncio.run(make_client(secret=True).call("ForgotPassword", Username=LOGIN, ClientId="other"))
    assert "SecretHash" not in upstream.only("ForgotPassword")


def test_operations_that_take_neither_are_sent_neither(make_client: MakeClient, upstream: Upstream) -> None:
    upstream.plan("DescribeUserPoolClient", reply({}))
    asyncio.run(make_client(secret=True).call("DescribeUserPoolClient"))
    assert upstream.only("DescribeUserPoolClient") == {
        "UserPoolId": vectors.POOL_ID,
        "ClientId": vectors.CLIENT_ID,
    }


def test_a_public_client_sends_neither_hash_nor_secret(public: TestClient, upstream: Upstream) -> None:
    for path, body in (SELF_SERVICE | WITH_SECRET).values():
        post(public, path, body)
    post(public, "/sign-in", {"username": LOGIN, "password": PASSWORD})
    assert len(upstream.calls) == len(SELF_SERVICE) + len(WITH_SECRET) + 2
    assert not [call for call in upstream.calls if "secret" in str(call.params.keys()).lower()]
    assert "SECRET_HASH" not in str([call.params for call in upstream.calls])


def test_what_the_caller_passes_in_is_left_as_it_is(make_client: MakeClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", reply(TOKENS))
    parameters = {"USERNAME": LOGIN, "PASSWORD": PASSWORD}
    asyncio.run(
        make_client(secret=True).call(
            "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
    )
    assert parameters == {"USERNAME": LOGIN, "PASSWORD": PASSWORD}
