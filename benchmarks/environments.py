"""Where other libraries live: environments of their own, so that the package depends on none of them.

`benchmarks/rivals/` holds what is wanted (`*.in`) and the locks (`*.txt`, `package-lock.json`).
To renew a lock: `uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes
--no-emit-index-url requirements.in --output-file requirements.txt`, and the same for `server`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

LOCKS = Path(__file__).parent / "rivals"
HOME = Path(__file__).parent / ".rivals"


class Rivals(NamedTuple):
    """What was set up."""

    python: Path
    """The interpreter of the environment that holds the other libraries."""

    server: Path
    """A directory of modules that serve every contestant over HTTP, ours too."""

    node: str | None
    """Where node is; without it, what runs under node is left out."""

    @property
    def versions(self) -> str:
        """What the locks name of the other libraries."""
        wanted = re.findall(r"^[\w-]+", (LOCKS / "requirements.in").read_text(), re.MULTILINE)
        lock = (LOCKS / "requirements.txt").read_text()
        pinned = [re.search(rf"^{name}(?:\[\w+\])?==(\S+)", lock, re.MULTILINE) for name in wanted]
        known = [f"{name} {found[1]}" for name, found in zip(wanted, pinned, strict=True) if found]
        if self.node is not None:
            package = json.loads((LOCKS / "package.json").read_text())
            known += [f"{name} {version}" for name, version in package["dependencies"].items()]
            asked = subprocess.run([self.node, "--version"], check=True, capture_output=True, text=True)
            known.append(f"node {asked.stdout.strip().removeprefix('v')}")
        return ", ".join(known)


def set_up() -> Rivals:
    """Install what the locks name, unless that is done already."""
    directory = HOME / "python"
    python = directory / "bin" / "python"
    server = HOME / "server"
    if not _is_fresh("requirements.txt"):
        venv.create(directory, with_pip=True, clear=True)
        _install(python, "requirements.txt")
    if not _is_fresh("server.txt"):
        shutil.rmtree(server, ignore_errors=True)
        _install(python, "server.txt", "--target", str(server))
    return Rivals(python, server, _set_up_node())


def _set_up_node() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    if not _is_fresh("package-lock.json"):
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=LOCKS,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        _mark("package-lock.json")
    return node


def _install(python: Path, lock: str, *options: str) -> None:
    print(f"installing {lock} ...", file=sys.stderr)
    pip = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--require-hashes"]
    subprocess.run([*pip, *options, "--requirement", str(LOCKS / lock)], check=True)
    _mark(lock)


def _digest(lock: str) -> str:
    return hashlib.sha256((LOCKS / lock).read_bytes()).hexdigest()


def _is_fresh(lock: str) -> bool:
    stamp = HOME / f"{lock}.stamp"
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _mark(lock: str) -> None:
    HOME.mkdir(exist_ok=True)
    (HOME / f"{lock}.stamp").write_text(_digest(lock))
