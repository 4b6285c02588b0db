"""Whose page made the browser send it: what comes from elsewhere is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.exceptions import CrossSiteRequestError

TRUSTED = "https://spa.example"


def connection(
    *headers: tuple[str, str],
    method: str | None = "POST",
    host: str = "app.example",
    scheme: str | None = None,
) -> HTTPConnection:
    """Return a request, or a WebSocket handshake for the method `None`."""
    raw = [(name.lower().encode(), value.encode()) for name, value in [("Host", host), *headers]]
    kind = {"type": "websocket"} if method is None else {"type": "http", "method": method}
    return HTTPConnection({**kind, "headers": raw, **({"scheme": scheme} if scheme else {})})


def passes(asked: HTTPConnection) -> bool:
    try:
        SameOrigin([TRUSTED]).demand(asked)
    except CrossSiteRequestError:
        return False
    return True


def test_a_request_that_says_nothing_is_told_what_was_wanted() -> None:
    """A program that has taken the endpoint of pages finds out by the answer alone."""
    with pytest.raises(CrossSiteRequestError) as silent:
        SameOrigin([TRUSTED]).demand(connection())
    assert "Origin" in silent.value.message
    assert "Authorization" in silent.value.message
    with pytest.raises(CrossSiteRequestError) as elsewhere:
        SameOrigin([TRUSTED]).demand(connection(("Origin", "https://evil.example")))
    assert elsewhere.value.message == CrossSiteRequestError.message


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("site", ["same-origin", "none", "same-site", "cross-site"])
def test_safe_methods_pass(method: str, site: str) -> None:
    assert passes(connection(("Sec-Fetch-Site", site), method=method))


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "QUERY", "get", "ANYTHING", None]
)
def test_our_own_pages_may_do_anything(method: str | None) -> None:
    assert passes(connection(("Sec-Fetch-Site", "same-origin"), method=method))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "get", "ANYTHING", None])
@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, cross-site"]
)
def test_pages_of_others_may_not(method: str | None, site: str) -> None:
    assert not passes(connection(("Sec-Fetch-Site", site), method=method))


def test_an_origin_of_our_own_does_not_outweigh_what_the_browser_says() -> None:
    own = ("Origin", "https://app.example")
    assert not passes(connection(("Sec-Fetch-Site", "cross-site"), own))


def test_two_opinions_of_the_browser_are_none() -> None:
    twice = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "same-origin")]
    assert not passes(connection(*twice))


@pytest.mark.parametrize("method", ["POST", None])
@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://app.example", "app.example"),
        ("http://app.example", "app.example"),
        ("https://app.example", "APP.example"),
        ("http://localhost:8000", "localhost:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://[2001:db8::1]", "[2001:DB8::1]"),
        ("https://app.example.", "app.example."),
        ("https://app.example", "app.example:443"),
        ("http://app.example", "app.example:80"),
        ("https://[::1]", "[::1]:443"),
    ],
)
def test_older_browsers_are_known_by_their_origin(method: str | None, origin: str, host: str) -> None:
    assert passes(connection(("Origin", origin), host=host, method=method))


@pytest.mark.parametrize("method", ["POST", None])
@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "app.example",
        "//app.example",
        "https://",
        "https://evil.example",
        "https://app.example.evil.example",
        "https://evil-app.example",
        "https://sub.app.example",
        "https://app.example:8443",
        "https://app.example@evil.example",
        "https://evil.example@app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example https://evil.example",
        "https://[::1",
        "https://spa.example.evil.example",
        "http://spa.example",
        "https://SPA.example/",
        "chrome-extension://app.example",
        "moz-extension://app.example",
        "ftp://app.example",
        "file://app.example",
        "capacitor://app.example",
        "javascript://app.example",
        "HTTPS://app.example",
        "https://APP.example",
        "https://user@app.example",
        "https://user:password@app.example",
        "https://app.example.",
        "https://app.example:80",
        "http://app.example:443",
        "https://app.example:",
        "https://app.example?",
        "https://app.example#",
        "https://app.example\t",
        "https:app.example",
        "https:///app.example",
    ],
)
def test_other_origins_are_refused(method: str | None, origin: str) -> None:
    assert not passes(connection(("Origin", origin), method=method))


@pytest.mark.parametrize(("method", "scheme"), [("POST", "https"), (None, "wss")])
def test_a_page_without_tls_is_none_of_an_app_with_tls(method: str | None, scheme: str) -> None:
    """Somebody on the network may serve any page of `http://`."""
    for origin, own in {"http://app.example": False, "https://app.example": True}.items():
        assert passes(connection(("Origin", origin), method=method, scheme=scheme)) is own


@pytest.mark.parametrize(("method", "scheme"), [("POST", "http"), (None, "ws")])
@pytest.mark.parametrize("origin", ["http://app.example", "https://app.example"])
def test_a_proxy_may_have_ended_the_tls(method: str | None, scheme: str, origin: str) -> None:
    assert passes(connection(("Origin", origin), method=method, scheme=scheme))


@pytest.mark.parametrize(
    "header",
    [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example"),
    ],
)
def test_what_a_client_may_say_of_a_proxy_is_not_believed(header: tuple[str, str]) -> None:
    assert not passes(connection(("Origin", "https://evil.example"), header))
    assert passes(connection(("Origin", "http://app.example"), header))


@pytest.mark.parametrize("host", ["evil@app.example", "", "app.example, evil.example"])
def test_a_host_that_is_none_is_not_ours(host: str) -> None:
    assert not passes(connection(("Origin", f"https://{host}"), host=host))


@pytest.mark.parametrize("method", ["POST", None])
def test_nothing_said_is_refused(method: str | None) -> None:
    assert not passes(connection(method=method))


def test_a_referer_is_no_origin() -> None:
    assert not passes(connection(("Referer", "https://app.example/form")))


def test_two_origins_are_none() -> None:
    assert not passes(connection(("Origin", "https://app.example"), ("Origin", "https://app.example")))
    assert not passes(connection(("Origin", TRUSTED), ("Origin", TRUSTED)))


def test_two_hosts_are_none() -> None:
    assert not passes(connection(("Origin", "https://app.example"), ("Host", "app.example")))


@pytest.mark.parametrize(
    "headers", [[], [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")]]
)
def test_a_declared_origin_may_act_for_the_user(headers: list[tuple[str, str]]) -> None:
    assert passes(connection(("Origin", TRUSTED), *headers))
    assert passes(connection(("Origin", TRUSTED), *headers, method=None))


@given(st.text(max_size=40), st.text(max_size=40))
def test_noise_is_refused_and_breaks_nothing(site: str, origin: str) -> None:
    if site != "same-origin":
        asked = connection(("Sec-Fetch-Site", site), ("Origin", origin))
        assert passes(asked) is (origin == TRUSTED)


@pytest.mark.parametrize(
    ("scheme", "own"),
    [("https", ["https://app.example"]), ("http", ["http://app.example", "https://app.example"])],
)
def test_the_log_names_the_origins_that_would_have_done(scheme: str, own: list[str]) -> None:
    with pytest.raises(CrossSiteRequestError) as refused:
        SameOrigin().demand(connection(("Origin", "https://evil.example"), scheme=scheme))
    assert refused.value.found == ("https://evil.example",)
    assert [*refused.value.wanted] == own
