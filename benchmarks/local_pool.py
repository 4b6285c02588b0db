"""The local pool as it grows: SignUp, sign-in and refresh by its users, and sign-in by what went before.

Each size is a pool in a process of its own, the users made by AdminCreateUser; whoever signs up is deleted
again outside the clock. The first sign-ins are those of a pool that was made for the round, in a
process that is warm. Ratios compare processor time of one round. Making the users takes what time
the run takes.
"""

import sys
from contextlib import ExitStack
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.worker import Worker, python_worker

_OPERATIONS: Final = {"sign_up": "SignUp", "sign_in": "sign-in", "refresh": "refresh"}
_FEW: Final = 10
_LIMIT: Final = 1.2


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(20, 1), plan.amount(20, 2)
    sizes = [_FEW, 20] if plan.quick else [_FEW, 20_000, 100_000]
    before = plan.amount(10_000, 20)
    with ExitStack() as stack:

        def pool(users: int, sign_ins: int) -> Worker:
            return stack.enter_context(python_worker(sys.executable, "local_pool", str(users), str(sign_ins)))

        pools = {users: pool(users, 0) for users in sizes}
        grown = interleave(
            {
                _label(what, users): _turn(worker, what, count)
                for what in _OPERATIONS
                for users, worker in pools.items()
            },
            rounds,
        )
        aged = interleave(
            {
                "the first": _turn(pool(_FEW, 0), "sign_in", count, new=True),
                f"after {before:,}": _turn(pool(_FEW, before), "sign_in", count),
            },
            rounds,
        )
    first, later = aged.values()
    bars = [
        *(_bar(grown, what, users) for what in _OPERATIONS for users in sizes[1:]),
        Bar.of(f"local pool: sign-in after {before:,} / the first", later.cpu_ratios(first), "<=", _LIMIT),
    ]
    text = (
        f"Medians of {rounds} rounds of {count} each; the ratio is that of processor time in the same round."
    )
    head = ["operation", "users", "CPU, ms", f"ratio to {_FEW} users"]
    rows = [_row(grown, what, users) for what in _OPERATIONS for users in sizes]
    ages = [[label, f"{one.cpu * 1e3:.2f}", f"{one.cpu_ratio(first):.2f}"] for label, one in aged.items()]
    return Section(
        "Local pool",
        text,
        [Table(head, rows), Table(["sign-ins", "CPU, ms", "ratio to the first"], ages)],
        bars,
    )


def _label(what: str, users: int) -> str:
    return f"{what} {users}"


def _turn(worker: Worker, what: str, count: int, *, new: bool = False) -> Turn:
    return lambda _number: Sample(**worker.ask(what=what, count=count, new=new))


def _bar(found: dict[str, Series], what: str, users: int) -> Bar:
    ratios = found[_label(what, users)].cpu_ratios(found[_label(what, _FEW)])
    return Bar.of(f"local pool: {_OPERATIONS[what]} at {users:,} users / at {_FEW}", ratios, "<=", _LIMIT)


def _row(found: dict[str, Series], what: str, users: int) -> list[str]:
    series = found[_label(what, users)]
    ratio = series.cpu_ratio(found[_label(what, _FEW)])
    return [_OPERATIONS[what], f"{users:,}", f"{series.cpu * 1e3:.2f}", f"{ratio:.2f}"]
