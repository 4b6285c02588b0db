"""Where the tests of other emulators are: in the source distributions that `requirements.txt` pins."""

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from tests.interop import environments
from tests.interop.environments import HOME, MissingError

LOCK: Final = Path(__file__).parent / "requirements.txt"
ENVIRONMENT: Final = HOME / "suites"


def python() -> Path:
    """Return the Python of the environment in which the suites run."""
    return environments.binaries(LOCK, ENVIRONMENT) / "python"


def version(package: str) -> str:
    """Return the version of which the tests are run."""
    return _pinned(package)[1]


def source(package: str) -> Path:
    """Return the root of a package's source distribution, which is fetched once."""
    root = ENVIRONMENT / "src" / f"{package}-{version(package)}"
    with environments.one_at_a_time():
        if not root.exists():
            _fetch(package, root)
    return root


def _pinned(package: str) -> re.Match[str]:
    found = re.search(rf"^{package}==(\S+) \\\n(?: +--hash=\S+(?: \\)?\n)+", LOCK.read_text(), re.MULTILINE)
    assert found is not None
    return found


def _fetch(package: str, root: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pin = Path(folder) / "pin.txt"
        pin.write_text(_pinned(package)[0])
        options = ("--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", folder)
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, "--requirement", str(pin)],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode != 0:
            msg = f"the source of {package} cannot be fetched: {done.stderr[-2000:]}"
            raise MissingError(msg)
        [archive] = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(Path(folder) / "out", filter="data")
        root.parent.mkdir(exist_ok=True)
        (Path(folder) / "out" / root.name).rename(root)
