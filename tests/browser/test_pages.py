"""The pages in a real browser: what scripts add, and the ways without them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import Depends, FastAPI, Response
from fastapi.responses import RedirectResponse

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.pages import Look
from tests.browser.kit import serving
from tests.browser.test_passkeys import with_authenticator
from tests.local.kit import signing_keys
from tests.routers.kit import PASSWORD, TEMPORARY

USERS = [
    LocalUser("ada", password=PASSWORD, attributes={"email": "ada@example.com"}),
    LocalUser("newcomer", temporary_password=TEMPORARY, attributes={"email": "new@example.com"}),
]
ADD_PASSKEY = """async () => {
  const send = (path, body) => fetch(path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
  });
  const {credential_creation_options: options} = await (await send("/api/passkeys/options")).json();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey ?? options);
  const credential = await navigator.credentials.create({publicKey});
  return (await send("/api/passkeys", {credential: credential.toJSON()})).status;
}"""


class App:
    """An app whose users choose, served on loopback."""

    def __init__(self, **pool: Any) -> None:
        factors = ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]
        options: Any = {
            "allowed_first_factors": factors,
            "relying_party_id": "localhost",
            "mfa": "OFF",
            **pool,
        }
        self.pool = LocalUserPool(users=USERS, **options)
        self.pool._plane.tokens.keys = signing_keys()
        self.auth = CognitoAuth.local(self.pool)
        self.app = FastAPI(title="The shop")
        self.app.add_middleware(self.auth.session_middleware)
        self.app.include_router(self.auth.pages(Look(help_url="/help")), prefix="/account")
        self.app.include_router(self.auth.account_router, prefix="/api")

        @self.app.get("/away")
        async def away(to: str) -> RedirectResponse:
            return RedirectResponse(to)

        @self.app.get("/report")
        async def report() -> Response:
            return Response("x", headers={"Content-Disposition": "attachment"})

        @self.app.get("/me")
        async def me(user: Any = Depends(self.auth.current_user)) -> str:
            return str(user.username)


class Tab:
    """A tab that notes whatever the browser complains about."""

    def __init__(self, page: Any, address: str, app: App) -> None:
        self.page, self.address, self.app = page, address, app
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.text))

    def _note(self, text: str) -> None:
        # An answer that refuses is one of the pages.
        if not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        # A browser gives the focus when it draws, maybe after the page is loaded: until then keys go nowhere.
        self.page.wait_for_function(
            "!document.querySelector('[autofocus]') || document.activeElement !== document.body"
        )

    def heading(self, text: str) -> None:
        """Wait for a page."""
        self.page.get_by_role("heading", level=1, name=text, exact=True).wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def signed_in_as(self, name: str) -> None:
        self.page.wait_for_url(f"{self.address}/me")
        assert self.page.inner_text("body").strip().strip('"') == name


@pytest.fixture(scope="module")
def app() -> App:
    return App()


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with serving(app.app) as address:
        yield address


@pytest.fixture
def tab(page: Any, address: str, app: App) -> Iterator[Tab]:
    tab = Tab(page, address, app)
    yield tab
    assert tab.complaints == []


def to_password(tab: Tab, name: str = "ada", goal: str = "/me") -> None:
    tab.open(f"/account/sign-in?next={goal}")
    tab.page.fill("#username", name)
    tab.press("Continue")
    tab.heading("Enter your password")


def test_signing_in_loads_no_page_twice_and_the_keyboard_is_enough(tab: Tab) -> None:
    tab.open("/account/sign-in?next=/me")
    loads: list[str] = []
    tab.page.on("load", lambda: loads.append(tab.page.url))
    tab.page.keyboard.type("ada")
    tab.page.keyboard.press("Enter")
    tab.heading("Enter your password")
    assert loads == []
    tab.page.keyboard.type(PASSWORD)
    tab.page.keyboard.press("Enter")
    tab.signed_in_as("ada")


def test_a_wrong_password_moves_the_focus_to_what_is_said_of_it(tab: Tab) -> None:
    to_password(tab)
    tab.page.fill("#password", "Wrong-password-1!")
    tab.press("Sign in")
    tab.page.get_by_role("alert").wait_for()
    assert tab.page.evaluate("document.activeElement.className") == "summary"
    assert tab.page.title().startswith("Error: ")
    assert tab.page.inner_text(".who") == "Signing in as ada"


def test_the_link_of_a_problem_leads_to_its_field(tab: Tab) -> None:
    tab.open("/account/sign-in")
    tab.press("Continue")
    tab.page.get_by_role("link", name="Enter your username.").click()
    assert tab.page.evaluate("document.activeElement.id") == "username"


def test_a_password_can_be_looked_at_and_is_hidden_before_it_is_sent(tab: Tab) -> None:
    to_password(tab)
    tab.page.fill("#password", "Wrong-password-1!")
    tab.page.get_by_role("button", name="Show: Password").click()
    assert tab.page.get_attribute("#password", "type") == "text"
    tab.page.get_by_role("button", name="Hide: Password").wait_for()
    # What a browser offers to keep is what a field is when its form is sent.
    tab.page.evaluate(
        """() => addEventListener("submit", () => {
          window.kind = document.querySelector("#password").type;
        })"""
    )
    tab.press("Sign in")
    tab.page.get_by_role("alert").wait_for()
    assert tab.page.evaluate("window.kind") == "password"


def test_a_code_that_is_whole_is_sent_by_itself_however_it_is_written(tab: Tab) -> None:
    to_password(tab)
    tab.press("Code by e-mail")
    tab.heading("Enter the code from your e-mail")
    code = tab.app.pool.outbox.latest("ada").code
    tab.page.locator("#code").press_sequentially(f"{code[:3]} {code[3:]}")
    tab.signed_in_as("ada")


PRESS_AS_SOON_AS_THE_PAGE_IS_ANOTHER = """() => new MutationObserver((_, observer) => {
  observer.disconnect();
  document.querySelector("main form button[type=submit]").click();
}).observe(document.body, {childList: true})"""


def test_a_press_that_was_meant_for_a_code_that_went_by_itself_does_not_hide_that_it_is_wrong(
    tab: Tab,
) -> None:
    tab.page.clock.install()
    to_password(tab)
    tab.page.get_by_role("button", name="Code by e-mail").click()
    tab.heading("Enter the code from your e-mail")
    tab.page.evaluate(PRESS_AS_SOON_AS_THE_PAGE_IS_ANOTHER)
    sent: list[str] = []
    tab.page.on("request", lambda request: sent.append(request.method))
    code = tab.app.pool.outbox.latest("ada").code
    tab.page.locator("#code").press_sequentially(f"{code[:-1]}{(int(code[-1]) + 1) % 10}")
    problem = tab.page.get_by_role("alert")
    problem.get_by_text("The code is wrong or has expired.").wait_for()
    assert sent.count("POST") == 1
    # A moment later it is meant for this page.
    tab.page.clock.fast_forward(2000)
    tab.press("Continue")
    problem.get_by_text("Enter the code.").wait_for()


def test_the_rules_of_a_password_are_checked_while_it_is_typed(tab: Tab) -> None:
    tab.open("/account/sign-up")
    met = tab.page.locator("li[data-met]")
    tab.page.fill("#password", "Secret")
    assert met.all_inner_texts() == ["A capital letter", "A small letter"]
    tab.page.fill("#password", PASSWORD)
    assert met.count() == 5


def test_the_back_button_and_a_reload_show_the_page_as_it_is(tab: Tab) -> None:
    to_password(tab)
    tab.page.reload()
    tab.heading("Enter your password")
    tab.page.go_back()
    tab.heading("Sign in")
    tab.page.go_forward()
    tab.heading("Enter your password")


def test_an_app_may_lead_on_to_another_origin(tab: Tab, elsewhere: str) -> None:
    tab.open(f"/account/sign-in?next={quote(f'/away?to={elsewhere}/')}")
    tab.page.fill("#username", "ada")
    tab.press("Continue")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.method))
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.page.wait_for_url(f"{elsewhere}/")
    assert asked.count("POST") == 1


def test_a_form_goes_where_it_says_after_an_attempt_has_ended(tab: Tab) -> None:
    to_password(tab)
    tab.page.fill("#password", "wrong")
    tab.press("Sign in")
    tab.page.get_by_role("alert").wait_for()
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.signed_in_as("ada")


def test_going_back_after_a_sign_in_says_who_is_signed_in(tab: Tab) -> None:
    to_password(tab)
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.signed_in_as("ada")
    tab.page.go_back()
    tab.heading("You are signed in")


@pytest.mark.parametrize("fault", [502, 413, None])
def test_what_fails_on_the_way_is_told_and_what_was_typed_is_there(tab: Tab, fault: int | None) -> None:
    def answer(route: Any) -> None:
        if fault is None:
            route.abort()
        else:
            route.fulfill(status=fault, content_type="text/html", body="<h1>Bad gateway</h1>")

    to_password(tab)
    tab.page.fill("#password", PASSWORD)
    tab.page.route("**/account/sign-in/*", answer)
    tab.press("Sign in")
    told = "This is too long." if fault == 413 else "That did not get through."
    tab.page.get_by_role("alert").filter(has_text=told).wait_for()
    tab.press("Sign in")
    tab.page.get_by_role("alert").filter(has_text=told).wait_for()
    assert tab.page.get_by_role("alert").count() == 1
    tab.page.unroute("**/account/sign-in/*")
    tab.press("Sign in")
    tab.signed_in_as("ada")


def test_a_double_click_sends_once(tab: Tab) -> None:
    to_password(tab)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.method))
    tab.page.fill("#password", PASSWORD)
    tab.page.get_by_role("button", name="Sign in", exact=True).dblclick()
    tab.signed_in_as("ada")
    assert asked.count("POST") == 1


def test_who_changes_to_another_account_is_signed_out(tab: Tab) -> None:
    to_password(tab)
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.signed_in_as("ada")
    tab.open("/account/sign-in")
    tab.press("Sign out and use another account")
    tab.heading("Sign in")
    tab.open("/account/me")
    tab.heading("Sign in")


def test_a_page_whose_sign_in_leads_to_a_file_can_be_used_again(tab: Tab) -> None:
    tab.page.clock.install()
    to_password(tab, goal="/report")
    tab.page.fill("#password", PASSWORD)
    with tab.page.expect_download():
        tab.press("Sign in")
    tab.page.clock.fast_forward(5000)
    with tab.page.expect_request(lambda request: request.method == "POST"):
        tab.press("Sign in")


def with_passkey(tab: Tab) -> Callable[[], None]:
    """Add a passkey, come to where it can be chosen, and return what takes it from the browser."""
    forget = with_authenticator(tab.page)
    to_password(tab)
    tab.page.fill("#password", PASSWORD)
    tab.press("Sign in")
    tab.signed_in_as("ada")
    assert tab.page.evaluate(ADD_PASSKEY) == 201
    tab.page.context.clear_cookies()
    to_password(tab)
    return forget


def test_no_passkey_is_asked_for_without_the_script(tab: Tab) -> None:
    with_passkey(tab)
    tab.page.route("**/pages.js*", lambda route: route.abort())
    tab.page.reload()
    tab.press("Passkey")
    tab.heading("Sign in with your passkey")
    assert tab.page.get_by_role("button", name="Use a passkey").count() == 0


def test_a_passkey_is_asked_for_as_soon_as_it_was_chosen_and_the_next_time_by_one_click(tab: Tab) -> None:
    forget = with_passkey(tab)
    tab.press("Passkey")
    tab.signed_in_as("ada")
    tab.page.context.clear_cookies(name="cognito-session")
    tab.open("/account/sign-in?next=/me")
    tab.press("Continue as ada")
    tab.signed_in_as("ada")
    tab.page.context.clear_cookies(name="cognito-session")
    forget()
    tab.open("/account/sign-in?next=/me")
    tab.press("Continue as ada")
    failed = tab.page.get_by_text("That did not work.")
    failed.wait_for()
    tab.page.reload()
    tab.page.get_by_role("button", name="Use a passkey").wait_for()
    assert not failed.is_visible()
    tab.page.get_by_role("link", name="Try another way").click()
    tab.heading("Sign in")


def test_without_scripts_the_same_ways_lead_in(browser: Any, address: str, app: App) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(15_000)
    tab = Tab(context.new_page(), address, app)
    to_password(tab)
    tab.press("Code by e-mail")
    tab.heading("Enter the code from your e-mail")
    tab.page.fill("#code", app.pool.outbox.latest("ada").code)
    tab.press("Continue")
    tab.signed_in_as("ada")
    context.close()


def test_a_first_page_is_small_and_of_this_app_alone(page: Any, address: str) -> None:
    bodies: dict[str, int] = {}
    page.on("response", lambda answer: bodies.update({answer.url: len(answer.body())}))
    page.goto(f"{address}/account/sign-in", wait_until="networkidle")
    assert all(url.startswith(address) for url in bodies)
    assert sum(bodies.values()) < 40_000
    assert len(bodies) == 3
