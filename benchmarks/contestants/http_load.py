"""Sends requests over a few connections that stay open: a new one follows each answer.

It looks at no more of an answer than its status and where it ends, so that the server, on a core
of its own, is what limits the rate.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import takewhile
from typing import Any

import uvicorn

from benchmarks.material import Material
from benchmarks.worker import serve, timed

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    """Takes requests from a shared iterator until it ends."""

    def __init__(self, requests: Iterator[bytes], statuses: bytes, done: asyncio.Future[bytes]) -> None:
        self._requests = requests
        self._status = re.compile(rb"HTTP/1\.1 (?:" + statuses + rb") ")
        self._done = done
        self._received = b""
        self._transport: Any = None
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(self._body)
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = _LENGTH.search(head + b"\r\n")
        if length is None or not self._status.match(head):
            self._fail(head)
        elif len(body) >= int(length[1]):
            self._received, self._body = b"", body
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(repr(exc).encode())

    def _fail(self, reason: bytes) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError(reason.decode(errors="replace")))


async def send(
    port: int, requests: Iterable[bytes], connections: int, statuses: Iterable[int] = (200,)
) -> bytes:
    """Send all requests, and return the body of an answer.

    Raises:
        ConnectionError: an answer has none of the statuses.
    """
    loop = asyncio.get_running_loop()
    shared = iter(requests)
    wanted = b"|".join(b"%d" % status for status in statuses)
    futures = []
    for _ in range(connections):
        done: asyncio.Future[bytes] = loop.create_future()
        futures.append(done)
        await loop.create_connection(partial(_Connection, shared, wanted, done), "127.0.0.1", port)
    return (await asyncio.gather(*futures))[0]


def request_for(path: str, credential: str) -> bytes:
    """Write a request.

    Args:
        path: of the endpoint.
        credential: the header that says who asks.
    """
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\n{credential}\r\n\r\n".encode()


def main(directory: str) -> None:
    """Send `count` requests, with the `tokens` tokens from number `start` on or with a `cookie`.

    With `seconds`, as many as there is time for; how long each took is then not told.
    """
    every_token = Material(directory).tokens
    # The loop that uvicorn takes, too.
    runner = asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory())

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        port, count = request["port"], request["count"]
        if "cookie" in request:
            credentials = [f"cookie: {request['cookie']}"]
        else:
            tokens = every_token[request["start"] : request["start"] + request["tokens"]]
            credentials = [f"authorization: Bearer {token}" for token in tokens]
        requests = [request_for(request["path"], one) for one in credentials] * -(-count // len(credentials))
        before = float(runner.run(send(port, [request_for("/cpu", "accept: */*")], 1)))
        statuses = request.get("statuses", [200])
        some: Iterable[bytes] = requests[:count]
        if "seconds" in request:
            end = time.monotonic() + request["seconds"]
            some = takewhile(lambda _: time.monotonic() < end, some)
        work = send(port, some, min(request["connections"], count), statuses)
        found = timed(lambda: runner.run(work), count)
        after = float(runner.run(send(port, [request_for("/cpu", "accept: */*")], 1)))
        return {"wall": found["wall"], "cpu": (after - before) / count}

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
