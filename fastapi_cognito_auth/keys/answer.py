"""An HTTP answer of which the body is still to be read, whoever got it."""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """What is known before the body is."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""

    chunks: AsyncIterator[bytes]


class NoAnswerError(Exception):
    """There was none: its text says why, or else its cause does."""
