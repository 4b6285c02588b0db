"""Cookie sessions: requests a second beside the bare endpoint, and how often a refresh asks Cognito.

Fair: as the part `http`, with one server for both stores and a Redis on the same machine; the session
is of a local pool and holds all three tokens. The refresh is by an app with two workers, 200 requests
at once and an access token that is just over.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Any, Final

import httpx2
from fastapi import FastAPI

from benchmarks.contestants.session_server import PASSWORD, signed_in
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Series, interleave
from benchmarks.served import CONNECTIONS, HEAD, redis, row, sending, server
from benchmarks.signing import material
from benchmarks.worker import python_worker
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.support import SECRET_KEY, Clock

AT_ONCE: Final = 200

_BARE: Final = "bare endpoint"
_STORES: Final = {"/cookie": "cookies", "/redis": "Redis"}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(12, 2), plan.amount(2000, 50)
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis())
        files = stack.enter_context(material(1))
        load = stack.enter_context(python_worker(sys.executable, "http_load", files.directory))
        told = stack.enter_context(server("session_server", redis_url))
        cookies: dict[str, str] = json.loads(told.readline())
        port = int(told.readline())
        turns = {_BARE: sending(load, port, "/bare", count, cookie="none=x")}
        for path, cookie in cookies.items():
            turns[_bare_with(path)] = sending(load, port, "/bare", count, cookie=cookie)
            turns[_session_in(path)] = sending(load, port, path, count, cookie=cookie)
        found = interleave(turns, rounds)
        stores: dict[str, Any] = {"cookies": {}}
        if redis_url:
            stores["Redis"] = {"session_store": "redis", "redis_url": redis_url, "redis_timeout": 10}
        refreshes = {name: asyncio.run(_refreshes(settings)) for name, settings in stores.items()}
    table = Table(HEAD, [row(name, series, found[_BARE]) for name, series in found.items()])
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


def _bars(found: dict[str, Series]) -> Iterator[Bar]:
    for path, limit in (("/cookie", 0.75), ("/redis", 0.50)):
        name = _session_in(path)
        if name in found:
            shares = found[name].rates(found[_bare_with(path)])
            yield Bar.of(f"HTTP, {name}: requests/s / the same request, bare", shares, ">=", limit)


def _bars_of(refreshes: dict[str, int]) -> Iterator[Bar]:
    for name, calls in refreshes.items():
        yield Bar(f"a refresh, sessions in {name}, {AT_ONCE} requests at once: calls", calls, "<=", 1)
