"""My account in a real browser: what needs scripts; the gallery shows each of its pages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.kit import serving
from tests.browser.test_pages import App, Tab
from tests.browser.test_passkeys import with_authenticator
from tests.routers.kit import PASSWORD


@pytest.fixture(scope="module")
def app() -> App:
    return App(allowed_first_factors=["PASSWORD", "WEB_AUTHN"], device_tracking="ALWAYS")


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with serving(app.app) as address:
        yield address


@pytest.fixture
def tab(page: Any, address: str, app: App) -> Iterator[Tab]:
    tab = Tab(page, address, app)
    yield tab
    assert tab.complaints == []


def sign_in(tab: Tab) -> None:
    """Sign in by the password, and come to the account."""
    tab.open("/account/sign-in?next=/account/me")
    tab.page.fill("#username", "ada")
    tab.press("Continue")
    tab.heading("Enter your password")
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.heading("My account")


def test_a_passkey_is_made_and_signs_in(tab: Tab) -> None:
    forget = with_authenticator(tab.page)
    sign_in(tab)
    tab.page.get_by_role("link", name="Add a passkey").click()
    tab.heading("Add a passkey")
    tab.press("Make a passkey")
    tab.heading("My account")
    tab.page.get_by_text("The passkey is added.").wait_for()
    tab.page.context.clear_cookies()
    tab.open("/account/sign-in?next=/me")
    tab.page.fill("#username", "ada")
    tab.press("Continue")
    tab.press("Passkey")
    tab.signed_in_as("ada")
    # One that is on the device already is made by nobody again.
    tab.open("/account/me/passkeys/add")
    tab.press("Make a passkey")
    tab.page.get_by_text("This device or password manager has a passkey for your account already.").wait_for()
    assert not tab.page.get_by_text("No passkey was made.").is_visible()
    forget()


def test_a_double_click_changes_once_and_back_shows_what_is_so_now(tab: Tab) -> None:
    sign_in(tab)
    tab.open("/account/me/attributes")
    tab.page.fill("[name='attribute.given_name']", "Ada")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.method))
    tab.page.get_by_role("button", name="Save").dblclick()
    tab.page.get_by_text("Your details are saved.").wait_for()
    assert asked.count("POST") == 1
    tab.page.go_back()
    tab.heading("Change my details")
    assert tab.page.input_value("[name='attribute.given_name']") == "Ada"


def test_moments_are_told_in_the_time_of_the_browser(browser: Any, address: str, app: App) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo")
    context.set_default_timeout(15_000)
    tab = Tab(context.new_page(), address, app)
    sign_in(tab)
    moment = tab.page.locator("time[data-moment]").last
    there = datetime.fromisoformat(moment.get_attribute("datetime")).astimezone(ZoneInfo("Asia/Tokyo"))
    assert moment.inner_text().replace("\u202f", " ") == f"{there:%b} {there.day}, {there:%Y, %-I:%M %p}"
    context.close()
