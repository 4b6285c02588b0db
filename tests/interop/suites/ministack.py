"""ministack's own tests, as far as they ask of user pools what the API has."""

import shutil
from pathlib import Path
from typing import Final

from tests.interop.suites.bench import bench
from tests.interop.suites.runs import PLUGINS, Outcomes, run

SAMPLE: Final = "group or resource_server or list_users or tags or mfa_config"
"""Quick ones, for every day."""


def everything(root: Path) -> Outcomes:
    """Run them all."""
    return _run(root)


def sample(root: Path) -> Outcomes:
    """Run some."""
    return _run(root, "-k", SAMPLE)


def _run(root: Path, *arguments: str) -> Outcomes:
    # Its source distribution has the tests, and not the fixtures beside them.
    shutil.copy(PLUGINS / "ministack_conftest.py", root / "tests" / "conftest.py")
    with bench("us-east-1") as url:
        return run(root, ["tests/test_cognito.py", *arguments], {"MINISTACK_ENDPOINT": url})
