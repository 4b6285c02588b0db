"""Second factors of a signed-in user, over HTTP."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.routers.kit import ADA, PASSWORD, App, another, code_of

PHIL = LocalUser(
    "phil", password=PASSWORD, attributes={"phone_number": "+15550109934", "phone_number_verified": "true"}
)
ON = {"enabled": True, "preferred_mfa": True}
OFF = {"enabled": False}


@pytest.fixture
def app() -> App:
    return App([ADA, PHIL])


def enrol(app: App, token: str) -> str:
    """Set up an authenticator app, switch it on, and move on to its next code."""
    secret: str = app.account("POST", "/mfa/totp", token).json()["secret_code"]
    done = app.account("POST", "/mfa/totp/verify", token, code=app.totp(secret), device_name="phone")
    assert done.status_code == 204
    assert app.account("PUT", "/mfa", token, software_token_mfa_settings=ON).status_code == 204
    app.clock.advance(30)
    return secret


def mfa(app: App, token: str) -> tuple[str | None, list[str]]:
    profile = app.account("GET", "", token).json()
    return profile["preferred_mfa_setting"], profile["user_mfa_setting_list"]


def sign_in_with_totp(app: App, secret: str) -> str:
    challenge = app.sign_in().json()
    assert challenge["challenge"] == "SOFTWARE_TOKEN_MFA"
    answer = app.post(
        "/challenge", challenge="SOFTWARE_TOKEN_MFA", session=challenge["session"], code=app.totp(secret)
    )
    token: str = answer.json()["access_token"]
    return token


def test_the_secret_comes_as_text_uri_and_qr_code(app: App) -> None:
    setup = app.account("POST", "/mfa/totp", app.access_token()).json()
    uri = urlsplit(setup["otpauth_uri"])
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Cognito:ada")
    assert parse_qs(uri.query) == {"secret": [setup["secret_code"]], "issuer": ["Cognito"]}
    assert ET.fromstring(setup["qr_svg"]).tag.endswith("svg")


def test_who_signs_in_by_address_sees_the_address_in_the_authenticator_app() -> None:
    user = LocalUser("ada@example.com", password=PASSWORD)
    app = App([user], username_attributes=["email"])
    setup = app.account("POST", "/mfa/totp", app.access_token("ada@example.com")).json()
    assert urlsplit(setup["otpauth_uri"]).path == "/Cognito:ada@example.com"


def test_a_name_of_any_length_fits_into_the_qr_code(app: App) -> None:
    name = "漢" * 128
    app.pool.create_user(LocalUser(name, password=PASSWORD))
    answer = app.account("POST", "/mfa/totp", app.access_token(name))
    assert (answer.status_code, answer.json()["qr_svg"][:4]) == (200, "<svg")


def test_an_authenticator_app_is_set_up_and_then_asked_for(app: App) -> None:
    token = app.access_token()
    secret = enrol(app, token)
    assert mfa(app, token) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])
    assert app.me(sign_in_with_totp(app, secret)).status_code == 200


def test_a_wrong_first_code_sets_nothing_up_and_the_right_one_still_does(app: App) -> None:
    token = app.access_token()
    secret = app.account("POST", "/mfa/totp", token).json()["secret_code"]
    wrong = app.account("POST", "/mfa/totp/verify", token, code=another(app.totp(secret)))
    assert code_of(wrong) == (400, "code_mismatch")
    switched = app.account("PUT", "/mfa", token, software_token_mfa_settings=ON)
    assert code_of(switched) == (400, "invalid_parameter")
    assert app.account("POST", "/mfa/totp/verify", token, code=app.totp(secret)).status_code == 204


def test_the_first_code_does_not_sign_in_again(app: App) -> None:
    token = app.access_token()
    secret = app.account("POST", "/mfa/totp", token).json()["secret_code"]
    app.account("POST", "/mfa/totp/verify", token, code=app.totp(secret))
    app.account("PUT", "/mfa", token, software_token_mfa_settings=ON)
    session = app.sign_in().json()["session"]
    reused = app.post("/challenge", challenge="SOFTWARE_TOKEN_MFA", session=session, code=app.totp(secret))
    assert code_of(reused) == (400, "expired_code")


def test_a_code_without_a_secret_is_refused(app: App) -> None:
    answer = app.account("POST", "/mfa/totp/verify", app.access_token(), code="123456")
    assert code_of(answer)[1] in {"not_authorized", "code_mismatch"}


def test_the_secret_of_one_user_sets_up_nothing_for_another(app: App) -> None:
    secret = app.account("POST", "/mfa/totp", app.access_token("ada")).json()["secret_code"]
    phil = app.access_token("phil")
    app.account("POST", "/mfa/totp", phil)
    stolen = app.account("POST", "/mfa/totp/verify", phil, code=app.totp(secret))
    assert code_of(stolen) == (400, "code_mismatch")


def test_first_codes_cannot_be_guessed_without_end(app: App) -> None:
    token = app.access_token()
    secret = app.account("POST", "/mfa/totp", token).json()["secret_code"]
    wrong = another(app.totp(secret))
    answers = [app.account("POST", "/mfa/totp/verify", token, code=wrong) for _ in range(7)]
    assert code_of(answers[0]) == (400, "code_mismatch")
    assert code_of(answers[-1]) == (401, "not_authorized")


def test_an_old_token_sets_no_app_up(app: App) -> None:
    """Whoever found one must not lock the owner out."""
    token = app.access_token()
    app.clock.advance(301)
    calls = app.calls()
    assert code_of(app.account("POST", "/mfa/totp", token)) == (401, "step_up_required")
    verify = app.account("POST", "/mfa/totp/verify", token, code="123456")
    assert code_of(verify) == (401, "step_up_required")
    assert calls == []


def test_an_app_in_force_is_replaced_after_a_recent_sign_in(app: App) -> None:
    token = app.access_token()
    secret = enrol(app, token)
    app.clock.advance(301)
    fresh = sign_in_with_totp(app, secret)
    assert app.account("POST", "/mfa/totp", fresh).status_code == 200


def test_an_unverified_replacement_leaves_the_old_app_in_force(app: App) -> None:
    token = app.access_token()
    secret = enrol(app, token)
    app.account("POST", "/mfa/totp", token)
    assert sign_in_with_totp(app, secret)


def test_a_stolen_old_token_does_not_turn_the_second_factor_off(app: App) -> None:
    token = app.access_token()
    secret = enrol(app, token)
    app.clock.advance(301)
    refused = app.account("PUT", "/mfa", token, software_token_mfa_settings=OFF)
    assert code_of(refused) == (401, "step_up_required")
    assert app.sign_in().json()["challenge"] == "SOFTWARE_TOKEN_MFA"
    fresh = sign_in_with_totp(app, secret)
    assert app.account("PUT", "/mfa", fresh, software_token_mfa_settings=OFF).status_code == 204
    assert app.sign_in().json()["status"] == "signed_in"


def test_the_second_factor_of_another_user_is_out_of_reach(app: App) -> None:
    ada = app.access_token("ada")
    enrol(app, ada)
    phil = app.access_token("phil")
    assert app.account("PUT", "/mfa", phil, software_token_mfa_settings=OFF).status_code in {204, 400}
    assert mfa(app, ada) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])


def test_factors_that_are_left_out_stay_as_they_are(app: App) -> None:
    token = app.access_token("phil")
    app.account("PUT", "/mfa", token, sms_mfa_settings={"enabled": True})
    enrol(app, token)
    assert mfa(app, token) == ("SOFTWARE_TOKEN_MFA", ["SMS_MFA", "SOFTWARE_TOKEN_MFA"])


def test_two_preferred_factors_are_refused(app: App) -> None:
    token = app.access_token("phil")
    enrol(app, token)
    answer = app.account("PUT", "/mfa", token, sms_mfa_settings=ON, software_token_mfa_settings=ON)
    assert code_of(answer) == (400, "invalid_parameter")


def test_a_pool_without_totp_says_so() -> None:
    app = App([ADA], mfa="OFF")
    assert code_of(app.account("POST", "/mfa/totp", app.access_token())) == (
        400,
        "software_token_mfa_not_found",
    )


def test_the_superseded_settings_switch_sms(app: App) -> None:
    token = app.access_token("phil")
    option = {"delivery_medium": "SMS", "attribute_name": "phone_number"}
    assert app.account("PUT", "/settings", token, mfa_options=[option]).status_code == 204
    assert app.account("GET", "", token).json()["mfa_options"] in ([option], [])
    assert app.sign_in("phil").json()["challenge"] == "SMS_MFA"
    assert app.account("PUT", "/settings", token, mfa_options=[]).status_code == 204
    assert app.sign_in("phil").json()["status"] == "signed_in"


def test_the_superseded_settings_are_marked_so(app: App) -> None:
    paths = app.app.openapi()["paths"]
    deprecated = {
        path for path, methods in paths.items() for what in methods.values() if what.get("deprecated")
    }
    assert deprecated == {"/account/settings"}
