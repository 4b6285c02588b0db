"""mypy, pyright and ty on an app as people write it, without a plugin of pydantic's."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.interop import environments

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
BINARIES: Final = Path(sys.executable).parent
FILES: Final = (HERE / "usage.py", HERE / "mistakes.py")
_LINE: Final = re.compile(r"([^\s:]*\.py):(\d+):(?:\d+:)? error")


def run(*command: str | Path) -> str:
    """Run a checker in the root of the project, with its environment as an active one."""
    places = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PATH": places},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def pyright() -> tuple[str, Path]:
    """Return node and pyright, installed as `package-lock.json` says."""
    try:
        return installed()
    except environments.MissingError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))
        pytest.skip(str(exc))


def installed() -> tuple[str, Path]:
    return environments.node(HERE), HERE / "node_modules" / "pyright" / "index.js"


def lines_of(output: str) -> set[tuple[str, int]]:
    return {(Path(file).name, int(line)) for file, line in _LINE.findall(output)}


def mistakes(checker: str) -> set[tuple[str, int]]:
    """Return the lines that are marked, but for those that a checker is known to miss."""
    lines = enumerate((HERE / "mistakes.py").read_text().splitlines(), 1)
    return {
        ("mistakes.py", number)
        for number, line in lines
        if "# error" in line and f"but for {checker}" not in line
    }


def test_mypy_finds_the_mistakes_and_no_more_without_a_plugin() -> None:
    cache = ROOT / ".mypy_cache" / "without-plugins"
    found = run(BINARIES / "mypy", "--config-file", HERE / "mypy.ini", "--cache-dir", cache, *FILES)
    assert lines_of(found) == mistakes("mypy")


def test_ty_finds_the_mistakes_and_no_more() -> None:
    found = run(BINARIES / "ty", "check", "--python", sys.prefix, "--output-format", "concise", *FILES)
    assert lines_of(found) == mistakes("ty")


def test_pyright_finds_the_mistakes_and_no_more(pyright: tuple[str, Path]) -> None:
    found = json.loads(run(*pyright, "--project", HERE / "pyrightconfig.json", "--outputjson"))
    lines = {
        (Path(fault["file"]).name, fault["range"]["start"]["line"] + 1)
        for fault in found["generalDiagnostics"]
        if fault["severity"] == "error"
    }
    assert lines == mistakes("pyright")


def test_nearly_every_public_name_has_a_known_type(pyright: tuple[str, Path]) -> None:
    verified = json.loads(
        run(*pyright, "--verifytypes", "fastapi_cognito_auth", "--ignoreexternal", "--outputjson")
    )
    completeness = verified["typeCompleteness"]
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 1000
    assert completeness["completenessScore"] >= 0.98
