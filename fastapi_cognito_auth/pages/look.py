"""What a team says about its pages: the name and the colours, its own templates, the languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fastapi_cognito_auth.exceptions import ConfigurationError

_VALUE: Final = re.compile(r"[A-Za-z0-9#%.,()\"' _/+*-]{1,200}")
"""Of a CSS property: nothing that ends a declaration, or a style sheet."""

_ADDRESS: Final = re.compile(r"(?:/(?!/)|https://)[A-Za-z0-9%._~:/?#@!$&'()*+,;=-]*")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the pages look, and how they speak.

    Args:
        name: of the service, in titles and headings; the app's own title unless given.
        logo: the address of a picture, `/…` or `https://…`, shown in place of the name.
        colour: of buttons and links, any CSS colour.
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

    Raises:
        ConfigurationError: a value cannot stand in a style sheet, or is no address, or a folder is
            missing.
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

    def __post_init__(self) -> None:
        for name in ("colour", "colour_dark", "on_colour", "on_colour_dark", "radius", "font"):
            if _VALUE.fullmatch(getattr(self, name)) is None:
                msg = f"{name} of the pages is no value of a CSS property"
                raise ConfigurationError(msg)
        for name in ("logo", "privacy_url", "terms_url", "help_url"):
            value = getattr(self, name)
            if value is not None and _ADDRESS.fullmatch(value) is None:
                msg = f"{name} of the pages is no address: it begins with / or https://"
                raise ConfigurationError(msg)
        for name in ("templates", "catalogues"):
            folder = getattr(self, name)
            if folder is not None and not Path(folder).is_dir():
                msg = f"{name} of the pages is no folder: {folder}"
                raise ConfigurationError(msg)

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
