"""JSON and text from outside, read within limits: how much of it, how deep, and that it is text at all.

What is checked here costs little before anybody is known, whatever was sent; an
error names the kind of fault and repeats nothing.
"""

import json
import math
from collections.abc import Callable
from typing import Any, Final, Never

DEEPEST: Final = 32
"""How deep a value may be nested; the user pools API needs six, a passkey a few more."""

MOST_VALUES: Final = 1000
"""Members of objects and items of arrays, all together; the largest honest request has some 300."""


class UntrustedTextError(ValueError):
    """What came in is refused as a whole.

    Args:
        kind: `json_invalid`, `json_member_twice`, `json_too_deep`, `json_too_many_values` or
            `text_invalid`.
        message: for people.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def is_text(value: str) -> bool:
    """Tell whether a string can be written in UTF-8 and has no NUL, which ends strings elsewhere."""
    if "\0" in value:
        return False
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False  # a lone surrogate: half a character


def read(body: bytes | str, *, most_values: int = MOST_VALUES) -> Any:
    """Read JSON (RFC 8259) in UTF-8 whose objects name each member once.

    Args:
        body: as it came; how long it may be is the caller's to say.
        most_values: members and items, all together.

    Raises:
        UntrustedTextError: it is no JSON, has more of it than is allowed, or holds what is no text.
    """
    try:
        # json itself would take UTF-16 and half characters for JSON.
        text = body if isinstance(body, str) else body.decode()
        value = json.loads(
            text,
            object_pairs_hook=_members(most_values),
            parse_constant=_refuse,
            parse_float=_sparingly(most_values),
        )
    except UntrustedTextError as exc:
        fault = exc
    except (ValueError, RecursionError):
        fault = UntrustedTextError("json_invalid", "The body is not JSON.")
    else:
        check(value, most_values=most_values)
        return value
    # Outside the handler: the error of the parser holds the whole text.
    raise fault from None


def check(value: Any, *, most_values: int = MOST_VALUES) -> None:
    """Hold a parsed value against the limits.

    Raises:
        UntrustedTextError: it is nested too deep, has too many values, or holds what is no text.
    """
    level, left = [value], most_values
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _check_text(item)
            elif isinstance(item, dict | list):
                left -= len(item)
                # Before they are looked at: the limit is what keeps this short.
                if left < 0:
                    raise _too_many()
                if isinstance(item, dict):
                    for name in item:
                        _check_text(name)
                    inner.extend(item.values())
                else:
                    inner.extend(item)
        if not inner:
            return
        level = inner
    raise UntrustedTextError("json_too_deep", "The body is nested too deep.")


def _check_text(value: str) -> None:
    if not is_text(value):
        raise UntrustedTextError("text_invalid", "A text has half a character, or a NUL.")


def _too_many() -> UntrustedTextError:
    return UntrustedTextError("json_too_many_values", "The body has too many values.")


def _members(most: int) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Make objects whose members are named once: of two, another reader may take the other."""
    objects, members = most + 1, most

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal objects, members
        objects -= 1
        members -= len(pairs)
        if objects < 0 or members < 0:
            raise _too_many()
        named = dict(pairs)
        if len(named) != len(pairs):
            raise UntrustedTextError("json_member_twice", "The body names a member twice.")
        return named

    return build


def _refuse(constant: str) -> Never:
    raise ValueError(constant)  # NaN and the infinities are Python's, not JSON's


def _sparingly(most: int) -> Callable[[str], float]:
    """Read no more floats than there may be values: nothing else takes as long to parse."""
    left = most

    def parse(digits: str) -> float:
        nonlocal left
        left -= 1
        number = float(digits)
        if left < 0 or not math.isfinite(number):
            raise ValueError("a number that is none, or one too many")
        return number

    return parse
