"""Answers that come after the session of their request has ended, or made way for another."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends

from fastapi_cognito_auth import User
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.routers.test_cookie_session import ADA, HOME, OWN_PAGE, PASSWORD, App

EVE = {"username": "eve", "password": PASSWORD}
Send = Callable[..., Awaitable[httpx2.Response]]


class SlowApp(App):
    """An app one of whose routes answers when it is told to."""

    def __init__(self, settings: LocalSettings | None = None) -> None:
        super().__init__(refresh_token_rotation=0, settings=settings)
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

        @self.app.get("/slow")
        async def slow(user: Annotated[User, Depends(self.auth.current_user)]) -> str:
            self.asked.set()
            await self.go_on.wait()
            return user.username

        @self.app.get("/slow-for-anybody")
        async def slow_for_anybody(
            user: Annotated[User | None, Depends(self.auth.optional_user)],
        ) -> str | None:
            self.asked.set()
            await self.go_on.wait()
            return None if user is None else user.username

    async def browse(
        self, in_between: Callable[[Send], Awaitable[Any]], *, path: str = "/slow", after: int = 3590
    ) -> tuple[httpx2.Response, Any]:
        """Let a browser that is signed in as ada do something while a request of it is under way.

        Returns:
            The answer to the request that was under way, and the session that the browser has then.
        """
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME, headers=OWN_PAGE) as browser:
            await browser.post("/session/sign-in", json=ADA)
            self.clock.advance(after)
            under_way = asyncio.ensure_future(browser.get(path))
            await asyncio.wait_for(self.asked.wait(), 10)
            await in_between(browser.post)
            self.go_on.set()
            answer = await under_way
            return answer, (await browser.get("/session")).json()


@pytest.mark.parametrize(
    ("settings", "after"),
    [pytest.param({}, 3590, id="refreshed"), pytest.param({"session_idle_timeout": 3600}, 600, id="used")],
)
def test_a_slow_answer_signs_nobody_in_who_has_signed_out_meanwhile(
    settings: LocalSettings, after: int
) -> None:
    app = SlowApp(settings)

    async def sign_out(post: Send) -> None:
        await post("/session/sign-out")
        # Such an answer may take its time.
        app.clock.advance(120)

    answer, session = asyncio.run(app.browse(sign_out, after=after))
    assert answer.json() == "ada"
    assert answer.headers.get_list("set-cookie") == []
    assert session is None


def test_a_slow_answer_takes_no_cookies_away_from_who_has_signed_in_anew_meanwhile() -> None:
    app = SlowApp({"session_idle_timeout": 600})
    answer, session = asyncio.run(
        app.browse(lambda post: post("/session/sign-in", json=EVE), path="/slow-for-anybody", after=700)
    )
    assert answer.json() is None
    assert answer.headers.get_list("set-cookie") == []
    assert session["user"]["username"] == "eve"


class SlowCognito(App):
    """An app whose pool takes its time with what it answers to a refresh."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, settings: LocalSettings | None = None) -> None:
        super().__init__(refresh_token_rotation=0, settings=settings)
        self.issued: dict[str, str] = {}
        self.revoked: list[str] = []
        asked, self._go_on = threading.Event(), threading.Event()
        call = self.pool.call

        def slow(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            answer = call(operation, params)
            if operation == "RevokeToken":
                self.revoked.append(params["Token"])
            if operation == "GetTokensFromRefreshToken":
                self.issued = answer["AuthenticationResult"]
                asked.set()
                self._go_on.wait(10)
            return answer

        self._asked = asked
        monkeypatch.setattr(self.pool, "call", slow)

    async def browse(self, in_between: Callable[[Send], Awaitable[Any]]) -> httpx2.Response:
        """Let a browser do something while the session of its request is refreshed."""
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME, headers=OWN_PAGE) as browser:
            await browser.post("/session/sign-in", json=ADA)
            self.clock.advance(3590)
            under_way = asyncio.ensure_future(browser.get("/me"))
            await asyncio.to_thread(self._asked.wait, 10)
            await in_between(browser.post)
            self._go_on.set()
            return await under_way


@pytest.mark.parametrize("store", ["cookie", "redis"])
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda post: post("/session/sign-out"), id="out"),
        pytest.param(lambda post: post("/session/sign-in", json=EVE), id="in anew"),
    ],
)
def test_what_a_refresh_brings_for_a_session_that_has_ended_meanwhile_ends_too(
    end: Callable[[Send], Awaitable[Any]],
    store: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where refresh tokens are rotated, the sign-out knew the old one alone."""
    settings: Any = {}
    if store == "redis":
        url = request.getfixturevalue("shared_redis").url
        settings = {"session_store": "redis", "redis_url": url, "redis_timeout": 5}
    app = SlowCognito(monkeypatch, settings=settings)
    answer = asyncio.run(app.browse(end))
    assert app.issued["RefreshToken"] in app.revoked
    assert answer.status_code == 401
    assert answer.headers.get_list("set-cookie") == []


def test_a_refresh_that_brings_the_tokens_of_somebody_else_ends_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = App()
    browser = app.signed_in()
    call = app.pool.call

    def other(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation != "GetTokensFromRefreshToken":
            return call(operation, params)
        asked = {"USERNAME": "eve", "PASSWORD": PASSWORD}
        client_id = app.pool.client_id
        return call(
            "InitiateAuth",
            {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client_id, "AuthParameters": asked},
        )

    monkeypatch.setattr(app.pool, "call", other)
    app.clock.advance(3590)
    answer = browser.get("/me")
    assert answer.status_code == 401
    assert browser.get("/session").json() is None
    assert list(browser.cookies) == []


def test_a_slow_answer_does_not_bring_back_who_was_signed_in_before() -> None:
    answer, session = asyncio.run(SlowApp().browse(lambda post: post("/session/sign-in", json=EVE)))
    assert answer.headers.get_list("set-cookie") == []
    assert session["user"]["username"] == "eve"


@pytest.mark.parametrize("before", [[], ["/session/sign-out"]], ids=["in anew", "out and in"])
def test_a_slow_answer_takes_no_new_session_away(before: list[str]) -> None:
    async def test() -> tuple[httpx2.Response, Any]:
        app = SlowApp()
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME, headers=OWN_PAGE) as browser:
            await browser.post("/session/sign-in", json=ADA)
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            for path in before:
                await browser.post(path)
            await browser.post("/session/sign-in", json=EVE)
            # Sent before the sign-in was answered, and read after it.
            late = await browser.get("/me", headers={"Cookie": cookie})
            return late, (await browser.get("/session")).json()

    late, session = asyncio.run(test())
    assert late.status_code == 401
    assert late.headers.get_list("set-cookie") == []
    assert session["user"]["username"] == "eve"


def test_no_request_with_a_cookie_from_before_a_refresh_outlives_the_sign_out() -> None:
    async def test() -> list[int]:
        app = SlowApp()
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME, headers=OWN_PAGE) as browser:
            await browser.post("/session/sign-in", json=ADA)
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            app.clock.advance(3590)
            before = await browser.get("/me", headers={"Cookie": cookie})
            await browser.post("/session/sign-out")
            after = await browser.get("/me", headers={"Cookie": cookie})
            return [before.status_code, after.status_code]

    assert asyncio.run(test()) == [200, 401]


# Tickets that are older than what the browser has by now, with sessions in cookies.


def test_a_copy_that_has_been_idle_for_too_long_ends_no_session_that_is_in_use() -> None:
    app = App(settings={"session_idle_timeout": 600})
    browser = app.signed_in()
    copy = app.browser()
    copy.cookies.update(dict(browser.cookies))
    for _ in range(4):
        app.clock.advance(200)
        assert browser.get("/me").json() == "ada"
    late = copy.get("/me")
    assert late.status_code == 401
    assert late.headers.get_list("set-cookie") == []
    assert browser.get("/me").json() == "ada"


@pytest.mark.parametrize(
    ("settings", "after", "meanwhile"),
    [
        pytest.param({"session_idle_timeout": 600}, 100, [200] * 4, id="used"),
        pytest.param({}, 3590, [10, 3600], id="refreshed"),
    ],
)
def test_a_slow_answer_puts_nothing_old_over_newer_cookies(
    settings: LocalSettings, after: int, meanwhile: list[int]
) -> None:
    async def test() -> tuple[httpx2.Response, bool]:
        app = SlowApp(settings)
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME, headers=OWN_PAGE) as browser:
            await browser.post("/session/sign-in", json=ADA)
            app.clock.advance(after)
            under_way = asyncio.ensure_future(browser.get("/slow"))
            await asyncio.wait_for(app.asked.wait(), 10)
            for seconds in meanwhile:
                app.clock.advance(seconds)
                assert (await browser.get("/me")).status_code == 200
            newest = dict(browser.cookies)
            app.go_on.set()
            return await under_way, dict(browser.cookies) == newest

    answer, kept = asyncio.run(test())
    assert answer.json() == "ada"
    assert answer.headers.get_list("set-cookie") == []
    assert kept
