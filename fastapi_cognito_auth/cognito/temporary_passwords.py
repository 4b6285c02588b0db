"""Temporary passwords for invitations, as any pool takes them and anybody can copy them."""

import secrets
import string
from collections.abc import Iterable
from typing import Final

LENGTHS: Final = (21, 99)
"""Enough for nearly every pool, and for the strictest that there can be."""

_KINDS: Final = tuple(
    "".join(character for character in kind if character not in "0O1lI")
    for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits)
)
"""Without what looks alike: it may be typed from a phone."""

_SYMBOL: Final = "_"
"""One that stands for itself in every mail and template, and that a double click selects with the rest."""


def draw_temporary_password(length: int) -> str:
    """Draw a password with capitals, small letters, digits and a symbol.

    Args:
        length: at least 21, which makes 110 bits.
    """
    characters = "".join(_KINDS)
    while True:
        drawn = [secrets.choice(characters) for _ in range(length - 1)]
        if _has_all(drawn):
            middle = len(drawn) // 2
            return "".join([*drawn[:middle], _SYMBOL, *drawn[middle:]])


def _has_all(drawn: Iterable[str]) -> bool:
    held = set(drawn)
    return not any(held.isdisjoint(kind) for kind in _KINDS)
