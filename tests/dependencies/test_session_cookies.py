"""How a ticket is split over cookies, put together again, and taken away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.request_cookies import request_cookies
from fastapi_cognito_auth.dependencies.session_cookies import LONGEST_TICKET, SessionCookies

FIRST = "__Host-session"


def connection(cookies: dict[str, str] | None = None, **headers: str) -> HTTPConnection:
    raw = {"host": "app.example", **headers}
    listed = [(name.replace("_", "-").encode(), value.encode()) for name, value in raw.items()]
    if cookies:
        listed.append((b"cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()))
    scheme = "http" if "localhost" in raw["host"] else "https"
    return HTTPConnection({"type": "http", "method": "GET", "path": "/", "scheme": scheme, "headers": listed})


def written(ticket: str, before: Any = None) -> dict[str, tuple[str, str]]:
    """Return the cookies of a ticket, each with its value and its attributes."""
    headers = SessionCookies("session", "lax").write(connection(), ticket, max_age=60, before=before)
    pairs = (header.partition("; ") for header in headers)
    return {pair.partition("=")[0]: (pair.partition("=")[2], attributes) for pair, _, attributes in pairs}


@given(st.text("abcXYZ019-_", min_size=1, max_size=60), st.integers(1, LONGEST_TICKET // 60))
def test_a_ticket_comes_back_as_it_was(text: str, times: int) -> None:
    ticket = text * times
    cookies = {name: value for name, (value, _) in written(ticket).items()}
    found = SessionCookies("session", "lax").read(connection(cookies))
    assert found is not None
    assert (found.ticket, found.place, set(found.names)) == (ticket, FIRST, set(cookies))


def test_cookies_that_come_again_are_found_again_where_they_belong() -> None:
    """One header may be read in two ways: over TLS, and on this machine without."""
    cookies = SessionCookies("session", "lax")
    for _ in range(2):
        here = cookies.read(connection({"session": "1.here"}, host="localhost"))
        assert here is not None
        assert here.ticket == "here"
        assert cookies.read(connection({"session": "1.here"})) is None
    assert here is cookies.read(connection({"session": "1.here"}, host="localhost"))


@pytest.mark.parametrize("host", ["app.example", "localhost"])
def test_the_cookie_that_no_other_host_can_set_counts(host: str) -> None:
    both = {"session": "1.here", "__Host-session": "1.over-tls"}
    found = SessionCookies("session", "lax").read(connection(both, host=host))
    assert found is not None
    assert (found.place, found.ticket) == (FIRST, "over-tls")


def test_cookies_in_several_headers_are_read_as_one() -> None:
    found = connection({"__Host-session": "2.a", "other": "b"})
    found.scope["headers"].append((b"cookie", b"__Host-session.1=b"))
    read = SessionCookies("session", "lax").read(found)
    assert read is not None
    assert read.ticket == "ab"


def test_what_is_longer_than_any_session_is_not_remembered() -> None:
    cookies = SessionCookies("session", "lax")
    long = {"__Host-session": "1.x", "other": "y" * (2 * LONGEST_TICKET)}
    assert cookies.read(connection(long)) is not cookies.read(connection(long))


@pytest.mark.parametrize("length", [1, 3800, 3801, 7601, 11401, LONGEST_TICKET])
def test_a_ticket_of_any_number_of_cookies_comes_back(length: int) -> None:
    cookies = {name: value for name, (value, _) in written("x" * length).items()}
    found = SessionCookies("session", "lax").read(connection(cookies))
    assert found is not None
    assert found.ticket == "x" * length


@pytest.mark.parametrize(("length", "count"), [(1, 1), (3800, 1), (3801, 2), (7601, 3), (LONGEST_TICKET, 4)])
def test_there_are_as_many_cookies_as_needed(length: int, count: int) -> None:
    cookies = written("x" * length)
    assert list(cookies) == [FIRST, f"{FIRST}.1", f"{FIRST}.2", f"{FIRST}.3"][:count]
    assert cookies[FIRST][0].startswith(f"{count}.")


@pytest.mark.parametrize(
    ("same_site", "host", "name", "attributes"),
    [
        ("lax", "app.example", FIRST, "Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"),
        ("none", "app.example", FIRST, "Max-Age=60; Path=/; Secure; HttpOnly; SameSite=None"),
        ("lax", "localhost:8000", "session", "Max-Age=60; Path=/; HttpOnly; SameSite=Lax"),
        # No browser takes None without Secure.
        ("none", "localhost:8000", "session", "Max-Age=60; Path=/; HttpOnly; SameSite=Lax"),
    ],
)
def test_cookies_say_where_they_go(same_site: Any, host: str, name: str, attributes: str) -> None:
    cookies = SessionCookies("session", same_site)
    asked = connection(host=host)
    assert cookies.place(asked) == name
    assert cookies.write(asked, "x", max_age=60, before=None) == [f"{name}=1.x; {attributes}"]


def test_what_is_left_of_a_longer_ticket_is_taken_away() -> None:
    before = SessionCookies("session", "lax").read(
        connection({FIRST: "2.a", f"{FIRST}.1": "b", f"{FIRST}.3": "c"})
    )
    assert before is not None
    gone = ('""', "Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax")
    assert {name: cookie for name, cookie in written("x", before).items() if name != FIRST} == {
        f"{FIRST}.1": gone,
        f"{FIRST}.3": gone,
    }


@pytest.mark.parametrize(
    "cookies",
    [
        {FIRST: "1x"},
        {FIRST: "0.x"},
        {FIRST: "5.x", **{f"{FIRST}.{number}": "y" for number in range(1, 5)}},
        {FIRST: "x.1"},
        {FIRST: "01.x"},
        {FIRST: "2.x"},
        {FIRST: "3.x", f"{FIRST}.1": "y"},
        {f"{FIRST}.1": "y"},
    ],
)
def test_cookies_that_are_not_as_they_were_written_hold_no_ticket(cookies: dict[str, str]) -> None:
    found = SessionCookies("session", "lax").read(connection(cookies))
    assert found is not None
    assert (found.ticket, set(found.names)) == (None, set(cookies) - {f"{FIRST}.4"})


def test_a_point_in_a_ticket_is_part_of_it() -> None:
    found = SessionCookies("session", "lax").read(connection({FIRST: "1.a.b"}))
    assert found is not None
    assert found.ticket == "a.b"


@pytest.mark.parametrize(
    "cookies", [{"theme": "dark"}, {"other": "1.x"}, {"session": "1.x"}, {f"{FIRST}x": "1.x"}]
)
def test_other_cookies_are_none_of_a_session(cookies: dict[str, str]) -> None:
    assert SessionCookies("session", "lax").read(connection(cookies)) is None


@pytest.mark.parametrize("blank", ["\xa0", "\x85", "\x1f", "\x0b"])
def test_only_what_browsers_strip_is_no_part_of_a_name_or_a_value(blank: str) -> None:
    """With another blank before it a name has no `__Host-` to browsers: any host of the domain may set it."""
    cookies = f"{blank}{FIRST}=1.x; other{blank}=y; a={blank}b; c=d=e".encode("latin-1")
    asked = HTTPConnection({"type": "http", "scheme": "https", "headers": [(b"cookie", cookies)]})
    assert [*request_cookies(asked)] == [
        (f"{blank}{FIRST}", "1.x"),
        (f"other{blank}", "y"),
        ("a", f"{blank}b"),
        ("c", "d=e"),
    ]


def test_nothing_of_a_ticket_is_in_a_repr() -> None:
    assert "secret" not in repr(SessionCookies("session", "lax").read(connection({FIRST: "1.secret"})))


@pytest.mark.parametrize(
    ("headers", "secure"),
    [
        ({"host": "localhost"}, False),
        ({"host": "localhost:8000"}, False),
        ({"host": "127.0.0.1:8000"}, True),
        ({"host": "localhost", "x_forwarded_for": "1.2.3.4"}, True),
        ({"host": "localhost", "via": "1.1 proxy"}, True),
        ({"host": "localhost:8000", "origin": "https://app.example"}, True),
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, False),
        ({"host": "localhost:8000", "origin": "https://localhost:3000"}, False),
        ({"host": "localhost:8000", "origin": "https://127.0.0.1"}, False),
        ({"host": "localhost:8000", "origin": "https://localhost.evil.example"}, True),
        ({"host": "localhost:8000", "origin": "null"}, False),
    ],
)
def test_a_session_is_over_tls_but_on_this_machine(headers: dict[str, str], secure: bool) -> None:
    assert SessionCookies("s", "lax").place(connection(None, **headers)).startswith("__Host-") is secure


@pytest.mark.parametrize(("version", "secure"), [("1.0", True), ("1.1", False), ("2", False)])
def test_no_browser_speaks_as_a_proxy_does_that_says_nothing_of_itself(version: str, secure: bool) -> None:
    """nginx calls the app by its own address, in HTTP/1.0 for twenty years, and adds no header."""
    asked = connection(None, host="localhost:8000")
    asked.scope["http_version"] = version
    assert SessionCookies("s", "lax").place(asked).startswith("__Host-") is secure


def test_a_page_that_is_trusted_may_be_elsewhere() -> None:
    asked = connection(None, host="localhost:8000", origin="https://front.example")
    assert SessionCookies("s", "lax", ["https://front.example"]).place(asked) == "s"


def test_a_session_that_was_begun_over_tls_is_found_again_behind_such_a_proxy() -> None:
    cookies = SessionCookies("session", "lax")
    begun = connection(None, host="localhost:8000", origin="https://app.example")
    [header] = cookies.write(begun, "ticket", max_age=60, before=None)
    name, value = header.partition("; ")[0].split("=", 1)
    found = cookies.read(connection({"a": "b", name: value}, host="localhost:8000"))
    assert found is not None
    assert (found.place, found.ticket) == (FIRST, "ticket")
    # Another app's on this machine says nothing.
    assert cookies.place(connection({"__Host-other": "x"}, host="localhost:8000")) == "session"
