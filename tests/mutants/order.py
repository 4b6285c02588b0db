"""A plugin of pytest that has most mutants die soon: by tests that killed others of the same function.

It also passes over mutants that do not count, which no test would kill.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.mutants.survivors import counting

_KILLS: Final = Path("kills.txt")
_COUNTING: Final = Path("counting")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests first that killed others of the function, and then those of its module."""
    module, function, name = _under_test()
    if not module:
        return
    if name not in _counting(module):
        pytest.exit("it does not count", returncode=0)
    lines = _KILLS.read_text().splitlines() if _KILLS.exists() else []
    kills: Counter[str] = Counter()
    for line in lines:
        of_module, of_function, test = line.split("\t")
        if of_module == module:
            kills[test] += len(lines) if of_function == function else 1
    items.sort(key=lambda item: -kills[item.nodeid])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take note of a kill."""
    module, function, _ = _under_test()
    if module and report.failed:
        with _KILLS.open("a") as kills:
            kills.write(f"{module}\t{function}\t{report.nodeid}\n")


def _under_test() -> tuple[str, str, str]:
    """Return the module, the function and the mutant, by the names that the tool gives them; or nothing."""
    module, _, name = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")
    function, mark, _ = name.rpartition("__mutmut_")
    return (module, function, name) if mark else ("", "", "")


def _counting(module: str) -> set[str]:
    """Return the mutants of a module that count; they are found out once, which takes a while."""
    found = _COUNTING / f"{module}.json"
    if not found.exists():
        source = Path(*module.split(".")).with_suffix(".py")
        names = counting(source.relative_to(source.parts[0]).as_posix(), source.read_text())
        _COUNTING.mkdir(exist_ok=True)
        written = found.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(sorted(names)))
        written.replace(found)
    return set(json.loads(found.read_text()))
