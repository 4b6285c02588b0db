"""Browsers that have just come back from signing in."""

import pytest
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.arrivals import Arrivals

ARRIVALS = Arrivals("session")


def connection(cookies: str = "", at: str = "/me", *, scheme: str = "https") -> HTTPConnection:
    headers = [(b"host", b"localhost"), (b"cookie", cookies.encode("latin-1"))]
    path, _, query = at.partition("?")
    asked = {"path": path, "query_string": query.encode()}
    return HTTPConnection({"type": "http", "method": "GET", "scheme": scheme, "headers": headers, **asked})


@pytest.mark.parametrize(
    ("scheme", "name", "attributes"),
    [
        ("https", "__Host-session-arrived", "Path=/; Secure; HttpOnly; SameSite=Lax"),
        ("http", "session-arrived", "Path=/; HttpOnly; SameSite=Lax"),
    ],
)
def test_a_browser_is_known_for_a_moment_on_the_page_that_it_is_sent_to(
    scheme: str, name: str, attributes: str
) -> None:
    pair, _, rest = ARRIVALS.mark(connection(scheme=scheme), "/me?a=1").partition("; ")
    assert (pair.partition("=")[0], rest) == (name, f"Max-Age=10; {attributes}")
    came = connection(f"a=b; {pair}", "/me?a=1", scheme=scheme)
    assert ARRIVALS.is_marked(came.scope)
    assert not ARRIVALS.is_marked(connection(pair, "/me", scheme=scheme).scope)
    assert ARRIVALS.forget(came) == f'{name}=""; Max-Age=0; {attributes}'


@pytest.mark.parametrize("value", ["", "x", '""', "\xe9" * 32])
def test_what_was_made_up_is_no_mark(value: str) -> None:
    assert not ARRIVALS.is_marked(connection(f"__Host-session-arrived={value}").scope)
