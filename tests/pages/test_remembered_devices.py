"""Browsers that the pool remembers: asked for a second factor once, and then proven beneath the pages."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.pages.kit import HOME, App, Page
from tests.pages.test_getting_in import PLAIN
from tests.routers.kit import ADA, PASSWORD

EVE = LocalUser("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
SECOND_STEP = "Enter the code from your e-mail"
QUESTION = "Remember this browser?"
YES, NO = "Remember this browser", "Not now"
WELCOME = "/me"


def tracking(*, by_choice: bool = False, **pool: Any) -> App:
    """Return an app whose users are asked for a code by e-mail, but in browsers that are remembered."""
    options = {
        "device_tracking": "ALWAYS",
        "challenge_required_on_new_device": True,
        "mfa_methods": ["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"],
        **({} if by_choice else {"explicit_auth_flows": PLAIN}),
    }
    app = App([ADA, EVE], **{**options, **pool})
    for user in (ADA, EVE):
        ask(app, "AdminSetUserMFAPreference", user.username, EmailMfaSettings={"Enabled": True})
    return app


def ask(app: App, operation: str, username: str, **more: Any) -> dict[str, Any]:
    pool = app.auth.settings.user_pool_id
    return app.pool.call(operation, {"UserPoolId": pool, "Username": username, **more})


def begin(app: App, username: str = "ada") -> Page | None:
    """Sign in by a password; return the page that comes then, if it is not the one that was wanted."""
    app.http.cookies.delete("__Host-cognito-session")
    app.open(f"/account/sign-in?next={WELCOME}")
    if "password" in app.page.forms[0].fields:
        app.send(username=username, password=PASSWORD)
    else:
        app.send(username=username)
        app.send(password=PASSWORD)
    return None if arrived(app) else app.page


def sign_in(app: App, username: str = "ada") -> Page | None:
    """Sign in by both factors; return the page that comes then, if it is not the one that was wanted."""
    page = begin(app, username)
    assert page is not None
    assert page.heading == SECOND_STEP
    app.send(code=app.code(username))
    return None if arrived(app) else app.page


def arrived(app: App) -> bool:
    return app.answer.url.path == WELCOME


def devices(app: App, username: str = "ada") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = ask(app, "AdminListDevices", username)["Devices"]
    return listed


def cookies(app: App) -> dict[str, str]:
    return {cookie.name: cookie.value or "" for cookie in app.http.cookies.jar if "-device-" in cookie.name}


@pytest.mark.parametrize("by_choice", [False, True])
def test_a_browser_that_was_there_is_not_asked_for_the_second_step_again(by_choice: bool) -> None:
    app = tracking(by_choice=by_choice)
    assert sign_in(app) is None
    assert begin(app) is None
    assert app.who() == "ada"
    assert len(devices(app)) == 1


def test_another_browser_is_asked() -> None:
    app = tracking()
    sign_in(app)
    page = begin(App(beside=app))
    assert page is not None
    assert page.heading == SECOND_STEP


def test_a_remembered_browser_still_needs_the_password() -> None:
    app = tracking()
    sign_in(app)
    app.http.cookies.delete("__Host-cognito-session")
    app.open("/account/sign-in?next=/me")
    assert app.send(username="ada", password="Wrong-password-1!").status == 401
    assert app.who() is None


def test_where_users_decide_they_are_asked_once_and_go_on() -> None:
    app = tracking(device_tracking="OPT_IN")
    page = sign_in(app)
    assert page is not None
    assert page.heading == QUESTION
    # Whoever turns away from the question is signed in all the same.
    assert app.who() == "ada"
    app.click(YES)
    assert arrived(app)
    assert begin(app) is None


def test_who_does_not_want_it_is_asked_for_the_second_step_and_not_for_that_again() -> None:
    app = tracking(device_tracking="OPT_IN")
    sign_in(app)
    app.click(NO)
    assert arrived(app)
    assert sign_in(app) is None
    assert len(devices(app)) == 1


def test_nobody_is_asked_where_it_would_spare_nothing() -> None:
    app = tracking(device_tracking="OPT_IN", challenge_required_on_new_device=False)
    assert sign_in(app) is None
    assert len(devices(app)) == 1


def test_an_answer_that_is_none_is_asked_for_again() -> None:
    app = tracking(device_tracking="OPT_IN")
    sign_in(app)
    answer = app.http.post(app.page.path, data={"answer": "for ever"}, headers={"Origin": HOME})
    assert answer.status_code == 422
    app.click(YES)
    assert begin(app) is None


def test_the_question_is_of_who_was_signed_in_when_it_was_asked() -> None:
    app = tracking(device_tracking="OPT_IN")
    sign_in(app)
    question = app.page
    sign_in(app, "eve")
    app.page = question
    app.click(YES)
    page = begin(app)
    assert page is not None
    assert page.heading == SECOND_STEP


@pytest.mark.parametrize("by_choice", [False, True])
def test_a_browser_that_was_forgotten_is_asked_again_and_without_a_fault(by_choice: bool) -> None:
    app = tracking(by_choice=by_choice)
    sign_in(app)
    [device] = devices(app)
    ask(app, "AdminForgetDevice", "ada", DeviceKey=device["DeviceKey"])
    assert sign_in(app) is None
    assert begin(app) is None


def test_who_forgets_a_browser_in_the_account_is_asked_in_it_again() -> None:
    app = tracking()
    sign_in(app)
    app.open("/account/me")
    app.click("Forget")
    page = begin(app)
    assert page is not None
    assert page.heading == SECOND_STEP


def test_a_browser_that_is_forgotten_between_two_steps_begins_anew() -> None:
    app = tracking(device_tracking="OPT_IN")
    sign_in(app)
    app.click(NO)
    begin(app)
    code = app.code()
    ask(app, "AdminForgetDevice", "ada", DeviceKey=devices(app)[0]["DeviceKey"])
    page = app.send(code=code)
    assert page.problem == "This sign-in is over. Start again."
    assert page.forms[0].filled_in()["username"] == "ada"
    page = sign_in(app)  # type: ignore[assignment]
    assert page.heading == QUESTION


def test_a_code_as_the_first_step_goes_on_after_the_browser_was_forgotten() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"], device_tracking="ALWAYS")
    for _ in range(2):
        app.open("/account/sign-in?next=/me")
        app.send(username="ada")
        app.send(form=1)
        app.send(code=app.code())
        if app.who() is None:
            assert app.page.heading == SECOND_STEP
            app.send(code=app.code())
        assert app.who() == "ada"
        app.http.cookies.delete("__Host-cognito-session")
        for device in devices(app):
            ask(app, "AdminForgetDevice", "ada", DeviceKey=device["DeviceKey"])


def test_several_users_of_a_browser_have_a_device_each() -> None:
    app = tracking()
    sign_in(app)
    sign_in(app, "eve")
    assert begin(app) is None
    assert begin(app, "eve") is None
    assert (len(devices(app)), len(devices(app, "eve")), len(cookies(app))) == (1, 1, 2)


def test_the_cookie_of_another_user_does_nothing() -> None:
    app = tracking()
    sign_in(app, "eve")
    eves = cookies(app)
    other = App(beside=app)
    sign_in(other)
    [(place, _)] = cookies(other).items()
    app.http.cookies.clear()
    for name, value in {**eves, place: next(iter(eves.values()))}.items():
        app.http.cookies.set(name, value, domain="app.example")
    page = begin(app)
    assert page is not None
    assert page.heading == SECOND_STEP


def test_a_changed_cookie_does_nothing() -> None:
    app = tracking()
    sign_in(app)
    for name, value in cookies(app).items():
        app.http.cookies.delete(name)
        app.http.cookies.set(name, value[:-1] + ("A" if value[-1] != "A" else "B"), domain="app.example")
    page = begin(app)
    assert page is not None
    assert page.heading == SECOND_STEP


def test_no_script_and_no_plain_connection_gets_what_proves_a_device_and_nobody_can_read_it() -> None:
    app = tracking()
    begin(app)
    answer = app.http.post(
        app.page.path,
        data={"code": app.code()},
        headers={"Origin": HOME},
        follow_redirects=False,
    )
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if "-device-" in line]
    assert cookie.startswith("__Host-cognito-session-device-")
    assert cookie.endswith("Path=/; Secure; HttpOnly; SameSite=Strict")
    assert len(cookie) < 800
    assert devices(app)[0]["DeviceKey"] not in cookie


def test_a_device_says_which_browser_it_is() -> None:
    app = tracking()
    app.http.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    sign_in(app)
    assert {"Name": "device_name", "Value": "Firefox, Linux"} in devices(app)[0]["DeviceAttributes"]


def test_a_name_may_be_long_and_written_in_either_case() -> None:
    name = "\N{GREEK SMALL LETTER ALPHA}" * 100
    app = App([LocalUser(name, password=PASSWORD)], device_tracking="ALWAYS", explicit_auth_flows=PLAIN)
    begin(app, name)
    begin(app, name.upper())
    assert len(devices(app, name)) == 1
    assert max(map(len, cookies(app).values())) < 800


def test_a_browser_keeps_the_devices_of_three_users() -> None:
    users = [
        LocalUser(name, password=PASSWORD, attributes={"email": f"{name}@example.com"})
        for name in ("u1", "u2", "u3", "u4")
    ]
    app = App(users, device_tracking="ALWAYS", explicit_auth_flows=PLAIN)
    for user in users:
        begin(app, user.username)
        app.clock.advance(1)
    assert len(cookies(app)) == 3
    assert sum(map(len, cookies(app).values())) < 2000
    begin(app, "u4")
    assert len(devices(app, "u4")) == 1
    begin(app, "u1")
    assert len(devices(app, "u1")) == 2


def test_who_cannot_be_remembered_is_signed_in_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    app = tracking()
    begin(app)
    code = app.code()
    call = app.pool.call

    def without_devices(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "ConfirmDevice":
            raise ConnectionError
        return call(operation, params)

    monkeypatch.setattr(app.pool, "call", without_devices)
    app.send(code=code)
    assert arrived(app)
    assert cookies(app) == {}
