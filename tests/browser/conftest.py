"""One browser for all tests of this folder: starting it takes longer than most of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.browser.kit import chromium, serving


# Not for the whole session: while it runs, nothing else in this thread can start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Start Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """Make a profile of its own, with cookies of its own."""
    context = browser.new_context()
    # Milliseconds; nothing here takes long, and what does not come shall not hold everybody up.
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Any:
    """Open a tab."""
    return context.new_page()


@pytest.fixture(scope="package")
def elsewhere() -> Iterator[str]:
    """Serve an empty page at another port, which is another origin."""
    app = FastAPI()

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse("<title>Elsewhere</title><body>")

    with serving(app) as address:
        yield address
