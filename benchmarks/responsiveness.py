"""How long the event loop is held by keys: by one refresh, by many who wait for it, and by a flood.

The refresh goes over HTTPS to a process on loopback, with a certificate that the environment names. A
process of its own writes the time into a pipe every millisecond, and what counts is how late the event
loop reads it; beside it stands what the machine does to an event loop that has nothing to do. The first
refresh of a process also loads the HTTP client and reads the certificates, as many as there usually are.

`/health` is asked every two milliseconds over a connection of its own, while 200 requests with good
tokens wait for a key set that takes 50 ms, in a fresh process for each round, and while 16 connections
send tokens of ever new unknown keys without pause. What counts is the slowest answer of a round.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import certifi

from benchmarks.certificates import self_signed
from benchmarks.keys import AT_ONCE, LATENCY
from benchmarks.material import Material
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.served import CONNECTIONS, server
from benchmarks.signing import Key, material, with_unknown_kids
from benchmarks.worker import Worker, python_worker

_MOST_A_SECOND: Final = 10_000
"""More forged tokens than a server refuses."""


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, seconds = plan.amount(9, 1), plan.amount(2.0, 0.3)
    key = Key()
    with ExitStack() as stack:
        forged = with_unknown_kids(key.token(), int(_MOST_A_SECOND * seconds))
        files = stack.enter_context(material(AT_ONCE, key, forged))
        refreshes = _refreshes(files, rounds)
        load, prober = (
            stack.enter_context(python_worker(sys.executable, name, *more))
            for name, more in (("http_load", [files.directory]), ("prober", []))
        )
        slow = int(stack.enter_context(server("key_endpoint", files.directory, str(LATENCY))).readline())
        cold = [_cold(files, slow, load, prober) for _ in range(rounds)]
        with _app(files, slow) as port:
            flooded = [_flooded(port, load, prober, len(forged), seconds) for _ in range(rounds)]
    found = {
        "nothing to do": refreshes["idle"],
        "the first refresh of a process": refreshes["first"],
        "a later refresh": refreshes["later"],
    }
    health = {
        f"{AT_ONCE} cold requests wait for the keys": cold,
        "a flood of unknown `kid`s": flooded,
    }
    text = f"{rounds} rounds; the key endpoint of the cold requests takes {LATENCY * 1e3:.0f} ms."
    return Section(
        "Responsiveness",
        text,
        [_table("event loop held by, ms", found), _table("slowest `/health`, ms", health)],
        [
            _bar("event loop held by the first key refresh, ms", refreshes["first"], 1.0),
            _bar("event loop held by a later key refresh, ms", refreshes["later"], 1.0),
            _worst(f"slowest /health of all rounds, {AT_ONCE} cold requests, ms", cold, 50.0),
            _worst("slowest /health of all rounds, flood of unknown kids, ms", flooded, 50.0),
        ],
    )


def _refreshes(files: Material, rounds: int) -> dict[str, list[float]]:
    """Return the longest blocks in seconds, one of each round."""
    found: dict[str, list[float]] = {"idle": [], "first": [], "later": []}
    certificate, private_key = self_signed(files.directory)
    trusted = files.directory / "trusted.pem"
    # As many as there usually are: they are read before the first fetch.
    trusted.write_bytes(Path(certifi.where()).read_bytes() + certificate.read_bytes())
    with server("key_endpoint", files.directory, "0", certificate, private_key) as told:
        port = told.readline().strip()
        for _ in range(rounds):
            environment = {"AWS_CA_BUNDLE": str(trusted)}
            arguments = ("key_refresh", files.directory, port)
            with python_worker(sys.executable, *arguments, environment=environment) as worker:
                found["idle"].append(worker.ask(idle=True)["block"])
                found["first"].append(worker.ask(idle=False)["block"])
                found["later"].append(worker.ask(idle=False)["block"])
    return found


@contextmanager
def _app(files: Material, keys: int) -> Iterator[int]:
    with server("http_server", "ours", files.directory, f"jwks_uri=http://127.0.0.1:{keys}/keys") as told:
        yield int(told.readline())


def _cold(files: Material, keys: int, load: Worker, prober: Worker) -> float:
    with _app(files, keys) as port:
        prober.tell(port=port, path="/bare", seconds=1.0)
        load.ask(port=port, path="/user", start=0, tokens=AT_ONCE, count=AT_ONCE, connections=AT_ONCE)
        return float(prober.hear()["slowest"])


def _flooded(port: int, load: Worker, prober: Worker, forged: int, seconds: float) -> float:
    load.ask(port=port, path="/user", start=0, tokens=1, count=1, connections=1)
    prober.tell(port=port, path="/bare", seconds=seconds)
    load.ask(
        port=port,
        path="/user",
        start=AT_ONCE,
        tokens=forged,
        count=forged,
        seconds=seconds,
        connections=CONNECTIONS,
        statuses=[401, 503],
    )
    return float(prober.hear()["slowest"])


def _table(what: str, found: dict[str, list[float]]) -> Table:
    rows = [
        [label, *(f"{value * 1e3:.2f}" for value in (min(values), median(values), max(values)))]
        for label, values in found.items()
    ]
    return Table([what, "lowest round", "median", "highest round"], rows)


def _bar(what: str, seconds: list[float], limit: float) -> Bar:
    return Bar.of(what, [value * 1e3 for value in seconds], "<=", limit)


def _worst(what: str, seconds: list[float], limit: float) -> Bar:
    rounds = [value * 1e3 for value in seconds]
    return Bar(what, max(rounds), "<=", limit, rounds)
