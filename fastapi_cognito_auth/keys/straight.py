"""One GET over a connection of its own, for ordinary addresses and without a proxy.

Keys are fetched while the first requests of a process wait. Loading an HTTP client and setting it up takes
tens of milliseconds of the event loop, which is many times what a small document takes by h11 alone.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import h11

from fastapi_cognito_auth.keys.answer import Answer, NoAnswerError

_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
"""Of a host's name (RFC 1123 section 2.1)."""

# What every library would send as it stands: no password, no dots to be resolved, nothing to be encoded.
_ORDINARY: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>{label}(?:\.{label})*|\[[0-9A-Fa-f:.]+\])".replace("{label}", _LABEL)
    + r"(?::(?P<port>[0-9]{1,5}))?(?P<target>(?!.*/\.{1,2}(?:[/?]|$))/[A-Za-z0-9/._~%!$&'()*+,;=:@?-]*)?"
)
_LARGEST_HEAD: Final = 32 * 1024  # bytes of status line and headers
_AT_ONCE: Final = 2048
"""Bytes that are read without a pause: the smallest parts of an answer take some thousand times as long
as they are, and a key set is shorter."""

_MOST_HINTS: Final = 8
"""How much may be said before the answer (RFC 9110 section 15.2)."""
_NEXT_ADDRESS: Final = 0.25  # seconds until another address of the host is tried, too (RFC 8305 section 8)


def is_ordinary(uri: str) -> bool:
    """Tell whether `answered` can fetch from an address."""
    found = _ORDINARY.fullmatch(uri)
    return found is not None and 0 < int(found["port"] or 443) < 65_536


@asynccontextmanager
async def answered(
    uri: str, headers: Mapping[str, str], trust: Callable[[], Awaitable[ssl.SSLContext]]
) -> AsyncIterator[Answer]:
    """Ask for what is at an address.

    It keeps no time: the caller does, and bounds the body.

    Args:
        uri: an ordinary one.
        headers: beside `Host` and what says that there is one request.
        trust: the certificates, asked for `https` alone.

    Raises:
        OSError: there is no connection, or it broke off.
        NoAnswerError: what came is not HTTP.
    """
    found = _ORDINARY.fullmatch(uri)
    if found is None:
        raise ValueError("not an ordinary address")
    host, secure = found["host"].strip("[]"), found["scheme"] == "https"
    options: dict[str, Any] = {"ssl": await trust(), "server_hostname": host} if secure else {}
    if isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop):
        # Other event loops know no such option, and try one address after the other.
        options["happy_eyeballs_delay"] = _NEXT_ADDRESS
    port = int(found["port"] or (443 if secure else 80))
    reader, writer = await asyncio.open_connection(host, port, **options)
    try:
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        authority = found["host"] + (f":{found['port']}" if found["port"] else "")
        sent = {"Host": authority, "Accept": "*/*", "Connection": "close", **headers}
        request = h11.Request(method="GET", target=found["target"] or "/", headers=[*sent.items()])
        writer.write((connection.send(request) or b"") + (connection.send(h11.EndOfMessage()) or b""))
        head = await _head(connection, reader)
        yield Answer(head.status_code, _joined(head), _chunks(connection, reader))
    except h11.ProtocolError as exc:
        raise NoAnswerError from exc
    finally:
        # Nothing more is wanted of it, and TLS would wait for the other side's farewell.
        writer.transport.abort()


async def _head(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    for _ in range(_MOST_HINTS + 1):
        if isinstance(event := await _next(connection, reader), h11.Response):
            return event
    raise NoAnswerError("it says too much before the answer")


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> Any:
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_AT_ONCE))
    return event


async def _chunks(connection: h11.Connection, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while isinstance(event := await _next(connection, reader), h11.Data):
        yield bytes(event.data)


def _joined(head: h11.Response) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in head.headers:
        key, text = name.decode("ascii"), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined
