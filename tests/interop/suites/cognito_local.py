"""cognito-local's own tests through the SDK, which are in its repository alone.

`git` fetches them; where that cannot be, there is nothing to run.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.interop import environments
from tests.interop.environments import HERE, HOME, MissingError
from tests.interop.suites.bench import bench
from tests.interop.suites.runs import PLUGINS, Outcomes

REPOSITORY: Final = "https://github.com/jagregory/cognito-local"
COMMIT: Final = "27091317fc91f90df883b76da50eaef806a17174"
VERSION: Final = "5.2.0"
"""Of that commit."""
_TESTS: Final = Path("integration-tests") / "aws-sdk"


def source() -> Path:
    """Return where the tests are, which are fetched once."""
    root = HOME / "suites-in-js" / COMMIT
    with environments.one_at_a_time():
        if not root.exists():
            _git("clone", "--quiet", "--no-checkout", REPOSITORY, f"{root}.part")
            _git("-C", f"{root}.part", "checkout", "--quiet", COMMIT)
            Path(f"{root}.part").rename(root)
    return root


def everything() -> Outcomes:
    """Run them all, with the packages that cognito-local and `package-lock.json` bring."""
    root, node = source(), environments.node()
    shutil.copy(PLUGINS / "cognito_local_setup.ts", root / _TESTS / "setup.ts")
    report = root / "report.json"
    command = [node, str(HERE / "node_modules" / "vitest" / "vitest.mjs"), "run", str(_TESTS)]
    with bench("us-east-1") as url:
        done = subprocess.run(
            [*command, "--reporter=json", f"--outputFile={report}"],
            cwd=root,
            env={"EMULATOR_URL": url, "PATH": str(Path(node).parent)},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    assert report.exists(), done.stderr[-4000:]
    return _outcomes(json.loads(report.read_text()))


def _outcomes(report: dict[str, list[dict[str, list[dict[str, object]]]]]) -> Outcomes:
    passed, failed, skipped = set(), {}, set()
    for case in (case for file in report["testResults"] for case in file["assertionResults"]):
        name = str(case["fullName"]).removeprefix("CognitoIdentityServiceProvider.")
        if case["status"] == "passed":
            passed.add(name)
        elif case["status"] == "failed":
            failed[name] = str(case["failureMessages"])
        else:
            skipped.add(name)
    return Outcomes(frozenset(passed), failed, frozenset(skipped))


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        msg = f"cognito-local cannot be fetched: {done.stderr[-2000:]}"
        raise MissingError(msg)
