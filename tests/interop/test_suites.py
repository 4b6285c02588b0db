"""The tests that other emulators have for themselves, against this one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.servers import moto_server
from tests.interop.suites import sources
from tests.interop.suites.bench import bench
from tests.interop.suites.runs import Outcomes, judge, run

MOTO_TESTS = "tests/test_cognitoidp/test_cognitoidp.py"
VERIFIED = 15
"""How many of moto's tests its authors run at AWS too."""


@pytest.fixture(scope="module")
def moto(suites: Callable[[str], Path]) -> Path:
    return suites("moto")


def run_moto(root: Path, mode: dict[str, str], *arguments: str) -> Outcomes:
    """Run moto's tests: user pools are the emulator's, and all other services moto's own."""
    with bench("us-west-2") as url, moto_server(sources.python().parent) as other:
        credentials = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test")
        places = {"EMULATOR_URL": url, "TEST_SERVER_MODE_ENDPOINT": other.url}
        plugin = ("-p", "moto_at_an_emulator")
        environment = {**credentials, **places, **mode, "AWS_DEFAULT_REGION": "us-east-1"}
        return run(root, [*plugin, MOTO_TESTS, *arguments], environment)


def test_what_moto_verifies_at_aws_passes(moto: Path) -> None:
    outcomes = run_moto(moto, {"MOTO_TEST_ALLOW_AWS_REQUEST": "true"}, "-m", "aws_verified")
    assert outcomes.failed == {}
    assert len(outcomes.passed) == VERIFIED


def test_what_moto_expects_elsewhere_is_known(moto: Path) -> None:
    judge(run_moto(moto, {"TEST_SERVER_MODE": "true"}), "moto")
