"""moto's own tests of user pools, in the modes that they have for a server and for AWS itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.interop.servers import moto_server
from tests.interop.suites import sources
from tests.interop.suites.bench import bench
from tests.interop.suites.runs import Outcomes, run

TESTS: Final = "tests/test_cognitoidp/test_cognitoidp.py"
VERIFIED: Final = 15
"""How many of them its authors run at AWS too."""
_SERVER: Final = {"TEST_SERVER_MODE": "true"}
_AWS: Final = {"MOTO_TEST_ALLOW_AWS_REQUEST": "true"}


def everything(root: Path) -> Outcomes:
    """Run them all as against a server of moto's."""
    return _run(root, _SERVER)


def verified(root: Path) -> Outcomes:
    """Run those that its authors run at AWS too, and as there."""
    return _run(root, _AWS, "-m", "aws_verified")


def _run(root: Path, mode: Mapping[str, str], *arguments: str) -> Outcomes:
    """User pools are the emulator's, and all other services moto's own."""
    with bench("us-west-2") as url, moto_server(sources.python().parent) as other:
        credentials = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test")
        places = {"EMULATOR_URL": url, "TEST_SERVER_MODE_ENDPOINT": other.url}
        environment = {**credentials, **places, **mode, "AWS_DEFAULT_REGION": "us-east-1"}
        return run(root, ["-p", "moto_at_an_emulator", TESTS, *arguments], environment)
