"""A passkey in a real browser: Chromium, its virtual authenticator, and the example app."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.kit import chromium, example_app, serving

PASSWORD = "Local-pool-1!"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the example app on a free port of loopback."""
    with serving(example_app()) as address:
        yield address


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Any]:
    """Open the page in Chromium, with an authenticator that verifies its user."""
    with chromium() as browser:
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
