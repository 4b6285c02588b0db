"""A passkey in a real browser: Chromium, its virtual authenticator, and the example app."""

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import uvicorn

PASSWORD = "Local-pool-1!"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the example app on a free port of loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COGNITO_USER_POOL_ID", "EXAMPLE_MFA"):
            patch.delenv(name, raising=False)
        patch.delitem(sys.modules, "example_app.main", raising=False)
        app = importlib.import_module("example_app.main").app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Any]:
    """Open the page in Chromium, with an authenticator that verifies its user."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium, and CI must have one")
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{address}/passkeys")
        yield page
        browser.close()


def press(page: Any, button: str) -> str:
    """Press a button and return what the page says then."""
    page.click(f"#{button}")
    page.wait_for_function("document.getElementById('result').textContent !== '…'")
    text: str = page.inner_text("#result")
    return text


def test_a_passkey_is_registered_and_signs_in(page: Any) -> None:
    page.fill("#password", PASSWORD)
    assert press(page, "sign-in") == "Signed in with the password."
    assert press(page, "add") == "Passkey added."
    page.fill("#password", "")
    assert press(page, "use") == "Signed in with the passkey."


def test_a_user_without_a_passkey_is_told_so(page: Any) -> None:
    page.fill("#username", "admin")
    assert press(page, "use") == "Refused: this user has no passkey"


def test_nobody_adds_a_passkey_without_signing_in(page: Any) -> None:
    page.reload()
    assert press(page, "add") == "Refused: not_authenticated"
