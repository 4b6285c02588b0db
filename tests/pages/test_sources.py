"""What a team may let browsers load, and what no look can allow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages import Look
from fastapi_cognito_auth.pages.sources import DIRECTIVES, policy, read_sources
from tests.pages.kit import App

TEXT = st.text(st.sampled_from("ahtps:/.'*;, \n\x00self-xé0localhost@"), max_size=30)


def directives(app: App) -> dict[str, str]:
    header = app.open("/account/sign-in").response.headers["content-security-policy"]
    found = [tuple(part.strip().split(" ", 1)) for part in header.split(";")]
    assert len(found) == len({name for name, _ in found})
    return {name: "nonce" if name == "script-src" and "nonce" in value else value for name, value in found}


OURS = {
    "default-src": "'none'",
    "script-src": "nonce",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "pages",
}


def test_nothing_more_is_allowed_unless_the_team_says_so() -> None:
    assert directives(App()) == OURS


def test_what_the_team_allows_is_added_to_that_directive_alone() -> None:
    look = Look(
        logo="https://cdn.example/logo.svg",
        sources={"font-src": ["'self'"], "img-src": ["https://img.example:8443", "'self'"], "frame-src": []},
    )
    assert directives(App(look=look)) == {
        **OURS,
        "font-src": "'self'",
        "img-src": "'self' data: https://cdn.example https://img.example:8443",
    }


def test_a_script_of_the_team_needs_the_nonce_or_a_source() -> None:
    text = policy({"script-src": ("https://js.example",)}, nonce="n", logo=None)
    assert "script-src 'nonce-n' https://js.example;" in text


@pytest.mark.parametrize("directive", DIRECTIVES)
@pytest.mark.parametrize(
    "source",
    [
        *("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'strict-dynamic'", "'none'", "'nonce-x'"),
        *(
            "*",
            "https:",
            "https://*",
            "https://*.example",
            "http://cdn.example",
            "blob:",
            "self",
            "",
            "'SELF'",
        ),
        *(
            "https://cdn.example/x",
            "https://a@b.example",
            "https://cdn.example;",
            "https://a,b",
            "https://a b",
        ),
        *(
            "https://cdn.example\n",
            "'self'\n",
            "https://cdn.example:99999",
            "https://cdn.example:",
            "https://é.de",
        ),
        *("http://localhost.evil.example", "http://127.0.0.1.evil.example", "wss://cdn.example", None, 1),
    ],
)
def test_a_source_that_opens_more_than_an_origin_is_refused(directive: str, source: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Look(sources={directive: [source]})
    assert f"sources of the pages has {source!r} for {directive}" in str(raised.value)


@pytest.mark.parametrize("directive", sorted({*DIRECTIVES} - {"img-src", "font-src"}))
def test_data_is_for_pictures_and_fonts_alone(directive: str) -> None:
    assert read_sources({"img-src": ["data:"], "font-src": ["data:"]})
    with pytest.raises(ConfigurationError, match="'data:' for"):
        Look(sources={directive: ["data:"]})


@pytest.mark.parametrize(
    "sources",
    [
        {"default-src": ["'self'"]},
        {"frame-ancestors": ["https://a.example"]},
        {"form-action": ["https://a.example"]},
        {"object-src": ["'self'"]},
        {"font-src; script-src": ["'self'"]},
        {1: ["'self'"]},
        {"font-src": "'self'"},
        {"font-src": None},
        ["font-src"],
        None,
    ],
)
def test_no_other_directive_and_nothing_but_lists_is_taken(sources: Any) -> None:
    with pytest.raises(ConfigurationError, match="sources of the pages"):
        Look(sources=sources)


def test_the_own_machine_is_a_source_without_encryption() -> None:
    given = ["http://localhost:5173", "http://127.0.0.1", "https://cdn.example"]
    assert read_sources({"script-src": given}) == {"script-src": tuple(given)}


def test_a_list_that_is_changed_later_is_judged_again() -> None:
    sources = ["'self'"]
    look = Look(sources={"script-src": sources})
    sources.append("'unsafe-inline'")
    with pytest.raises(ConfigurationError, match="unsafe-inline"):
        App(look=look)


@given(st.sampled_from(DIRECTIVES), TEXT)
def test_whatever_is_taken_begins_no_other_directive(directive: str, source: str) -> None:
    try:
        more = read_sources({directive: [source]})
    except ConfigurationError:
        return
    plain, opened = (policy(each, nonce="n", logo=None).split(";") for each in ({}, more))
    assert len(opened) - len(plain) == (directive in {"font-src", "media-src", "frame-src"})


@pytest.mark.parametrize(
    "logo",
    ["https://cdn.example;sandbox/l.svg", "https://*/l.svg", "https://a,b/l.svg", "https://a@b.example/l"],
)
def test_a_logo_brings_its_origin_and_nothing_else(logo: str) -> None:
    with pytest.raises(ConfigurationError, match="logo of the pages"):
        Look(logo=logo)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "redd") for name in ("colour", "colour_dark", "on_colour", "on_colour_dark")),
        *((name, None) for name in ("colour", "radius", "font")),
        *(("radius", value) for value in ("big", 4)),
        ("font", "a;b"),
        *(("languages", value) for value in ("de", [1], None)),
        *((name, "javascript:x") for name in ("logo", "privacy_url", "terms_url", "help_url", "home_url")),
        ("logo", 1),
        *((name, "nowhere") for name in ("templates", "catalogues")),
    ],
)
def test_a_value_that_is_wrong_is_told_with_its_name(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Look(**{name: value})
    assert str(raised.value).startswith(f"{name} of the pages ")
    assert str(raised.value).endswith(f": {value!r}")


def test_a_long_value_is_cut() -> None:
    with pytest.raises(ConfigurationError) as raised:
        Look(font=";" * 5000)
    assert len(str(raised.value)) < 250
