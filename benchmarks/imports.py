"""Import time, and memory after the import and after construction.

Fair: `python -c` in a fresh interpreter each time, contestants taking turns, byte code compiled
beforehand. The ratio is to `import fastapi, jwt` in the same environment and round, by the processor's
time of the whole command, the system's included, since the elapsed time of a start says more about the
machine; that and the time of the import alone, without the interpreter's own start, are shown beside
it. Construction fetches no keys.
"""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from benchmarks.fresh import fresh
from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.rounds import Sample, Series, interleave
from benchmarks.worker import ROOT

_SCRIPT: Final = """
import time
start = time.perf_counter()
{imports}
took = time.perf_counter() - start
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * __import__("resource").getpagesize()
after_import = resident()
{construct}
print([took, after_import, resident()])
"""


class _Subject(NamedTuple):
    """What is imported and constructed, and in which environment."""

    label: str
    imports: str
    construct: str = ""
    theirs: bool = False


_BASE: Final = _Subject("`import fastapi, jwt`", "import fastapi, jwt")
_THEIR_BASE: Final = _Subject("`import fastapi, jwt` (environment of the others)", _BASE.imports, theirs=True)
_OURS: Final = _Subject(
    "`import fastapi_cognito_auth`",
    "import fastapi_cognito_auth",
    "from fastapi_cognito_auth import CognitoAuth, CognitoSettings\n"
    "kept = CognitoAuth(CognitoSettings(user_pool_id='eu-central-1_Ab12Cd34E', client_id='client'))",
)
_OTHERS: Final = (
    _Subject(
        "`import fastapi_cognito`",
        "import fastapi_cognito",
        "pool = dict(region='eu-central-1', userpool_id='eu-central-1_Ab12Cd34E', app_client_id='client')\n"
        "kept = fastapi_cognito.CognitoAuth(fastapi_cognito.CognitoSettings(check_expiration=True,"
        " jwt_header_name='Authorization', jwt_header_prefix='Bearer', userpools={'pool': pool}))",
        theirs=True,
    ),
    _Subject(
        "`import fastapi_cloudauth.cognito`",
        "import fastapi_cloudauth.cognito as found",
        "kept = found.ScopedAuth(found.JWKS(fixed_keys={}), scope_key='cognito:groups')",
        theirs=True,
    ),
)


class _Result(NamedTuple):
    import_alone: float
    after_import: float
    constructed: float


def measure(plan: Plan) -> Section:
    """Run this part."""
    rounds = plan.amount(15, 1)
    subjects = [_BASE, _OURS]
    if plan.rivals is not None:
        subjects += [_THEIR_BASE, *_OTHERS]
    results: dict[str, list[_Result]] = {subject.label: [] for subject in subjects}

    def run(subject: _Subject, _number: int) -> Sample:
        python = plan.rivals.python if subject.theirs and plan.rivals is not None else Path(sys.executable)
        sample = fresh([python, "-W", "ignore", "-c", subject.imports])
        results[subject.label].append(_look_inside(python, subject))
        return sample

    found = interleave({subject.label: partial(run, subject) for subject in subjects}, rounds)
    rows = [_row(subject, found, results[subject.label]) for subject in subjects]
    head = [
        "",
        "CPU, ms",
        "wall, ms",
        "import alone, ms",
        "ratio",
        "RSS after import, MiB",
        "constructed, MiB",
    ]
    ratios = found[_OURS.label].cpu_ratios(found[_BASE.label])
    bar = Bar.of("import fastapi_cognito_auth / import fastapi, jwt (CPU)", ratios, "<=", 1.0)
    text = f"Medians of {rounds} fresh interpreters each; the ratio is of the CPU time of the whole command."
    return Section("Import time and memory", text, [Table(head, rows)], [bar])


def _look_inside(python: Path, subject: _Subject) -> _Result:
    # In another interpreter, so that looking does not count.
    script = _SCRIPT.format(imports=subject.imports, construct=subject.construct)
    command = [str(python), "-W", "ignore", "-c", script]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return _Result(*json.loads(done.stdout))


def _row(subject: _Subject, found: dict[str, Series], results: list[_Result]) -> list[str]:
    series = found[subject.label]
    base = found[_THEIR_BASE.label if subject.theirs else _BASE.label]
    return [
        subject.label,
        f"{series.cpu * 1e3:.0f}",
        f"{series.wall * 1e3:.0f}",
        f"{median(result.import_alone for result in results) * 1e3:.0f}",
        f"{series.cpu_ratio(base):.2f}",
        f"{median(result.after_import for result in results) / 2**20:.0f}",
        f"{median(result.constructed for result in results) / 2**20:.0f}",
    ]
