"""Sign-ins a second, 200 at once, against an upstream that takes 100 ms for each call.

Fair: the upstream is a process of its own that does nothing but wait and answer; boto3 is the
version that this package uses, without signing, called from as many threads as there are sign-ins.
"Tuned" has as many connections as threads, for ours by `max_connections`. SRP takes two calls.
What one call costs is measured with calls one after the other, and an upstream that answers at once.
"""

import sys
from contextlib import ExitStack
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.served import server
from benchmarks.worker import Worker, python_worker

LATENCY: Final = 0.1
"""Seconds that the upstream takes."""

_TUNED: Final = "boto3, tuned"
_DEFAULTS: Final = "fastapi_cognito_auth, password, defaults"
_OURS: Final = "fastapi_cognito_auth, password, tuned"
_CONTESTANTS: Final = {
    _TUNED: "boto3_tuned",
    "boto3, defaults": "boto3_defaults",
    _OURS: "ours",
    _DEFAULTS: "ours_defaults",
    "fastapi_cognito_auth, SRP, tuned": "ours_srp",
}

_CALLERS: Final = (_TUNED, _OURS)
"""Who makes calls one after the other, too."""


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, at_once = plan.amount(10, 1), plan.amount(200, 5)
    with ExitStack() as stack:
        port, prompt = (
            stack.enter_context(server("upstream", str(seconds))).readline().strip()
            for seconds in (LATENCY, 0)
        )

        def started(name: str, port: str) -> Worker:
            return stack.enter_context(python_worker(sys.executable, "sign_ins", name, port, str(at_once)))

        contestants = {
            label: _turn(started(name, port), at_once=True)
            for label, name in _CONTESTANTS.items()
            if label in {_TUNED, _OURS, _DEFAULTS} or not plan.quick
        }
        found = interleave(contestants, rounds)
        callers = {label: _turn(started(_CONTESTANTS[label], prompt), at_once=False) for label in _CALLERS}
        calls = interleave(callers, rounds)
    rows = [
        [
            label,
            f"{1 / series.wall:.0f}",
            f"{series.cpu * 1e3:.2f}",
            f"{series.rate(found[_TUNED]):.2f}",
        ]
        for label, series in found.items()
    ]
    text = (
        f"Medians of {rounds} rounds of {at_once} sign-ins at once; "
        f"the upstream takes {LATENCY * 1e3:.0f} ms for each call."
    )
    head = ["", "sign-ins/s", "CPU, ms per sign-in", "sign-ins/s to boto3 tuned"]
    table = Table(head, rows)
    single = Table(
        ["one call after the other", "CPU, ms per call", "wall, ms per call"],
        [[label, f"{series.cpu * 1e3:.2f}", f"{series.wall * 1e3:.2f}"] for label, series in calls.items()],
    )
    return Section("Sign-ins", text, [table, single], _bars(found, calls))


def _turn(worker: Worker, *, at_once: bool) -> Turn:
    return lambda _number: Sample(**worker.ask(at_once=at_once))


def _bars(found: dict[str, Series], calls: dict[str, Series]) -> list[Bar]:
    rates = [1 / sample.wall for sample in found[_DEFAULTS].samples]
    costs = [sample.cpu * 1e3 for sample in calls[_OURS].samples]
    return [
        Bar.of("sign-ins/s, password flow / boto3 tuned", found[_OURS].rates(found[_TUNED]), ">=", 0.9),
        Bar.of("sign-ins/s, password flow, defaults, 200 at once", rates, ">=", 600),
        Bar.of("call to Cognito, CPU, ms", costs, "<=", 1.0),
    ]
