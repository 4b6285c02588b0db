"""Runs tests that other people wrote, and holds their outcomes against what is known."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET

from tests.interop.suites.sources import python

HERE: Final = Path(__file__).parent
PLUGINS: Final = HERE / "plugins"


class Outcomes(NamedTuple):
    """Of a run: the text that a test failed with, by its name."""

    passed: frozenset[str]
    failed: dict[str, str]
    skipped: frozenset[str]


def run(folder: Path, arguments: list[str], environment: Mapping[str, str]) -> Outcomes:
    """Run pytest in the environment of the suites.

    Args:
        folder: the root of the suite.
        arguments: of pytest.
        environment: variables beside those of this process.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with tempfile.TemporaryDirectory() as reports:
        report = Path(reports) / "report.xml"
        options = ("-q", "--tb=short", "-o", "addopts=", "-p", "no:cacheprovider", f"--junitxml={report}")
        done = subprocess.run(
            [str(python()), "-m", "pytest", *options, *arguments],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(PLUGINS), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        # 0 and 1 are of tests that ran; all others are of pytest itself.
        assert done.returncode in {0, 1}, done.stdout[-4000:] + done.stderr[-4000:]
        return _outcomes(report)


def _outcomes(report: Path) -> Outcomes:
    passed, failed, skipped = set(), {}, set()
    for case in ET.parse(report).getroot().iter("testcase"):
        name = case.get("name", "")
        told = {child.tag: child.get("message", "") for child in case}
        if "failure" in told or "error" in told:
            failed[name] = told.get("failure", told.get("error", ""))
        elif "skipped" in told:
            skipped.add(name)
        else:
            passed.add(name)
    return Outcomes(frozenset(passed), failed, frozenset(skipped))


def known(suite: str) -> dict[str, Any]:
    """Return what is known of a suite: how many of its tests run, and which fail, with the fact why."""
    known: dict[str, Any] = json.loads((HERE / f"{suite}.json").read_text())
    return known


def failures(listed: Mapping[str, Any]) -> int:
    """Count the tests that fail."""
    return sum(len(entry["tests"]) for entry in listed["differences"])


def strangers(outcomes: Outcomes, suite: str) -> dict[str, str]:
    """Return the failures that are not listed, or are not for the reason that is."""
    return {
        test: text[:400]
        for test, text in outcomes.failed.items()
        if not any(
            test in entry["tests"] and re.search(entry["error"], text)
            for entry in known(suite)["differences"]
        )
    }


def judge(outcomes: Outcomes, suite: str) -> None:
    """Hold a run against what is known: a failure that is gone is one too, so that the list stays true."""
    listed = known(suite)
    gone = {test for entry in listed["differences"] for test in entry["tests"]} - outcomes.failed.keys()
    assert (strangers(outcomes, suite), gone) == ({}, set()), f"to be put right in {suite}.json"
    counts = {"passed": len(outcomes.passed), "skipped": len(outcomes.skipped)}
    assert counts == {name: listed[name] for name in counts}
