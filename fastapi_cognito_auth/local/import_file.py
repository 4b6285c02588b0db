r"""The file of a user import job, in the form that the service takes: it knows no quotes.

A line is a row, and a comma that is none of the format has a backslash before it.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

LARGEST_FILE: Final = 100 * 1024 * 1024
"""Bytes."""
MOST_ROWS: Final = 500_000
LONGEST_ROW: Final = 16_000
"""Characters."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SEPARATOR: Final = re.compile(r"(?<!\\),")


class FileRefusedError(Exception):
    """A file is none of users; the text is a CompletionMessage."""


class Line(NamedTuple):
    """A line that is not blank."""

    number: int
    """Its place in the file; the header has 1."""

    text: str
    """Without its end."""

    @property
    def cells(self) -> list[str]:
        """What stands between the commas."""
        return [cell.replace("\\,", ",").strip() for cell in _SEPARATOR.split(self.text)]


def lines_of(content: bytes, columns: Sequence[str]) -> Iterator[Line]:
    """Return the lines of a file, the header first.

    Args:
        content: the file.
        columns: what the header has to name, in any order.

    Raises:
        FileRefusedError: it is no text, has another header, or too many rows.
    """
    try:
        # A byte order mark stays, and is then none of the names.
        text = content.decode()
    except UnicodeDecodeError:
        raise FileRefusedError("The file is no text in UTF-8.") from None
    lines = [Line(at, line) for at, line in enumerate(_LINE_END.split(text), 1) if line.strip()]
    if not lines or sorted(lines[0].cells) != sorted(columns):
        raise FileRefusedError("The header is not that of the user pool.")
    if len(lines) > MOST_ROWS + 1:
        raise FileRefusedError("The file has too many rows.")
    return iter(lines)
