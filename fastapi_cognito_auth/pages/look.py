"""What a team says about its pages: the name and the colours, its own templates, the languages."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.colours import Colour, contrast, read_colour
from fastapi_cognito_auth.pages.sources import is_origin, read_sources, told

_LENGTH: Final = re.compile(r"0|(?:[0-9]+|[0-9]*\.[0-9]+)(?:px|rem|em|ch|ex|pt|mm|cm|in|vw|vh|vmin|vmax|%)")
_FAMILY: Final = r"""(?:"[A-Za-z0-9 ._-]+"|'[A-Za-z0-9 ._-]+'|[A-Za-z_-][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*)"""
_FONT: Final = re.compile(rf"(?=.{{1,200}}\Z){_FAMILY}(?: ?, ?{_FAMILY})*")

_COLOURS: Final = ("colour", "colour_dark", "on_colour", "on_colour_dark")
_GROUNDS: Final = {"colour": "#fff", "colour_dark": "#171a20"}
"""What links in these colours stand on, as the style sheet has it."""

_LEAST_CONTRAST: Final = 4.5
"""Of text (WCAG 2.2, 1.4.3)."""

_ADDRESS: Final = re.compile(r"(?:/(?!/)|https://)[A-Za-z0-9%._~:/?#@!$&'()*+,;=-]*")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the pages look, and how they speak.

    Args:
        name: of the service, in titles and headings; the app's own title unless given.
        logo: the address of a picture, `/…` or `https://…`, shown in place of the name.
        colour: of buttons and links: a name, `#…`, `rgb(…)`, `hsl(…)`, `oklab(…)` or `oklch(…)`.
        colour_dark: the same on dark ground.
        on_colour: of text on a button.
        on_colour_dark: the same on dark ground.
        radius: of corners, a CSS length.
        font: a CSS list of font families.
        templates: a folder whose templates are taken in place of those of the same name.
        catalogues: a folder of more languages, `<language>.po` each, or of other words for some.
        languages: those to choose from, the first where a browser wants none of them; all that there
            are, English first, unless given.
        privacy_url: linked from the pages of sign-up.
        terms_url: linked from the pages of sign-up.
        help_url: linked from every page, at the same place.
        home_url: where the name or the logo at the top leads, such as the first page of the app; nowhere
            unless given.
        sources: from where browsers may load more than ours need (Content-Security-Policy), such as
            fonts: `'self'` and origins, by `font-src`, `img-src`, `style-src`, `script-src`,
            `connect-src`, `media-src` or `frame-src`.

    Raises:
        ConfigurationError: a value is no colour, no length, no list of families or languages, no
            address or no source, or a folder is missing.
    """

    name: str | None = None
    logo: str | None = None
    colour: str = "#1f4fd1"
    colour_dark: str = "#9db7ff"
    on_colour: str = "#ffffff"
    on_colour_dark: str = "#10131a"
    radius: str = "0.5rem"
    font: str = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
    templates: str | Path | None = None
    catalogues: str | Path | None = None
    languages: Sequence[str] = field(default=())
    privacy_url: str | None = None
    terms_url: str | None = None
    help_url: str | None = None
    home_url: str | None = None
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in _COLOURS:
            if not _fits(getattr(self, name), read_colour):
                self._refuse(name, "is no colour such as #0b6b50, teal, rgb(…), hsl(…) or oklch(…)")
        if not _fits(self.radius, _LENGTH.fullmatch):
            self._refuse("radius", "is no length such as 0, 4px or 0.5rem")
        if not _fits(self.font, _FONT.fullmatch):
            self._refuse("font", "is no list of families such as 'Open Sans', serif")
        if not _is_list_of_texts(self.languages):
            self._refuse("languages", 'is no list such as ["de", "fr"]')
        for name in ("logo", "privacy_url", "terms_url", "help_url", "home_url"):
            value = getattr(self, name)
            if value is not None and not _fits(value, _ADDRESS.fullmatch):
                self._refuse(name, "is no address: it begins with / or https://")
        if self.logo is not None and not self.logo.startswith("/") and not is_origin(_origin(self.logo)):
            self._refuse("logo", "is no address of a picture, whose host is a name")
        for name in ("templates", "catalogues"):
            folder = getattr(self, name)
            if folder is not None and not Path(folder).is_dir():
                self._refuse(name, "is no folder")
        read_sources(self.sources)

    def _refuse(self, name: str, what: str) -> NoReturn:
        msg = f"{name} of the pages {what}: {told(getattr(self, name))}"
        raise ConfigurationError(msg)

    def hard_to_read(self) -> list[str]:
        """Return what is wrong with the contrast of the colours, in words for those who chose them."""
        pairs = [
            (name, shown, written)
            for name in ("colour", "colour_dark")
            for shown, written in (
                (f"on_{name}", getattr(self, f"on_{name}")),
                ("the page", _GROUNDS[name]),
            )
        ]
        found = []
        for name, shown, written in pairs:
            own = getattr(self, name)
            ratio = contrast(_on(own, _GROUNDS[name]), _on(written, own))
            if ratio < _LEAST_CONTRAST:
                found.append(
                    f"{name} of the pages ({own}) has a contrast of {ratio:.1f} to {shown} ({written}):"
                    f" text needs {_LEAST_CONTRAST} (WCAG 2.2, 1.4.3)"
                )
        return found

    def style(self) -> str:
        """Return the CSS custom properties that the style sheet goes by."""
        properties = {
            "--colour-light": self.colour,
            "--colour-dark": self.colour_dark,
            "--on-colour-light": self.on_colour,
            "--on-colour-dark": self.on_colour_dark,
            "--radius": self.radius,
            "--font": self.font,
        }
        return f":root{{{';'.join(f'{name}:{value}' for name, value in properties.items())}}}\n"


def _on(text: str, ground: str) -> Colour:
    """Return how a colour looks on another."""
    colour, below = read_colour(text), read_colour(ground)
    if colour is None or below is None:
        raise ConfigurationError  # both were read when the look was made
    return colour.over(below)


def _fits(value: object, read: Callable[[str], object]) -> bool:
    """Return whether a value is a text that can be read."""
    return isinstance(value, str) and read(value) is not None


def _is_list_of_texts(value: object) -> bool:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    return all(isinstance(each, str) for each in value)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
