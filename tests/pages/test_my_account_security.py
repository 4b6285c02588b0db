"""My account by the pages: the password, second factors and passkeys."""

import json
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.pages.my_standing import Standing
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.profile import Profile
from tests.local.authenticator import Authenticator
from tests.older import needs
from tests.pages.kit import HOME
from tests.pages.my_kit import ROOT, Mine
from tests.routers.kit import NEW_PASSWORD, PASSWORD, another

ADDED = "The authenticator app is set up. Its code is asked for from now on."
CAROL = LocalUser("carol", attributes={"email": "carol@example.com"})
"""Without a password."""


def to_password(**pool: Any) -> Mine:
    app = Mine(**pool)
    app.open(f"{ROOT}/password")
    return app


def test_the_password_is_changed() -> None:
    app = to_password()
    app.send(previous_password=PASSWORD, new_password=NEW_PASSWORD)
    assert app.notice.startswith("Your password is changed.")
    app.http.cookies.clear()
    app.sign_in(password=NEW_PASSWORD)
    assert app.page.path == ROOT


def test_changing_the_password_needs_the_current_one_and_no_fresh_sign_in() -> None:
    app = to_password()
    app.later()
    app.send(previous_password=PASSWORD, new_password=NEW_PASSWORD)
    assert app.notice.startswith("Your password is changed.")


def test_a_wrong_current_password_is_told_beside_its_field_and_none_is_repeated() -> None:
    app = to_password()
    page = app.send(previous_password="Wrong-horse-1!", new_password=NEW_PASSWORD)
    assert (page.status, page.problem) == (401, "This is not your current password.")
    assert [page.forms[0].filled_in()[name] for name in ("previous_password", "new_password")] == ["", ""]
    assert NEW_PASSWORD not in page.response.text
    assert app.who() == "ada"


@pytest.mark.parametrize("previous", ["x", "wrong", " " * 9, "x" * 300])
def test_a_current_password_that_none_can_be_is_told_beside_its_field(previous: str) -> None:
    app = to_password()
    page = app.send(previous_password=previous, new_password=NEW_PASSWORD)
    assert page.links["This is not your current password."] == "#previous_password"
    assert app.who() == "ada"


def test_a_weak_password_is_told_beside_its_field() -> None:
    page = to_password().send(previous_password=PASSWORD, new_password="weak")
    assert page.links["The password does not meet all of the rules below."] == "#new_password"


def test_a_missing_password_is_told_beside_its_field() -> None:
    page = to_password().send()
    assert (page.status, page.texts[".error"]) == (422, ["Error: Enter a password."] * 2)


def test_too_many_wrong_passwords_are_told_so() -> None:
    app = to_password()
    for _ in range(6):
        page = app.send(previous_password="Wrong-horse-1!", new_password=NEW_PASSWORD)
    assert page.status in {401, 429}


def test_who_has_no_password_chooses_one() -> None:
    app = Mine(users=[CAROL], username="carol")
    assert "You have no password yet." in app.page.text
    app.open(f"{ROOT}/password")
    assert app.page.heading == "Choose a password"
    app.later()
    app.send(new_password=NEW_PASSWORD)
    assert app.page.heading == "Confirm that it is you"
    app.pass_sign_in("carol")
    app.send(new_password=NEW_PASSWORD)
    assert app.notice.startswith("Your password is changed.")
    assert "You have no password yet." not in app.page.text


def test_a_password_of_which_nobody_told_is_asked_for() -> None:
    app = Mine()
    call = app.pool.call

    def silent(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = call(operation, params)
        return {**answer, "ConfiguredUserAuthFactors": []} if operation == "GetUserAuthFactors" else answer

    app.pool.call = silent  # type: ignore[method-assign]
    app.open(f"{ROOT}/password")
    page = app.send(new_password=NEW_PASSWORD)
    assert page.links["Enter a password."] == "#previous_password"
    app.send(previous_password=PASSWORD, new_password=NEW_PASSWORD)
    assert app.notice.startswith("Your password is changed.")


def test_a_pool_that_does_not_tell_ways_to_sign_in_has_an_account_all_the_same() -> None:
    app = Mine()
    app.fail(ServiceError("InvalidParameterException", "no"), "GetUserAuthFactors")
    assert "Change the password" in app.open(ROOT).links


def with_authenticator(**pool: Any) -> tuple[Mine, str]:
    """Return an app in which an authenticator app was set up, and its secret."""
    app = Mine(**pool)
    app.press("/authenticator")
    secret = app.page.texts[".secret"][0]
    app.send(code=app.totp(secret), name="My phone")
    assert app.notice == ADDED
    return app, secret


def test_the_secret_of_an_authenticator_is_in_fours_to_be_seen_and_in_one_to_be_copied() -> None:
    app = Mine()
    app.press("/authenticator")
    secret = app.page.texts[".secret"][0]
    fours = "".join(f"<span>{secret[at : at + 4]}</span>" for at in range(0, len(secret), 4))
    # Also where one reads from right to left.
    assert f'<code class="secret" dir="ltr">{fours}</code>' in app.page.response.text


def test_an_authenticator_app_is_set_up_and_asked_for() -> None:
    app, secret = with_authenticator()
    assert "Authenticator app On Switch off Replace the authenticator app" in app.page.text
    app.http.cookies.clear()
    app.later(60)
    app.sign_in()
    assert app.page.heading == "Enter the code of your authenticator app"
    assert "My phone" in app.page.text
    app.send(code=app.totp(secret))
    assert app.page.path == ROOT


def test_an_authenticator_app_is_replaced_by_another_one() -> None:
    app, secret = with_authenticator()
    app.press("/authenticator")
    assert "It takes the place of the one that is set up now." in app.page.text
    assert app.page.texts[".secret"][0] != secret


def test_a_first_code_that_none_can_be_is_told_beside_its_field() -> None:
    app = Mine()
    app.press("/authenticator")
    page = app.send(code="12345")
    assert page.links["The code is wrong. Enter the one that the app shows now."] == "#code"


def test_a_wrong_first_code_is_told_beside_its_field_and_the_secret_stays() -> None:
    app = Mine()
    app.press("/authenticator")
    secret = app.page.texts[".secret"][0]
    page = app.send(code=another(app.totp(secret)), name="My phone")
    assert page.links["The code is wrong. Enter the one that the app shows now."] == "#code"
    assert (page.forms[0].filled_in()["name"], page.texts[".secret"][0]) == ("My phone", secret)
    page = app.send(code="")
    assert page.problem == "Enter the code."
    app.send(code=app.totp(secret))
    assert app.notice == ADDED


def test_a_first_code_that_is_sent_twice_is_no_fault() -> None:
    app = Mine()
    app.press("/authenticator")
    page, code = app.page, app.totp(app.page.texts[".secret"][0])
    cookies = dict(app.http.cookies)
    app.send(code=code)
    app.http.cookies.update(cookies)
    app.page = page
    app.send(code=code)
    assert app.notice == ADDED


def test_an_authenticator_app_that_was_begun_long_ago_is_begun_anew() -> None:
    app = Mine(settings={"fresh_sign_in_max_age": None})
    app.press("/authenticator")
    app.later(16 * 60)
    app.send(code="123456")
    assert app.notice == "That took too long. Nothing has been changed; try again."


def test_second_factors_are_switched_on_and_off_and_put_first() -> None:
    app, _ = with_authenticator()
    app.press("/second-factors", "on", factor="EMAIL_OTP")
    assert app.notice == "The second step is changed."
    assert "Code by e-mail On" in app.page.text
    app.press("/second-factors", "first", factor="EMAIL_OTP")
    assert "Code by e-mail Asked for first" in app.page.text
    app.press("/second-factors", "off", factor="SOFTWARE_TOKEN_MFA")
    assert "Authenticator app On" not in app.page.text
    # It is set up still, so that it can be switched on again.
    app.press("/second-factors", "on", factor="SOFTWARE_TOKEN_MFA")
    assert "Authenticator app On" in app.page.text


def test_a_second_factor_whose_address_is_not_verified_asks_for_that_first() -> None:
    user = LocalUser("ada", password=PASSWORD, attributes={"email": "a@b.example", "email_verified": "false"})
    app = Mine(users=[user])
    assert "Code by e-mail Verify your e-mail address first." in app.page.text
    assert not app.can_press("/second-factors", "on")


def test_the_last_second_factor_stays_where_everybody_must_have_one() -> None:
    profile = Profile(username="ada", attributes={}, user_mfa_setting_list=["SOFTWARE_TOKEN_MFA"])
    offer = Offer(second_factors=("SOFTWARE_TOKEN_MFA",), second_factor_demanded=True)
    assert [factor.can_go_off for factor in Standing(profile, None).second_factors(offer)] == [False]


@needs("SetUserMFAPreference", "WebAuthnMfaSettings")
def test_a_passkey_stands_for_both_steps_where_pool_and_user_want_that() -> None:
    app = Mine()
    webauthn = {
        "RelyingPartyId": "app.example",
        "UserVerification": "required",
        "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }
    app.pool.call(
        "SetUserPoolMfaConfig",
        {
            "UserPoolId": app.pool.user_pool_id,
            "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
            "WebAuthnConfiguration": webauthn,
        },
    )
    app = Mine(beside=app)
    app.make_passkey()
    # It wants another second factor beside it.
    assert not app.can_press("/second-factors", "on")
    app.press("/authenticator")
    app.send(code=app.totp(app.page.texts[".secret"][0]))
    app.press("/second-factors", "on", factor="WEB_AUTHN")
    assert "Passkey On Switch off" in app.page.text
    app.press("/second-factors", "off", factor="WEB_AUTHN")
    assert "Passkey Switch on" in app.page.text


def test_what_is_offered_by_no_button_is_not_done() -> None:
    app = Mine()
    for factor, action in (
        ("SMS_MFA", "on"),
        ("SOFTWARE_TOKEN_MFA", "on"),
        ("EMAIL_OTP", "off"),
        ("EMAIL_OTP", "explode"),
        ("", ""),
    ):
        answer = app.http.post(
            f"{ROOT}/second-factors", data={"factor": factor, "action": action}, headers={"Origin": HOME}
        )
        assert (answer.url.path, answer.url.query) == (ROOT, b"")


def test_a_passkey_is_added_and_deleted() -> None:
    app = Mine()
    assert "You have no passkey yet." in app.page.text
    app.make_passkey()
    assert app.notice == "The passkey is added. You can sign in with it from now on."
    assert "Passkey On a device or in a password manager. Added: " in app.page.text
    app.open(app.page.links["Delete"])
    assert app.page.heading == "Delete the passkey"
    assert "only way" not in app.page.text
    app.send()
    assert app.notice == "The passkey is deleted."
    assert "Delete" not in app.page.links


def test_who_deletes_the_only_way_in_is_warned() -> None:
    app = Mine(users=[CAROL], username="carol")
    app.make_passkey()
    code = {"Name": "email_verified", "Value": "false"}
    app.pool.call(
        "AdminUpdateUserAttributes",
        {"UserPoolId": app.pool.user_pool_id, "Username": "carol", "UserAttributes": [code]},
    )
    page = app.open(app.page.links["Delete"])
    assert page.texts[".error"] == ["It is your only way to sign in. Without it you cannot get in any more."]


def test_a_passkey_that_is_deleted_twice_is_no_fault() -> None:
    app = Mine()
    app.make_passkey()
    page = app.open(app.page.links["Delete"])
    for _ in range(2):
        app.page = page
        app.send()
        assert app.notice == "The passkey is deleted."
    assert app.open(page.path).path.startswith(ROOT)


def test_what_a_browser_makes_a_passkey_of_is_named_as_browsers_name_it() -> None:
    app = Mine()
    app.open(f"{ROOT}/passkeys/add")
    assert {"rp", "user", "challenge", "pubKeyCredParams"} <= app.options().keys()
    assert None not in app.options().values()


def test_what_is_no_passkey_is_told_so_and_another_can_be_made() -> None:
    app = Mine()
    app.open(f"{ROOT}/passkeys/add")
    for sent in ("", "{", '{"id": 1}'):
        first = app.options()["challenge"]
        page = app.press("/passkeys/add", credential=sent)
        problem = "The passkey gave no answer that we understand. Try again."
        assert (page.status, page.problem) == (422, problem)
        assert app.options()["challenge"] != first


def test_a_passkey_of_another_site_is_refused() -> None:
    app = Mine()
    app.open(f"{ROOT}/passkeys/add")
    made = Authenticator(origin="https://evil.example").create(app.options())
    page = app.press("/passkeys/add", credential=json.dumps(made))
    assert page.problem == "This passkey cannot be taken. Try again, perhaps with another device."


def test_who_has_too_many_passkeys_is_told_what_helps() -> None:
    app = Mine()
    app.fail(ServiceError("LimitExceededException", "no"), "StartWebAuthnRegistration")
    page = app.open(f"{ROOT}/passkeys/add")
    assert page.status == 429
    assert page.problem.startswith("No further passkey can be added now.")


def test_no_button_makes_a_passkey_before_the_script_shows_it() -> None:
    app = Mine()
    page = app.open(f"{ROOT}/passkeys/add")
    assert "hidden" in page.forms[0].buttons[0]
    assert "Passkeys need scripts." in page.text
