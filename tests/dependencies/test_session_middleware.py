"""What the middleware writes into answers, and what it leaves as it is."""

import asyncio
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message

from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.session_middleware import SessionMiddleware, outgoing
from fastapi_cognito_auth.exceptions import ConfigurationError

OWNER = object()


def answered(
    start: Message,
    *more: Message,
    tell: list[str] | None = None,
    varies: bool = False,
    of_a_user: bool = False,
    kind: str = "http",
    asked: tuple[tuple[bytes, bytes], ...] = (),
) -> list[Message]:
    """Run an app behind the middleware that sends these messages, and return what was sent on."""
    sent: list[Message] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert await receive() == {"type": "received"}
        if kind != "lifespan":
            answer = outgoing(HTTPConnection(scope), OWNER)
            answer.varies = varies
            answer.is_of_a_user = of_a_user
            if tell is not None:
                answer.tell(["replaced=1"])
                answer.tell(tell)
        for message in (start, *more):
            await send(message)

    async def receive() -> Message:
        return {"type": "received"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "headers": [*asked], "path": "/"}
    asyncio.run(SessionMiddleware(app, OWNER, Arrivals("session"))(scope, receive, send))
    return sent


def test_what_is_no_request_is_passed_on_as_it_is() -> None:
    passed: list[Any] = []

    async def app(*arguments: Any) -> None:
        passed.extend(arguments)

    lifespan: tuple[Any, Any, Any] = ({"type": "lifespan"}, object(), object())
    asyncio.run(SessionMiddleware(app, OWNER, Arrivals("session"))(*lifespan))
    assert passed == [*lifespan]


START = "http.response.start"


@pytest.mark.parametrize("start", [START, "websocket.accept", "websocket.http.response.start"])
def test_cookies_are_written_where_an_answer_starts(start: str) -> None:
    [message] = answered({"type": start, "headers": [(b"x", b"y")]}, tell=["a=é", "b=2"])
    assert message["headers"] == [(b"x", b"y"), (b"set-cookie", b"a=\xe9"), (b"set-cookie", b"b=2")]


def test_an_answer_without_headers_gets_some() -> None:
    assert answered({"type": START}, tell=["a=1"])[0]["headers"] == [(b"set-cookie", b"a=1")]


def test_they_are_written_once() -> None:
    first, body, second = answered(
        {"type": START, "headers": []},
        {"type": "http.response.body", "body": b""},
        {"type": START, "headers": []},
        tell=["a=1"],
    )
    assert first["headers"] == [(b"set-cookie", b"a=1")]
    assert body == {"type": "http.response.body", "body": b""}
    assert second["headers"] == []


def test_an_answer_that_depends_on_the_session_says_so() -> None:
    assert answered({"type": START, "headers": []}, varies=True)[0]["headers"] == [
        (b"vary", b"Cookie"),
        (b"cache-control", b"private"),
    ]


def test_one_with_new_cookies_is_kept_nowhere() -> None:
    assert answered({"type": START, "headers": []}, varies=True, tell=["a=1"])[0]["headers"] == [
        (b"set-cookie", b"a=1"),
        (b"vary", b"Cookie"),
        (b"cache-control", b"private, no-store"),
    ]


PAGE = [(b"Content-Type", b"text/html; charset=utf-8")]


def caches(message: Message) -> list[bytes]:
    """Return what an answer says of caches."""
    return [value for name, value in message["headers"] if name.lower() == b"cache-control"]


@pytest.mark.parametrize(
    "kind", [b"text/html", b"Text/HTML ;charset=utf-8", b"application/xhtml+xml", b"text/html;charset=utf-8"]
)
def test_a_page_of_somebody_who_is_signed_in_is_kept_nowhere(kind: bytes) -> None:
    """The back button shows it after the sign-out, otherwise."""
    start = {"type": START, "headers": [(b"content-type", kind)]}
    assert caches(answered(start, varies=True, of_a_user=True)[0]) == [b"private, no-store"]


def test_what_a_browser_opens_as_a_page_is_kept_nowhere() -> None:
    """A bill in PDF is shown again by the back button as a page is."""
    headers = [(b"content-type", b"application/pdf")]
    for mode, said in ((b"navigate", b"private, no-store"), (b"cors", b"private")):
        asked = ((b"sec-fetch-site", b"none"), (b"sec-fetch-mode", mode))
        start = {"type": START, "headers": headers}
        assert caches(answered(start, varies=True, of_a_user=True, asked=asked)[0]) == [said]


def test_what_a_script_asks_for_may_stay_with_the_browser() -> None:
    start = {"type": START, "headers": [(b"content-type", b"application/json")]}
    assert caches(answered(start, varies=True, of_a_user=True)[0]) == [b"private"]


def test_a_page_of_nobody_may_stay_with_the_browser() -> None:
    assert caches(answered({"type": START, "headers": PAGE}, varies=True)[0]) == [b"private"]


@pytest.mark.parametrize("said", [b"private", b"private, max-age=60", b"no-cache"])
def test_a_page_of_a_route_that_speaks_of_caches_is_left_as_it_is(said: bytes) -> None:
    start = {"type": START, "headers": [*PAGE, (b"cache-control", said)]}
    assert caches(answered(start, varies=True, of_a_user=True)[0]) == [said]


@pytest.mark.parametrize("name", [b"cache-control", b"Cache-Control"])
def test_what_a_route_says_of_caches_stands(name: bytes) -> None:
    [message] = answered({"type": START, "headers": [(name, b"no-store")]}, varies=True)
    assert message["headers"] == [(name, b"no-store"), (b"vary", b"Cookie")]


@pytest.mark.parametrize("said", [b"public, max-age=600", b"max-age=600", b"s-maxage=9", b'private="x"'])
def test_what_caches_may_keep_for_others_holds_no_cookies(said: bytes) -> None:
    """A cache that keeps `Set-Cookie` gives the session to whoever asks next."""
    headers = [(b"Cache-Control", said), (b"x", b"y")]
    [message] = answered({"type": START, "headers": headers}, tell=["a=1"], varies=True)
    kept = [value for name, value in message["headers"] if name.lower() == b"cache-control"]
    assert kept == [b"private, no-store"]
    assert (b"x", b"y") in message["headers"]
    # Without cookies it is the route's own affair.
    [message] = answered({"type": START, "headers": headers}, varies=True)
    assert [value for name, value in message["headers"] if name == b"Cache-Control"] == [said]


@pytest.mark.parametrize("said", [b"no-store", b"private, max-age=60", b"max-age=60 , Private"])
def test_what_no_cache_keeps_for_others_may_hold_cookies(said: bytes) -> None:
    [message] = answered({"type": START, "headers": [(b"cache-control", said)]}, tell=["a=1"], varies=True)
    assert message["headers"] == [(b"cache-control", said), (b"set-cookie", b"a=1"), (b"vary", b"Cookie")]


def test_an_answer_of_which_nobody_asked_is_left_as_it_is() -> None:
    assert answered({"type": START, "headers": [(b"x", b"y")]})[0]["headers"] == [(b"x", b"y")]


def test_what_is_no_request_passes() -> None:
    message = {"type": "lifespan.startup.complete"}
    assert answered(message, kind="lifespan") == [message]


def test_whose_middleware_is_missing_is_told() -> None:
    connection = HTTPConnection({"type": "http", "headers": []})
    with pytest.raises(ConfigurationError, match=r"app\.add_middleware\(auth\.session_middleware\)$"):
        outgoing(connection, OWNER)


@pytest.mark.parametrize(("status", "forgotten"), [(200, True), (399, True), (400, False), (401, False)])
def test_a_browser_that_gets_its_page_has_arrived(status: int, forgotten: bool) -> None:
    scope = {"type": "http", "path": "/", "query_string": b"", "headers": [], "scheme": "https"}
    mark = Arrivals("session").mark(HTTPConnection(scope), "/").partition(";")[0].encode()
    headers = [(b"cookie", mark), (b"host", b"app.example")]
    sent: list[Message] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def send(message: Message) -> None:
        sent.append(message)

    middleware = SessionMiddleware(app, OWNER, Arrivals("session"))
    asyncio.run(middleware({**scope, "headers": headers}, None, send))  # type: ignore[arg-type]
    assert any(b"session-arrived" in value for _, value in sent[0]["headers"]) == forgotten
