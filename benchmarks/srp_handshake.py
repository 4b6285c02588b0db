"""SRP: processor time of a handshake, and how late the event loop comes while handshakes run.

Fair: a handshake is the client's whole side, from `SRP_A` to the proof, against values as a server
sends them. gmpy2's floor is the three modular powers with a secret of 256 bits and nothing else.
For the event loop, handshakes run without pause, some at once, in the threads that each contestant
would use, and a task that sleeps for 10 ms says how late it woke up.
"""

import sys
from contextlib import ExitStack
from statistics import median
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave, percentile
from benchmarks.worker import Worker, python_worker

FLOOR: Final = "three powers by gmpy2"
WITH: Final = "fastapi_cognito_auth with gmpy2"
WITHOUT: Final = "fastapi_cognito_auth without gmpy2"
NAIVE: Final = "three powers by pow()"
PYCOGNITO: Final = "pycognito"
IDLE: Final = "nothing else runs"
AT_ONCE: Final = 4

_HERE: Final = {FLOOR: "gmpy2_floor", WITH: "ours", WITHOUT: "ours_without_gmpy2", NAIVE: "naive_pow"}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(20, 2), plan.amount(20, 1)
    with ExitStack() as stack:
        workers = {
            label: stack.enter_context(python_worker(sys.executable, "srp", name))
            for label, name in {**_HERE, IDLE: "idle"}.items()
        }
        contestants = {label: _turn(workers[label], count) for label in _HERE}
        if plan.rivals is not None:
            other = stack.enter_context(python_worker(plan.rivals.python, "srp", "pycognito"))
            contestants[PYCOGNITO] = _turn(other, count)
        found = interleave(contestants, rounds)
        late = _delays(plan, {label: workers[label] for label in (IDLE, WITH, WITHOUT, NAIVE)})
    text = (
        f"Handshakes: medians of {rounds} rounds of {count}.\n"
        f"Event loop: {AT_ONCE} handshakes at once in threads, without pause."
    )
    return Section("SRP", text, [_cpu_table(found), _delay_table(late)], [*_bars(found), _delay_bar(late)])


def _turn(worker: Worker, count: int) -> Turn:
    return lambda _number: Sample(**worker.ask(handshakes=count))


def _delays(plan: Plan, workers: dict[str, Worker]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {label: [] for label in workers}
    for _ in range(plan.amount(8, 1)):
        for label, worker in workers.items():
            found[label] += worker.ask(looks=plan.amount(100, 5), at_once=AT_ONCE)["delays"]
    return found


def _cpu_table(found: dict[str, Series]) -> Table:
    rows = [
        [name, f"{series.cpu * 1e3:.2f}", f"{series.wall * 1e3:.2f}", f"{series.cpu_ratio(found[FLOOR]):.2f}"]
        for name, series in found.items()
    ]
    return Table(["", "CPU, ms per handshake", "wall, ms per handshake", "ratio to gmpy2's floor"], rows)


def _delay_table(late: dict[str, list[float]]) -> Table:
    rows = [
        [label, *(f"{value * 1e3:.2f}" for value in (median(found), percentile(found, 0.95), max(found)))]
        for label, found in late.items()
    ]
    return Table(["event loop late by, ms", "median", "95 %", "most"], rows)


def _bars(found: dict[str, Series]) -> list[Bar]:
    bars = [
        Bar("SRP handshake CPU with gmpy2 / gmpy2's floor", found[WITH].cpu_ratio(found[FLOOR]), "<=", 1.25)
    ]
    if PYCOGNITO in found:
        ratio = found[WITHOUT].cpu_ratio(found[PYCOGNITO])
        bars.append(Bar("SRP handshake CPU without gmpy2 / pycognito", ratio, "<=", 0.5))
    return bars


def _delay_bar(late: dict[str, list[float]]) -> Bar:
    return Bar(
        "event-loop delay while SRP handshakes run (gmpy2), median, ms", median(late[WITH]) * 1e3, "<=", 1.0
    )
