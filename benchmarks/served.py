"""Servers in processes of their own, and what a table says of requests to them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from benchmarks.rounds import Sample, Series, Turn
from benchmarks.worker import ROOT, Worker
from tests.redis_server import RedisServer

CONNECTIONS: Final = 16

HEAD: Final = ("endpoint", "requests/s", "CPU, µs per request", "requests/s to bare", "CPU: bare to this")
"""Of a table whose rows are by `row`."""


@contextmanager
def server(
    module: str,
    *arguments: str | Path,
    python: Path | str = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> Iterator[IO[str]]:
    """Run a module of `benchmarks.contestants` that serves until its stdin ends; yield its stdout.

    Args:
        module: its name.
        arguments: of its command line.
        python: the interpreter of its environment.
        environment: variables beside those of this process.
    """
    with subprocess.Popen(
        [python, "-W", "ignore", "-m", f"benchmarks.contestants.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("COGNITO_")},
            **(environment or {}),
        },
    ) as process:
        if process.stdout is None:
            raise AssertionError
        yield process.stdout
        process.communicate()


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis, and yield its address; nothing where there is none."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield ""
        return
    with TemporaryDirectory(prefix="benchmarks-") as directory:
        running = RedisServer(binary, Path(directory))
        running.start()
        try:
            yield running.url
        finally:
            running.kill()


def sending(load: Worker, port: int, path: str, count: int, **request: str | int | Sequence[int]) -> Turn:
    """Return a turn that sends requests over some connections.

    Args:
        load: the process that sends them.
        port: of the server.
        path: of its endpoint.
        count: how many requests.
        request: which credentials they carry.
    """
    return lambda _number: Sample(
        **load.ask(port=port, path=path, count=count, connections=CONNECTIONS, **request)
    )


def row(name: str, series: Series, bare: Series) -> list[str]:
    """Return the cells of an endpoint's line."""
    return [
        name,
        f"{1 / series.wall:.0f}",
        f"{series.cpu * 1e6:.0f}",
        f"{series.rate(bare):.2f}",
        f"{1 / series.cpu_ratio(bare):.2f}",
    ]
