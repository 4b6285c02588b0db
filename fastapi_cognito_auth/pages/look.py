"""What a team says about its pages: the name and the colours, its own templates, the languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.pages.colours import Colour, contrast, read_colour

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

    Raises:
        ConfigurationError: a value is no colour, no length, no list of families or languages or no
            address, or a folder is missing.
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

    def __post_init__(self) -> None:
        for name in _COLOURS:
            if read_colour(getattr(self, name)) is None:
                msg = f"{name} of the pages is no colour such as #0b6b50, teal, rgb(…), hsl(…) or oklch(…)"
                raise ConfigurationError(msg)
        if _LENGTH.fullmatch(self.radius) is None:
            raise ConfigurationError("radius of the pages is no length such as 0, 4px or 0.5rem")
        if _FONT.fullmatch(self.font) is None:
            raise ConfigurationError("font of the pages is no list of families such as 'Open Sans', serif")
        if isinstance(self.languages, str):
            msg = f'languages of the pages is a list, such as ["{self.languages}"]'
            raise ConfigurationError(msg)
        for name in ("logo", "privacy_url", "terms_url", "help_url", "home_url"):
            value = getattr(self, name)
            if value is not None and _ADDRESS.fullmatch(value) is None:
                msg = f"{name} of the pages is no address: it begins with / or https://"
                raise ConfigurationError(msg)
        for name in ("templates", "catalogues"):
            folder = getattr(self, name)
            if folder is not None and not Path(folder).is_dir():
                msg = f"{name} of the pages is no folder: {folder}"
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
