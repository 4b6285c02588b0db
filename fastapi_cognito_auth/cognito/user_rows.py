"""Rows of users, read from text of any size and quality: what cannot be read is said, and stops nothing."""

import csv
import itertools
import json
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple

from pydantic import ConfigDict, Field, ValidationError

from fastapi_cognito_auth.cognito.answers import Attributes
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.cognito.typed import Username
from fastapi_cognito_auth.exceptions import InvalidRequestError
from fastapi_cognito_auth.formats.untrusted_json import is_text
from fastapi_cognito_auth.schemas.described import Described

Format = Literal["json-lines", "csv"]

LONGEST_ROW: Final = 65_536
"""Bytes. The largest honest one, with every attribute, has some 20 KB."""

_TOLD: Final = frozenset(
    [
        *("sub", "status", "created_at", "modified_at"),
        *("preferred_mfa_setting", "user_mfa_setting_list", "mfa_options"),
    ]
)
"""What an export tells of a user, and the pool itself decides about."""

_IMMUTABLE: Final = ("sub", "identities")
_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n'")


class RawRow(NamedTuple):
    """A row as it was read."""

    number: int
    """Its place: the line of JSON Lines, the record of CSV without the names, from 1."""

    data: Mapping[str, Any] | None
    """What it holds, unless there is a fault."""

    fault: str | None = None
    """Why it cannot be read."""


class UserRow(Described):
    """A user to be imported."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    username: Username
    """Immutable."""

    attributes: Attributes = Field(default={}, max_length=100)
    """By name; `sub` and `identities`, which an export tells, are left out."""

    groups: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=[], max_length=100)
    """To join; they must exist."""

    temporary_password: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, repr=False
    )
    """Drawn by the pool unless given."""

    enabled: bool | None = None
    """Whether the user may sign in; as the pool has it, unless said."""


def understood(data: Mapping[str, Any]) -> UserRow:
    """Return the user of a row.

    Raises:
        ValueError: it describes none; the message says why, without a value.
    """
    if data.get("status") == "EXTERNAL_PROVIDER":
        raise ValueError("users of identity providers come by signing in there")
    try:
        check_text(dict(data))
    except InvalidRequestError as exc:
        raise ValueError(exc.message) from None
    held = data.get("attributes", {})
    if isinstance(held, Mapping):
        held = {name: value for name, value in held.items() if name not in _IMMUTABLE}
    try:
        return UserRow.model_validate(
            {**{name: value for name, value in data.items() if name not in _TOLD}, "attributes": held}
        )
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part)[:64] for part in first["loc"])
    # Outside the handler: the cause would hold the values.
    msg = f"{where}: {first['msg']}"
    raise ValueError(msg)


async def read_rows(
    chunks: Iterable[bytes | str] | AsyncIterable[bytes | str], kind: Format
) -> AsyncIterator[RawRow]:
    """Read rows of users from text, such as an open file.

    Args:
        chunks: of the text in UTF-8, cut anywhere.
        kind: of the text. JSON Lines are objects as an export writes them, or as `UserRow` describes
            them. A CSV has names in its first line: `username`, and any of `groups` (with `;` between
            them), `temporary_password`, `enabled` and attributes; an empty cell is none.

    Raises:
        ValueError: the first line of a CSV does not name its columns.
    """
    lines = _lines(chunks)
    rows = _json_rows(lines) if kind == "json-lines" else _csv_rows(lines)
    async for row in rows:
        yield row


async def numbered(
    rows: Iterable[RawRow | Mapping[str, Any]] | AsyncIterable[RawRow | Mapping[str, Any]],
) -> AsyncIterator[RawRow]:
    """Yield rows with their places."""
    number = 0
    async for row in _async(rows):
        number += 1
        yield row if isinstance(row, RawRow) else RawRow(number, row)


async def _async(items: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[Any]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def _lines(chunks: Iterable[bytes | str] | AsyncIterable[bytes | str]) -> AsyncIterator[bytes | None]:
    """Yield lines without their ends; `None` for one that is too long, which is not kept."""
    kept, too_long, first = b"", False, True
    async for chunk in _async(chunks):
        # What is no UTF-8 must not pass for it.
        parts = (chunk.encode(errors="surrogatepass") if isinstance(chunk, str) else chunk).split(b"\n")
        if first and parts[0]:
            parts[0], first = parts[0].removeprefix(b"\xef\xbb\xbf"), False
        for part in parts[:-1]:
            line = kept + part
            yield None if too_long or len(line) > LONGEST_ROW else line
            kept, too_long = b"", False
        kept += parts[-1]
        if len(kept) > LONGEST_ROW:
            kept, too_long = b"", True
    if kept or too_long:
        yield None if too_long else kept


def _text(line: bytes | None) -> str:
    if line is None:
        raise ValueError("the row is too long")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("the row is not in UTF-8") from None
    if not is_text(text):
        raise ValueError("the row has a NUL")
    return text


async def _json_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[RawRow]:
    number = 0
    async for line in lines:
        number += 1
        try:
            text = _text(line)
            if not text.strip():
                continue
            data = json.loads(text, object_pairs_hook=_once)
        except RecursionError:
            yield RawRow(number, None, "the row is nested too deeply")
        except json.JSONDecodeError:
            yield RawRow(number, None, "the row is not JSON")
        except ValueError as exc:
            yield RawRow(number, None, str(exc))
        else:
            if not isinstance(data, dict):
                yield RawRow(number, None, "the row is no object")
            elif data.keys() != {"next"}:  # an export says so where it may be cut
                yield RawRow(number, data)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the row names something twice")
    return found


async def _csv_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[RawRow]:
    columns: list[str] | None = None
    number = 0
    async for record in _records(lines):
        if columns is None:
            columns = _columns(record)
            continue
        if record == "":
            continue
        number += 1
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
            text = _text(line)
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
    names = [name.strip() for name in next(csv.reader([record], strict=True), [])]
    names = ["username" if name == "cognito:username" else name for name in names]
    if "username" not in names or len(set(names)) != len(names) or not all(names):
        raise ValueError("the first line has to name the columns, each once, and one of them username")
    return names


def _cells(record: str, columns: list[str]) -> dict[str, Any]:
    (cells,) = csv.reader([record], strict=True)
    if len(cells) != len(columns):
        msg = f"the row has {len(cells)} cells for {len(columns)} columns"
        raise ValueError(msg)
    found = {name: _unquoted(cell) for name, cell in zip(columns, cells, strict=True) if cell != ""}
    row: dict[str, Any] = {
        name: found.pop(name) for name in ("username", "temporary_password") if name in found
    }
    if "groups" in found:
        row["groups"] = [name.strip() for name in found.pop("groups").split(";") if name.strip()]
    if "enabled" in found:
        enabled = found.pop("enabled").lower()
        if enabled not in {"true", "false"}:
            raise ValueError("enabled is true or false")
        row["enabled"] = enabled == "true"
    told = {name: found.pop(name) for name in _TOLD if name in found}
    return {**row, **told, "attributes": found}


def _unquoted(cell: str) -> str:
    """Take away the apostrophe that keeps a spreadsheet from taking the cell for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA_STARTS and cell[1:2] else cell
