"""The pages of the example app in a real browser, from sign-up to sign-out, by cookies alone."""

import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.kit import ExamplePage, Recorded, example_app, serving
from tests.browser.test_gallery import Eyes
from tests.browser.test_passkeys import with_authenticator
from tests.interop.environments import HERE, node
from tests.local.kit import wrong
from tests.redis_server import RedisServer
from tests.routers.kit import totp

PASSWORD = "Correct-horse-1!"
FRESH = "Battery-staple-2?"
READABLE = """async () => JSON.stringify([
  document.cookie, {...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(),
  document.documentElement.outerHTML,
])"""


def tokens_in(text: str) -> list[str]:
    """Find tokens by their headers (RFC 7515 and 7516): refresh tokens have the form of a JWE."""
    found = re.findall(r"eyJ[\w-]+(?=\.)", text)
    return [header for header in found if b'"alg"' in urlsafe_b64decode(header + "=" * (-len(header) % 4))]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Recorded]]:
    app = Recorded(example_app())
    with serving(app) as address:
        yield address, app


@pytest.fixture(scope="module")
def strict() -> Iterator[str]:
    """Serve it on a pool where everybody needs a second factor."""
    with serving(example_app("ON")) as address:
        yield address


@pytest.fixture
def example(page: Any, served: tuple[str, Recorded]) -> Iterator[ExamplePage]:
    example = ExamplePage(page, served[0])
    yield example
    assert example.complaints == []


@pytest.fixture
def strict_example(page: Any, strict: str) -> Iterator[ExamplePage]:
    example = ExamplePage(page, strict)
    yield example
    assert example.complaints == []


def set_up_authenticator(example: ExamplePage) -> str:
    """Send the first code of an authenticator app, and return its secret."""
    secret: str = example.page.inner_text("#answer code")
    assert example.page.locator("#answer img").evaluate("image => image.decode().then(() => image.width)") > 0
    example.submit("answer", code=totp(secret, time.time()))
    return secret


def test_a_user_with_an_authenticator_app_goes_from_sign_up_to_sign_out_and_no_script_sees_a_token(
    example: ExamplePage, served: tuple[str, Recorded]
) -> None:
    seen: list[str] = []
    served[1].bodies.clear()

    def look() -> None:
        seen.append(example.page.evaluate(READABLE))

    example.submit("sign-up", username="tess", email="tess@example.com", password=PASSWORD)
    example.page.locator("#answer").wait_for()
    example.submit("answer", code=example.newest_code())
    example.expect("Now sign in")
    example.sign_in("tess", PASSWORD)
    look()
    example.submit("add-authenticator")
    secret = set_up_authenticator(example)
    example.expect("asked for from now on")
    example.submit("sign-out")
    example.expect("Signed out")
    assert example.is_signed_out()

    example.submit("sign-in", username="tess", password=PASSWORD)
    example.page.locator("#answer").wait_for()
    assert example.page.evaluate("fetch('/session').then(answer => answer.json())") is None
    look()
    example.submit("answer", code="000000" if totp(secret, time.time() + 30) != "000000" else "000001")
    example.page.locator("#refusal:not(:empty)").wait_for()
    # The next code: each counts once, and the clocks may differ by as much.
    example.submit("answer", code=totp(secret, time.time() + 30))
    assert example.signed_in_as() == "tess"
    look()
    example.page.click("text=dashboard")
    example.page.locator("#username", has_text="tess").wait_for()
    look()
    cookies = [
        cookie for cookie in example.page.context.cookies() if cookie["name"].startswith("cognito-session")
    ]
    assert cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
    example.page.goto(f"{example.address}/scripts")
    example.submit("sign-out")
    example.expect("Signed out")
    look()
    assert example.is_signed_out()
    assert example.page.context.cookies() == []

    assert tokens_in("".join(seen)) == []
    assert [text for text in seen if not text.startswith('["",{},{},[],[]')] == []
    answered = b"\n".join(served[1].bodies).decode()
    assert '"signed_in"' in answered
    assert tokens_in(answered) == []


def test_a_token_would_have_been_found(example: ExamplePage, served: tuple[str, Recorded]) -> None:
    body = {"username": "grace", "password": PASSWORD}
    served[1].bodies.clear()
    example.page.request.post(f"{example.address}/auth/sign-in", data=body)
    assert len(tokens_in(b"".join(served[1].bodies).decode())) == 3


def test_a_newcomer_chooses_a_password(example: ExamplePage) -> None:
    example.submit("sign-in", username="newcomer", password="Temporary-1!")
    example.submit("answer", new_password=PASSWORD)
    assert example.signed_in_as() == "newcomer"


def test_with_mfa_on_a_user_sets_an_authenticator_app_up_while_signing_in(
    strict_example: ExamplePage,
) -> None:
    strict_example.submit("sign-in", username="grace", password=PASSWORD)
    strict_example.page.locator("#answer img").wait_for()
    set_up_authenticator(strict_example)
    assert strict_example.signed_in_as() == "grace"


def test_a_user_chooses_a_code_by_email(example: ExamplePage) -> None:
    example.fill("sign-in", username="admin")
    example.page.click("#choose")
    example.page.select_option("#answer select", "EMAIL_OTP")
    example.submit("answer")
    example.page.locator("#answer [name=code]").wait_for()
    example.submit("answer", code=example.newest_code())
    assert example.signed_in_as() == "admin"


def test_a_forgotten_password_is_replaced(example: ExamplePage) -> None:
    example.page.click("text=Forgot your password?")
    example.submit("forgot", username="grace")
    example.page.locator("#answer [name=code]").wait_for()
    example.page.click("text=Send another code")
    example.expect("Another code is on its way")
    code = example.newest_code()
    example.submit("answer", code=code, password="short")
    example.page.locator("#refusal", has_text="A password has 6 characters or more.").wait_for()
    example.submit("answer", code=wrong(code), password=FRESH)
    example.page.locator("#refusal", has_text="The code is wrong or has expired.").wait_for()
    example.submit("answer", code=code, password=FRESH)
    example.expect("The password is changed. Now sign in.")
    assert example.page.input_value("#sign-in [name=username]") == "grace"
    example.sign_in("grace", FRESH)
    # And back, for the tests after this one.
    example.page.click("text=Change the password")
    example.submit("change-password", previous_password="Wrong-password-1!", proposed_password=PASSWORD)
    example.expect("Incorrect username or password")
    example.submit("change-password", previous_password=FRESH, proposed_password=PASSWORD)
    example.expect("The password is changed.")
    example.submit("sign-out")
    example.sign_in("grace", PASSWORD)


def test_nobody_learns_from_a_forgotten_password_who_exists(example: ExamplePage) -> None:
    said = set()
    for name in ("analyst", "nobody-at-all"):
        example.page.reload()
        example.page.click("text=Forgot your password?")
        example.submit("forgot", username=name)
        example.page.locator("#answer [name=code]").wait_for()
        said.add(example.page.inner_text("#answer p"))
    assert len(said) == 1


def test_who_has_not_confirmed_an_address_can_do_it_at_the_next_sign_in(example: ExamplePage) -> None:
    example.submit("sign-up", username="una", email="una@example.com", password=PASSWORD)
    example.page.locator("#answer [name=code]").wait_for()
    example.page.reload()
    example.submit("sign-in", username="una", password=PASSWORD)
    example.page.locator("#answer", has_text="User is not confirmed.").wait_for()
    example.page.click("text=Send another code")
    example.expect("Another code is on its way")
    example.submit("answer", code=example.newest_code())
    example.expect("Now sign in")
    example.sign_in("una", PASSWORD)


def test_signing_out_everywhere_signs_this_browser_out(example: ExamplePage) -> None:
    example.sign_in("analyst")
    example.submit("sign-out-everywhere")
    example.expect("Signed out everywhere. Elsewhere it may take until")
    assert example.is_signed_out()


def test_a_user_sees_and_ends_the_sessions_of_other_browsers(
    browser: Any, page: Any, redis_server: RedisServer
) -> None:
    redis = {"COGNITO_SESSION_STORE": "redis", "COGNITO_REDIS_URL": redis_server.url}
    with serving(example_app(**redis)) as address:
        example = ExamplePage(page, address)
        example.sign_in("analyst")
        others = [ExamplePage(browser.new_context().new_page(), address) for _ in range(2)]
        for other in others:
            other.sign_in("analyst")
        page.click("text=Where you are signed in")
        items = page.locator("#sessions li")
        items.nth(2).wait_for()
        assert items.all_inner_texts().count("This browser") == 1
        items.first.locator("button").click()
        example.expect("That browser is signed out.")
        assert items.count() == 2
        example.submit("sign-out-others")
        example.expect("All other browsers are signed out.")
        assert items.all_inner_texts() == ["This browser"]
        assert all(other.page.reload() and other.is_signed_out() for other in others)
        assert example.complaints == []
        for other in others:
            other.page.context.close()


def test_sessions_that_nobody_can_list_are_not_offered(example: ExamplePage) -> None:
    example.sign_in("analyst")
    assert not example.page.locator("text=Where you are signed in").is_visible()


def test_an_app_that_does_not_answer_is_told_in_words(example: ExamplePage) -> None:
    gateway = lambda route: route.fulfill(body="<h1>Bad gateway</h1>", status=502)  # noqa: E731
    for answer in (gateway, lambda route: route.abort()):
        example.page.route("**/session/sign-in", answer)
        example.submit("sign-in", username="analyst", password="Local-pool-1!")
        example.page.locator("#refusal", has_text="The app cannot be reached at the moment.").wait_for()
        example.page.unroute("**/session/sign-in")


# Who does not see the page, or goes by keyboard.


AUTOCOMPLETE = {
    "sign-in": {"username": "username webauthn", "password": "current-password"},
    "forgot": {"username": "username"},
    "sign-up": {"username": "username", "email": "email", "password": "new-password"},
    "answer": {"username": "username", "code": "one-time-code", "password": "new-password"},
    "change-password": {
        "username": "username",
        "previous_password": "current-password",
        "proposed_password": "new-password",
    },
}
FIELDS = """() => [...document.querySelectorAll("input")].map(input => [
  input.form.id, input.name, input.autocomplete,
  input.labels.length > 0 || getComputedStyle(input).display === "none"])"""


def test_every_field_has_a_label_and_says_what_a_password_manager_puts_there(example: ExamplePage) -> None:
    example.page.click("text=Forgot your password?")
    example.submit("forgot", username="analyst")
    example.page.locator("#answer [name=code]").wait_for()
    fields = example.page.evaluate(FIELDS)
    found: dict[str, dict[str, str]] = {}
    for form, name, autocomplete, _ in fields:
        found.setdefault(form, {})[name] = autocomplete
    assert found == AUTOCOMPLETE
    assert all(labelled for *_, labelled in fields)


def test_what_happens_is_read_out_and_the_keyboard_goes_on_where_it_happens(example: ExamplePage) -> None:
    focused = "document.activeElement.name || document.activeElement.innerText"
    assert example.is_signed_out()
    example.page.keyboard.press("Tab")
    assert example.page.evaluate(focused) == "The example"
    example.page.keyboard.press("Tab")
    assert example.page.evaluate(focused) == "username"
    example.page.keyboard.type("newcomer2")
    example.page.keyboard.press("Tab")
    example.page.keyboard.type("Wrong-password-1!")
    example.page.keyboard.press("Enter")
    example.page.get_by_role("alert").filter(has_text="Incorrect username or password").wait_for()
    example.submit("sign-up", username="newcomer2", email="n@example.com", password=PASSWORD)
    example.page.locator("#answer [name=code]").wait_for()
    assert example.page.evaluate(focused) == "code"
    example.page.keyboard.type(example.newest_code())
    example.page.keyboard.press("Enter")
    example.page.get_by_role("status").filter(has_text="Now sign in").wait_for()
    assert example.page.evaluate(focused) == "password"
    example.page.keyboard.type(PASSWORD)
    example.page.keyboard.press("Enter")
    assert example.signed_in_as() == "newcomer2"
    assert example.page.evaluate(focused) == "Signed in as newcomer2"


def test_nothing_is_wider_than_the_screen_of_a_small_phone(example: ExamplePage) -> None:
    example.page.set_viewport_size({"width": 320, "height": 568})

    def fits() -> bool:
        for details in example.page.locator("details:visible").all():
            details.evaluate("details => details.open = true")
        width: int = example.page.evaluate("document.documentElement.scrollWidth")
        return width <= 320

    assert fits()
    example.submit("sign-up", username="sam", email="sam@example.com", password=PASSWORD)
    example.page.locator("#answer [name=code]").wait_for()
    assert fits()
    example.submit("answer", code=example.newest_code())
    example.expect("Now sign in")
    example.sign_in("sam", PASSWORD)
    assert fits()
    example.submit("add-authenticator")
    example.page.locator("#answer img").wait_for()
    assert fits()
    example.page.goto(f"{example.address}/dashboard")
    example.page.locator("#username", has_text="sam").wait_for()
    assert fits()
    example.page.goto(f"{example.address}/login/sign-up")
    assert fits()


def test_a_wrong_password_is_explained(example: ExamplePage) -> None:
    example.submit("sign-in", username="analyst", password="Wrong-password-1!")
    example.expect("Incorrect username or password")
    assert example.is_signed_out()


def test_a_reload_keeps_a_browser_signed_in(example: ExamplePage) -> None:
    example.sign_in("analyst")
    example.page.reload()
    assert example.signed_in_as() == "analyst"


def test_a_user_signs_in_at_the_pools_own_pages(example: ExamplePage) -> None:
    example.page.click("text=own pages")
    assert urlsplit(example.page.url).path == "/login/domain/login"
    example.page.fill("[name=username]", "analyst")
    example.page.click("button")
    example.page.click("button[value=PASSWORD]")
    example.page.fill("[name=password]", "Local-pool-1!")
    example.page.click("button")
    assert example.signed_in_as() == "analyst"
    assert urlsplit(example.page.url).path == "/scripts"
    # Signing out there ends both.
    example.page.click("text=Sign out here and")
    example.page.get_by_role("link", name="Sign in", exact=True).wait_for()
    example.page.goto(f"{example.address}/scripts")
    assert example.is_signed_out()
    example.page.click("text=own pages")
    example.page.locator("[name=username]").wait_for()


def test_a_user_comes_back_from_google(example: ExamplePage) -> None:
    example.page.click("text=Continue with Google")
    example.page.locator("h1", has_text="Sign in with Google").wait_for()
    example.page.fill("[name=sub]", "1234567890")
    example.page.fill("[name=email]", "grace@gmail.example")
    example.page.click("text=Continue")
    assert example.signed_in_as() == "Google_1234567890"
    assert not example.page.locator("text=Change the password").is_visible()
    example.page.click("text=dashboard")
    example.page.locator("#username", has_text="Google_1234567890").wait_for()


def test_whoever_says_no_at_google_is_told_and_can_go_another_way(example: ExamplePage) -> None:
    example.page.goto(f"{example.address}/dashboard")
    for link in ("Try again", "Sign in another way"):
        if link == "Try again":
            example.page.click("text=Continue with Google")
        example.page.click("text=Cancel")
        example.page.locator("h1", has_text="Signing in did not work").wait_for()
        example.page.click(f"text={link}")
    example.page.fill("[name=username]", "analyst")
    example.page.click("text=Next")
    example.page.click("button[value=PASSWORD]")
    example.page.fill("[name=password]", "Local-pool-1!")
    example.page.click("button")
    example.page.wait_for_url("**/dashboard")


def test_the_dashboard_shows_reports_to_analysts(example: ExamplePage) -> None:
    example.sign_in("analyst")
    example.page.goto(f"{example.address}/dashboard")
    example.submit("reports")
    example.page.locator("li", has_text="Sign-ups per day").wait_for()


def test_whoever_wants_the_dashboard_signs_in_first_and_gets_there(example: ExamplePage) -> None:
    example.page.goto(f"{example.address}/dashboard?tab=1")
    example.page.fill("#username", "analyst")
    example.page.click("text=Continue >> nth=0")
    example.page.fill("#password", "Local-pool-1!")
    example.page.get_by_role("button", name="Sign in", exact=True).click()
    example.page.wait_for_url("**/dashboard?tab=1")
    example.page.context.clear_cookies()
    example.page.reload()
    example.page.click("text=Continue with Google")
    example.page.fill("[name=sub]", "2345678901")
    example.page.click("text=Continue")
    example.page.wait_for_url("**/dashboard?tab=1")


def test_the_dashboard_refuses_reports_to_others(example: ExamplePage) -> None:
    example.sign_in("admin")
    example.page.goto(f"{example.address}/dashboard")
    example.submit("reports")
    example.page.locator("#refusal:not(:empty)").wait_for()
    assert example.page.locator("li").count() == 0


FRAME = """address => new Promise(tell => {
  const frame = document.createElement("iframe");
  frame.onload = () => tell(null);
  frame.src = address;
  document.body.append(frame);
})"""


def test_no_page_of_another_origin_frames_one_of_them(example: ExamplePage, elsewhere: str) -> None:
    example.sign_in("analyst")
    framed = {}
    for path in ("/", "/dashboard", "/pages/sign-in", "/pages/me", "/login/domain/login", "/public"):
        example.page.goto(elsewhere)
        example.page.evaluate(FRAME, f"{example.address}{path}")
        framed[path] = not example.page.frames[1].url.startswith("chrome-error:")
    # The last is no page, which shows that the others are refused and not out of reach.
    assert [path for path, held in framed.items() if held] == ["/public"]
    assert all("frame" in complaint for complaint in example.complaints)
    example.complaints.clear()


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_where_to_go_on_is_no_page_of_another(example: ExamplePage, next_page: str) -> None:
    example.page.goto(f"{example.address}/scripts?next={next_page}")
    example.sign_in("analyst")
    assert example.page.url.startswith(f"{example.address}/scripts?next=")


# The first page, and the ready ones.


def test_the_commands_name_the_address_of_the_app(example: ExamplePage) -> None:
    example.page.goto(example.address)
    example.page.locator("pre", has_text=f"{example.address}/auth/sign-in").wait_for()


def read_code(page: Any, name: str) -> str:
    """Look at the outbox in another tab, as the page that asks for a code offers it."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Codes that were sent").click()
    outbox = opened.value
    code: str = outbox.locator("li", has_text=f"to {name},").first.locator("code").inner_text()
    outbox.close()
    return code


@pytest.mark.parametrize("scripts", [True, False])
def test_a_newcomer_signs_up_signs_in_and_out_by_what_is_on_the_pages(
    browser: Any, served: tuple[str, Recorded], scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    context.set_default_timeout(15_000)
    page = context.new_page()
    name = f"newbie{int(scripts)}"
    page.goto(served[0])
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail address").fill(f"{name}@example.com")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("heading", name="Confirm your account").wait_for()
    page.locator("#code").fill(read_code(page, name))
    if not scripts:
        page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name=f"Hello {name}").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()
    page.goto(served[0])
    page.get_by_role("link", name="newcomer", exact=True).click()
    assert page.get_by_label("Username").input_value() == "newcomer"
    context.close()


def test_a_newcomer_adds_a_passkey_and_an_authenticator_from_the_first_page(
    page: Any, served: tuple[str, Recorded]
) -> None:
    with_authenticator(page)
    page.goto(served[0])
    page.get_by_role("link", name="admin", exact=True).click()
    page.get_by_role("button", name="Continue", exact=True).click()
    page.locator("#password").fill("Local-pool-1!")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("form[data-new-passkey] button").click()
    page.get_by_text("The passkey is added.").wait_for()
    page.goto(served[0])
    page.get_by_role("button", name="Add an authenticator app").click()
    page.locator("summary").click()
    page.locator("#code").fill(totp(page.locator(".secret").inner_text(), time.time()))
    page.locator("form:has(#code) button").click()
    page.get_by_text("The authenticator app is set up").wait_for()
    page.goto(served[0])
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Continue as admin").wait_for()


def test_no_page_of_the_example_breaks_a_rule_of_accessibility(
    browser: Any, served: tuple[str, Recorded]
) -> None:
    node()
    context = browser.new_context()
    context.add_init_script((HERE / "node_modules" / "axe-core" / "axe.min.js").read_text())
    page, address = context.new_page(), served[0]
    page.request.post(f"{address}/auth/password/forgot", data={"username": "analyst"})
    eyes = Eyes(page, address)
    found = {path: eyes.faults(path) for path in ("/", "/outbox", "/scripts", "/pages/sign-in")}
    body = {"username": "analyst", "password": "Local-pool-1!"}
    page.request.post(f"{address}/session/sign-in", data=body, headers={"Origin": address})
    found |= {f"{path} signed in": eyes.faults(path) for path in ("/", "/scripts", "/dashboard")}
    context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
