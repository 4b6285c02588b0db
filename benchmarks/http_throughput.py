"""HTTP: requests a second and processor time for each request, beside the bare endpoint.

Fair: uvicorn with one worker for each contestant, the same version of uvicorn, httptools and
uvloop for all, and load from a second process that is far from its own limit. Each contestant is
compared with the bare endpoint of its own process in the same round. All endpoints answer the same
bytes. A token that is "new" was never sent before to that process; the others were sent once
before the first round. The bars compare with what an app has anyhow that asks who calls: a token that is
known with a dependency that reads the header and does nothing else, and a new one with a dependency
that verifies it by hand with fewer checks.
"""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.material import Material
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.served import CONNECTIONS, HEAD, row, server
from benchmarks.signing import material
from benchmarks.worker import Worker, python_worker

CYCLE = 1000


class Case(NamedTuple):
    """What is asked of a server: `tokens` is how many take turns, `None` for always new ones."""

    name: str
    path: str
    tokens: int | None


BARE: Final = Case("bare endpoint", "/bare", 1)
HEADER: Final = Case("header-only dependency", "/header", 1)
SAME: Final = Case("current user, same token", "/user", 1)
CYCLING: Final = Case("current user, 1000 tokens cycling", "/user", CYCLE)
FLOOR: Final = Case("hand-tuned verification, every token new", "/floor", None)
NEW: Final = Case("current user, every token new", "/user", None)
GUARDED: Final = Case("current user and a group guard, same token", "/guard", 1)

_OURS: Final = "fastapi_cognito_auth"
_CASES: Final[Mapping[str, tuple[Case, ...]]] = {
    _OURS: (BARE, HEADER, SAME, CYCLING, FLOOR, NEW, GUARDED),
    "fastapi-cloudauth": (BARE, SAME, CYCLING, NEW),
    "fastapi-cognito": (BARE, SAME, CYCLING, NEW),
}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(12, 2), plan.amount(2000, 50)
    with ExitStack() as stack:
        files = stack.enter_context(material(CYCLE + (rounds + 1) * count))
        load = python_worker(sys.executable, "http_load", files.directory, environment=_server_modules(plan))
        contestants = _contestants(plan, stack, files, stack.enter_context(load), count)
        found = interleave(contestants, rounds)
    rows = []
    for contestant, cases in _CASES.items():
        for case in cases:
            series = found.get(_key(contestant, case))
            if series is not None:
                rows.append([contestant, *row(case.name, series, found[_key(contestant, BARE)])])
    text = (
        f"Medians of {rounds} rounds of {count} requests over {CONNECTIONS} connections.\n"
        "Each ratio is to the bare endpoint of the same process in the same round."
    )
    return Section("HTTP", text, [Table(["", *HEAD], rows)], _bars(found))


def _contestants(plan: Plan, stack: ExitStack, files: Material, load: Worker, count: int) -> dict[str, Turn]:
    pythons: dict[str, tuple[Path | str, str]] = {_OURS: (sys.executable, "ours")}
    if plan.rivals is not None:
        pythons["fastapi-cloudauth"] = (plan.rivals.python, "fastapi_cloudauth")
        pythons["fastapi-cognito"] = (plan.rivals.python, "fastapi_cognito")
    turns: dict[str, Turn] = {}
    for contestant, (python, name) in pythons.items():
        running = server(
            "http_server", name, files.directory, python=python, environment=_server_modules(plan)
        )
        port = int(stack.enter_context(running).readline())
        for case in _CASES[contestant]:
            turns[_key(contestant, case)] = _turn(load, port, case, count)
    return turns


def _turn(load: Worker, port: int, case: Case, count: int) -> Turn:
    def turn(number: int) -> Sample:
        start = CYCLE + number * count if case.tokens is None else 0
        tokens = count if case.tokens is None else case.tokens
        # The first round must have seen every token that is to be known afterwards.
        requests = max(count, tokens) if number == 0 else count
        answer = load.ask(
            port=port, path=case.path, start=start, tokens=tokens, count=requests, connections=CONNECTIONS
        )
        return Sample(**answer)

    return turn


def _server_modules(plan: Plan) -> dict[str, str]:
    return {} if plan.rivals is None else {"PYTHONPATH": str(plan.rivals.server)}


def _key(contestant: str, case: Case) -> str:
    return f"{contestant}: {case.name}"


def _bars(found: dict[str, Series]) -> list[Bar]:
    header, same, cycling, floor, new = (
        found[_key(_OURS, case)] for case in (HEADER, SAME, CYCLING, FLOOR, NEW)
    )
    return [
        Bar.of("HTTP, same token: requests/s / header-only dependency", same.rates(header), ">=", 0.92),
        Bar.of(
            "HTTP, 1000 tokens cycling: requests/s / header-only dependency",
            cycling.rates(header),
            ">=",
            0.92,
        ),
        Bar.of("HTTP, every token new: requests/s / hand-tuned dependency", new.rates(floor), ">=", 0.85),
    ]
