"""A 200 whose JSON is not what the API promises: a 503 at every endpoint, and never a 500."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from fastapi_cognito_auth.srp.group import N
from tests.cognito import vectors
from tests.cognito.conftest import MakeApi
from tests.cognito.upstream import DELIVERY, TOKENS, Reply, Upstream, challenge, reply, silence
from tests.cognito.vectors import LOGIN, PASSWORD, USER_ID
from tests.older import needs

SIGN_IN = ("/sign-in", {"username": LOGIN, "password": PASSWORD})
SESSION = "s" * 40
RESULT: dict[str, Any] = TOKENS["AuthenticationResult"]

ENDPOINTS: dict[str, tuple[str, dict[str, str]]] = {
    "SignUp": ("/sign-up", {"username": LOGIN, "password": PASSWORD}),
    "ConfirmSignUp": ("/sign-up/confirm", {"username": LOGIN, "code": "123456"}),
    "ResendConfirmationCode": ("/sign-up/resend-code", {"username": LOGIN}),
    "ForgotPassword": ("/password/forgot", {"username": LOGIN}),
    "ConfirmForgotPassword": (
        "/password/reset",
        {"username": LOGIN, "code": "123456", "password": PASSWORD},
    ),
    "InitiateAuth": SIGN_IN,
    "GetTokensFromRefreshToken": ("/refresh", {"refresh_token": "refresh-token"}),
    "RevokeToken": ("/sign-out", {"refresh_token": "refresh-token"}),
}


def unavailable(api: TestClient, path: str, body: dict[str, Any]) -> bool:
    """Return whether the endpoint answers 503 in our own words."""
    answer = api.post(path, json=body)
    assert answer.status_code == 503, (answer.status_code, answer.text)
    assert answer.headers["retry-after"] == "5"
    return bool(answer.json()["detail"]["code"] == "user_pool_unavailable")


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b'{"UserSub', b"[]", b"null", b"\xff"])
@pytest.mark.parametrize("operation", ENDPOINTS)
def test_garbage_is_a_503(operation: str, body: bytes, api: TestClient, upstream: Upstream) -> None:
    upstream.plan(operation, reply(body))
    assert unavailable(api, *ENDPOINTS[operation])


@pytest.mark.parametrize("operation", ENDPOINTS)
def test_silence_is_a_503_after_one_call(operation: str, make_api: MakeApi, upstream: Upstream) -> None:
    upstream.plan(operation, silence)
    assert unavailable(make_api(read_timeout=0.2), *ENDPOINTS[operation])
    assert upstream.operations == [operation]


SIGN_UPS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no UserSub": {"UserConfirmed": True},
    "a UserSub that is no text": {"UserSub": 5},
    "a delivery that is no object": {"UserSub": USER_ID, "CodeDeliveryDetails": "e-mail"},
    "a delivery that is a list": {"UserSub": USER_ID, "CodeDeliveryDetails": [DELIVERY]},
    "a destination that is no text": {
        "UserSub": USER_ID,
        "CodeDeliveryDetails": {**DELIVERY, "Destination": 5},
    },
    "a medium that is no text": {
        "UserSub": USER_ID,
        "CodeDeliveryDetails": {**DELIVERY, "DeliveryMedium": []},
    },
    "an attribute that is no text": {
        "UserSub": USER_ID,
        "CodeDeliveryDetails": {**DELIVERY, "AttributeName": {}},
    },
}


@pytest.mark.parametrize("answer", SIGN_UPS.values(), ids=SIGN_UPS.keys())
def test_an_unfit_answer_to_a_sign_up_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("SignUp", reply(answer))
    assert unavailable(api, *ENDPOINTS["SignUp"])


DELIVERIES = {name: answer for name, answer in SIGN_UPS.items() if "CodeDeliveryDetails" in answer}


@pytest.mark.parametrize("operation", ["ResendConfirmationCode", "ForgotPassword"])
@pytest.mark.parametrize("answer", DELIVERIES.values(), ids=DELIVERIES.keys())
def test_an_unfit_delivery_is_a_503(
    operation: str, answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan(operation, reply(answer))
    assert unavailable(api, *ENDPOINTS[operation])


RESULTS = {
    "nothing": {},
    "no result": {"ChallengeParameters": {}},
    "a result that is no object": {"AuthenticationResult": "tokens"},
    "a result that is a list": {"AuthenticationResult": [RESULT]},
    "a result without tokens": {"AuthenticationResult": {}},
    "no access token": {"AuthenticationResult": {**RESULT, "AccessToken": None}},
    "an access token that is no text": {"AuthenticationResult": {**RESULT, "AccessToken": 5}},
    "an access token that is no Unicode": {"AuthenticationResult": {**RESULT, "AccessToken": "\ud800"}},
    "an ID token that is no text": {"AuthenticationResult": {**RESULT, "IdToken": {}}},
    "a refresh token that is no text": {"AuthenticationResult": {**RESULT, "RefreshToken": []}},
    "no lifetime": {"AuthenticationResult": {**RESULT, "ExpiresIn": None}},
    "a lifetime that is no number": {"AuthenticationResult": {**RESULT, "ExpiresIn": "soon"}},
}


@pytest.mark.parametrize("answer", RESULTS.values(), ids=RESULTS.keys())
def test_an_unfit_result_of_a_refresh_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("GetTokensFromRefreshToken", reply(answer))
    assert unavailable(api, *ENDPOINTS["GetTokensFromRefreshToken"])


def test_a_refresh_that_asks_for_a_challenge_is_a_503(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("GetTokensFromRefreshToken", reply(challenge("SMS_MFA")))
    assert unavailable(api, *ENDPOINTS["GetTokensFromRefreshToken"])


NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"
CHALLENGES = {
    "an unknown challenge": challenge("RETINA_SCAN"),
    "a name that is no text": {**challenge("SMS_MFA"), "ChallengeName": 5},
    "no session": {**challenge("SMS_MFA"), "Session": None},
    "a session that is no text": {**challenge("SMS_MFA"), "Session": 5},
    "parameters that are a list": {**challenge("SMS_MFA"), "ChallengeParameters": ["x"]},
    "parameters that are a text": {**challenge("SMS_MFA"), "ChallengeParameters": "x"},
    "a parameter that is no text": challenge("SMS_MFA", CODE_DELIVERY_DESTINATION=5),
    "a username that is no text": challenge("SMS_MFA", USERNAME=5),
    "required attributes that are no JSON": challenge(NEW_PASSWORD, requiredAttributes="email"),
    "required attributes that are no list": challenge(NEW_PASSWORD, requiredAttributes="{}"),
    "user attributes that are no JSON": challenge(NEW_PASSWORD, userAttributes="{"),
    "user attributes that are no object": challenge(NEW_PASSWORD, userAttributes="[]"),
    "choices that are no JSON": challenge("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE="SMS_MFA"),
    "choices that are no list": challenge("SELECT_MFA_TYPE", MFAS_CAN_CHOOSE="{}"),
    "factors that are no JSON": challenge("MFA_SETUP", MFAS_CAN_SETUP="["),
    "factors that are no list": challenge("MFA_SETUP", MFAS_CAN_SETUP="5"),
    "an attribute that is no Unicode": challenge(NEW_PASSWORD, userAttributes='{"email": "\\ud800"}'),
    "a passkey's options that are no JSON": challenge("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS="{"),
    "a passkey's options that are no object": challenge("WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS="[]"),
    "a passkey's options that are no Unicode": challenge(
        "WEB_AUTHN", CREDENTIAL_REQUEST_OPTIONS='{"challenge": "\\ud800"}'
    ),
    "ways to sign in that are no list": {**challenge("SELECT_CHALLENGE"), "AvailableChallenges": "PASSWORD"},
    "ways to sign in that are no text": {**challenge("SELECT_CHALLENGE"), "AvailableChallenges": [5]},
    "a device of nobody's": challenge("DEVICE_SRP_AUTH"),
}
OUTCOMES: dict[str, Any] = RESULTS | CHALLENGES
CHOICES = needs("RespondToAuthChallenge", "AvailableChallenges")
AFTER_A_STEP = [
    pytest.param(answer, id=name, marks=CHOICES if "AvailableChallenges" in answer else ())
    for name, answer in OUTCOMES.items()
]


@pytest.mark.parametrize("answer", OUTCOMES.values(), ids=OUTCOMES.keys())
def test_an_unfit_outcome_of_the_first_step_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", reply(answer))
    assert unavailable(api, *SIGN_IN)


@pytest.mark.parametrize("answer", AFTER_A_STEP)
def test_an_unfit_outcome_of_the_proof_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", srp())
    upstream.plan("RespondToAuthChallenge", reply(answer))
    assert unavailable(api, *SIGN_IN)


@pytest.mark.parametrize("answer", AFTER_A_STEP)
def test_an_unfit_outcome_of_a_challenge_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", reply(challenge("SMS_MFA")))
    upstream.plan("RespondToAuthChallenge", reply(answer))
    session = api.post(SIGN_IN[0], json=SIGN_IN[1]).json()["session"]
    assert unavailable(api, "/challenge", {"challenge": "SMS_MFA", "session": session, "code": "123456"})


# SRP


def srp(**changes: Any) -> Reply:
    """Return PASSWORD_VERIFIER with other values; `None` leaves one out."""
    values = {name: value for name, value in (vectors.SRP_VALUES | changes).items() if value is not None}
    answer = challenge("PASSWORD_VERIFIER", **values)
    del answer["Session"]
    return reply(answer)


def test_the_values_of_a_real_service_lead_to_tokens(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", srp())
    upstream.plan("RespondToAuthChallenge", reply(TOKENS))
    assert api.post(SIGN_IN[0], json=SIGN_IN[1]).json()["status"] == "signed_in"


N_HEX = f"{N:x}"
SRP_FAULTS: dict[str, dict[str, Any]] = {
    "B is 0": {"SRP_B": "0"},
    "B is N": {"SRP_B": N_HEX},
    "B is 2N": {"SRP_B": f"{2 * N:x}"},
    "B is no hex": {"SRP_B": "0x12"},
    "B is negative": {"SRP_B": "-5"},
    "B is empty": {"SRP_B": ""},
    "B is missing": {"SRP_B": None},
    "B is a number": {"SRP_B": 5},
    "B is a list": {"SRP_B": ["5"]},
    "the salt is no hex": {"SALT": "salt"},
    "the salt is empty": {"SALT": ""},
    "the salt is missing": {"SALT": None},
    "the salt is a number": {"SALT": 5},
    "the salt is an object": {"SALT": {"a": "b"}},
    "the block is no base64": {"SECRET_BLOCK": "§§§"},
    "the block lacks its padding": {"SECRET_BLOCK": "abc"},
    "the block is missing": {"SECRET_BLOCK": None},
    "the block is a number": {"SECRET_BLOCK": 5},
    "the user is missing": {"USER_ID_FOR_SRP": None},
    "the user is a number": {"USER_ID_FOR_SRP": 5},
}


@pytest.mark.parametrize("changes", SRP_FAULTS.values(), ids=SRP_FAULTS.keys())
def test_srp_values_that_must_be_refused_are_a_503_and_get_no_proof(
    changes: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", srp(**changes))
    assert unavailable(api, *SIGN_IN)
    assert upstream.operations == ["InitiateAuth"]


@pytest.mark.parametrize("parameters", [None, [], "x", 5])
def test_srp_without_parameters_is_a_503(parameters: Any, api: TestClient, upstream: Upstream) -> None:
    upstream.plan(
        "InitiateAuth", reply({"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters})
    )
    assert unavailable(api, *SIGN_IN)


@pytest.mark.parametrize("session", [5, ["s" * 40], {"s": "s"}])
def test_a_session_that_srp_cannot_go_on_with_is_a_503(
    session: Any, api: TestClient, upstream: Upstream
) -> None:
    upstream.plan(
        "InitiateAuth", reply({**challenge("PASSWORD_VERIFIER", **vectors.SRP_VALUES), "Session": session})
    )
    assert unavailable(api, *SIGN_IN)


# Authenticator apps

SECRETS = {
    "nothing": {},
    "no session": {"SecretCode": "JBSWY3DPEHPK3PXP"},
    "no secret": {"Session": SESSION},
    "a secret that is no text": {"SecretCode": 5, "Session": SESSION},
    "a session that is no text": {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": 5},
    "a secret that no QR code holds": {"SecretCode": "A" * 5000, "Session": SESSION},
}
VERIFICATIONS = {
    "nothing": {},
    "no session": {"Status": "SUCCESS"},
    "a session that is no text": {"Status": "SUCCESS", "Session": 5},
}


def begin_set_up(api: TestClient, upstream: Upstream) -> str:
    upstream.plan("InitiateAuth", reply(challenge("MFA_SETUP", MFAS_CAN_SETUP='["SOFTWARE_TOKEN_MFA"]')))
    session: str = api.post(SIGN_IN[0], json=SIGN_IN[1]).json()["session"]
    return session


@pytest.mark.parametrize("answer", SECRETS.values(), ids=SECRETS.keys())
def test_an_unfit_secret_for_an_authenticator_app_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("AssociateSoftwareToken", reply(answer))
    assert unavailable(api, "/challenge/totp", {"session": begin_set_up(api, upstream)})


@pytest.mark.parametrize("answer", VERIFICATIONS.values(), ids=VERIFICATIONS.keys())
def test_an_unfit_verification_of_an_authenticator_app_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("AssociateSoftwareToken", reply({"SecretCode": "JBSWY3DPEHPK3PXP", "Session": SESSION}))
    upstream.plan("VerifySoftwareToken", reply(answer))
    session = api.post("/challenge/totp", json={"session": begin_set_up(api, upstream)}).json()["session"]
    assert unavailable(api, "/challenge", {"challenge": "MFA_SETUP", "session": session, "code": "123456"})
    assert "RespondToAuthChallenge" not in upstream.operations


def test_names_in_any_script_fit_into_the_qr_code(make_api: MakeApi, upstream: Upstream) -> None:
    """Percent-encoded, each of these characters takes nine."""
    upstream.plan("AssociateSoftwareToken", reply({"SecretCode": "A" * 52, "Session": SESSION}))
    upstream.plan("InitiateAuth", reply(challenge("MFA_SETUP")))
    api = make_api(totp_issuer="漢" * 64)
    asked = api.post("/sign-in", json={"username": "漢" * 128, "password": PASSWORD}).json()
    answer = api.post("/challenge/totp", json={"session": asked["session"]})
    assert (answer.status_code, answer.json()["qr_svg"][:4]) == (200, "<svg")


# Clients that do SRP themselves

RAW = ("/initiate-auth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": LOGIN, "SRP_A": "2"}})
RAW_ANSWERS = {
    "parameters that are a list": {**challenge("SMS_MFA"), "ChallengeParameters": ["x"]},
    "a text that is no Unicode": challenge("SMS_MFA", X="\ud800"),
}


@pytest.mark.parametrize("answer", RAW_ANSWERS.values(), ids=RAW_ANSWERS.keys())
def test_what_cannot_be_passed_on_is_a_503(
    answer: dict[str, Any], api: TestClient, upstream: Upstream
) -> None:
    upstream.plan("InitiateAuth", reply(answer))
    assert unavailable(api, *RAW)


def test_a_number_that_json_lacks_is_not_passed_on_as_such(api: TestClient, upstream: Upstream) -> None:
    upstream.plan("InitiateAuth", reply(b'{"ChallengeName": "SMS_MFA", "ChallengeParameters": {"X": NaN}}'))
    assert "NaN" not in api.post(RAW[0], json=RAW[1]).text
