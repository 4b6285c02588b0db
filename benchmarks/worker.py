"""A contestant's process, and how the run speaks to it: one line of JSON there, one back.

The process idles while others have their turn. This module needs the standard library alone.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent


class WorkerError(RuntimeError):
    """The process ended, or never started; what it said is on stderr."""


class Worker:
    """A contestant's process.

    Args:
        command: what runs it.
        environment: variables beside those of this process.
    """

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        self._name = " ".join(map(str, command[1:]))
        variables = {
            key: value for key, value in os.environ.items() if not key.startswith(("COGNITO_", "AWS_"))
        }
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**variables, "AWS_EC2_METADATA_DISABLED": "true", **(environment or {})},
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer.

        Raises:
            WorkerError: the process ended.
        """
        self.tell(**request)
        return self.hear()

    def tell(self, **request: Any) -> None:
        """Send a request, whose answer is waited for later, so that others work meanwhile.

        Raises:
            WorkerError: the process ended.
        """
        if self._process.stdin is None:
            raise WorkerError(self._name)
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerError(self._name) from None

    def hear(self) -> dict[str, Any]:
        """Wait for the answer to the request before.

        Raises:
            WorkerError: the process ended.
        """
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line:
            raise WorkerError(self._name)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


def python_worker(
    python: Path | str, module: str, *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> Worker:
    """Start a module of this package in an environment.

    Args:
        python: the interpreter of that environment.
        module: its name below `benchmarks.contestants`.
        arguments: of its command line.
        environment: variables beside those of this process.
    """
    # What others deprecate is not what is measured.
    command = [python, "-W", "ignore", "-m", f"benchmarks.contestants.{module}", *arguments]
    return Worker(command, environment)


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer requests until there are no more; what a library prints goes to stderr."""
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


def timed(work: Callable[[], object], units: int) -> dict[str, float]:
    """Run work, and tell how many seconds each of its units took, elapsed and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall": (time.perf_counter() - wall) / units,
        "cpu": (time.process_time() - cpu) / units,
    }
