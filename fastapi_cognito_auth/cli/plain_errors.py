"""What is wrong with an option, in the words of the command line."""

import re
from typing import Any, Final

import typer
from typer.core import TyperGroup

_WORDS: Final = (
    # As click says it:
    (re.compile(r"^.* is not in the range x>=(\S+)\.$", re.DOTALL), r"it is at least \1"),
    (re.compile(r"^.* is not a valid int(?:eger)?(?: range)?\.$", re.DOTALL), "it is a whole number"),
    (re.compile(r"^.* is not a valid float(?: range)?\.$", re.DOTALL), "it is a number"),
    # As newer versions of typer hand on what pydantic says:
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be a valid integer\b.*", re.DOTALL), "it is a whole number"),
    (re.compile(r"^Input should be a valid number\b.*", re.DOTALL), "it is a number"),
    (re.compile(r"^Input should be (?:greater than or equal to|at least) "), "it is at least "),
    (re.compile(r"^Input should be (?:less than or equal to|at most) "), "it is at most "),
)
"""What versions of typer say, and what is said of it here."""


class PlainErrors(TyperGroup):
    """Commands whose options are refused in plain words."""

    def invoke(self, ctx: Any) -> Any:
        """Invoke a command, which reads its options first."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as exc:
            exc.message = plain(exc.message)
            raise


def plain(message: str) -> str:
    """Return what is wrong with the value of an option."""
    for pattern, words in _WORDS:
        message = pattern.sub(words, message)
    return message
