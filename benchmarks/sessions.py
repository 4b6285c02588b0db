"""Cookie sessions: requests a second beside the bare endpoint, and how often a refresh asks Cognito.

Fair: as the part `http`, with one server for both stores and a Redis on the same machine; the session
is of a local pool and holds all three tokens. The refresh is by an app with two workers, 200 requests
at once and an access token that is just over.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx2
from fastapi import FastAPI

from benchmarks.contestants.session_server import PASSWORD, signed_in
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.signing import material
from benchmarks.worker import ROOT, Worker, python_worker
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.redis_server import RedisServer
from tests.support import SECRET_KEY, Clock

CONNECTIONS: Final = 16
AT_ONCE: Final = 200

_BARE: Final = "bare endpoint"
_STORES: Final = {"/cookie": "cookies", "/redis": "Redis"}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(12, 2), plan.amount(2000, 50)
    with ExitStack() as stack:
        redis_url = stack.enter_context(_redis())
        files = stack.enter_context(material(1))
        load = stack.enter_context(python_worker(sys.executable, "http_load", files.directory))
        port, cookies = stack.enter_context(_server(redis_url))
        turns = {_BARE: _turn(load, port, "/bare", "none=x", count)}
        for path, cookie in cookies.items():
            turns[_bare_with(path)] = _turn(load, port, "/bare", cookie, count)
            turns[_session_in(path)] = _turn(load, port, path, cookie, count)
        found = interleave(turns, rounds)
        stores: dict[str, Any] = {"cookies": {}}
        if redis_url:
            stores["Redis"] = {"session_store": "redis", "redis_url": redis_url, "redis_timeout": 10}
        refreshes = {name: asyncio.run(_refreshes(settings)) for name, settings in stores.items()}
    table = Table(
        ["endpoint", "requests/s", "CPU, µs per request", "requests/s to bare", "CPU: bare to this"],
        [_row(name, series, found[_BARE]) for name, series in found.items()],
    )
    calls = Table(
        ["a refresh, sessions in", "requests at once", "workers", "calls to Cognito"],
        [[name, str(AT_ONCE), str(_workers(name)), str(made)] for name, made in refreshes.items()],
    )
    text = (
        f"Medians of {rounds} rounds of {count} requests over {CONNECTIONS} connections.\n"
        "Each ratio is to the bare endpoint of the same process in the same round.\n"
        "The bars compare with the same request at the bare endpoint: a browser sends its cookies there, too,"
        " and what they cost the server and FastAPI is in the table."
    )
    return Section("Cookie sessions", text, [table, calls], [*_bars(found), *_bars_of(refreshes)])


def _session_in(path: str) -> str:
    return f"session in {_STORES[path]}"


def _bare_with(path: str) -> str:
    return f"{_BARE}, with the cookies of a session in {_STORES[path]}"


def _turn(load: Worker, port: int, path: str, cookie: str, count: int) -> Turn:
    def turn(_number: int) -> Sample:
        answer = load.ask(port=port, path=path, cookie=cookie, count=count, connections=CONNECTIONS)
        return Sample(**answer)

    return turn


@contextmanager
def _redis() -> Iterator[str]:
    """Run a Redis, and yield its address; nothing where there is none."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield ""
        return
    with TemporaryDirectory(prefix="benchmarks-") as directory:
        server = RedisServer(binary, Path(directory))
        server.start()
        try:
            yield server.url
        finally:
            server.kill()


@contextmanager
def _server(redis_url: str) -> Iterator[tuple[int, dict[str, str]]]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.contestants.session_server", redis_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COGNITO_")},
    ) as process:
        if process.stdout is None:
            raise AssertionError
        cookies = json.loads(process.stdout.readline())
        yield int(process.stdout.readline()), cookies
        process.communicate()


async def _refreshes(settings: Any) -> int:
    """Return how many calls to Cognito many requests at once make with an access token that is over."""
    clock = Clock()
    pool = LocalUserPool(users=[LocalUser("ada", password=PASSWORD)], clock=clock)
    # Workers of one app seal with the same key, and what they share is the store.
    workers = [signed_in("/me", pool, settings, secret_key=SECRET_KEY) for _ in range(2 if settings else 1)]
    call, calls = pool.call, list[str]()

    def counting(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        calls.append(operation)
        return call(operation, parameters)

    pool.call = counting  # type: ignore[method-assign, assignment]
    clock.advance(3600)
    answers = await _ask([app for app, _ in workers], workers[0][1])
    if answers != {200}:
        msg = f"a refresh answered {sorted(answers)}"
        raise AssertionError(msg)
    return calls.count("GetTokensFromRefreshToken")


async def _ask(apps: Sequence[FastAPI], cookie: str) -> set[int]:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost")
            )
            for app in apps
        ]
        answers = await asyncio.gather(
            *(
                clients[number % len(clients)].get("/me", headers={"Cookie": cookie})
                for number in range(AT_ONCE)
            )
        )
    return {answer.status_code for answer in answers}


def _workers(store: str) -> int:
    return 2 if store == "Redis" else 1


def _row(name: str, series: Series, bare: Series) -> list[str]:
    return [
        name,
        f"{1 / series.wall:.0f}",
        f"{series.cpu * 1e6:.0f}",
        f"{1 / series.wall_ratio(bare):.2f}",
        f"{1 / series.cpu_ratio(bare):.2f}",
    ]


def _bars(found: dict[str, Series]) -> Iterator[Bar]:
    for path, limit in (("/cookie", 0.75), ("/redis", 0.50)):
        name = _session_in(path)
        if name in found:
            share = 1 / found[name].wall_ratio(found[_bare_with(path)])
            yield Bar(f"HTTP, {name}: requests/s / the same request, bare", share, ">=", limit)


def _bars_of(refreshes: dict[str, int]) -> Iterator[Bar]:
    for name, calls in refreshes.items():
        yield Bar(f"a refresh, sessions in {name}, {AT_ONCE} requests at once: calls", calls, "<=", 1)
