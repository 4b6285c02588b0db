"""A token without what was copied along with it."""

import json
import re
from typing import Final

_AROUND: Final = (
    ("the name of a header", re.compile(r"authorization:\s*(.*)", re.IGNORECASE | re.DOTALL)),
    ("Bearer", re.compile(r"bearer(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)),
    ("quotes", re.compile(r"""(?P<quote>["'`])(.*)(?P=quote),?""", re.DOTALL)),
)
_IN_ANSWERS: Final = re.compile(r"(access|id)_?token", re.IGNORECASE)
_PARTS_OF_AN_ENCRYPTED_TOKEN: Final = 5  # RFC 7516 section 3.1

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


def mistaken(token: str) -> str | None:
    """Return what was taken for an access or ID token, in words; `None` where it may be one.

    Args:
        token: without what surrounds it.
    """
    if token.startswith("{"):
        try:
            names = _names(json.loads(token))
        except (ValueError, RecursionError):
            return None
        found = next((name for name in names if _IN_ANSWERS.fullmatch(name)), None)
        return found and f"This is a whole answer: hand over the value of its {found} alone."
    if token.count(".") == _PARTS_OF_AN_ENCRYPTED_TOKEN - 1:
        return (
            "It has five parts, as refresh tokens have, which only Cognito can read:"
            " hand over the access token, or the ID token by --as id."
        )
    return None


def _names(answer: dict[str, object]) -> list[str]:
    """Return the names of an answer, and of Cognito's own AuthenticationResult in it."""
    inner = answer.get("AuthenticationResult")
    return [*answer, *(inner if isinstance(inner, dict) else ())]
