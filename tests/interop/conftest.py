"""Real clients need real tools; where those are missing, that is said aloud."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.interop import environments
from tests.interop.suites import sources

_T = TypeVar("_T")


def _found(set_up: Callable[[], _T]) -> _T:
    try:
        return set_up()
    except environments.MissingError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@pytest.fixture(scope="session")
def node() -> str:
    """Return node, with everything installed beside the drivers."""
    return _found(environments.node)


@pytest.fixture(scope="session")
def binaries() -> Path:
    """Return where the commands of foreign Python packages are."""
    return _found(environments.binaries)


@pytest.fixture(scope="session")
def suites() -> Callable[[str], Path]:
    """Return what gives the tests of another emulator, which are fetched, by its name."""
    _found(sources.python)
    return lambda package: _found(lambda: sources.source(package))
