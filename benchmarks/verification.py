"""Verification in process: microseconds for each token, and the ratio to the bare RSA check.

Fair: the same tokens, signed by one key of 2048 bits, with the claims of a real access token;
every library has the key set at hand, looks the key up by `kid` and checks the same claims. The
raw check is `public_key.verify` of `cryptography` on data and signature that were split beforehand;
the hand-tuned floor does what can hardly be left out, and nothing else. The whole dependency is called
as FastAPI calls it, without HTTP, and makes a `User`.
"Never seen" tokens are new in every round. Tokens are copied before the clock starts, since
Python keeps the hash of a string that it has met. Ratios compare processor time of one round.
"""

import sys
from contextlib import ExitStack

from benchmarks.material import Material
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, Turn, interleave
from benchmarks.signing import material
from benchmarks.worker import Worker, python_worker

RAW = "raw RSA verify"
FLOOR = "hand-tuned, fewer checks"
SEEN = "fastapi_cognito_auth, seen before"
NEW = "fastapi_cognito_auth, never seen"
DEPENDENCY_SEEN = "fastapi_cognito_auth, whole dependency, seen before"
DEPENDENCY_NEW = "fastapi_cognito_auth, whole dependency, never seen"
FORGETFUL = "fastapi_cognito_auth, nothing remembered"
NODE_RAW = "raw RSA verify (node)"
AWS = "aws-jwt-verify (node)"
_LIBRARIES = {
    "PyJWT": "pyjwt",
    "joserfc": "joserfc",
    "Authlib": "authlib",
    "python-jose": "python_jose",
    "fastapi-cloudauth": "fastapi_cloudauth",
    "fastapi-cognito": "fastapi_cognito",
}
"""The others, by the name of their contestant."""


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds, count = plan.amount(20, 2), plan.amount(500, 20)
    with ExitStack() as stack:
        files = stack.enter_context(material((rounds + 1) * count))
        found = interleave(_contestants(plan, stack, files, count), rounds)
    raw = found[RAW]
    text = (
        f"Medians of {rounds} rounds of {count} tokens each.\n"
        "The ratio is that of processor time to the raw RSA verify of the same round."
    )
    return Section("Verification in process", text, [_table(found, raw)], _bars(found, raw))


def _contestants(plan: Plan, stack: ExitStack, files: Material, count: int) -> dict[str, Turn]:
    def here(name: str, *settings: str) -> Worker:
        worker = python_worker(sys.executable, "verification", name, files.directory, *settings)
        return stack.enter_context(worker)

    contestants = {
        RAW: _new(here("raw_rsa"), count),
        FLOOR: _new(here("floor"), count),
        "dict by SHA-256": _same(here("dict_by_sha256"), count),
        SEEN: _same(here("ours"), count),
        NEW: _new(here("ours"), count),
        DEPENDENCY_SEEN: _same(here("ours_as_dependency"), count),
        DEPENDENCY_NEW: _new(here("ours_as_dependency"), count),
        FORGETFUL: _new(here("ours", "verified_token_cache=0"), count),
    }
    if plan.rivals is None:
        return contestants
    for label, name in _LIBRARIES.items():
        worker = python_worker(plan.rivals.python, "verification", name, files.directory)
        contestants[label] = _new(stack.enter_context(worker), count)
    if plan.rivals.node is not None:
        script = "benchmarks/rivals/aws_jwt_verify.mjs"
        node = stack.enter_context(Worker([plan.rivals.node, script, files.directory]))
        contestants[NODE_RAW] = _new(node, count, contestant="raw_rsa")
        contestants[AWS] = _new(node, count, contestant="library")
    return contestants


def _new(worker: Worker, count: int, **request: str) -> Turn:
    return lambda number: Sample(**worker.ask(start=number * count, count=count, **request))


def _same(worker: Worker, count: int) -> Turn:
    return lambda _number: Sample(**worker.ask(same=0, count=count))


def _table(found: dict[str, Series], raw: Series) -> Table:
    rows = [
        [name, f"{series.cpu * 1e6:.1f}", f"{series.wall * 1e6:.1f}", f"{series.cpu_ratio(raw):.2f}"]
        for name, series in found.items()
    ]
    return Table(["", "CPU, µs per token", "wall, µs per token", "ratio to raw RSA"], rows)


def _bars(found: dict[str, Series], raw: Series) -> list[Bar]:
    def bar(what: str, name: str, limit: float) -> Bar:
        return Bar.of(f"{what} / raw RSA verify", found[name].cpu_ratios(raw), "<=", limit)

    new = found[NEW]
    bars = [Bar.of("verify, token never seen / hand-tuned floor", new.cpu_ratios(found[FLOOR]), "<=", 1.5)]
    if AWS in found:
        bars.append(Bar.of("verify, token never seen / aws-jwt-verify", new.cpu_ratios(found[AWS]), "<", 1.0))
    return [
        *bars,
        bar("whole dependency, token never seen", DEPENDENCY_NEW, 2.8),
        bar("verify, token seen before", SEEN, 0.12),
        bar("whole dependency, token seen before", DEPENDENCY_SEEN, 0.25),
    ]
