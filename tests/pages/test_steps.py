"""Attempts in cookies: how many there may be, and whose they are."""

import secrets

import pytest
from starlette.requests import Request

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.pages.steps import _KEPT, _LIFE, _ROOM, Step, Steps, StepTooLargeError
from tests.support import CLIENT_ID, Clock

BOX = Box(["s" * 40])


class Browser:
    """Keeps cookies as a browser does."""

    def __init__(self, client_id: str = CLIENT_ID, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.steps = Steps(BOX, "session", client_id=client_id, clock=self.clock)
        self.cookies: dict[str, str] = {}

    @property
    def request(self) -> Request:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"host", b"app.example"), (b"cookie", cookies.encode())]
        return Request({"type": "http", "scheme": "https", "headers": headers})

    def keep(self, size: int = 10, instead_of: str | None = None) -> str:
        # Text that cannot be packed.
        step = Step("CODE", "/", "ada", {"session": secrets.token_urlsafe(size)})
        step_id, headers = self.steps.keep(self.request, step, instead_of=instead_of)
        for header in headers:
            self.take(header)
        self.clock.advance(1)
        return step_id

    def take(self, header: str) -> None:
        name, _, value = header.partition("=")
        if "Max-Age=0" in header:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value.partition(";")[0]

    def has(self, step_id: str) -> bool:
        return self.steps.find(self.request, step_id)[0] is not None


def test_the_oldest_attempts_make_way() -> None:
    browser = Browser()
    ids = [browser.keep() for _ in range(5)]
    assert [browser.has(one) for one in ids] == [False, False, True, True, True]


def test_large_attempts_leave_room_for_the_rest_of_a_request() -> None:
    browser = Browser()
    ids = [browser.keep(size=1000) for _ in range(4)]
    assert browser.has(ids[-1])
    assert sum(len(f"{name}={value}; ") for name, value in browser.cookies.items()) <= _ROOM


def test_an_attempt_that_is_large_by_itself_is_kept_alone() -> None:
    browser = Browser()
    first, large = browser.keep(), browser.keep(size=4000)
    assert (browser.has(first), browser.has(large)) == (False, True)


def test_an_attempt_that_goes_on_takes_the_place_of_what_it_was() -> None:
    browser = Browser()
    first = browser.keep()
    second = browser.keep(instead_of=first)
    assert (browser.has(first), browser.has(second), len(browser.cookies)) == (False, True, 1)


def test_what_fits_no_cookies_is_refused() -> None:
    with pytest.raises(StepTooLargeError):
        Browser().keep(size=20_000)


def test_an_attempt_of_another_app_client_is_none() -> None:
    browser = Browser()
    step_id = browser.keep()
    other = Browser(client_id="another", clock=browser.clock)
    other.cookies = browser.cookies
    assert not other.has(step_id)


def test_a_cookie_counts_under_its_own_name_alone() -> None:
    browser = Browser()
    first, second = browser.keep(), browser.keep()
    names = [*browser.cookies]
    browser.cookies = dict(zip(names, reversed(browser.cookies.values()), strict=True))
    assert not browser.has(first)
    assert not browser.has(second)


def test_after_its_time_an_attempt_only_tells_where_it_was_going() -> None:
    browser = Browser()
    step_id = browser.keep()
    assert browser.steps.find(browser.request, step_id)[1]
    browser.clock.advance(_LIFE)
    step, in_time = browser.steps.find(browser.request, step_id)
    assert (step is not None, in_time) == (True, False)
    browser.clock.advance(_KEPT)
    assert not browser.has(step_id)
