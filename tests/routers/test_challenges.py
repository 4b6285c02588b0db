"""Challenges over HTTP, and what an attacker tries on the way."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.sealing import Sealer
from tests.routers.kit import ADA, NEW_PASSWORD, NEWCOMER, PASSWORD, TEMPORARY, App, another, code_of
from tests.support import SECRET_KEY


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


@pytest.fixture
def mfa() -> App:
    return App(mfa="ON")


def new_password(app: App, session: str, password: str = PASSWORD, **more: Any) -> Any:
    return app.post(
        "/challenge", challenge="NEW_PASSWORD_REQUIRED", session=session, new_password=password, **more
    )


def test_a_temporary_password_leads_to_new_password_required(app: App) -> None:
    answer = app.sign_in("newcomer", TEMPORARY).json()
    assert (answer["status"], answer["challenge"]) == ("challenge", "NEW_PASSWORD_REQUIRED")
    assert answer["parameters"] == {"required_attributes": [], "attributes": {"email": "new@example.com"}}
    assert answer["expires_in"] == 180


def test_a_new_password_signs_in_and_replaces_the_temporary_one(app: App) -> None:
    answer = new_password(app, app.sign_in("newcomer", TEMPORARY).json()["session"]).json()
    assert app.me(answer["access_token"]).json()["username"] == "newcomer"
    assert code_of(app.sign_in("newcomer", TEMPORARY)) == (401, "not_authorized")
    assert app.sign_in("newcomer", PASSWORD).json()["status"] == "signed_in"


def test_a_weak_new_password_loses_nothing(app: App) -> None:
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    assert code_of(new_password(app, session, "weak-weak-weak")) == (400, "invalid_password")
    assert new_password(app, session).json()["status"] == "signed_in"


def test_required_attributes_are_asked_for_and_taken() -> None:
    app = App([LocalUser("newcomer", temporary_password=TEMPORARY)], required_attributes=["name"])
    first = app.sign_in("newcomer", TEMPORARY).json()
    assert first["parameters"]["required_attributes"] == ["name"]
    assert code_of(new_password(app, first["session"])) == (400, "invalid_parameter")
    answer = new_password(app, first["session"], attributes={"name": "New Comer"})
    assert answer.json()["status"] == "signed_in"


def test_optional_attributes_are_taken(app: App) -> None:
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    new_password(app, session, attributes={"name": "New Comer"})
    user = app.pool.call("AdminGetUser", {"UserPoolId": app.pool.user_pool_id, "Username": "newcomer"})
    assert {"Name": "name", "Value": "New Comer"} in user["UserAttributes"]


def test_mfa_setup_offers_totp(mfa: App) -> None:
    assert mfa.to_mfa_setup()["parameters"] == {"mfas_can_setup": ["SOFTWARE_TOKEN_MFA"]}


def test_a_code_with_the_session_from_before_the_set_up_is_told_where_to_go(mfa: App) -> None:
    session = mfa.to_mfa_setup()["session"]
    answer = mfa.post("/challenge", challenge="MFA_SETUP", session=session, code="123456")
    assert code_of(answer) == (400, "invalid_session")
    assert "/challenge/totp" in answer.json()["detail"]["message"]
    assert mfa.post("/challenge/totp", session=session).status_code == 200


def test_an_answer_that_names_no_challenge_says_which_member_is_missing(app: App) -> None:
    answer = app.post("/challenge", session="x", code="123456")
    assert answer.json()["detail"]["errors"] == [
        {
            "loc": ["body", "challenge"],
            "message": "The member is missing; it says what the others mean",
            "type": "union_tag_not_found",
        }
    ]


def test_the_totp_secret_comes_as_text_uri_and_qr_code(mfa: App) -> None:
    setup = mfa.post("/challenge/totp", session=mfa.to_mfa_setup()["session"]).json()
    uri = urlsplit(setup["otpauth_uri"])
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Cognito:newcomer")
    assert parse_qs(uri.query) == {"secret": [setup["secret_code"]], "issuer": ["Cognito"]}
    assert ET.fromstring(setup["qr_svg"]).tag.endswith("svg")


def test_a_totp_set_up_at_sign_in_is_asked_for_at_the_next(mfa: App) -> None:
    secret = mfa.enrol()
    mfa.clock.advance(30)
    challenge = mfa.sign_in("newcomer").json()
    assert challenge["challenge"] == "SOFTWARE_TOKEN_MFA"
    answer = mfa.post(
        "/challenge", challenge="SOFTWARE_TOKEN_MFA", session=challenge["session"], code=mfa.totp(secret)
    )
    assert mfa.me(answer.json()["access_token"]).status_code == 200


def test_a_wrong_totp_is_refused_and_the_right_one_still_taken(mfa: App) -> None:
    secret = mfa.enrol()
    mfa.clock.advance(30)
    session = mfa.sign_in("newcomer").json()["session"]
    challenge = {"challenge": "SOFTWARE_TOKEN_MFA", "session": session}
    wrong = mfa.post("/challenge", **challenge, code=another(mfa.totp(secret)))
    assert code_of(wrong) == (400, "code_mismatch")
    assert mfa.post("/challenge", **challenge, code=mfa.totp(secret)).status_code == 200


def test_a_totp_is_used_once(mfa: App) -> None:
    secret = mfa.enrol()
    session = mfa.sign_in("newcomer").json()["session"]
    again = mfa.post("/challenge", challenge="SOFTWARE_TOKEN_MFA", session=session, code=mfa.totp(secret))
    assert code_of(again) == (400, "expired_code")


def test_a_wrong_first_totp_sets_nothing_up(mfa: App) -> None:
    setup = mfa.post("/challenge/totp", session=mfa.to_mfa_setup()["session"]).json()
    challenge = {"challenge": "MFA_SETUP", "session": setup["session"]}
    wrong = mfa.post("/challenge", **challenge, code=another(mfa.totp(setup["secret_code"])))
    assert code_of(wrong) == (400, "code_mismatch")
    right = mfa.post("/challenge", **challenge, code=mfa.totp(setup["secret_code"]), device_name="phone")
    assert right.json()["status"] == "signed_in"


def test_the_name_of_the_authenticator_app_is_shown_at_the_next_sign_in(mfa: App) -> None:
    setup = mfa.post("/challenge/totp", session=mfa.to_mfa_setup()["session"]).json()
    code = mfa.totp(setup["secret_code"])
    mfa.post("/challenge", challenge="MFA_SETUP", session=setup["session"], code=code, device_name="phone")
    challenge = mfa.sign_in("newcomer").json()
    assert challenge["parameters"] == {"friendly_device_name": "phone"}


def test_mfa_setup_cannot_be_skipped(mfa: App) -> None:
    """The session from before the secret was handed out sets nothing up."""
    session = mfa.to_mfa_setup()["session"]
    answer = mfa.post("/challenge", challenge="MFA_SETUP", session=session, code="000000")
    assert code_of(answer) == (400, "invalid_session")


def test_a_reload_during_set_up_gets_another_secret(mfa: App) -> None:
    first = mfa.post("/challenge/totp", session=mfa.to_mfa_setup()["session"]).json()
    second = mfa.post("/challenge/totp", session=first["session"]).json()
    assert first["secret_code"] != second["secret_code"]
    code = mfa.totp(second["secret_code"])
    done = mfa.post("/challenge", challenge="MFA_SETUP", session=second["session"], code=code)
    assert done.json()["status"] == "signed_in"


def with_sms(app: App, *, totp: bool = False) -> None:
    app.pool.call(
        "AdminSetUserMFAPreference",
        {
            "UserPoolId": app.pool.user_pool_id,
            "Username": "phil",
            "SMSMfaSettings": {"Enabled": True, "PreferredMfa": False},
        },
    )


PHIL = LocalUser(
    "phil", password=PASSWORD, attributes={"phone_number": "+15550109934", "phone_number_verified": "true"}
)


def test_a_code_by_sms_is_asked_for_and_taken() -> None:
    app = App([PHIL])
    with_sms(app)
    challenge = app.sign_in("phil").json()
    assert challenge["challenge"] == "SMS_MFA"
    assert challenge["parameters"] == {"medium": "SMS", "destination": "+*******9934"}
    answer = {"challenge": "SMS_MFA", "session": challenge["session"]}
    assert code_of(app.post("/challenge", **answer, code=another(app.code("phil")))) == (400, "code_mismatch")
    assert app.post("/challenge", **answer, code=app.code("phil")).json()["status"] == "signed_in"


def test_a_user_with_two_factors_chooses() -> None:
    app = App([PHIL])
    with_sms(app)
    first = app.sign_in("phil").json()
    tokens = app.post(
        "/challenge", challenge="SMS_MFA", session=first["session"], code=app.code("phil")
    ).json()
    token = {"AccessToken": tokens["access_token"]}
    secret = app.pool.call("AssociateSoftwareToken", token)["SecretCode"]
    app.pool.call("VerifySoftwareToken", {**token, "UserCode": app.totp(secret)})
    app.pool.call("SetUserMFAPreference", {**token, "SoftwareTokenMfaSettings": {"Enabled": True}})
    app.clock.advance(30)
    choice = app.sign_in("phil").json()
    assert choice["challenge"] == "SELECT_MFA_TYPE"
    assert set(choice["parameters"]["mfas_can_choose"]) == {"SMS_MFA", "SOFTWARE_TOKEN_MFA"}
    chosen = app.post(
        "/challenge", challenge="SELECT_MFA_TYPE", session=choice["session"], answer="SOFTWARE_TOKEN_MFA"
    ).json()
    done = app.post(
        "/challenge", challenge=chosen["challenge"], session=chosen["session"], code=app.totp(secret)
    )
    assert done.json()["status"] == "signed_in"


def test_a_session_is_used_once(app: App) -> None:
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    assert new_password(app, session).status_code == 200
    assert code_of(new_password(app, session, NEW_PASSWORD)) == (401, "not_authorized")
    assert app.sign_in("newcomer", PASSWORD).status_code == 200


def test_a_session_expires(app: App) -> None:
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    app.clock.advance(181)
    assert code_of(new_password(app, session)) == (400, "invalid_session")
    assert code_of(app.sign_in("newcomer", PASSWORD)) == (401, "not_authorized")


def test_a_session_lives_as_long_as_the_app_client_says() -> None:
    app = App(auth_session_validity=15)
    first = app.sign_in("newcomer", TEMPORARY).json()
    assert first["expires_in"] == 900
    app.clock.advance(890)
    assert new_password(app, first["session"]).status_code == 200


def test_a_session_answers_no_other_challenge(mfa: App) -> None:
    session = mfa.sign_in("newcomer", TEMPORARY).json()["session"]
    answer = mfa.post("/challenge", challenge="SOFTWARE_TOKEN_MFA", session=session, code="000000")
    assert code_of(answer) == (400, "invalid_session")


def test_a_later_session_does_not_serve_an_earlier_challenge(mfa: App) -> None:
    session = mfa.to_mfa_setup()["session"]
    assert code_of(new_password(mfa, session, NEW_PASSWORD)) == (400, "invalid_session")


def test_totp_cannot_be_set_up_with_the_session_of_another_challenge(mfa: App) -> None:
    session = mfa.sign_in("newcomer", TEMPORARY).json()["session"]
    assert code_of(mfa.post("/challenge/totp", session=session)) == (400, "invalid_session")


def test_a_session_of_another_app_is_refused(app: App) -> None:
    foreign = App().sign_in("newcomer", TEMPORARY).json()["session"]
    assert code_of(new_password(app, foreign)) == (400, "invalid_session")


def state_of(app: App, session: str) -> dict[str, Any]:
    """Read a sealed session as its client can."""
    return app.auth._sealer.open("challenge", session, max_age=900)


@pytest.mark.parametrize(
    "change",
    [{"username": "ada"}, {"challenge": "SOFTWARE_TOKEN_MFA"}, {"client_id": "other"}, {"session": "x" * 40}],
    ids=lambda change: next(iter(change)),
)
def test_a_session_that_a_client_changed_is_refused(app: App, change: dict[str, str]) -> None:
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    forged = Sealer([SECRET_KEY], clock=app.clock).seal("challenge", state_of(app, session) | change)
    body = forged.rpartition(".")[0].rpartition(".")[0]
    with_old_signature = body + "." + ".".join(session.rsplit(".", 2)[1:])
    assert code_of(new_password(app, forged)) == (400, "invalid_session")
    assert code_of(new_password(app, with_old_signature)) == (400, "invalid_session")


@pytest.mark.parametrize("change", ["less", "more"])
def test_a_session_that_another_version_sealed_is_refused(app: App, change: str) -> None:
    state = state_of(app, app.sign_in("newcomer", TEMPORARY).json()["session"])
    other = {"challenge": state["challenge"]} if change == "less" else state | {"more": 1}
    assert code_of(new_password(app, app.auth._sealer.seal("challenge", other))) == (400, "invalid_session")


def test_a_session_of_another_app_client_is_refused_under_the_same_key(app: App) -> None:
    """Two apps of one team may share the key; their app clients stay apart."""
    state = state_of(app, app.sign_in("newcomer", TEMPORARY).json()["session"])
    other = app.auth._sealer.seal("challenge", state | {"client_id": "other"})
    assert code_of(new_password(app, other)) == (400, "invalid_session")


def test_even_with_the_key_the_pool_refuses_another_user(app: App) -> None:
    """The seal is not the only guard: the pool binds its session to the user."""
    session = app.sign_in("newcomer", TEMPORARY).json()["session"]
    swapped = app.auth._sealer.seal("challenge", state_of(app, session) | {"username": "ada"})
    assert code_of(new_password(app, swapped, NEW_PASSWORD)) == (401, "not_authorized")
    assert app.sign_in("ada", PASSWORD).status_code == 200


def test_a_challenge_of_one_user_is_not_answered_by_the_code_of_another() -> None:
    app = App([ADA, NEWCOMER, LocalUser("second", temporary_password=TEMPORARY)], mfa="ON")
    secret = app.enrol()
    second = app.sign_in("second", TEMPORARY).json()
    setup = app.post("/challenge/totp", session=new_password(app, second["session"]).json()["session"]).json()
    app.post(
        "/challenge", challenge="MFA_SETUP", session=setup["session"], code=app.totp(setup["secret_code"])
    )
    app.clock.advance(30)
    session = app.sign_in("second").json()["session"]
    answer = app.post("/challenge", challenge="SOFTWARE_TOKEN_MFA", session=session, code=app.totp(secret))
    assert code_of(answer) == (400, "code_mismatch")


@pytest.mark.parametrize(
    "body",
    [
        {"challenge": "UNKNOWN", "session": "x"},
        {"session": "x"},
        {"challenge": "SMS_MFA", "session": "x"},
        {"challenge": "SMS_MFA", "session": "x", "code": ""},
        {"challenge": "SMS_MFA", "session": "x", "code": "a b"},
        {"challenge": "SMS_MFA", "session": "x", "code": 123456},
        {"challenge": "SMS_MFA", "session": "x" * 20_000, "code": "123456"},
        {"challenge": "SMS_MFA", "session": "x", "code": "123456", "username": "ada"},
        {"challenge": "NEW_PASSWORD_REQUIRED", "session": "x", "new_password": 1},
        {"challenge": "NEW_PASSWORD_REQUIRED", "session": "x", "new_password": PASSWORD, "attributes": []},
    ],
    ids=str,
)
def test_a_malformed_answer_is_422(app: App, body: dict[str, Any]) -> None:
    answer = app.post("/challenge", **body)
    assert code_of(answer) == (422, "invalid_request")
    assert PASSWORD not in answer.text


def test_a_wrong_name_of_a_challenge_is_not_repeated(app: App) -> None:
    answer = app.post("/challenge", challenge="my-password-was-here", session="x")
    assert code_of(answer) == (422, "invalid_request")
    assert "my-password-was-here" not in answer.text


@pytest.mark.parametrize("session", ["x", "a.b.c", "é", "." * 100])
def test_nonsense_for_a_session_is_400(app: App, session: str) -> None:
    assert code_of(new_password(app, session)) == (400, "invalid_session")
    assert code_of(app.post("/challenge/totp", session=session)) == (400, "invalid_session")
