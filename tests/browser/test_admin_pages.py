"""The pages of administration in a real browser, with scripts and by the keyboard alone."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUserPool
from tests.browser.kit import serving
from tests.local.kit import signing_keys
from tests.routers.admin_kit import PEOPLE
from tests.routers.kit import PASSWORD
from tests.support import Clock


class Office:
    """A tab in which an administrator is signed in, who has a keyboard alone."""

    def __init__(self, page: Any, address: str, pool: LocalUserPool, clock: Clock) -> None:
        self.page, self.address, self.pool, self.clock = page, address, pool, clock

    def heading(self, text: str) -> None:
        self.page.get_by_role("heading", level=1, name=text, exact=True).wait_for()

    def go_to(self, role: str, name: str) -> None:
        """Go to something by the tabulator, and press Enter."""
        wanted = self.page.get_by_role(role, name=name, exact=True).first
        for _ in range(60):
            if wanted.evaluate("each => each === document.activeElement"):
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(name)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def user(self, name: str) -> dict[str, Any]:
        return self.pool.call("AdminGetUser", {"UserPoolId": self.pool.user_pool_id, "Username": name})


@pytest.fixture(scope="module")
def office(browser: Any) -> Iterator[Office]:
    clock = Clock()
    pool = LocalUserPool(users=PEOPLE, explicit_auth_flows=["ALLOW_USER_SRP_AUTH"], clock=clock)
    pool._plane.tokens.keys = signing_keys()
    auth = CognitoAuth.local(pool, clock=clock)
    app = FastAPI(title="The shop")
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.pages(), prefix="/account")
    context = browser.new_context()
    context.set_default_timeout(15_000)
    with serving(app) as address:
        office = Office(context.new_page(), address, pool, clock)
        office.page.goto(f"{address}/account/sign-in?next=/account/admin/users")
        office.page.fill("#username", "root")
        office.page.fill("#password", PASSWORD)
        office.page.keyboard.press("Enter")
        office.heading("Users")
        yield office
    context.close()


def test_the_keyboard_is_enough_to_find_a_user_and_to_disable_it(office: Office) -> None:
    office.page.goto(f"{office.address}/account/admin/users")
    office.page.focus("#q")
    office.type("ada")
    office.page.wait_for_url("**q=ada")
    office.go_to("link", "ada")
    office.heading("ada")
    office.go_to("link", "Disable")
    office.heading("Disable")
    office.go_to("button", "Disable")
    office.heading("ada")
    office.page.get_by_role("status").filter(has_text="It is done.").wait_for()
    assert not office.user("ada")["Enabled"]


def test_a_recent_sign_in_leads_back_into_the_wide_frame(office: Office) -> None:
    office.clock.advance(3500)
    office.page.goto(f"{office.address}/account/admin/ask/enable?user=ada")
    office.heading("Confirm that it is you")
    office.page.fill("#password", PASSWORD)
    office.page.keyboard.press("Enter")
    office.heading("Enable")
    assert office.page.get_attribute("body", "class") == "manage wide"
    office.go_to("button", "Enable")
    office.heading("ada")
    assert office.user("ada")["Enabled"]


def test_a_file_is_sent_as_a_file(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("username,email\neve,eve@example.com\n")
    office.page.goto(f"{office.address}/account/admin/transfer")
    office.page.set_input_files("#file", file)
    office.page.get_by_role("button", name="Import users").press("Enter")
    office.page.get_by_text("Finished").wait_for()
    assert office.user("eve")["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def begin_import(office: Office, folder: Path, *names: str) -> None:
    file = folder / "users.csv"
    file.write_text("\n".join(["username", *names]))
    office.page.goto(f"{office.address}/account/admin/transfer")
    office.page.set_input_files("#file", file)
    office.page.get_by_role("button", name="Import users").press("Enter")
    office.page.get_by_text("looked at").wait_for()


def test_an_import_is_followed_where_one_is(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, held = office.pool.call, threading.Event()

    def slow(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminCreateUser":
            held.wait(20)
        return call(operation, params)

    monkeypatch.setattr(office.pool, "call", slow)
    begin_import(office, tmp_path, "mary")
    stop = office.page.get_by_role("button", name="Stop the import")
    stop.focus()
    office.page.evaluate(
        "new MutationObserver(() => (window.changed = true)).observe(document.querySelector('main'),"
        " { childList: true, characterData: true, subtree: true })"
    )
    for _ in range(2):
        # The second is asked for when the first has been looked at.
        with office.page.expect_response("**/admin/import?job=*"):
            pass
    assert stop.evaluate("each => each === document.activeElement && !window.changed")
    held.set()
    office.page.get_by_text("Finished").wait_for()
    assert office.page.get_by_text("1 row looked at").is_visible()
    assert office.page.evaluate("window.changed && document.activeElement.id") == "main"


def test_an_import_that_another_worker_does_is_found(office: Office, tmp_path: Path) -> None:
    begin_import(office, tmp_path, "jane")
    job = office.page.url
    unknown = f"{office.address}/account/admin/import?job=0123456789abcdefABCDEF"
    office.page.route("**/admin/import?job=*", lambda route: route.continue_(url=unknown), times=1)
    office.page.goto(job)
    office.heading("This server does not know the import")
    office.heading("Import users")
    assert office.page.get_by_text("looked at").is_visible()


def test_an_import_that_nobody_knows_is_asked_for_a_minute_alone(office: Office) -> None:
    page = office.page.context.new_page()
    page.add_init_script("const later = setTimeout; window.setTimeout = (what) => later(what)")
    path = f"{office.address}/account/admin/import?job=0123456789abcdefABCDEF"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_event("response", lambda response: response.url == path and asked.count(path) == 32):
        page.goto(path)
    for _ in range(3):
        page.evaluate("fetch('/account/sign-in').then(answer => answer.text())")
    assert asked.count(path) == 32
    page.close()


def test_nothing_is_asked_for_while_nobody_looks(office: Office) -> None:
    page = office.page.context.new_page()
    page.add_init_script(
        "const later = setTimeout; window.setTimeout = (what) => later(what); window.away = true"
    )
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.away })")
    path = f"{office.address}/account/admin/import?job=0123456789abcdefABCDEF"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    for _ in range(3):
        page.evaluate("fetch('/account/sign-in').then(answer => answer.text())")
    assert asked.count(path) == 1
    with page.expect_event("response", lambda response: response.url == path):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.close()


def test_all_users_come_as_a_file_and_the_page_stays(office: Office) -> None:
    office.page.goto(f"{office.address}/account/admin/transfer")
    for _ in range(2):
        with office.page.expect_download() as coming:
            office.page.get_by_role("button", name="Export users").press("Enter")
        assert coming.value.suggested_filename == "users.csv"
        assert "ada@example.com" in Path(coming.value.path()).read_text()
    office.heading("Import and export")


def test_a_table_is_read_down_on_a_phone_and_stays_a_table(office: Office) -> None:
    office.page.set_viewport_size({"width": 360, "height": 800})
    office.page.goto(f"{office.address}/account/admin/users?by=username&how=equals&q=bob")
    table = office.page.get_by_role("table", name="Users")
    assert table.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth")
    assert [cell.inner_text() for cell in table.get_by_role("cell").all()][:2] == [
        "bob@example.com",
        "Confirmed",
    ]
    assert table.get_by_role("rowheader").inner_text() == "bob"
    assert table.get_by_role("columnheader").count() == 5
    said = "each => getComputedStyle(each, '::before').content"
    assert table.get_by_role("cell", name="Confirmed").evaluate(said).startswith('"Status"')
    # Nobody reads past what is not there.
    assert table.locator("td:visible").count() == 3


def test_a_table_that_is_too_wide_is_scrolled_by_the_keyboard(office: Office) -> None:
    office.page.set_viewport_size({"width": 650, "height": 800})
    office.page.goto(f"{office.address}/account/admin/users")
    table = office.page.get_by_role("group", name="Users")
    table.focus()
    office.page.keyboard.press("End")
    for _ in range(10):
        office.page.keyboard.press("ArrowRight")
    office.page.wait_for_function("document.querySelector('.scrolls').scrollLeft > 0")
    assert not office.page.evaluate("document.documentElement.scrollWidth > innerWidth")
