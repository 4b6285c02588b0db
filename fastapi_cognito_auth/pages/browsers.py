"""What a browser calls itself, in words that people know."""

import re
from typing import Final, NamedTuple

_NAMES: Final = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
"""In this order: many say the names of others, too."""

_SYSTEMS: Final = (
    ("Windows", r"Windows"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


class Browser(NamedTuple):
    """A browser; what is not known is empty."""

    name: str
    system: str


def browser_of(user_agent: str | None) -> Browser:
    """Return what `User-Agent` says, if it says what browsers say."""
    text = user_agent or ""
    return Browser(_first(_NAMES, text), _first(_SYSTEMS, text))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, mark in known if re.search(mark, text)), "")
