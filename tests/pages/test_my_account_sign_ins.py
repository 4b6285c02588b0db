"""My account by the pages: the browsers in which somebody is signed in, and devices."""

from collections.abc import Callable
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.pages.messages import Form
from fastapi_cognito_auth.pages.offer import Offer
from fastapi_cognito_auth.pages.visit import SignedInVisit, Visit
from tests.pages.kit import HOME
from tests.pages.my_kit import ROOT, Mine
from tests.redis_server import RedisServer
from tests.routers.kit import ADA, PASSWORD

EVE = LocalUser("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
Listed = Callable[..., Mine]


@pytest.fixture
def listed(redis_server: RedisServer) -> Listed:
    """Return what makes apps that have a list of sessions, all the same one."""

    def make(**options: Any) -> Mine:
        if "beside" not in options:
            options["users"] = [ADA, EVE]
        settings: Any = {"session_store": "redis", "redis_url": redis_server.url, "redis_timeout": 5}
        return Mine(settings=settings, **options)

    return make


def test_browsers_are_listed_and_this_one_is_marked(listed: Listed) -> None:
    app = listed()
    app.later(1)
    listed(beside=app, user_agent=FIREFOX)
    page = app.open(ROOT)
    rows = [text for text in page.texts["p"] if "Last used:" in text]
    assert rows[0].startswith("Firefox on Linux Last used: ")
    assert rows[1].startswith("a test This browser Last used: ")


def test_another_browser_is_signed_out(listed: Listed) -> None:
    app = listed()
    app.later(1)
    other = listed(beside=app)
    app.open(ROOT)
    app.press("/sessions/end")
    assert app.notice == "That browser is signed out."
    assert (app.who(), other.who()) == ("ada", None)
    assert other.open(ROOT).heading == "Sign in"


def test_this_browser_is_signed_out_by_its_own_button(listed: Listed) -> None:
    app = listed()
    app.press("/sessions/end")
    assert (app.page.heading, app.notice, app.who()) == ("Sign in", "You are signed out.", None)


def test_all_others_are_signed_out(listed: Listed) -> None:
    app = listed()
    assert not app.can_press("/sessions/end-others")
    others = [listed(beside=app) for _ in range(2)]
    app.open(ROOT)
    app.press("/sessions/end-others")
    assert app.notice == "All other browsers are signed out."
    assert (app.who(), [other.who() for other in others]) == ("ada", [None, None])


def test_the_session_of_somebody_else_stays(listed: Listed) -> None:
    app = listed()
    eve = listed(beside=app, username="eve")
    [field] = [form.fields["session"] for form in eve.page.forms if "session" in form.fields]
    for session in (field["value"], "*", ""):
        answer = app.http.post(f"{ROOT}/sessions/end", data={"session": session}, headers={"Origin": HOME})
        assert answer.url.path == ROOT
    assert (app.who(), eve.who()) == ("ada", "eve")


def test_one_signs_out_everywhere(listed: Listed) -> None:
    app = listed()
    other = listed(beside=app)
    app.press("/sign-out-everywhere")
    assert app.page.heading == "Sign in"
    assert (app.who(), other.who()) == (None, None)


def test_without_a_list_it_is_said_that_others_go_on_for_a_while() -> None:
    app = Mine()
    app.press("/sign-out-everywhere")
    assert app.notice.startswith("You are signed out here, and no sign-in can be renewed.")
    assert app.who() is None


def test_devices_are_listed_and_forgotten() -> None:
    app = Mine(device_tracking="ALWAYS")
    page = app.page
    assert [text for text in page.texts["p"] if "This browser Last used: " in text]
    for _ in range(2):
        app.page = page
        app.press("/devices/forget")
        assert app.notice == "The device is forgotten."
    assert "Remembered devices" not in app.page.texts["h2"]


def test_the_token_of_a_request_is_in_no_representation() -> None:
    form = Form({"code": "123456"})
    visit: Any = SignedInVisit(Visit(None, Offer(), form, None), "ada", "secret-token")  # type: ignore[arg-type]
    assert "secret-token" not in repr(visit)
    assert "123456" not in repr(visit.visit)
