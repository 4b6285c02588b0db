"""A token without what was copied along with it."""

import re
from typing import Final

_AROUND: Final = (
    ("the name of a header", re.compile(r"authorization:\s*(.*)", re.IGNORECASE | re.DOTALL)),
    ("Bearer", re.compile(r"bearer(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)),
    ("quotes", re.compile(r"""(?P<quote>["'`])(.*)(?P=quote),?""", re.DOTALL)),
)
_MOST_LAYERS: Final = 3
"""Such as a quoted header, and a quoted token in it."""


def bare(written: str) -> tuple[str, tuple[str, ...]]:
    """Return what is within a header, quotes and blanks, and what was left out, in words.

    Args:
        written: as it was copied.
    """
    token, left_out = written.strip(), dict[str, None]()
    for _ in range(_MOST_LAYERS):
        for name, form in _AROUND:
            if found := form.fullmatch(token):
                left_out[name] = None
                token = (found.groups()[-1] or "").strip()
    return token, tuple(left_out)
