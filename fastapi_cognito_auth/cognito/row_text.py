"""Text that rows are read from: cut into lines within limits, whatever it is."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Any, Final, NamedTuple

from fastapi_cognito_auth.formats.untrusted_json import is_text

LONGEST_ROW: Final = 65_536
"""Bytes. The largest honest one, with every attribute, has some 20 KB."""

TOLD_OF_USERS: Final = frozenset(
    [
        *("sub", "status", "created_at", "modified_at"),
        *("preferred_mfa_setting", "user_mfa_setting_list", "mfa_options"),
    ]
)
"""What an export tells of a user, and the pool itself decides about."""


class RawRow(NamedTuple):
    """A row as it was read."""

    number: int
    """Its place, from 1: the line of JSON Lines, the record of CSV, where the names are the first."""

    data: Mapping[str, Any] | None
    """What it holds, unless there is a fault."""

    fault: str | None = None
    """Why it cannot be read."""


async def one_by_one(items: Any) -> AsyncIterator[Any]:
    """Yield items, wherever they come from.

    Raises:
        TypeError: they cannot be gone through.
    """
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    elif isinstance(items, Iterable):
        for item in items:
            yield item
    else:
        msg = f"a text or rows are needed, and no {type(items).__name__}"
        raise TypeError(msg)


async def lines_of(chunks: Iterable[bytes | str] | AsyncIterable[bytes | str]) -> AsyncIterator[bytes | None]:
    """Yield lines without their ends; `None` for one that is too long, which is not kept.

    Raises:
        TypeError: these are no chunks of a text.
    """
    kept, too_long, first = b"", False, True
    async for chunk in one_by_one(chunks):
        parts = _bytes_of(chunk).split(b"\n")
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


def _bytes_of(chunk: Any) -> bytes:
    if isinstance(chunk, str):
        # What is no UTF-8 must not pass for it.
        return chunk.encode(errors="surrogatepass")
    if isinstance(chunk, bytes | bytearray):
        return bytes(chunk)
    msg = f"a text has chunks of bytes or str, and none of the type {type(chunk).__name__}"
    raise TypeError(msg)


def text_of(line: bytes | None) -> str:
    """Return the text of a line.

    Raises:
        ValueError: it is too long, or no text; the message says which.
    """
    if line is None:
        raise ValueError("the row is too long")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("the row is not in UTF-8") from None
    if not is_text(text):
        raise ValueError("the row has a NUL")
    return text
