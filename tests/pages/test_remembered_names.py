"""Who signed in last in this browser, and how: offered to be gone on with by one click."""

import json

import pytest

from tests.pages.kit import HOME, App, Page
from tests.pages.my_kit import Mine
from tests.pages.test_getting_in import plain
from tests.routers.kit import PASSWORD

OTHER = "Use another name"
ONCE_MORE = "Continue as ada"


def signed_out(app: App) -> Page:
    """Sign out, and return the page that says so."""
    app.open("/account/sign-out")
    return app.send()


def by_password(app: App, name: str = "ada") -> App:
    app.open("/account/sign-in?next=/me")
    if "password" in app.page.forms[0].fields:
        app.send(username=name, password=PASSWORD)
    else:
        app.send(username=name)
        app.send(password=PASSWORD)
    return app


def last(app: App) -> list[str]:
    return [cookie.name for cookie in app.http.cookies.jar if cookie.name.endswith("-last")]


def buttons(page: Page) -> list[str]:
    return [button["text"] for form in page.forms for button in form.buttons]


def test_who_was_here_goes_on_by_one_click() -> None:
    app = by_password(App())
    page = signed_out(app)
    assert page.texts[".notice"] == ["You are signed out."]
    page = app.open("/account/sign-in?next=/me")
    assert buttons(page)[:2] == [ONCE_MORE, OTHER]
    page = app.click(ONCE_MORE)
    assert page.heading == "Enter your password"
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_where_there_are_passwords_alone_the_name_is_there_already() -> None:
    app = by_password(plain())
    signed_out(app)
    page = app.open("/account/sign-in?next=/me")
    assert page.texts[".who"] == ["Signing in as ada"]
    page = app.send(password="Wrong-password-1!")
    assert (page.status, page.texts[".who"]) == (401, ["Signing in as ada"])
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_who_had_a_code_sent_has_the_next_one_sent_at_once() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.click("Code by e-mail")
    app.send(code=app.code())
    signed_out(app)
    app.open("/account/sign-in?next=/me")
    page = app.click(ONCE_MORE)
    assert page.heading == "Enter the code from your e-mail"
    app.send(code=app.code())
    assert app.answer.json() == "ada"


def with_passkey() -> Mine:
    """Return an app in which ada has signed in by a passkey, and out."""
    mine = Mine()
    mine.make_passkey()
    signed_out(mine)
    mine.open("/account/sign-in?next=/me")
    mine.click(ONCE_MORE)
    mine.click("Passkey")
    mine.send(credential=json.dumps(mine.authenticator.get(mine.options())))
    assert mine.who() == "ada"
    signed_out(mine)
    return mine


def test_who_used_a_passkey_is_asked_for_it_at_once_and_can_choose_another_way() -> None:
    mine = with_passkey()
    mine.open("/account/sign-in?next=/me")
    page = mine.click(ONCE_MORE)
    assert page.heading == "Sign in with your passkey"
    mine.open(page.links["Try another way"])
    page = mine.send()
    assert page.heading == "Enter your password"
    mine.send(password=PASSWORD)
    assert mine.answer.json() == "ada"


def test_a_passkey_is_the_first_that_is_offered_beside_a_password() -> None:
    mine = with_passkey()
    mine.http.cookies.clear()
    mine.open("/account/sign-in")
    page = mine.send(username="ada")
    assert [button["text"] for button in page.forms[1].buttons] == ["Passkey", "Code by e-mail"]


def test_a_way_that_is_gone_leads_to_those_that_are_there() -> None:
    mine = with_passkey()
    mine.open("/account/sign-in?next=/me")
    mine.pool._plane.passkeys.table.clear()
    page = mine.click(ONCE_MORE)
    assert page.heading == "Enter your password"


def test_another_name_takes_the_place_of_the_last_one() -> None:
    app = by_password(App())
    signed_out(app)
    app.open("/account/sign-in?next=/me")
    page = app.click(OTHER)
    assert page.forms[0].filled_in() == {"next": "/me", "username": ""}
    assert last(app) == []
    assert OTHER not in app.open("/account/sign-in").text


def test_who_changes_to_another_account_is_not_offered_the_one_before() -> None:
    app = by_password(App())
    app.open("/account/sign-in?next=/me")
    page = app.click("Sign out and use another account")
    assert page.texts[".notice"] == ["You are signed out."]
    assert page.forms[0].filled_in() == {"next": "/me", "username": ""}
    assert (app.who(), last(app)) == (None, [])


def test_a_hint_counts_more_than_who_was_here() -> None:
    app = by_password(App())
    signed_out(app)
    page = app.open("/account/sign-in?login_hint=newcomer")
    assert page.forms[0].filled_in()["username"] == "newcomer"


def test_whom_nobody_let_in_is_not_remembered() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username="ada", password="Wrong-password-1!")
    assert last(app) == []


def test_another_browser_knows_nobody() -> None:
    app = by_password(App())
    assert OTHER not in App(beside=app).open("/account/sign-in").text


def test_a_team_may_have_no_names_remembered() -> None:
    app = by_password(App())
    other = App(beside=app, remember_names=False)
    other.http.cookies = app.http.cookies
    signed_out(other)
    assert OTHER not in other.open("/account/sign-in").text
    by_password(other)
    assert last(other) == []


@pytest.mark.parametrize("value", ["x", ""])
def test_a_changed_cookie_is_nobody(value: str) -> None:
    app = by_password(App())
    signed_out(app)
    [name] = last(app)
    kept = app.http.cookies[name]
    app.http.cookies.delete(name)
    app.http.cookies.set(name, value or kept[:-1], domain="app.example")
    assert OTHER not in app.open("/account/sign-in").text


def test_the_name_is_read_by_no_script_and_nobody_else() -> None:
    app = plain()
    answer = app.http.post(
        "/account/sign-in",
        data={"username": "ada", "password": PASSWORD},
        headers={"Origin": HOME},
        follow_redirects=False,
    )
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if "-last=" in line]
    assert cookie.startswith("__Host-cognito-session-last=")
    assert cookie.endswith("Path=/; Secure; HttpOnly; SameSite=Lax")
    assert "ada" not in cookie
    assert len(cookie) < 500


def test_who_has_deleted_the_account_is_not_offered() -> None:
    app = by_password(App())
    app.open("/account/me/delete")
    page = app.send(confirm="ada")
    assert "Your account is deleted." in page.text
    assert OTHER not in page.text
    assert last(app) == []


def test_a_link_that_says_an_account_was_deleted_forgets_no_name() -> None:
    app = by_password(App())
    app.http.cookies.delete("__Host-cognito-session")
    page = app.open("/account/sign-in?notice=account_deleted")
    assert OTHER in page.text
    assert len(last(app)) == 1


def test_forgetting_a_name_is_asked_for_by_the_pages_alone() -> None:
    app = by_password(App())
    answer = app.http.post(
        "/account/sign-in", data={"action": "forget"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert len(last(app)) == 1
