"""Change the code of the checks bit by bit, and see whether its own tests notice.

    python -m tests.mutants [PART …]

A part is a room such as `tokens` or a module such as `tokens/jws.py`; without one all are gone
through. Work is done in copies under `.mutants`, with `JOBS` processes. It fails where fewer mutants
die than should, where one lives that `survivors.toml` does not list, and where one of the list dies.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.mutants.rooms import LEAST_KILLED, ROOMS, room_of
from tests.mutants.survivors import Mutant, listed, read_mutants
from tests.mutants.undecorated import without_decorators

PACKAGE: Final = "fastapi_cognito_auth"
ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / ".mutants"
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "node_modules", ".foreign", ".venv*")
KILLED: Final = {1, 3, -24, 24, 36, 152, 255, -11, -9}
"""A test failed, pytest did, or the tests did not end."""


def lay_out(part: str) -> Path:
    """Copy what the tool and the tests need, and say what to mutate."""
    room = room_of(part)
    folder = WORK / part.replace("/", ".")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for needed in (PACKAGE, "tests", "example_app", "docs"):
        shutil.copytree(ROOT / needed, folder / needed, ignore=LEFT_OUT)
    whole = f"{PACKAGE}/{part}" if part.endswith(".py") else f"{PACKAGE}/{part}/*"
    for module in folder.glob(whole):
        module.write_text(without_decorators(module.read_text()))
    settings = {
        "source_paths": [PACKAGE],
        "also_copy": [PACKAGE, "example_app", "docs"],
        "only_mutate": [whole],
        "pytest_add_cli_args_test_selection": ROOMS[room],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "tests.mutants.order"],
        "use_git_change_detection": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    (folder / "pyproject.toml").write_text(
        "\n".join([(ROOT / "pyproject.toml").read_text(), "[tool.mutmut]", *lines, ""])
    )
    return folder


def run_tests(folder: Path) -> None:
    """Let the tool make the mutants, and run the tests of each."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", os.environ.get("JOBS", "2")],
        cwd=folder,
        env={**os.environ, "HYPOTHESIS_PROFILE": "mutants"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.stdout[-4000:])


def outcomes(folder: Path) -> Iterator[tuple[str, dict[Mutant, int]]]:
    """Give each module with how the tests of its mutants ended."""
    package = folder / "mutants" / PACKAGE
    for meta in sorted(package.rglob("*.meta")):
        source = meta.with_suffix("")
        module = source.relative_to(package).as_posix()
        exit_codes = json.loads(meta.read_text())["exit_code_by_key"]
        if mutants := read_mutants(module, source.read_text(), exit_codes):
            yield module, mutants


def judge(part: str) -> bool:
    """Mutate a part; print what is not as it should be; return whether all is."""
    started = time.monotonic()
    folder = lay_out(part)
    run_tests(folder)
    known = listed()
    made: dict[Mutant, int] = {}
    for module, mutants in outcomes(folder):
        print(score(module, mutants))
        made |= mutants
    living = {mutant for mutant, code in made.items() if code not in KILLED}
    stale = {mutant for mutant in known if f"{mutant.module}/".startswith(f"{part}/")} - living
    print(f"{score(part, made)}, {time.monotonic() - started:.0f} s", flush=True)
    show("lives, and is not listed", living - known.keys())
    show("is listed, and does not live", stale)
    enough = 100 * len(living) <= (100 - LEAST_KILLED) * len(made)
    return enough and living <= known.keys() and not stale


def score(part: str, mutants: dict[Mutant, int]) -> str:
    """Say how many of a part's mutants died."""
    died = sum(code in KILLED for code in mutants.values())
    share = 100 * died / max(len(mutants), 1)
    return f"{part}: {len(mutants)} mutants, {died} killed, {len(mutants) - died} survived, {share:.1f} %"


def show(what: str, mutants: set[Mutant]) -> None:
    """Print mutants, in an order that is the same each time."""
    for mutant in sorted(mutants):
        print(f"# {what}\n{mutant}\n")


if __name__ == "__main__":
    parts = sys.argv[1:] or list(ROOMS)
    for part in parts:
        room_of(part)
    verdicts = [judge(part) for part in parts]
    sys.exit(not all(verdicts))
