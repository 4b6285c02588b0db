"""Revocation in Redis: requests a second beside the bare endpoint of the same process.

Fair: as the part `http`, with a token that was seen before, so that what each request adds is the look
into the store. Redis is on the same machine and has a password.
"""

import sys
from contextlib import ExitStack
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import interleave
from benchmarks.served import CONNECTIONS, HEAD, redis, row, sending, server
from benchmarks.signing import material
from benchmarks.worker import python_worker

_BARE: Final = "bare endpoint"
_KEPT: Final = {"": "current user, no revocation", "redis": "current user, revocation in Redis"}


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(12, 2), plan.amount(2000, 50)
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis())
        files = stack.enter_context(material(1))
        load = stack.enter_context(python_worker(sys.executable, "http_load", files.directory))
        settings = ["revocation=redis", f"redis_url={redis_url}"] if redis_url else []
        checked = int(
            stack.enter_context(server("http_server", "ours", files.directory, *settings)).readline()
        )
        plain = int(stack.enter_context(server("http_server", "ours", files.directory)).readline())
        turns = {_BARE: sending(load, checked, "/bare", count, start=0, tokens=1)}
        turns[_KEPT[""]] = sending(load, plain, "/user", count, start=0, tokens=1)
        if redis_url:
            turns[_KEPT["redis"]] = sending(load, checked, "/user", count, start=0, tokens=1)
        found = interleave(turns, rounds)
    bars = []
    if redis_url:
        shares = found[_KEPT["redis"]].rates(found[_BARE])
        bars.append(Bar.of("HTTP, revocation in Redis: requests/s / bare endpoint", shares, ">=", 0.60))
    rows = [row(name, series, found[_BARE]) for name, series in found.items()]
    text = f"Medians of {rounds} rounds of {count} requests over {CONNECTIONS} connections, the same token."
    return Section("Revocation", text, [Table(HEAD, rows)], bars)
