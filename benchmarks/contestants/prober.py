"""Asks one endpoint again and again over one connection, and tells how long the slowest answer took."""

import time
from http.client import HTTPConnection
from typing import Any

from benchmarks.worker import serve

_INTERVAL = 0.002
"""Seconds between an answer and the next question."""


def slowest(port: int, path: str, seconds: float) -> float:
    """Return the seconds of the slowest answer.

    Raises:
        ConnectionError: an answer is not a success.
    """
    most = 0.0
    connection = HTTPConnection("127.0.0.1", port)
    connection.connect()
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        most = max(most, time.perf_counter() - start)
        if answer.status != 200:
            raise ConnectionError(answer.status)
        time.sleep(_INTERVAL)
    connection.close()
    return most


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    return {"slowest": slowest(**request)}


if __name__ == "__main__":
    serve(_answer)
