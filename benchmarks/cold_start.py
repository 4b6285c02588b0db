"""Cold start: processor time of a fresh process, from its start to the first verified request.

Fair: each contestant is a process of its own that ends after one request; byte code is compiled
beforehand. All are served by the same uvicorn, as in a deployment, and in a second table called straight,
without a server, as in a function. Keys are fetched over HTTP from a process on
loopback that answers at once, unless the key set is given by `COGNITO_KEY_SET`. The ratio is to an app in
the same environment whose endpoint depends on nothing and answers the same. What counts is the
processor's time, the system's included: the wall time of a start says more about the machine.
"""

import sys
from contextlib import ExitStack
from functools import partial
from typing import Final, NamedTuple

from benchmarks.fresh import fresh
from benchmarks.material import Material
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, interleave
from benchmarks.served import server
from benchmarks.signing import material
from tests.support import SECRET_KEY


class _Case(NamedTuple):
    """A way to start; `given` says that the key set comes with the settings."""

    label: str
    name: str
    given: bool = False
    theirs: bool = False


_BARE: Final = _Case("bare app", "bare")
_OURS: Final = _Case("fastapi_cognito_auth", "ours")
_ROUTER: Final = _Case("fastapi_cognito_auth, with `auth.router`", "ours_with_router")
_THEIR_BARE: Final = _Case("bare app (environment of the others)", "bare", theirs=True)
_CASES: Final = (
    _BARE,
    _OURS,
    _Case("fastapi_cognito_auth, `COGNITO_KEY_SET`", "ours", given=True),
    _ROUTER,
    _Case("fastapi_cognito_auth, with `auth.router`, `COGNITO_KEY_SET`", "ours_with_router", given=True),
    _Case("PyJWT by `PyJWKClient`", "pyjwt"),
)
_OTHERS: Final = (
    _THEIR_BARE,
    _Case("fastapi-cognito", "fastapi_cognito", theirs=True),
    _Case("fastapi-cloudauth", "fastapi_cloudauth", theirs=True),
)


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds = plan.amount(15, 1)
    cases = [case for case in _CASES if case in {_BARE, _OURS, _ROUTER} or not plan.quick]
    if plan.rivals is not None:
        cases += _OTHERS
    with ExitStack() as stack:
        files = stack.enter_context(material(1))
        port = stack.enter_context(server("key_endpoint", files.directory, "0")).readline().strip()
        served, straight = (
            interleave({case.label: partial(_start, plan, files, port, way, case) for case in cases}, rounds)
            for way in ("served", "straight")
        )
    bars = [
        Bar.of(
            f"cold start{more}, CPU / bare app",
            served[case.label].cpu_ratios(served[_BARE.label]),
            "<=",
            limit,
        )
        for more, case, limit in (("", _OURS, 1.15), (" with auth.router", _ROUTER, 1.35))
    ]
    text = (
        f"Medians of {rounds} fresh processes each, to the answer to one request.\n"
        "The ratio is that of processor time to the bare app of the same environment in the same round."
    )
    tables = [
        Table([way, "CPU, ms", "wall, ms", "ratio to bare"], [_row(case, found) for case in cases])
        for way, found in (("served by uvicorn", served), ("without a server", straight))
    ]
    return Section("Cold start", text, tables, bars)


def _start(plan: Plan, files: Material, port: str, way: str, case: _Case, _number: int) -> Sample:
    python = plan.rivals.python if case.theirs and plan.rivals is not None else sys.executable
    keys = f"http://127.0.0.1:{port}/keys"
    environment = {
        "ACCESS_TOKEN": files.tokens[0],
        "ISSUER": files.pool["issuer"],
        "COGNITO_USER_POOL_ID": files.pool["user_pool_id"],
        "COGNITO_CLIENT_ID": files.pool["client_id"],
        "COGNITO_SECRET_KEY": SECRET_KEY,
        # One server for all, as in the part `http`.
        **({} if plan.rivals is None else {"PYTHONPATH": str(plan.rivals.server)}),
        **({"COGNITO_KEY_SET": files.jwks_path.read_text()} if case.given else {"COGNITO_JWKS_URI": keys}),
    }
    command = [python, "-W", "ignore", "-m", "benchmarks.contestants.cold_start", case.name, way]
    return fresh(command, environment)


def _row(case: _Case, found: dict[str, Series]) -> list[str]:
    series, base = found[case.label], found[_THEIR_BARE.label if case.theirs else _BARE.label]
    return [
        case.label,
        f"{series.cpu * 1e3:.0f}",
        f"{series.wall * 1e3:.0f}",
        f"{series.cpu_ratio(base):.2f}",
    ]
