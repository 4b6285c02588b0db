"""The example app, served, and what generates clients of it."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from tests.browser.kit import example_app, serving
from tests.interop import environments

HERE = Path(__file__).parent
_T = TypeVar("_T")


class Served(NamedTuple):
    """An app, and where it is served."""

    app: Any
    address: str


def _found(set_up: Callable[[], _T]) -> _T:
    try:
        return set_up()
    except environments.MissingError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@pytest.fixture(scope="session")
def node() -> str:
    """Return node, with the generator and the compiler of TypeScript installed."""
    return _found(lambda: environments.node(HERE))


@pytest.fixture(scope="session")
def python() -> Path:
    """Return where the commands of the Python generator are."""
    return _found(
        lambda: environments.binaries(HERE / "requirements.txt", environments.HOME / "openapi-python")
    )


@pytest.fixture(scope="module")
def example() -> Iterator[Served]:
    """Serve the example app on a free port of loopback."""
    app = example_app()
    with serving(app) as address:
        yield Served(app, address)


@pytest.fixture(scope="module")
def document(example: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the OpenAPI document of the example app."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(json.dumps(example.app.openapi()))
    return path
