"""A real browser, and apps for it to visit."""

import importlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.interop.kit import running

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium, as long as the context lasts."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium, and CI must have one")
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an app on a free port of loopback, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening, running(app, listening):
        yield f"http://localhost:{listening.getsockname()[1]}"


def example_app() -> Any:
    """Make the example app anew, on its embedded pool."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COGNITO_USER_POOL_ID", "EXAMPLE_MFA"):
            patch.delenv(name, raising=False)
        patch.delitem(sys.modules, "example_app.main", raising=False)
        return importlib.import_module("example_app.main").app
