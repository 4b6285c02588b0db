"""A user pool that answers sign-ins after a while, whatever the password; on a free port of loopback."""

import asyncio
import json
import re
import sys
from functools import partial
from typing import Any

from benchmarks.contestants.srp import challenge

_TOKENS = {
    "ChallengeParameters": {},
    "AuthenticationResult": {
        "AccessToken": "a" * 1000,
        "IdToken": "i" * 1000,
        "RefreshToken": "r" * 1700,
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
    },
}
_VERIFIER = {"ChallengeName": "PASSWORD_VERIFIER", "Session": "s" * 900, "ChallengeParameters": challenge()}
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    """Answers one request after the other on a connection that stays open."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or length is None or len(body) < int(length[1]):
            return
        self._received = b""
        answer = _VERIFIER if json.loads(body).get("AuthFlow") == "USER_SRP_AUTH" else _TOKENS
        asyncio.get_running_loop().call_later(self._delay, self._answer, json.dumps(answer).encode())

    def _answer(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {len(body)}"
        self._transport.write(head.encode() + b"\r\n\r\n" + body)


async def main(delay: float) -> None:
    """Serve until stdin ends; the port is the first line on stdout."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(_Connection, delay), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
