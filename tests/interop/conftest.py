"""Real clients need real tools; where those are missing, that is said aloud."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node() -> str:
    """Return node, with the SDK installed as the lock file says."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing = "node and npm are needed to run the JavaScript SDK"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    if not (HERE / "node_modules" / "amazon-cognito-identity-js").exists():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=300)
    return node
