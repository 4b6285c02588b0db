"""Verifies distinct tokens with one verifier, and tells how much memory the process holds."""

import resource
import sys
import tracemalloc
from pathlib import Path
from typing import Any

from benchmarks.contestants.verification import ours
from benchmarks.material import Material
from benchmarks.worker import serve


def main(directory: str, *, traced: bool) -> None:
    """Verify the tokens of each request; `peak` is of what Python allocated, if that is traced."""
    prepare = ours(Material(directory))
    if traced:
        tracemalloc.start()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        prepare(request.pop("tokens"))()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        held, peak = tracemalloc.get_traced_memory()
        return {"rss": pages * resource.getpagesize(), "held": held, "peak": peak}

    serve(answer)


if __name__ == "__main__":
    main(sys.argv[1], traced=sys.argv[2:] == ["traced"])
