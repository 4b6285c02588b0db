"""CSV of any quality (RFC 4180): a record that cannot be read is said, and takes no other with it."""

import csv
import itertools
import re
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi_cognito_auth.cognito.formulas import as_it_was
from fastapi_cognito_auth.cognito.row_text import LONGEST_ROW, TOLD_OF_USERS, RawRow, text_of

_NAME: Final = re.compile(r"(?:\\[\\;]|[^;])+")
_ESCAPED: Final = re.compile(r"\\([\\;])")
_PARTED_OTHERWISE: Final = re.compile(r"[;\t|]")


async def csv_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[RawRow]:
    """Yield rows of users, with the numbers that spreadsheets give them; a cell that is empty is none.

    Raises:
        ValueError: the first line does not name the columns.
    """
    columns: list[str] | None = None
    number = 0
    async for record in _records(lines):
        number += 1
        if columns is None:
            columns = _columns(record)
            continue
        if record == "":
            continue
        if isinstance(record, ValueError):
            yield RawRow(number, None, str(record))
            continue
        try:
            yield RawRow(number, _cells(record, columns))
        except (ValueError, csv.Error) as exc:
            fault = str(exc) if isinstance(exc, ValueError) else "the row is no CSV"
            yield RawRow(number, None, fault)


async def _records(lines: AsyncIterator[bytes | None]) -> AsyncIterator[str | ValueError]:
    """Yield records: some lines together where a quoted cell has line ends.

    Where a quote is never closed, its line alone is lost, and not everything that follows.
    """
    waiting: deque[str] = deque()
    quotes = size = 0
    async for line in lines:
        try:
            text = text_of(line)
        except ValueError as exc:
            while waiting:
                yield _first_record(waiting)[0]
            quotes = size = 0
            yield exc
            continue
        waiting.append(text)
        quotes, size = quotes + text.count('"'), size + len(text) + 1
        while waiting and (quotes % 2 == 0 or size > LONGEST_ROW):
            record, its_quotes, its_size = _first_record(waiting)
            quotes, size = quotes - its_quotes, size - its_size
            yield record
    while waiting:
        yield _first_record(waiting)[0]


def _first_record(waiting: deque[str]) -> tuple[str | ValueError, int, int]:
    """Take the first record; of one that is never closed, its first line. Return its quotes and size, too."""
    quotes = 0
    for count, line in enumerate(waiting, 1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            record = "\n".join(itertools.islice(waiting, count))
            if count > 1 and not _is_csv(record):
                break  # it is closed by a quote that opens another cell
            for _ in range(count):
                waiting.popleft()
            return record.removesuffix("\r"), quotes, len(record) + 1
    lost = waiting.popleft()
    return ValueError("a quote is not closed"), lost.count('"'), len(lost) + 1


def _is_csv(record: str) -> bool:
    try:
        return len(list(csv.reader([record], strict=True))) == 1
    except csv.Error:
        return False


def _columns(record: str | ValueError) -> list[str]:
    if isinstance(record, ValueError):
        raise record
    try:
        names = [name.strip() for name in next(csv.reader([record], strict=True), [])]
    except csv.Error:
        names = []
    names = ["username" if name == "cognito:username" else name for name in names]
    if "username" not in names or len(set(names)) != len(names) or not all(names):
        words = "the first line has to name the columns, each once, and one of them username"
        if _PARTED_OTHERWISE.search(record):
            words += "; what parts them is a comma"
        raise ValueError(words)
    return names


def _cells(record: str, columns: list[str]) -> dict[str, Any]:
    (cells,) = csv.reader([record], strict=True)
    if len(cells) != len(columns):
        msg = f"the row has {len(cells)} cells for {len(columns)} columns"
        raise ValueError(msg)
    found = {name: as_it_was(cell) for name, cell in zip(columns, cells, strict=True) if cell != ""}
    row: dict[str, Any] = {
        name: found.pop(name) for name in ("username", "temporary_password") if name in found
    }
    if "groups" in found:
        row["groups"] = _names(found.pop("groups"))
    if "enabled" in found:
        enabled = found.pop("enabled").lower()
        if enabled not in {"true", "false"}:
            raise ValueError("enabled is true or false")
        row["enabled"] = enabled == "true"
    told = {name: found.pop(name) for name in TOLD_OF_USERS if name in found}
    return {**row, **told, "attributes": found}


def _names(cell: str) -> list[str]:
    """Return the names in a cell with `;` between them, and a backslash before one that is part of a name."""
    parts = (_ESCAPED.sub(r"\1", part).strip() for part in _NAME.findall(cell))
    return [part for part in parts if part]
