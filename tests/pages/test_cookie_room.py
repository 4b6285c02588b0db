"""How long links of another site can make the requests of a browser: less than what servers take."""

import secrets
import string

import pytest

from tests.pages.kit import App
from tests.routers.kit import PASSWORD

_LINE = 8192
"""Bytes of one line that nginx takes (`large_client_header_buffers`)."""

_STARTS = ["sign-in", "sign-up", "forgot-password"]


def _noise(length: int) -> str:
    """Return text that cannot be packed."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _line(app: App) -> int:
    pairs = (f"{cookie.name}={cookie.value}; " for cookie in app.http.cookies.jar)
    return len("Cookie: ") + sum(map(len, pairs))


def _follow_links(app: App) -> None:
    for start in _STARTS * 2:
        for length in (900, 1900):
            app.open(f"/account/{start}?login_hint={_noise(128)}&next=/{_noise(length)}")
            fields = app.page.forms[0].fields
            app.http.post(
                app.page.path.partition("?")[0],
                data={
                    "next": fields["next"]["value"],
                    "username": fields.get("username", {}).get("value") or _noise(128),
                    "password": "Correct-horse-1!",
                    "attribute.email": f"{_noise(20)}@example.com",
                },
                headers={"Origin": "https://app.example"},
                follow_redirects=True,
            )


def test_links_leave_room_for_session_and_devices() -> None:
    app = App()
    _follow_links(app)
    assert 1000 < _line(app) <= 4096 + 512


def test_links_that_somebody_follows_who_is_signed_in_leave_the_requests_below_what_servers_take() -> None:
    app = App()
    app.open("/account/sign-in")
    app.send(username="ada")
    app.send(password=PASSWORD)
    assert app.who() == "ada"
    signed_in = _line(app)
    app.http.cookies.set("of-the-app", _noise(2500), domain="app.example")
    _follow_links(app)
    assert signed_in + 2500 < _line(app) < _LINE


@pytest.mark.parametrize("start", _STARTS)
def test_a_name_that_nobody_can_have_is_refused_on_each_page(start: str) -> None:
    app = App()
    app.open(f"/account/{start}?login_hint={_noise(129)}")
    page = app.send(username="a" * 129)
    assert page.status == 422
    assert "A name has 128 characters at most." in page.problem


@pytest.mark.parametrize(("length", "kept"), [(999, True), (1000, False)])
def test_a_long_way_on_is_left_out(length: int, kept: bool) -> None:
    path = "/" + "a" * length
    page = App().open(f"/account/sign-in?next={path}")
    assert page.forms[0].fields["next"]["value"] == (path if kept else "/")
