"""`make pictures`: pictures of the pages for the documentation, taken in Chromium from the gallery."""

import argparse
import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.cli.gallery.served import Gallery
from fastapi_cognito_auth.cli.gallery.state import Group
from fastapi_cognito_auth.cli.gallery.states import GROUPS
from fastapi_cognito_auth.pages import Look
from tests.browser.kit import chromium, serving
from tests.support import Clock

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
SHEET: Final = "gallery.png"
COLOURS: Final = 64
"""Of a picture: the pages have few, and the rest are the edges of letters."""

PHONE: Final = 360
DESKTOP: Final = 1280
PLAIN: Final = Look(name="The shop")
OWN: Final = Look(
    name="Corner bakery",
    colour="#8a3b12",
    colour_dark="#f2b48a",
    radius="1.25rem",
    font='Georgia, "DejaVu Serif", serif',
    home_url="/",
    help_url="/help",
    privacy_url="/privacy",
    terms_url="/terms",
)


class Picture(NamedTuple):
    """What a picture shows."""

    state: str
    width: int = 720
    scheme: str = "light"
    language: str = "en"
    look: Look = PLAIN


PICTURES: Final[Mapping[str, Picture]] = {
    "sign-in.png": Picture("sign-in-with-providers"),
    "sign-in-phone-dark.png": Picture("sign-in-with-providers", PHONE, "dark"),
    "password.png": Picture("password"),
    "email-code-wrong.png": Picture("email-code-wrong"),
    "authenticator-set-up.png": Picture("authenticator-set-up"),
    "sign-up.png": Picture("sign-up-weak"),
    "account.png": Picture("account", 900),
    "users.png": Picture("users", 1100),
    "user.png": Picture("user", 1100),
    "own-look.png": Picture("sign-in-by-password", look=OWN),
    "own-look-dark.png": Picture("sign-in-by-password", scheme="dark", look=OWN),
    "german.png": Picture("email-code", language="de"),
    "arabic.png": Picture("email-code", language="ar"),
}
"""By the names of their files."""


class Camera:
    """Takes pictures of states in one tab.

    Args:
        page: the tab.
        address: of the gallery.
    """

    def __init__(self, page: Any, address: str) -> None:
        self._page = page
        self._address = address

    def take(self, state: str, *, width: int, scheme: str, whole: bool = True) -> bytes:
        """Return a picture of a state.

        Args:
            state: its name.
            width: of the window.
            scheme: `light` or `dark`.
            whole: whether what one has to scroll to is on it.
        """
        self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self._page.set_viewport_size({"width": width, "height": 640 if width == PHONE else 480})
        self._page.goto(f"{self._address}/states/{state}")
        taken: bytes = self._page.screenshot(full_page=whole, caret="hide")
        return taken

    def both_schemes(self, state: str) -> Iterator[bytes]:
        """Take a state on a phone and on a desktop, each light and dark, as it is without scrolling."""
        self._page.goto(f"{self._address}/states/{state}")
        for width, height in ((PHONE, 720), (DESKTOP, 720)):
            self._page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                taken: bytes = self._page.screenshot(caret="hide")
                yield taken


@contextmanager
def camera(
    browser: Any, look: Look, language: str = "en", groups: Sequence[Group] = GROUPS
) -> Iterator[Camera]:
    """Set a camera up in front of a gallery of a look, in a language."""
    # The same moment at each run: dates are on the pages, too.
    with serving(Gallery(groups, look, Clock()).app()) as address:
        context = browser.new_context(locale=language)
        yield Camera(context.new_page(), address)
        context.close()


def small(taken: bytes) -> bytes:
    """Return a picture as a PNG of few colours."""
    from PIL import Image

    with Image.open(io.BytesIO(taken)) as opened:
        few = opened.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


def take(browser: Any, names: Sequence[str], folder: Path) -> None:
    """Take some pictures."""
    for name in names:
        wanted = PICTURES[name]
        with camera(browser, wanted.look, wanted.language) as before:
            taken = before.take(wanted.state, width=wanted.width, scheme=wanted.scheme)
        (folder / name).write_bytes(small(taken))


def take_sheet(browser: Any, folder: Path, groups: Sequence[Group] = GROUPS) -> None:
    """Take one picture of all states."""
    with camera(browser, PLAIN, groups=groups) as before:
        rows = "".join(
            f"<h2>{escape(group.title)}</h2><section>"
            + "".join(_figure(state.title, before.both_schemes(state.name)) for state in group.states)
            + "</section>"
            for group in groups
        )
    page = browser.new_page(viewport={"width": 1640, "height": 800})
    page.set_content(f"<!doctype html><style>{_STYLE}</style><body>{rows}")
    (folder / SHEET).write_bytes(small(page.screenshot(full_page=True)))
    page.close()


_STYLE: Final = """
body { margin: 24px; font: 15px/1.3 sans-serif; background: #e4e6ea; color: #1a1c21 }
h2 { margin: 24px 0 8px }
section { display: grid; grid-template-columns: 1fr 1fr; gap: 16px }
figure { margin: 0; display: flex; flex-wrap: wrap; gap: 6px }
figcaption { width: 100%; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
img { height: 160px }
"""


def _figure(title: str, taken: Iterator[bytes]) -> str:
    pictures = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(each).decode()}">' for each in taken
    )
    return f"<figure><figcaption>{escape(title)}</figcaption>{pictures}</figure>"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join([*PICTURES, SHEET])}")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="FOLDER")
    given = parser.parse_args(arguments)
    if unknown := {*given.names} - {*PICTURES, SHEET}:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    given.into.mkdir(parents=True, exist_ok=True)
    names = given.names or [*PICTURES, SHEET]
    with chromium() as browser:
        take(browser, [name for name in names if name != SHEET], given.into)
        if SHEET in names:
            take_sheet(browser, given.into)


if __name__ == "__main__":
    main()
