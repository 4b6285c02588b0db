"""What commands share in speaking to people: exit statuses, tables, and text that a terminal may show."""

import json
import os
import re
import sys
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.settings.settings import CognitoSettings

_LONGEST: Final = 300  # characters of one value
_NARROW: Final = 60  # characters of a terminal in which no table can be read
_WIDEST: Final = 10_000  # characters of a line that no terminal shows
_PRINTED_OR_NOT: Final = re.compile(r"\r\n|[ -~]+|.", re.DOTALL)


class Exit(IntEnum):
    """How a command that judges ends."""

    GOOD = 0
    BAD = 1
    """What was judged is not good."""

    NOT_JUDGED = 2
    """It could not be judged, or the command was not understood."""


def fail(message: str) -> NoReturn:
    """End the command, saying why it could not do what it was asked for."""
    typer.echo(f"Error: {shown(message, longest=2000)}", err=True)
    raise typer.Exit(Exit.NOT_JUDGED)


def settings_of_the_environment() -> CognitoSettings:
    """Return what `COGNITO_*` variables say, or end the command with what is wrong with them."""
    try:
        return CognitoSettings()
    except ConfigurationError as exc:
        message = str(exc)
    fail(message)


def coloured(text: str, colour: str | None) -> str:
    """Return text in a colour, unless the terminal's user wants none (https://no-color.org)."""
    return text if os.environ.get("NO_COLOR") else typer.style(text, fg=colour)


def shown(text: str, *, longest: int = _LONGEST) -> str:
    """Return text that others wrote as a terminal may show it: cut, and without what would steer it."""
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def lines_shown(text: str) -> str:
    """Return lines that others wrote as a terminal may show them; JSON stays JSON that says the same."""
    if text.replace("\n", "").isprintable():
        return text
    kept = {"\n", "\r\n"}
    parts = _PRINTED_OR_NOT.findall(text)
    return "".join(part if part.isprintable() or part in kept else _escaped(part) for part in parts)


def _escaped(part: str) -> str:
    units = part.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table; what is in it is taken as text, and not as markup.

    Args:
        columns: their heads.
        rows: their cells.
    """
    # What reads it line by line must not find a value in two; and a pipe has no width.
    fits = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, markup=False, emoji=False, width=None if fits else _WIDEST)
    cells = [tuple(shown(cell) for cell in row) for row in rows]
    if console.width < _NARROW and len(columns) > 2:
        _print_one_below_the_other(console, columns, cells)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _print_one_below_the_other(
    console: Console, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    """Print a block for each row, where columns would be of a few letters each."""
    for number, row in enumerate(rows):
        if number:
            console.print()
        for head, cell in zip(columns, row, strict=True):
            if cell:
                console.print(Text(f"{head}: {cell}" if head else cell), overflow="fold")


def print_json(value: Any) -> None:
    """Print JSON of ASCII alone, which no terminal takes for anything else."""
    typer.echo(json.dumps(value, indent=2, default=str))
