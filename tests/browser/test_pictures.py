"""The pictures of the documentation are those that `make pictures` takes."""

import re
from pathlib import Path
from typing import Any

from fastapi_cognito_auth.cli.gallery.getting_in import signing_in
from fastapi_cognito_auth.cli.gallery.state import Group
from tests.browser.pictures import COLOURS, FOLDER, PHONE, PICTURES, SHEET, take, take_sheet

DOCS = FOLDER.parent
_LARGEST = 2 * 1024 * 1024
"""Bytes of all of them: whoever clones the project gets them, too."""


def test_the_documentation_shows_every_picture_that_is_taken() -> None:
    text = "".join(path.read_text() for path in DOCS.rglob("*.md"))
    shown = set(re.findall(r"\]\((?:\.\./)+pictures/([\w.-]+)\)", text))
    assert shown == {*PICTURES, SHEET} == {path.name for path in FOLDER.iterdir()}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < _LARGEST


def test_a_picture_and_a_sheet_are_taken(browser: Any, tmp_path: Path) -> None:
    from PIL import Image

    take(browser, ["sign-in-phone-dark.png"], tmp_path)
    few = Group("Some", {}, [state for state in signing_in.states if state.name == "sign-in"])
    take_sheet(browser, tmp_path, [few])
    for name, width in (("sign-in-phone-dark.png", PHONE), (SHEET, 1640)):
        with Image.open(tmp_path / name) as taken:
            assert (taken.format, taken.mode, taken.width) == ("PNG", "P", width)
            colours = taken.getcolors()
            assert colours is not None
            # Something is on it.
            assert 4 < len(colours) <= COLOURS
