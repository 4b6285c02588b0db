"""HTTP: requests a second and processor time for each request, beside the bare endpoint.

Fair: uvicorn with one worker for each contestant, the same version of uvicorn, httptools and
uvloop for all, and load from a second process that is far from its own limit. Each contestant is
compared with the bare endpoint of its own process in the same round. All endpoints answer the same
bytes. A token that is "new" was never sent before to that process; the others were sent once
before the first round.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.material import Material
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.signing import material
from benchmarks.worker import ROOT, Worker, python_worker

CONNECTIONS = 16
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
NEW: Final = Case("current user, every token new", "/user", None)
GUARDED: Final = Case("current user and a group guard, same token", "/guard", 1)

_OURS: Final = "fastapi_cognito_auth"
_CASES: Final[Mapping[str, tuple[Case, ...]]] = {
    _OURS: (BARE, HEADER, SAME, CYCLING, NEW, GUARDED),
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
                rows.append([contestant, *_row(case, series, found[_key(contestant, BARE)])])
    table = Table(
        ["", "endpoint", "requests/s", "CPU, µs per request", "requests/s to bare", "CPU: bare to this"], rows
    )
    text = (
        f"Medians of {rounds} rounds of {count} requests over {CONNECTIONS} connections.\n"
        "Each ratio is to the bare endpoint of the same process in the same round."
    )
    return Section("HTTP", text, [table], _bars(found))


def _contestants(plan: Plan, stack: ExitStack, files: Material, load: Worker, count: int) -> dict[str, Turn]:
    pythons: dict[str, tuple[Path | str, str]] = {_OURS: (sys.executable, "ours")}
    if plan.rivals is not None:
        pythons["fastapi-cloudauth"] = (plan.rivals.python, "fastapi_cloudauth")
        pythons["fastapi-cognito"] = (plan.rivals.python, "fastapi_cognito")
    turns: dict[str, Turn] = {}
    for contestant, (python, name) in pythons.items():
        port = stack.enter_context(_server(plan, python, name, files))
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


@contextmanager
def _server(plan: Plan, python: Path | str, name: str, files: Material) -> Iterator[int]:
    with subprocess.Popen(
        [python, "-W", "ignore", "-m", "benchmarks.contestants.http_server", name, files.directory],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **_server_modules(plan)},
    ) as process:
        if process.stdout is None:
            raise AssertionError
        yield int(process.stdout.readline())
        process.communicate()


def _server_modules(plan: Plan) -> dict[str, str]:
    return {} if plan.rivals is None else {"PYTHONPATH": str(plan.rivals.server)}


def _key(contestant: str, case: Case) -> str:
    return f"{contestant}: {case.name}"


def _row(case: Case, series: Series, bare: Series) -> list[str]:
    return [
        case.name,
        f"{1 / series.wall:.0f}",
        f"{series.cpu * 1e6:.0f}",
        f"{1 / series.wall_ratio(bare):.2f}",
        f"{1 / series.cpu_ratio(bare):.2f}",
    ]


def _bars(found: dict[str, Series]) -> list[Bar]:
    bare = found[_key(_OURS, BARE)]
    same, cycling, new = (found[_key(_OURS, case)] for case in (SAME, CYCLING, NEW))
    return [
        Bar("HTTP, same token: requests/s / bare endpoint", 1 / same.wall_ratio(bare), ">=", 0.80),
        Bar(
            "HTTP, 1000 tokens cycling: requests/s / bare endpoint", 1 / cycling.wall_ratio(bare), ">=", 0.72
        ),
        Bar("HTTP, every token new: CPU of bare endpoint / this", 1 / new.cpu_ratio(bare), ">=", 0.50),
    ]
