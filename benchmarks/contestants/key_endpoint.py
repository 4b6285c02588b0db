"""Serves a key set after a while, on a free port of loopback; over TLS where there is a certificate."""

import asyncio
import ssl
import sys
from functools import partial
from typing import Any

from benchmarks.material import Material


class _Connection(asyncio.Protocol):
    """Answers one request after the other with the same bytes."""

    def __init__(self, delay: float, answer: bytes) -> None:
        self._delay = delay
        self._answer = answer
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            self._received = b""
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, self._answer)


async def main(directory: str, delay: float, *certificate: str) -> None:
    """Serve until stdin ends; the port is the first line on stdout."""
    keys = Material(directory).jwks_path.read_bytes()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(keys)}\r\n\r\n"
    answering = partial(_Connection, delay, head.encode() + keys)
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(answering, "127.0.0.1", 0, backlog=1024, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:]))
