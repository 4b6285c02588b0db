"""Sign-ins a second, 200 at once, against an upstream that takes 100 ms for each call.

Fair: the upstream is a process of its own that does nothing but wait and answer; boto3 is the
version that this package uses, without signing, called from as many threads as there are sign-ins.
"Tuned" has as many connections as threads, for ours by `max_connections`. SRP takes two calls.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Turn, interleave
from benchmarks.worker import ROOT, Worker, python_worker

LATENCY: Final = 0.1
"""Seconds that the upstream takes."""

_TUNED: Final = "boto3, tuned"
_OURS: Final = "fastapi_cognito_auth, password, tuned"
_CONTESTANTS: Final = {
    _TUNED: "boto3_tuned",
    "boto3, defaults": "boto3_defaults",
    _OURS: "ours",
    "fastapi_cognito_auth, password, defaults": "ours_defaults",
    "fastapi_cognito_auth, SRP, tuned": "ours_srp",
}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, at_once = plan.amount(10, 1), plan.amount(200, 5)
    with ExitStack() as stack:
        port = stack.enter_context(_upstream())
        contestants = {
            label: _turn(
                stack.enter_context(python_worker(sys.executable, "sign_ins", name, port, str(at_once)))
            )
            for label, name in _CONTESTANTS.items()
            if label in {_TUNED, _OURS} or not plan.quick
        }
        found = interleave(contestants, rounds)
    rows = [
        [
            label,
            f"{1 / series.wall:.0f}",
            f"{series.cpu * 1e3:.2f}",
            f"{1 / series.wall_ratio(found[_TUNED]):.2f}",
        ]
        for label, series in found.items()
    ]
    text = (
        f"Medians of {rounds} rounds of {at_once} sign-ins at once; "
        f"the upstream takes {LATENCY * 1e3:.0f} ms for each call."
    )
    bar = Bar(
        "sign-ins/s, password flow / boto3 tuned", 1 / found[_OURS].wall_ratio(found[_TUNED]), ">=", 0.9
    )
    head = ["", "sign-ins/s", "CPU, ms per sign-in", "sign-ins/s to boto3 tuned"]
    return Section("Sign-ins", text, [Table(head, rows)], [bar])


def _turn(worker: Worker) -> Turn:
    return lambda _number: Sample(**worker.ask())


@contextmanager
def _upstream() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.contestants.upstream", str(LATENCY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        if process.stdout is None:
            raise AssertionError
        yield process.stdout.readline().strip()
        process.communicate()
