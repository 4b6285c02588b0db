"""Who waits for a page, and who for an answer to read by program."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.page_requests import is_page_request, prefers_html

OF_BROWSERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html, application/xhtml+xml, image/jxr, */*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
]


def asks(accept: str | None, method: str = "GET", kind: str = "http", **headers: str) -> bool:
    given = {"accept": accept, **headers}
    raw = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in given.items()
        if value is not None
    ]
    scope: dict[str, Any] = {"type": kind, "headers": raw}
    return is_page_request(HTTPConnection(scope | ({"method": method} if kind == "http" else {})))


@pytest.mark.parametrize("accept", OF_BROWSERS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_that_shows_a_page_is_known_by_what_it_accepts(accept: str, method: str) -> None:
    assert asks(accept, method)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "text/html;q=0, application/xml",
        "text/html;q=0.5, application/json",
        "text/html;q=0.5, application/*",
        "text/html;q=0.5, */*",
        "text/html, application/json",
        "text/html, */*",
        "text/plain",
        "text/*",
        "text/html;q=x",
        "text/html;q=0=9",
        "text/html, application/json;q=1",
        "text/html, application/json;q=1.000",
        "text/html;q=2",
        "text/html;q=-1",
        "text/html;q=nan",
        "text/html;q=",
        "text/htmlx",
    ],
)
def test_a_program_is_known_by_what_it_accepts(accept: str | None) -> None:
    assert not asks(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "TEXT/HTML; Q=1.000",
        "application/json;q=0.9, text/html",
        "text/html;level=1;q=0.5, application/json;q=0.4",
        "*/*;q=0.1, text/html;q=0.2",
    ],
)
def test_weights_decide_whatever_the_order(accept: str) -> None:
    assert asks(accept)


def test_several_headers_count_as_one() -> None:
    assert prefers_html(["application/json;q=0.5", "text/html"])
    assert not prefers_html(["text/html;q=0.5", "application/json"])


@pytest.mark.parametrize("destination", ["empty", "iframe", "image", "script", "", "document, empty"])
def test_what_a_page_fetches_is_no_page(destination: str) -> None:
    assert not asks(OF_BROWSERS[0], sec_fetch_dest=destination)


def test_a_browser_says_that_it_shows_a_page() -> None:
    assert asks(OF_BROWSERS[0], sec_fetch_dest="document")


def test_a_script_that_says_so_and_asks_for_json_gets_json() -> None:
    assert not asks("application/json", sec_fetch_dest="document")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
def test_what_changes_something_is_no_request_for_a_page(method: str) -> None:
    assert not asks(OF_BROWSERS[0], method)


def test_the_handshake_of_a_web_socket_is_no_request_for_a_page() -> None:
    assert not asks(OF_BROWSERS[0], kind="websocket")


@given(st.lists(st.text(alphabet=st.sampled_from('texhml/*;=q0.19, json"ap'), max_size=60), max_size=3))
def test_no_header_is_an_error(accept: list[str]) -> None:
    assert prefers_html(accept) in {True, False}
