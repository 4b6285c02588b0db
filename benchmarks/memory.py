"""Memory over many distinct tokens through one verifier.

Each token is new to the process, valid, and verified once, so that whatever is remembered grows as
far as it ever does. Two processes get the same tokens: one is left alone and tells its resident set,
the other counts what Python allocates. Signing is what takes the time, hence `--tokens`; a million
take some ten minutes on two cores.
"""

import sys
from contextlib import ExitStack
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Section, Table
from benchmarks.signing import Key, material
from benchmarks.worker import python_worker

_LOOKS: Final = (100, 1_000, 10_000, 100_000, 1_000_000)


def measure(plan: Plan) -> Section:
    """Run this part."""
    wanted = plan.amount(plan.tokens, 200)
    key = Key()
    rows, done = [], 0
    with ExitStack() as stack:
        files = stack.enter_context(material(0, key))
        plain, traced = (
            stack.enter_context(python_worker(sys.executable, "memory", files.directory, *more))
            for more in ([], ["traced"])
        )
        for tokens in key.tokens(wanted):
            found, counted = plain.ask(tokens=tokens), traced.ask(tokens=tokens)
            done += len(tokens)
            if done == wanted or any(done - len(tokens) < look <= done for look in _LOOKS):
                sizes = (found["rss"], counted["held"], counted["peak"])
                rows.append([f"{done:,}", *(f"{size / 2**20:.1f}" for size in sizes)])
    head = ["distinct tokens verified", "resident, MiB", "allocated by Python, MiB", "most allocated, MiB"]
    text = f"{wanted:,} valid tokens, none seen twice; `--tokens` sets how many."
    return Section("Memory", text, [Table(head, rows)])
