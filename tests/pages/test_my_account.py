"""My account by the pages, without scripts: each of them once."""

from tests.pages.my_kit import ROOT, Mine
from tests.routers.kit import NEW_PASSWORD


def test_the_account_is_shown_to_whom_it_belongs() -> None:
    page = Mine().page
    assert (page.path, page.heading) == (ROOT, "My account")
    assert page.texts["dt"] == ["E-mail address"]
    assert page.texts["dd"] == ["ada@example.com Verified"]


def test_who_is_not_signed_in_signs_in_and_comes_to_the_account() -> None:
    app = Mine()
    app.http.cookies.clear()
    assert app.open(ROOT).heading == "Sign in"
    assert app.pass_sign_in().path == ROOT


def test_details_are_changed() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes")
    app.press("/attributes", **{"attribute.name": "Ada Lovelace"})
    assert app.notice == "Your details are saved."
    assert "Ada Lovelace" in app.page.texts["dd"]


def test_a_new_address_is_verified_by_its_code() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes")
    app.press("/attributes", **{"attribute.email": "countess@example.com"})
    assert app.page.heading == "Verify your e-mail address"
    app.send(code=app.code())
    assert app.notice == "It is verified."
    assert app.page.texts["dd"] == ["countess@example.com Verified"]


def test_the_password_is_changed() -> None:
    app = Mine()
    app.open(f"{ROOT}/password")
    app.send(previous_password="Correct-horse-1!", new_password=NEW_PASSWORD)
    assert app.notice == "Your password is changed."
    app.http.cookies.clear()
    app.sign_in(password=NEW_PASSWORD)
    assert app.page.path == ROOT


def test_an_authenticator_app_is_set_up_and_switched_off_again() -> None:
    app = Mine()
    app.press("/authenticator")
    assert app.page.heading == "Set up an authenticator app"
    secret = app.page.texts[".secret"][0]
    app.send(code=app.totp(secret), name="My phone")
    assert app.notice == "The authenticator app is set up. Its code is asked for from now on."
    app.press("/second-factors", "off", factor="SOFTWARE_TOKEN_MFA")
    assert app.notice == "The second step is changed."


def test_a_passkey_is_added_and_deleted() -> None:
    app = Mine()
    app.make_passkey()
    assert app.notice == "The passkey is added. You can sign in with it from now on."
    app.open(app.page.links["Delete Passkey"])
    assert app.page.heading == "Delete the passkey"
    app.send()
    assert app.notice == "The passkey is deleted."
    assert "Delete Passkey" not in app.page.links


def test_one_signs_out_everywhere() -> None:
    app = Mine()
    app.press("/sign-out-everywhere")
    assert app.notice == "You are signed out."
    assert app.who() is None


def test_the_account_is_deleted_once_its_name_is_written() -> None:
    app = Mine()
    app.open(f"{ROOT}/delete")
    app.send(confirm="bob")
    assert app.page.problem == "Write it as it stands there."
    app.send(confirm="ada")
    assert app.notice == "Your account is deleted."
    users = app.pool.call("ListUsers", {"UserPoolId": app.pool.user_pool_id})["Users"]
    assert "ada" not in {user["Username"] for user in users}


def test_what_is_sensitive_leads_through_a_fresh_sign_in_and_back() -> None:
    app = Mine()
    app.later()
    assert app.open(f"{ROOT}/passkeys/add").heading == "Confirm that it is you"
    assert app.pass_sign_in().heading == "Add a passkey"
