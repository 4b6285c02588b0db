"""Where a token is looked for, and what happens if there are several."""

import re

import pytest
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.transports import (
    NO_TOKEN,
    BearerTransport,
    CookieTransport,
    FirstOf,
    HeaderTransport,
    NoToken,
)
from fastapi_cognito_auth.exceptions import CrossSiteRequestError, InvalidTokenError

COOKIE = CookieTransport("__Host-token", SameOrigin())
HEADER = HeaderTransport("x-amzn-oidc-accesstoken", SameOrigin())
ALL = FirstOf([BearerTransport(), COOKIE, HEADER])


def connection(*headers: tuple[str, str], method: str = "GET") -> HTTPConnection:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return HTTPConnection({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize(
    "header",
    ["__Host-token=a.b.c", "x=1; __Host-token=a.b.c; y=2", "x=1;__Host-token=a.b.c", "__Host-token = a.b.c "],
)
def test_the_cookie_is_found_among_others(header: str) -> None:
    assert COOKIE.read(connection(("Cookie", header))) == "a.b.c"


def test_cookies_may_come_in_several_fields() -> None:
    """RFC 9113 section 8.2.3."""
    assert COOKIE.read(connection(("Cookie", "x=1"), ("Cookie", "__Host-token=a.b.c"))) == "a.b.c"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x=1",
        "__Host-token",
        "__Host-token=",
        "__host-token=a",
        "x__Host-token=a",
        "x=__Host-token=a",
        ";;=;",
    ],
)
def test_other_cookies_are_no_credential(header: str) -> None:
    assert COOKIE.read(connection(("Cookie", header))) == NO_TOKEN
    assert COOKIE.read(connection()) == NO_TOKEN


@pytest.mark.parametrize("odd", list("\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"))
def test_only_blanks_and_tabs_surround_a_cookie(odd: str) -> None:
    """RFC 6265 section 5.2: browsers strip no more, so to them such a name has no `__Host-`."""
    for name in (f"{odd}__Host-token", f"__Host-token{odd}"):
        assert COOKIE.read(connection(("Cookie", f"x=1; {name}=theirs"))) == NO_TOKEN
        both = ("Cookie", f"__Host-token=ours; {name}=theirs")
        assert COOKIE.read(connection(both)) == "ours"
    assert COOKIE.read(connection(("Cookie", f"__Host-token={odd}a.b.c{odd}"))) == f"{odd}a.b.c{odd}"
    assert COOKIE.read(connection(("Cookie", "\t__Host-token\t=\ta.b.c\t"))) == "a.b.c"


@pytest.mark.parametrize("odd", list("\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"))
def test_only_blanks_and_tabs_surround_a_token(odd: str) -> None:
    """RFC 9110 section 5.6.3. What else is there belongs to the token, and makes it invalid."""
    bearer = BearerTransport()
    for around in (f"a.b.c{odd}", f"{odd}a.b.c", odd):
        assert bearer.read(connection(("Authorization", f"Bearer {around}"))) == around
        assert HEADER.read(connection(("x-amzn-oidc-accesstoken", around))) == around
    assert bearer.read(connection(("Authorization", "Bearer  \ta.b.c \t"))) == "a.b.c"
    assert HEADER.read(connection(("x-amzn-oidc-accesstoken", " a.b.c\t"))) == "a.b.c"


def test_two_cookies_of_one_name_are_refused() -> None:
    """Another host of the domain may set one beside ours (RFC 6265 section 8.6)."""
    with pytest.raises(InvalidTokenError):
        COOKIE.read(connection(("Cookie", "__Host-token=ours; __Host-token=theirs")))
    with pytest.raises(InvalidTokenError):
        COOKIE.read(connection(("Cookie", "__Host-token=ours"), ("Cookie", "__Host-token=theirs")))


def test_one_cookie_told_twice_is_one() -> None:
    assert COOKIE.read(connection(("Cookie", "__Host-token=ours; __Host-token=ours"))) == "ours"


def test_a_cookie_is_not_believed_from_pages_of_others() -> None:
    cookie = ("Cookie", "__Host-token=a.b.c")
    with pytest.raises(CrossSiteRequestError):
        COOKIE.read(connection(cookie, ("Sec-Fetch-Site", "cross-site"), method="POST"))
    assert COOKIE.read(connection(cookie, ("Sec-Fetch-Site", "same-origin"), method="POST")) == "a.b.c"


def test_without_a_cookie_nobody_asks_whose_page_it_is() -> None:
    assert COOKIE.read(connection(("Sec-Fetch-Site", "cross-site"), method="POST")) == NO_TOKEN


def test_the_header_of_a_gateway_is_read() -> None:
    assert HEADER.read(connection(("X-Amzn-Oidc-Accesstoken", "a.b.c"))) == "a.b.c"


@pytest.mark.parametrize(
    "headers", [[], [("x-amzn-oidc-accesstoken", "")], [("x-amzn-oidc-accesstoken", " \t")]]
)
def test_without_the_header_there_is_no_credential(headers: list[tuple[str, str]]) -> None:
    assert HEADER.read(connection(*headers)) == NO_TOKEN


def test_two_headers_of_a_gateway_are_refused() -> None:
    """A client may have added its own beside the gateway's."""
    header = ("x-amzn-oidc-accesstoken", "a.b.c")
    with pytest.raises(InvalidTokenError):
        HEADER.read(connection(header, header))


def test_the_header_of_a_gateway_is_not_believed_from_pages_of_others() -> None:
    """The gateway finds the user by a cookie, which travels with requests of any page."""
    header = ("x-amzn-oidc-accesstoken", "a.b.c")
    with pytest.raises(CrossSiteRequestError):
        HEADER.read(connection(header, ("Sec-Fetch-Site", "cross-site"), method="POST"))


BEARER = ("Authorization", "Bearer from-the-header")
COOKIES = ("Cookie", "__Host-token=from-the-cookie")
GATEWAY = ("x-amzn-oidc-accesstoken", "from-the-gateway")


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([BEARER, COOKIES, GATEWAY], "from-the-header"),
        ([COOKIES, GATEWAY], "from-the-cookie"),
        ([GATEWAY], "from-the-gateway"),
        ([("Authorization", "Basic eDp5"), COOKIES], "from-the-cookie"),
        ([("Authorization", "Bearer "), GATEWAY], "from-the-gateway"),
    ],
)
def test_the_first_in_a_fixed_order_counts(headers: list[tuple[str, str]], token: str) -> None:
    assert ALL.read(connection(*headers)) == token


def test_nothing_at_all_is_no_credential() -> None:
    assert ALL.read(connection()) == NO_TOKEN


def test_a_refusal_is_not_made_up_for_by_what_comes_later() -> None:
    with pytest.raises(InvalidTokenError):
        ALL.read(connection(BEARER, BEARER, COOKIES))
    with pytest.raises(CrossSiteRequestError):
        ALL.read(connection(COOKIES, GATEWAY, method="POST"))


def test_an_authorization_header_needs_no_origin() -> None:
    """No browser attaches one by itself."""
    asked = connection(BEARER, COOKIES, ("Sec-Fetch-Site", "cross-site"), method="POST")
    assert ALL.read(asked) == "from-the-header"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("aaa.bbb.ccc", "lacks its scheme"),
        ("Basic aGVsbG8=", "another scheme"),
        ("Basic", "another scheme"),
        ("Token aaa.bbb.ccc", "another scheme"),
        ("Bearer:aaa.bbb", "another scheme"),
        ("Bearer", "no token"),
        ("Bearer  ", "no token"),
    ],
)
@pytest.mark.parametrize("transport", [BearerTransport(), ALL])
def test_a_header_that_is_almost_right_says_what_to_write(
    transport: BearerTransport | FirstOf, header: str, said: str
) -> None:
    found = transport.read(connection(("Authorization", header)))
    assert isinstance(found, NoToken)
    refused = found.error()
    assert re.search(f"{said}.*`Bearer`", str(refused))
    assert (refused.status_code, refused.headers) == (401, {"WWW-Authenticate": "Bearer"})
    assert header.rsplit(maxsplit=1)[-1] not in str(refused).replace("`Bearer`", "")


def test_without_any_header_nothing_is_said_of_one() -> None:
    found = ALL.read(connection())
    assert isinstance(found, NoToken)
    assert "carries no access token" in str(found.error())
