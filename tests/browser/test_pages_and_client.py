"""What the pages have of the client: passkeys, where they are asked for, and what tabs tell each other."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.kit import serving
from tests.browser.test_pages import App, Tab, to_password, with_passkey
from tests.routers.kit import PASSWORD

CLIENT = "fastapi-cognito-auth.js"
LISTEN = """async () => {
  const { SessionClient } = await import("/account/assets/fastapi-cognito-auth.js");
  globalThis.told = [];
  new SessionClient("/session").watch((user) => told.push(user?.username ?? null));
}"""


@pytest.fixture(scope="module")
def app() -> App:
    app = App()
    app.app.include_router(app.auth.session_router, prefix="/session")
    return app


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with serving(app.app) as address:
        yield address


@pytest.fixture
def tab(page: Any, address: str, app: App) -> Iterator[Tab]:
    tab = Tab(page, address, app)
    yield tab
    assert tab.complaints == []


def beside(tab: Tab) -> Tab:
    return Tab(tab.page.context.new_page(), tab.address, tab.app)


def sign_in(tab: Tab, goal: str = "/me") -> None:
    to_password(tab, goal=goal)
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")


def test_a_page_loads_the_client_for_passkeys_alone(tab: Tab) -> None:
    loaded: list[str] = []
    tab.page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    tab.open("/account/sign-in")
    tab.page.wait_for_load_state("networkidle")
    with_passkey(tab)
    assert CLIENT not in loaded
    tab.press("Passkey")
    tab.signed_in_as("ada")
    assert loaded.count(CLIENT) == 1


def test_a_passkey_page_signs_in_where_the_browser_lacks_json_for_passkeys(tab: Tab) -> None:
    with_passkey(tab)
    tab.page.evaluate(
        """() => {
          delete PublicKeyCredential.parseRequestOptionsFromJSON;
          delete PublicKeyCredential.prototype.toJSON;
        }"""
    )
    tab.press("Passkey")
    tab.signed_in_as("ada")


def test_a_sign_in_is_told_to_the_tabs_that_wait_for_one(tab: Tab) -> None:
    other = beside(tab)
    other.open("/account/sign-in?next=/me")
    sign_in(tab)
    tab.signed_in_as("ada")
    other.page.get_by_role("heading", level=1, name="You are signed in").wait_for()


def test_what_somebody_types_on_the_way_in_is_not_lost_to_another_tab(tab: Tab) -> None:
    other = beside(tab)
    other.open("/account/sign-in?next=/me")
    other.page.fill("#username", "gra")
    untouched = beside(tab)
    untouched.open("/account/sign-in?next=/me")
    sign_in(tab)
    untouched.heading("You are signed in")
    assert other.page.input_value("#username") == "gra"


def test_after_a_sign_out_no_other_tab_shows_the_account(tab: Tab) -> None:
    sign_in(tab, "/account/me")
    tab.page.wait_for_url("**/account/me")
    other = beside(tab)
    other.open("/account/me")
    tab.open("/account/sign-out")
    tab.press("Sign out")
    other.page.wait_for_url("**/account/sign-in**")


def test_pages_of_the_app_hear_by_the_client_what_becomes_of_the_session(tab: Tab) -> None:
    other = beside(tab)
    other.open("/away?to=/account/assets/pages.css")
    other.page.evaluate(LISTEN)
    other.page.wait_for_function("JSON.stringify(told) === '[null]'")
    sign_in(tab)
    other.page.wait_for_function("JSON.stringify(told) === '[null,\"ada\"]'")
    tab.signed_in_as("ada")
    tab.open("/account/sign-out")
    tab.press("Sign out")
    other.page.wait_for_function("JSON.stringify(told) === '[null,\"ada\",null]'")


def test_a_sign_in_that_leads_to_the_account_looks_like_the_account(tab: Tab) -> None:
    to_password(tab, goal="/account/me")
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.page.wait_for_url("**/account/me")
    assert tab.page.evaluate("document.body.className") == "manage"
