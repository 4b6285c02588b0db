"""The API's own shape, for clients that do SRP themselves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fastapi_cognito_auth.srp.handshake import Challenge, SRPClient, format_timestamp, pool_name
from tests.routers.kit import PASSWORD, App, code_of


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


def begin(app: App, **names: str) -> tuple[SRPClient, dict[str, Any]]:
    handshake = SRPClient(pool_name(app.pool.user_pool_id))
    parameters = {"USERNAME": "ada", "SRP_A": handshake.srp_a}
    answer = app.post("/initiate-auth", AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    return handshake, answer.json()


def proof(app: App, handshake: SRPClient, given: dict[str, str], password: str = PASSWORD) -> dict[str, str]:
    stamp = format_timestamp(datetime.fromtimestamp(app.clock.now, UTC))
    challenge = Challenge(given["SALT"], given["SRP_B"], given["SECRET_BLOCK"])
    return {
        "USERNAME": given["USER_ID_FOR_SRP"],
        "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": handshake.claim(given["USER_ID_FOR_SRP"], password, challenge, stamp),
        "TIMESTAMP": stamp,
    }


def respond(app: App, responses: dict[str, str]) -> Any:
    return app.post(
        "/respond-to-auth-challenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )


def test_a_client_that_does_srp_itself_signs_in(app: App) -> None:
    handshake, first = begin(app)
    assert first["ChallengeName"] == "PASSWORD_VERIFIER"
    answer = respond(app, proof(app, handshake, first["ChallengeParameters"])).json()
    assert app.me(answer["AuthenticationResult"]["AccessToken"]).status_code == 200


def test_a_proof_of_a_wrong_password_is_refused(app: App) -> None:
    handshake, first = begin(app)
    answer = respond(app, proof(app, handshake, first["ChallengeParameters"], "Wrong-password-1!"))
    assert code_of(answer) == (401, "not_authorized")


def test_a_proof_for_another_user_is_refused(app: App) -> None:
    handshake, first = begin(app)
    responses = proof(app, handshake, first["ChallengeParameters"]) | {"USERNAME": "newcomer"}
    assert code_of(respond(app, responses)) == (401, "not_authorized")


def test_members_may_be_written_in_snake_case(app: App) -> None:
    answer = app.post(
        "/initiate-auth",
        auth_flow="USER_PASSWORD_AUTH",
        auth_parameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
    )
    assert app.me(answer.json()["AuthenticationResult"]["AccessToken"]).status_code == 200


def test_the_apps_own_client_id_may_be_sent(app: App) -> None:
    answer = app.post(
        "/initiate-auth",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        ClientId=app.pool.client_id,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {}, "ClientId": "another"},
        {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD}},
        {"AuthFlow": "ADMIN_NO_SRP_AUTH", "AuthParameters": {}},
        {"AuthFlow": "USER_PASSWORD_AUTH"},
        {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": 7}},
        {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {}, "UserPoolId": "x"},
    ],
    ids=str,
)
def test_what_a_client_may_not_ask_is_422(app: App, body: dict[str, Any]) -> None:
    answer = app.post("/initiate-auth", **body)
    assert code_of(answer) == (422, "invalid_request")
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"USERNAME": "ada"},
        {"SRP_A": "ff"},
        {"USERNAME": "ada", "SRP_A": "nonsense"},
        {"USERNAME": "", "SRP_A": "f"},
    ],
    ids=str,
)
def test_missing_and_malformed_parameters_are_refused_by_the_pool(
    app: App, parameters: dict[str, str]
) -> None:
    answer = app.post("/initiate-auth", AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert answer.status_code in {400, 401}


@pytest.mark.parametrize(
    "name", ["NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOFTWARE_TOKEN_MFA", "CUSTOM_CHALLENGE"]
)
def test_an_invented_session_opens_nothing(app: App, name: str) -> None:
    answer = app.post(
        "/respond-to-auth-challenge",
        ChallengeName=name,
        Session="x" * 40,
        ChallengeResponses={"USERNAME": "ada", "NEW_PASSWORD": PASSWORD, "SOFTWARE_TOKEN_MFA_CODE": "123456"},
    )
    assert answer.status_code in {400, 401}


def test_an_unknown_user_reads_as_a_wrong_password_in_a_legacy_pool() -> None:
    app = App(prevent_user_existence_errors=False)
    parameters = {"USERNAME": "nobody", "PASSWORD": PASSWORD}
    answer = app.post("/initiate-auth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert code_of(answer) == (401, "not_authorized")
