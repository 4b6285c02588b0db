"""Refusals over HTTP: processor time of a request beside one whose token is accepted.

Fair: as the part `http`, all of one server. A refusal is compared with accepting a token of the same
freshness, since what was seen before may be remembered, and what was never seen costs a signature. An
expired token has a good signature; a wrong signature is that of another token; an unknown key is
named by a header, and the key set is fetched as often as that is allowed; garbage is as long as a token.
"""

import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.served import CONNECTIONS, server
from benchmarks.signing import Key, material, with_unknown_kids
from benchmarks.worker import Worker, python_worker

_ACCEPTED: Final = "accepted"
_REFUSED: Final = ("expired", "wrong signature", "unknown kid", "garbage")
_FRESHNESS: Final = ("never seen", "seen before")
_LIMIT: Final = 1.2


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(12, 1), plan.amount(500, 50)
    each = (rounds + 1) * count
    key = Key()
    good = [token for some in key.tokens(each) for token in some]
    kinds = {
        _ACCEPTED: good,
        "expired": key.expired(each),
        "wrong signature": _swapped(good),
        "unknown kid": with_unknown_kids(good[0], each),
        "garbage": [secrets.token_urlsafe(len(good[0]) * 3 // 4) for _ in range(each)],
    }
    with ExitStack() as stack:
        files = stack.enter_context(material(0, key, [token for some in kinds.values() for token in some]))
        load = stack.enter_context(python_worker(sys.executable, "http_load", files.directory))
        port = int(stack.enter_context(server("http_server", "ours", files.directory)).readline())
        turns = {
            _label(kind, freshness): _turn(load, port, kind, freshness, count, start=place * each)
            for freshness in _FRESHNESS
            for place, kind in enumerate(kinds)
        }
        found = interleave(turns, rounds)
    text = (
        f"Medians of {rounds} rounds of {count} requests over {CONNECTIONS} connections.\n"
        "The ratio is that of processor time to accepting a token of the same freshness in the same round."
    )
    head = ["token", "freshness", "CPU, µs per request", "ratio to accepting"]
    rows = [_row(found, kind, freshness) for freshness in _FRESHNESS for kind in kinds]
    bars = [_bar(found, kind, freshness) for freshness in _FRESHNESS for kind in _REFUSED]
    return Section("Refusals", text, [Table(head, rows)], bars)


def _swapped(tokens: Sequence[str]) -> list[str]:
    """Give each token the signature of its neighbour."""
    signatures = [token.rpartition(".")[2] for token in tokens]
    return [
        f"{token.rpartition('.')[0]}.{signature}"
        for token, signature in zip(tokens, [*signatures[1:], signatures[0]], strict=True)
    ]


def _label(kind: str, freshness: str) -> str:
    return f"{kind}, {freshness}"


def _turn(load: Worker, port: int, kind: str, freshness: str, count: int, *, start: int) -> Turn:
    statuses = [200] if kind == _ACCEPTED else [401]

    def turn(number: int) -> Sample:
        fresh = freshness == "never seen"
        return Sample(
            **load.ask(
                port=port,
                path="/user",
                start=start + (number * count if fresh else 0),
                tokens=count if fresh else 1,
                count=count,
                connections=CONNECTIONS,
                statuses=statuses,
            )
        )

    return turn


def _ratios(found: dict[str, Series], kind: str, freshness: str) -> list[float]:
    return found[_label(kind, freshness)].cpu_ratios(found[_label(_ACCEPTED, freshness)])


def _row(found: dict[str, Series], kind: str, freshness: str) -> list[str]:
    series = found[_label(kind, freshness)]
    ratio = series.cpu_ratio(found[_label(_ACCEPTED, freshness)])
    return [kind, freshness, f"{series.cpu * 1e6:.0f}", f"{ratio:.2f}"]


def _bar(found: dict[str, Series], kind: str, freshness: str) -> Bar:
    what = f"refusing, {kind}, {freshness}: CPU / accepting"
    return Bar.of(what, _ratios(found, kind, freshness), "<=", _LIMIT)
