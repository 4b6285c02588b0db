"""A passkey in a real browser: Chromium, its virtual authenticator, and the example app."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.kit import ExamplePage, example_app, serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the example app on a free port of loopback."""
    with serving(example_app()) as address:
        yield address


def with_authenticator(page: Any) -> Callable[[], None]:
    """Give a tab an authenticator that verifies its user, and return what takes all passkeys from it."""
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
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda: devtools.send("WebAuthn.clearCredentials", added)


@pytest.fixture
def example(page: Any, address: str) -> ExamplePage:
    """Open the page in Chromium."""
    with_authenticator(page)
    return ExamplePage(page, address)


def test_a_passkey_is_registered_and_signs_in(example: ExamplePage) -> None:
    example.sign_in("analyst")
    example.submit("add-passkey")
    example.expect("The passkey can be used from now on.")
    example.submit("sign-out")
    example.expect("Signed out.")
    example.fill("sign-in", username="analyst")
    example.page.click("#use-passkey")
    assert example.signed_in_as() == "analyst"


def test_a_user_without_a_passkey_is_offered_other_ways(example: ExamplePage) -> None:
    example.fill("sign-in", username="admin")
    example.page.click("#use-passkey")
    ways = example.page.locator("#answer option")
    ways.first.wait_for(state="attached")
    assert ways.all_inner_texts() == ["Password", "Code by e-mail"]


def test_a_browser_without_passkeys_says_so(page: Any, address: str) -> None:
    page.add_init_script("delete globalThis.PublicKeyCredential")
    example = ExamplePage(page, address)
    example.sign_in("analyst")
    example.submit("add-passkey")
    example.expect("This browser cannot use passkeys.")


def test_a_passkey_that_is_not_in_this_browser_leaves_the_other_ways(page: Any, address: str) -> None:
    forget = with_authenticator(page)
    example = ExamplePage(page, address)
    example.sign_in("admin")
    example.submit("add-passkey")
    example.expect("The passkey can be used from now on.")
    example.submit("sign-out")
    example.expect("Signed out.")
    forget()
    example.fill("sign-in", username="admin")
    page.click("#use-passkey")
    example.expect("it was cancelled, or there is none here")
    example.sign_in("admin")


def test_a_passkey_is_added_at_the_pools_own_pages_and_signs_in_there(example: ExamplePage) -> None:
    page = example.page
    page.click("text=own pages")
    page.fill("[name=username]", "grace")
    page.click("text=Next")
    page.click("button[value=PASSWORD]")
    page.fill("[name=password]", "Correct-horse-1!")
    page.click("text=Sign in")
    assert example.signed_in_as() == "grace"
    page.goto(f"{example.address}/login/add-passkey?next=/dashboard")
    assert urlsplit(page.url).path == "/login/domain/passkeys/add"
    page.click("button >> text=Add a passkey")
    page.wait_for_url("**/dashboard")
    page.goto(f"{example.address}/scripts")
    page.click("text=Sign out here and")
    page.get_by_role("link", name="Sign in", exact=True).wait_for()
    page.goto(f"{example.address}/scripts")
    assert example.is_signed_out()

    page.click("text=own pages")
    page.fill("[name=username]", "grace")
    page.click("text=Next")
    page.click("button[value=WEB_AUTHN]")
    page.click("text=Use a passkey")
    assert example.signed_in_as() == "grace"
    assert example.complaints == []


def test_a_passkey_that_is_missing_is_told_on_the_pools_own_pages(page: Any, address: str) -> None:
    forget = with_authenticator(page)
    example = ExamplePage(page, address)
    example.sign_in("analyst")
    example.submit("add-passkey")
    example.expect("The passkey can be used from now on.")
    example.submit("sign-out")
    example.expect("Signed out.")
    forget()
    page.click("text=own pages")
    page.fill("[name=username]", "analyst")
    page.click("text=Next")
    page.click("button[value=WEB_AUTHN]")
    page.click("text=Use a passkey")
    page.get_by_role("alert").filter(has_text="it was cancelled, or there is none here").wait_for()
    page.click("text=Start again")
    page.locator("[name=username]").wait_for()
    assert example.complaints == []
