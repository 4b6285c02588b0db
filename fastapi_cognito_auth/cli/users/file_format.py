"""In which format a file of users is: as its name says, and not otherwise than was asked for."""

from enum import StrEnum
from pathlib import PurePath
from typing import Final

from fastapi_cognito_auth.cli.terminal import fail


class Format(StrEnum):
    """How users are written."""

    JSON_LINES = "json-lines"
    CSV = "csv"


_ENDINGS: Final = {
    ".csv": Format.CSV,
    **dict.fromkeys((".jsonl", ".jsonlines", ".ndjson", ".json"), Format.JSON_LINES),
}


def format_of(file: str, asked: Format | None) -> Format:
    """Return what was asked for, or what the file's name says; JSON Lines of standard input or output.

    Ends the command where nobody says anything, or one contradicts the other.

    Args:
        file: its name, or `-`.
        asked: by `--format`.
    """
    ending = PurePath(file).suffix.lower()
    named = Format.JSON_LINES if file == "-" and asked is None else _ENDINGS.get(ending)
    found = asked or named
    if found is None:
        fail(f"--format json-lines, or csv: the name {file} does not say which it is")
    if named not in {None, found}:
        fail(f"{file} ends with {ending}, and --format says {found}: one of them is not meant")
    return found
