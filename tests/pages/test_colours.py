"""Colours as CSS writes them, and how well one is read on another."""

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages import Look, look
from fastapi_cognito_auth.pages.colours import contrast, read_colour
from tests.pages.kit import App

NUMBERS = st.integers(0, 255)


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("#fff", (255, 255, 255)),
        ("#0B6b50", (11, 107, 80)),
        ("#0b6b50ff", (11, 107, 80)),
        ("RebeccaPurple", (102, 51, 153)),
        ("rgb(11, 107, 80)", (11, 107, 80)),
        ("rgb(11 107 80 / 100%)", (11, 107, 80)),
        ("rgba(0%,50%,100%,1)", (0, 128, 255)),
        ("hsl(120deg 100% 25%)", (0, 128, 0)),
        ("hsl(240, 100%, 50%)", (0, 0, 255)),
        ("oklch(0.628 0.2577 29.23)", (255, 0, 0)),
        ("oklch(45.2% 0.3132 264.05deg)", (0, 0, 255)),
        ("oklab(1 0 0)", (255, 255, 255)),
    ],
)
def test_a_colour_is_read_however_it_is_written(text: str, rgb: tuple[int, int, int]) -> None:
    read = read_colour(text)
    assert read is not None
    assert all(abs(round(255 * one) - wanted) <= 1 for one, wanted in zip(read[:3], rgb, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        *("", "nonsense", "#12", "#12345", "#ggg", "rgb(1,2)", "rgb(1 2 3 4)", "rgb(1,2 3)", "hsl(1 2 3"),
        *("rgb(red, 1, 2)", "url(x)", "var(--x)", "#fff\n", "oklch()", "currentcolor", "1px", "hsl(a b c)"),
    ],
)
def test_what_is_no_colour_is_none(text: str) -> None:
    assert read_colour(text) is None


@given(st.text(max_size=60))
def test_whatever_is_written_it_is_a_colour_or_none(text: str) -> None:
    read_colour(text)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_contrast_is_the_same_both_ways_and_within_its_bounds(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    first, second = (read_colour("rgb({} {} {})".format(*colour)) for colour in (one, other))
    assert first is not None
    assert second is not None
    assert contrast(first, second) == contrast(second, first)
    assert 1 <= contrast(first, second) <= 21.001


@pytest.mark.parametrize(("one", "ratio"), [("#000", 21.0), ("#fff", 1.0), ("#767676", 4.54), ("#777", 4.48)])
def test_contrast_is_that_of_the_guidelines(one: str, ratio: float) -> None:
    read, white = read_colour(one), read_colour("white")
    assert read is not None
    assert white is not None
    assert round(contrast(read, white), 2) == ratio


@pytest.mark.parametrize("name", ["colour", "colour_dark", "on_colour", "on_colour_dark"])
def test_a_look_takes_colours_alone(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} of the pages is no colour"):
        Look(**{name: "nonsense"})  # type: ignore[arg-type]


@pytest.mark.parametrize("radius", ["round", "4", "-1px", "1px 2px", "1 px", "px", "1qq", "calc(1px)"])
def test_a_radius_is_a_length(radius: str) -> None:
    with pytest.raises(ConfigurationError, match="radius of the pages is no length"):
        Look(radius=radius)


@pytest.mark.parametrize("radius", ["0", "4px", ".5rem", "0.25em", "50%"])
def test_a_length_has_a_unit_unless_it_is_nothing(radius: str) -> None:
    assert Look(radius=radius).radius == radius


@pytest.mark.parametrize("font", ["", 'Georgia"', "a,,b", "'a", "a,", "1a", "a/b", '"a"b'])
def test_a_font_is_a_list_of_families(font: str) -> None:
    with pytest.raises(ConfigurationError, match="font of the pages is no list of families"):
        Look(font=font)


@pytest.mark.parametrize("font", ["Georgia, serif", "'Open Sans',system-ui", 'Source Sans 3, "A 1"'])
def test_families_are_names_or_quoted(font: str) -> None:
    assert Look(font=font).font == font


def test_languages_are_a_list() -> None:
    with pytest.raises(ConfigurationError, match="languages of the pages is no list such as"):
        Look(languages="de")


def test_the_ground_is_that_of_the_style_sheet() -> None:
    style = (Path(look.__file__).parent / "assets" / "pages.css").read_text()
    assert re.findall(r"--ground: (\S+);", style) == list(look._GROUNDS.values())


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (
            Look(colour="#9db7ff"),
            [
                "colour of the pages (#9db7ff) has a contrast of 2.0 to on_colour (#ffffff)",
                "colour of the pages (#9db7ff) has a contrast of 2.0 to the page (#fff)",
            ],
        ),
        (
            Look(colour_dark="#223"),
            [
                "colour_dark of the pages (#223) has a contrast of 1.2 to on_colour_dark (#10131a)",
                "colour_dark of the pages (#223) has a contrast of 1.1 to the page (#171a20)",
            ],
        ),
        (Look(), []),
    ],
)
def test_colours_that_are_hard_to_read_are_told_at_the_start(
    chosen: Look, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        App(look=chosen)
    told = [record.getMessage() for record in caplog.records if "contrast" in record.getMessage()]
    assert told == [f"{line}: text needs 4.5 (WCAG 2.2, 1.4.3)" for line in said]
