r"""The file that an import job takes, written while rows are read; what it cannot say is refused.

It has a form of its own: a line is a user, no value is in quotes, a comma in a value has a backslash
before it, and blanks at the ends of a value are lost. So what has a backslash or a line end of its own
cannot be written at all, and is for `users.import_`.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
"""

import asyncio
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, Final, NamedTuple

from fastapi_cognito_auth.cognito.import_schema import FLAGS, USERNAME, ImportSchema
from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_rows import numbered, understood
from fastapi_cognito_auth.exceptions import InvalidImportRowsError

MOST_ROWS: Final = 500_000
LARGEST_FILE: Final = 100_000_000
"""Bytes."""
LONGEST_ROW: Final = 16_000
"""Characters, as UTF-16 counts them."""

_MOST_FAULTS: Final = 1000
_TURN: Final = 200
"""Rows after which others may use the event loop."""


class Written(NamedTuple):
    """What a file holds."""

    rows: int
    """How many users."""

    size: int
    """Bytes."""


async def write_file(
    file: BinaryIO,
    schema: ImportSchema,
    rows: Iterable[RawRow | Mapping[str, Any]] | AsyncIterable[RawRow | Mapping[str, Any]],
) -> Written:
    """Write the file of an import job; a row at a time is in memory, and every username.

    Args:
        file: to write.
        schema: what the pool demands.
        rows: as `users.import_` takes them.

    Raises:
        InvalidImportRowsError: it names every row that is not fit, up to a thousand, or the file would
            hold too much, or nobody.
    """
    faults: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    more = count = 0
    size = file.write(_head(schema.columns))
    async for row in numbered(rows):
        count += 1
        if count % _TURN == 0:
            await asyncio.sleep(0)
        if count > MOST_ROWS:
            raise InvalidImportRowsError("An import job takes 500,000 users at most: make several.")
        try:
            line = _line(row, schema, seen)
        except ValueError as exc:
            if len(faults) < _MOST_FAULTS:
                faults.append((row.number, str(exc)))
            else:
                more += 1
            continue
        if not faults:
            size += file.write(line)
        if size > LARGEST_FILE:
            raise InvalidImportRowsError("An import job takes 100 MB at most: make several.")
    if faults:
        raise InvalidImportRowsError(rows=faults, more_rows=more)
    if not count:
        raise InvalidImportRowsError("There is nobody to import.")
    return Written(count, size)


def _head(columns: Sequence[str]) -> bytes:
    try:
        return f"{','.join(_escaped(name) for name in columns)}\n".encode()
    except ValueError:
        raise InvalidImportRowsError("An attribute of the pool has a name that no file can hold.") from None


def _line(row: RawRow, schema: ImportSchema, seen: dict[str, int]) -> bytes:
    """Return the line of a row.

    Raises:
        ValueError: there is none; the message says why, without a value.
    """
    if row.data is None:
        raise ValueError(row.fault)
    user = understood(row.data)
    before = seen.setdefault(user.username, row.number)
    if before != row.number:
        msg = f"the user is in row {before}, too"
        raise ValueError(msg)
    values = {USERNAME: user.username, **schema.check(user)}
    cells = []
    for name in schema.columns:
        try:
            cells.append(_cell(name, values.get(name, "")))
        except ValueError as exc:
            msg = f"{name}: {exc}"
            raise ValueError(msg) from None
    line = ",".join(cells)
    if len(line.encode("utf-16-le")) // 2 > LONGEST_ROW:
        raise ValueError("the row has more than 16,000 characters")
    return f"{line}\n".encode()


def _cell(name: str, value: str) -> str:
    if not value:
        return ""
    if name in FLAGS:
        return value.lower()
    if name == "birthdate":
        return _birthdate(value)
    return _escaped(value)


def _birthdate(value: str) -> str:
    """Return a date as the file has it, of one as users have it."""
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            found: date = datetime.strptime(value, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
        return f"{found.month:02}/{found.day:02}/{found.year:04}"
    raise ValueError("it is a date such as 1815-12-10")


def _escaped(value: str) -> str:
    if value.splitlines() != [value]:
        raise ValueError("a line end cannot be imported by a job")
    if value != value.strip() or value[0] <= " " or value[-1] <= " ":
        raise ValueError("blanks at the beginning or the end cannot be imported by a job")
    if "\\" in value:
        raise ValueError("a backslash cannot be imported by a job")
    if value.startswith('"'):
        raise ValueError("a quotation mark at the beginning cannot be imported by a job")
    return value.replace(",", "\\,")
