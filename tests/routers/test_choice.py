"""Sign-in by choice, by the pool's own triggers and by the admin flow, over HTTP."""

from typing import Any

import pytest

from fastapi_cognito_auth import CognitoSettings
from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, Triggers
from tests.routers.kit import ADA, NEWCOMER, PASSWORD, TEMPORARY, App, another, code_of

CAROL = LocalUser(
    "carol",
    password=PASSWORD,
    attributes={
        "email": "carol@example.com",
        "phone_number": "+15550109934",
        "phone_number_verified": "true",
    },
)
FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App([CAROL, ADA], allowed_first_factors=FACTORS, client_secret=request.param)


def choose(app: App, username: str = "carol", **more: Any) -> Any:
    return app.post("/sign-in", username=username, auth_flow="USER_AUTH", **more)


def answer(app: App, challenge: dict[str, Any], **members: Any) -> Any:
    return app.post("/challenge", challenge=challenge["challenge"], session=challenge["session"], **members)


def signed_in(app: App, response: Any) -> str:
    tokens = response.json()
    username: str = app.me(tokens["access_token"]).json()["username"]
    return username


def test_without_a_preference_the_user_chooses(app: App) -> None:
    challenge = choose(app).json()
    assert challenge["challenge"] == "SELECT_CHALLENGE"
    available = set(challenge["parameters"]["available_challenges"])
    assert available == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"}


def test_only_what_the_user_has_is_offered(app: App) -> None:
    challenge = choose(app, "ada").json()
    assert "SMS_OTP" not in challenge["parameters"]["available_challenges"]


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
def test_a_chosen_password_signs_in(app: App, factor: str) -> None:
    asked = answer(app, choose(app).json(), answer=factor).json()
    assert asked["challenge"] == factor
    assert code_of(answer(app, asked, password="Wrong-password-1!")) == (401, "not_authorized")
    asked = answer(app, choose(app).json(), answer=factor).json()
    assert signed_in(app, answer(app, asked, password=PASSWORD)) == "carol"


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
def test_a_password_that_comes_with_the_choice_saves_a_step(app: App, factor: str) -> None:
    response = answer(app, choose(app).json(), answer=factor, password=PASSWORD)
    assert signed_in(app, response) == "carol"
    refused = answer(app, choose(app).json(), answer=factor, password="Wrong-password-1!")
    assert code_of(refused) == (401, "not_authorized")


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
def test_a_password_that_comes_with_the_preference_saves_two(app: App, factor: str) -> None:
    response = choose(app, preferred_challenge=factor, password=PASSWORD)
    assert signed_in(app, response) == "carol"
    refused = choose(app, preferred_challenge=factor, password="Wrong-password-1!")
    assert code_of(refused) == (401, "not_authorized")


def test_a_code_by_email_signs_in(app: App) -> None:
    challenge = choose(app, preferred_challenge="EMAIL_OTP").json()
    assert challenge["challenge"] == "EMAIL_OTP"
    assert challenge["parameters"] == {"medium": "EMAIL", "destination": "c***@e***"}
    code = app.code("carol")
    assert len(code) == 8
    assert code_of(answer(app, challenge, code=f"{(int(code) + 1) % 10**8:08}")) == (400, "code_mismatch")
    assert signed_in(app, answer(app, challenge, code=code)) == "carol"


def test_a_code_by_sms_signs_in(app: App) -> None:
    challenge = answer(app, choose(app).json(), answer="SMS_OTP").json()
    assert challenge["parameters"] == {"medium": "SMS", "destination": "+*******9934"}
    assert signed_in(app, answer(app, challenge, code=app.code("carol"))) == "carol"


def test_a_code_for_one_user_signs_in_no_other(app: App) -> None:
    choose(app, "ada", preferred_challenge="EMAIL_OTP")
    code = app.code("ada")
    challenge = choose(app, preferred_challenge="EMAIL_OTP").json()
    if code == app.code("carol"):  # one in a hundred million
        return
    assert code_of(answer(app, challenge, code=code)) == (400, "code_mismatch")


def test_guessing_codes_comes_to_an_end(app: App) -> None:
    challenge = choose(app, preferred_challenge="EMAIL_OTP").json()
    code = app.code("carol")
    wrong = f"{(int(code) + 1) % 10**8:08}"
    answers = [answer(app, challenge, code=wrong) for _ in range(30)]
    assert answers[-1].status_code in {401, 429}
    assert answer(app, challenge, code=code).status_code in {401, 429}


def test_a_preference_that_the_user_lacks_leads_to_the_choice(app: App) -> None:
    challenge = choose(app, "ada", preferred_challenge="SMS_OTP").json()
    assert challenge["challenge"] == "SELECT_CHALLENGE"


def test_an_unknown_user_is_given_a_choice_and_no_way_in(app: App) -> None:
    # What a name that nobody has is offered is drawn by the name and the pool, as users differ, too.
    offers = (choose(app, f"nobody{number}").json() for number in range(100))
    challenge = next(
        offer for offer in offers if "PASSWORD" in offer["parameters"].get("available_challenges", ())
    )
    assert challenge["challenge"] == "SELECT_CHALLENGE"
    refused = answer(app, challenge, answer="PASSWORD", password=PASSWORD)
    assert code_of(refused) == (401, "not_authorized")


def test_a_choice_cannot_be_answered_as_another_challenge(app: App) -> None:
    challenge = choose(app).json() | {"challenge": "EMAIL_OTP"}
    assert code_of(answer(app, challenge, code="12345678")) == (400, "invalid_session")


def test_a_confirmed_sign_up_goes_straight_on_to_tokens(app: App) -> None:
    body = {"username": "dave", "password": PASSWORD, "attributes": {"email": "dave@example.com"}}
    session = app.post("/sign-up", **body).json()["session"]
    confirmed = app.post("/sign-up/confirm", username="dave", code=app.code("dave"), session=session).json()
    response = choose(app, "dave", session=confirmed["session"])
    assert signed_in(app, response) == "dave"
    again = choose(app, "dave", session=confirmed["session"])
    assert again.status_code == 401


def test_the_session_of_a_sign_up_signs_in_no_other_user(app: App) -> None:
    body = {"username": "dave", "password": PASSWORD, "attributes": {"email": "dave@example.com"}}
    session = app.post("/sign-up", **body).json()["session"]
    confirmed = app.post("/sign-up/confirm", username="dave", code=app.code("dave"), session=session).json()
    assert code_of(choose(app, "carol", session=confirmed["session"])) == (400, "invalid_session")
    eve = {"username": "eve", "code": "123456", "session": session}
    assert code_of(app.post("/sign-up/confirm", **eve)) == (400, "invalid_session")


def test_an_unconfirmed_session_of_a_sign_up_signs_nobody_in(app: App) -> None:
    body = {"username": "dave", "password": PASSWORD, "attributes": {"email": "dave@example.com"}}
    session = app.post("/sign-up", **body).json()["session"]
    assert choose(app, "dave", session=session).status_code in {401, 403}


def test_a_sign_up_does_not_stand_for_the_level_that_is_asked_for(app: App) -> None:
    body = {"username": "dave", "password": PASSWORD, "attributes": {"email": "dave@example.com"}}
    session = app.post("/sign-up", **body).json()["session"]
    confirmed = app.post("/sign-up/confirm", username="dave", code=app.code("dave"), session=session).json()
    stepped = choose(app, "dave", session=confirmed["session"], target_acr_values=["urn:cognito:loa:4"])
    assert code_of(stepped) == (401, "not_authorized")


@pytest.mark.parametrize("username", ["carol", "nobody"])
def test_an_invented_session_says_nothing_about_who_exists(app: App, username: str) -> None:
    answer = app.post(
        "/initiate-auth",
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": username},
        Session="z" * 40,
    )
    assert answer.status_code == 401
    assert answer.json()["detail"]["message"] == "Invalid session for the user."


def test_a_user_without_a_password_signs_up_and_in(app: App) -> None:
    app.post("/sign-up", username="dave", attributes={"email": "dave@example.com"})
    app.post("/sign-up/confirm", username="dave", code=app.code("dave"))
    challenge = choose(app, "dave", preferred_challenge="EMAIL_OTP").json()
    assert signed_in(app, answer(app, challenge, code=app.code("dave"))) == "dave"


def test_step_up_asks_for_what_is_missing(app: App) -> None:
    password_only = choose(app, preferred_challenge="PASSWORD", password=PASSWORD).json()
    body = {"username": "carol", "auth_flow": "USER_AUTH", "target_acr_values": ["urn:cognito:loa:2"]}
    headers = {"Authorization": f"Bearer {password_only['access_token']}"}
    challenge = app.http.post("/auth/sign-in", json=body, headers=headers).json()
    assert challenge["status"] == "challenge"


def test_step_up_with_the_token_of_another_user_is_refused(app: App) -> None:
    ada = app.sign_in("ada").json()
    body = {"username": "carol", "auth_flow": "USER_AUTH", "target_acr_values": ["urn:cognito:loa:2"]}
    headers = {"Authorization": f"Bearer {ada['access_token']}"}
    refused = app.http.post("/auth/sign-in", json=body, headers=headers)
    assert refused.status_code in {400, 401}


def define(event: dict[str, Any]) -> dict[str, Any]:
    rounds = [r for r in event["request"]["session"] if r["challengeName"] == "CUSTOM_CHALLENGE"]
    answered = bool(rounds) and rounds[-1]["challengeResult"]
    started = [r["challengeName"] for r in event["request"]["session"]]
    event["response"] = {"issueTokens": answered, "failAuthentication": len(rounds) >= 2 and not answered}
    if started == ["SRP_A"]:
        event["response"]["challengeName"] = "PASSWORD_VERIFIER"
    elif not answered:
        event["response"]["challengeName"] = "CUSTOM_CHALLENGE"
    return event


def create(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {
        "publicChallengeParameters": {"question": "the magic word"},
        "privateChallengeParameters": {"answer": "xyzzy"},
    }
    return event


def verify(event: dict[str, Any]) -> dict[str, Any]:
    expected = event["request"]["privateChallengeParameters"]["answer"]
    event["response"] = {"answerCorrect": event["request"]["challengeAnswer"] == expected}
    return event


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def custom(request: pytest.FixtureRequest) -> App:
    triggers = Triggers(
        define_auth_challenge=define, create_auth_challenge=create, verify_auth_challenge_response=verify
    )
    return App(triggers=triggers, client_secret=request.param)


def test_the_triggers_of_the_pool_decide(custom: App) -> None:
    challenge = custom.post("/sign-in", username="ada", auth_flow="CUSTOM_AUTH").json()
    assert challenge["challenge"] == "CUSTOM_CHALLENGE"
    assert challenge["parameters"] == {"question": "the magic word"}
    assert signed_in(custom, answer(custom, challenge, answer="xyzzy")) == "ada"


def test_a_wrong_answer_leads_to_another_round_and_then_out(custom: App) -> None:
    challenge = custom.post("/sign-in", username="ada", auth_flow="CUSTOM_AUTH").json()
    again = answer(custom, challenge, answer="please").json()
    assert again["challenge"] == "CUSTOM_CHALLENGE"
    assert code_of(answer(custom, again, answer="please")) == (401, "not_authorized")


def test_triggers_may_want_a_password_first(custom: App) -> None:
    body = {"username": "ada", "auth_flow": "CUSTOM_AUTH"}
    challenge = custom.post("/sign-in", **body, password=PASSWORD).json()
    assert challenge["challenge"] == "CUSTOM_CHALLENGE"
    assert signed_in(custom, answer(custom, challenge, answer="xyzzy")) == "ada"
    refused = custom.post("/sign-in", **body, password="Wrong-password-1!")
    assert code_of(refused) == (401, "not_authorized")


def test_a_code_by_email_is_a_second_factor_too() -> None:
    app = App([CAROL], mfa_methods=["EMAIL_OTP"])
    app.pool.call(
        "AdminSetUserMFAPreference",
        {
            "UserPoolId": app.pool.user_pool_id,
            "Username": "carol",
            "EmailMfaSettings": {"Enabled": True, "PreferredMfa": True},
        },
    )
    challenge = app.sign_in("carol").json()
    assert challenge["challenge"] == "EMAIL_OTP"
    assert code_of(answer(app, challenge, code=another(app.code("carol")))) == (400, "code_mismatch")
    assert signed_in(app, answer(app, challenge, code=app.code("carol"))) == "carol"


def test_mfa_setup_by_email_leads_to_a_code() -> None:
    app = App([NEWCOMER], mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"])
    setup = app.to_mfa_setup()
    assert "EMAIL_OTP" in setup["parameters"]["mfas_can_setup"]
    challenge = answer(app, setup, email="new@example.com").json()
    assert challenge["challenge"] == "EMAIL_OTP"
    assert signed_in(app, answer(app, challenge, code=app.code("newcomer"))) == "newcomer"


@pytest.mark.parametrize("members", [{}, {"code": "123456", "email": "a@example.com"}, {"email": "nonsense"}])
def test_mfa_setup_takes_either_a_code_or_an_address(members: dict[str, str]) -> None:
    app = App([NEWCOMER], mfa="ON")
    assert code_of(answer(app, app.to_mfa_setup(), **members)) == (422, "invalid_request")


def admin_app() -> App:
    app = App([ADA, NEWCOMER], explicit_auth_flows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"], client_secret=True)
    settings = CognitoSettings(
        user_pool_id=app.pool.user_pool_id,
        client_id=app.pool.client_id,
        client_secret=app.pool.client_secret,
        secret_key="x" * 40,
        auth_flow="ADMIN_USER_PASSWORD_AUTH",
    )
    app.auth = CognitoAuth(settings, before_send=app.pool.before_send, clock=app.clock)
    app.app.include_router(app.auth.router, prefix="/admin-flow")
    return app


def test_the_admin_flow_goes_through_its_challenges() -> None:
    app = admin_app()
    body = {"username": "newcomer", "password": TEMPORARY}
    challenge = app.http.post("/admin-flow/sign-in", json=body).json()
    assert challenge["challenge"] == "NEW_PASSWORD_REQUIRED"
    new = {"challenge": challenge["challenge"], "session": challenge["session"], "new_password": PASSWORD}
    assert app.http.post("/admin-flow/challenge", json=new).json()["status"] == "signed_in"


def test_the_admin_flow_refuses_a_wrong_password() -> None:
    refused = admin_app().http.post("/admin-flow/sign-in", json={"username": "ada", "password": "wrong"})
    assert code_of(refused) == (401, "not_authorized")


@pytest.mark.parametrize(
    "members",
    [
        {"answer": "ADMIN"},
        {"answer": "EMAIL_OTP", "password": PASSWORD},
        {},
        {"answer": "PASSWORD", "credential": {}},
    ],
    ids=str,
)
def test_a_malformed_choice_is_422(app: App, members: dict[str, Any]) -> None:
    response = answer(app, choose(app).json(), **members)
    assert code_of(response) == (422, "invalid_request")
    assert PASSWORD not in response.text
