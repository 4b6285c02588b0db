"""The tests that other emulators have for themselves, against this one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.suites import ministack, moto, runs
from tests.interop.suites.__main__ import SUITES

Source = Callable[[str], Path]


def test_what_moto_verifies_at_aws_passes(suites: Source) -> None:
    outcomes = moto.verified(suites("moto"))
    assert outcomes.failed == {}
    assert len(outcomes.passed) == moto.VERIFIED


def test_what_moto_expects_elsewhere_is_known(suites: Source) -> None:
    runs.judge(moto.everything(suites("moto")), "moto")


def test_what_ministack_expects_is_known(suites: Source) -> None:
    """A sample of its tests: all of them take minutes, `python -m tests.interop.suites ministack`."""
    outcomes = ministack.sample(suites("ministack"))
    assert runs.strangers(outcomes, "ministack") == {}
    assert len(outcomes.passed) >= 10


@pytest.mark.parametrize("suite", SUITES)
def test_no_failure_is_listed_twice(suite: str) -> None:
    listed = [test for entry in runs.known(suite)["differences"] for test in entry["tests"]]
    assert len(listed) == len({*listed}), json.dumps(sorted(listed))
