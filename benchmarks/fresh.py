"""What a fresh process takes, from its start to its end."""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.rounds import Sample
from benchmarks.worker import ROOT


def fresh(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Sample:
    """Run a command, and tell the elapsed seconds and those of the processor, the system's included.

    Args:
        command: what is run; it must succeed.
        environment: variables beside those of this process.

    Raises:
        CalledProcessError: it did not.
    """
    # The first run writes byte code, as installing does, and those that count read it.
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COGNITO_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    wall, cpu = time.perf_counter(), _processor_time()
    subprocess.run(command, cwd=ROOT, check=True, env={**variables, **(environment or {})})
    return Sample(time.perf_counter() - wall, _processor_time() - cpu)


def _processor_time() -> float:
    # Of children that have ended: those that go on beside do not count.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
