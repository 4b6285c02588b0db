"""Runs a driver of a foreign client: a script that reads its task and tells the outcome of each flow."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def drive(command: list[str], task: Mapping[str, Any]) -> dict[str, str]:
    """Return the outcome of each flow, `ok` where it went as Cognito would have it."""
    done = subprocess.run(
        command, cwd=HERE, input=json.dumps(task), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["flow"]: line["outcome"] for line in told}


def judge(
    outcomes: Mapping[str, str],
    flows: Iterable[str],
    subtests: pytest.Subtests,
    differences: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Hold outcomes against what is known.

    Args:
        outcomes: by flow.
        flows: all of them: one that was not gone through is a failure.
        subtests: each flow is one.
        differences: by flow, a pattern of its outcome, and the reason why it is not `ok`. A
            difference that is gone is a failure too, so that the list stays true.
    """
    differences = differences or {}
    for flow, outcome in outcomes.items():
        with subtests.test(flow):
            pattern, _ = differences.get(flow, ("ok", ""))
            assert re.match(pattern, outcome), outcome
    assert outcomes.keys() == {*flows}
    assert differences.keys() <= outcomes.keys()


def names_in(driver: Path) -> set[str]:
    """Return the flows that a JavaScript driver has."""
    return set(re.findall(r"^\tasync (\w+)\(\)", driver.read_text(), re.MULTILINE))
