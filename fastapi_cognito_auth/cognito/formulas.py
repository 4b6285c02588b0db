"""Cells of a CSV that a spreadsheet would take for formulas: it begins with an apostrophe, and is text.

Where a list separator is no comma, a spreadsheet parts cells within ours: at a semicolon or a tab, and at
the end of a line, since a quote in the middle of a cell of its own is none. So the same goes for what
stands after each of those, also behind quotes.
"""

import re
from typing import Final

# Full-width ones are turned into the others by input methods, and by some spreadsheets.
_FORMULA: Final = r"""(?:"|[^\S\t\r\n])*[=+\-@\uff1d\uff0b\uff0d\uff20]"""
_AT_START: Final = rf"(?:[\t\r\n']|{_FORMULA})"
_INSIDE: Final = rf"'*{_FORMULA}"

_DANGERS: Final = re.compile(rf"\A(?={_AT_START})|(?<=[;\t\r\n])(?={_INSIDE})")
_ESCAPES: Final = re.compile(rf"\A'(?={_AT_START})|(?<=[;\t\r\n])'(?={_INSIDE})")
_NUMBER: Final = re.compile(r"[+-]?[0-9. ]+")


def harmless(cell: str) -> str:
    """Return a cell without formulas; a phone number, or another, is none."""
    return cell if _NUMBER.fullmatch(cell) else _DANGERS.sub("'", cell)


def as_it_was(cell: str) -> str:
    """Return what `harmless` was given."""
    return _ESCAPES.sub("", cell)
