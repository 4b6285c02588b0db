"""Rows of users, read from text of any size and quality: what cannot be read is said, and stops nothing."""

import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from fastapi_cognito_auth.cognito.answers import Attributes
from fastapi_cognito_auth.cognito.csv_rows import csv_rows
from fastapi_cognito_auth.cognito.row_text import TOLD_OF_USERS, RawRow, lines_of, one_by_one, text_of
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.cognito.typed import Username
from fastapi_cognito_auth.exceptions import InvalidRequestError
from fastapi_cognito_auth.schemas.described import Described

Format = Literal["json-lines", "csv"]

_IMMUTABLE: Final = ("sub", "identities")


class UserRow(Described):
    """A user to be imported."""

    # Strict, since bytes would be taken for a text otherwise.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, strict=True
    )

    username: Username
    """Immutable."""

    attributes: Attributes = Field(default={}, max_length=100)
    """By name; `sub` and `identities`, which an export tells, are left out."""

    groups: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=128)]],
        Field(max_length=100),
        BeforeValidator(lambda names: list(names) if isinstance(names, tuple | set | frozenset) else names),
    ] = Field(default=[])
    """To join; they must exist."""

    temporary_password: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, repr=False
    )
    """Drawn by the pool unless given."""

    enabled: bool | None = Field(default=None, strict=False)
    """Whether the user may sign in; as the pool has it, unless said."""


def understood(data: Mapping[str, Any]) -> UserRow:
    """Return the user of a row.

    Raises:
        ValueError: it describes none; the message says why, without a value.
    """
    if not all(isinstance(name, str) for name in data):
        raise ValueError("the row has a name that is no text")
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
            {**{name: value for name, value in data.items() if name not in TOLD_OF_USERS}, "attributes": held}
        )
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part)[:64] for part in first["loc"])
    # Outside the handler: the cause would hold the values.
    words = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        words = "it is missing"
    if first["type"] == "extra_forbidden":
        words = "there is no such member of a row; attributes go into attributes"
    msg = f"{where}: {words}"
    raise ValueError(msg)


def read_rows(
    chunks: bytes | str | Iterable[bytes | str] | AsyncIterable[bytes | str], kind: Format
) -> AsyncIterator[RawRow]:
    """Read rows of users from text, such as an open file.

    Args:
        chunks: of the text in UTF-8, cut anywhere, or the text itself.
        kind: of the text. JSON Lines are objects as an export writes them, or as `UserRow` describes
            them. A CSV has names in its first line: `username`, and any of `groups` (with `;` between
            them), `temporary_password`, `enabled` and attributes; an empty cell is none.

    Raises:
        ValueError: there is no such kind, or, when the rows are gone through, the first line of a CSV
            does not name its columns.
    """
    if kind not in get_args(Format):
        msg = f"rows are read of {', '.join(get_args(Format))}"
        raise ValueError(msg)
    lines = lines_of([chunks] if isinstance(chunks, bytes | bytearray | str) else chunks)
    return _json_rows(lines) if kind == "json-lines" else csv_rows(lines)


async def numbered(rows: Any) -> AsyncIterator[RawRow]:
    """Yield rows with their places, and what is no row as one that says so.

    Raises:
        TypeError: these are no rows at all.
    """
    if isinstance(rows, str | bytes | bytearray | Mapping):
        msg = f"rows are many mappings, or what read_rows reads of a text, and no {type(rows).__name__}"
        raise TypeError(msg)
    number = 0
    async for item in one_by_one(rows):
        number += 1
        row = item if isinstance(item, RawRow) else RawRow(number, item)
        data: Any = row.data
        if not isinstance(data, Mapping):
            fault = f"the row is no mapping, but of the type {type(data).__name__}"
            row = RawRow(row.number, None, row.fault or fault)
        yield row


async def _json_rows(lines: AsyncIterator[bytes | None]) -> AsyncIterator[RawRow]:
    number = 0
    async for line in lines:
        number += 1
        try:
            text = text_of(line)
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
