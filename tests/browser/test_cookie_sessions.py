"""Cookie sessions in a real browser, with a clock that tests move, and pages of other origins."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from example_app.pages import WEB, pages
from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.browser.kit import ExamplePage, by_number, self_signed, serving, with_cookies_of_other_sites
from tests.local.kit import signing_keys
from tests.support import Clock

PASSWORD = "Correct-horse-1!"
ADA = {"username": "ada", "password": PASSWORD}
FETCH = """async ([method, address, body]) => {
  const headers = body === undefined ? {} : {"Content-Type": "application/json"};
  const options = {method, headers, credentials: "include", body: JSON.stringify(body)};
  try {
    const answer = await fetch(address, options);
    return [answer.status, await answer.json()];
  } catch (error) {
    return [0, error.name];
  }
}"""
ASK_TEN_TIMES = """() => {
  const ask = async () => (await fetch("/me")).json();
  window.answers = Promise.all(Array.from({length: 10}, ask));
}"""
NOT_READABLE = [0, "TypeError"]
"""What a script sees of an answer that CORS keeps from it."""


class App:
    """An app with cookie sessions and the pages of the example, its pool and its clock."""

    def __init__(self, *trusted: str, session_same_site: str = "lax", **pool: Any) -> None:
        self.clock = Clock()
        users = [LocalUser(name, password=PASSWORD, groups=["analysts"]) for name in ("ada", "eve")]
        self.pool = LocalUserPool(users=users, clock=self.clock, identity_providers=["Google"], **pool)
        # Making RSA keys takes longer than all the rest of a test.
        self.pool._plane.tokens.keys = signing_keys()
        settings: Any = {"trusted_origins": trusted, "session_same_site": session_same_site}
        self.auth = auth = CognitoAuth.local(self.pool, clock=self.clock, settings=settings)
        self.votes = 0
        self.app = app = FastAPI()
        app.add_middleware(auth.session_middleware)
        if trusted:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=list(trusted),
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["Content-Type"],
            )
        app.include_router(auth.session_router, prefix="/session")
        app.include_router(auth.managed_login_router, prefix="/login")
        app.include_router(auth.account_router, prefix="/account")
        app.include_router(pages(auth, {"managed_login": True, "google": True}))
        app.mount("/static", StaticFiles(directory=WEB / "static"))

        @app.get("/me")
        async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
            return user.username

        @app.post("/vote", dependencies=[Depends(auth.current_user)])
        async def vote() -> int:
            self.votes += 1
            return self.votes

        @app.post("/transfer", dependencies=[Depends(auth.require_fresh(max_age=60))])
        async def transfer() -> str:
            return "done"

        self.asked, self.go_on = Event(), Event()

        @app.get("/slow")
        def slow(user: Annotated[User, Depends(auth.current_user)]) -> str:
            self.asked.set()
            assert self.go_on.wait(20)
            return user.username

        @app.get("/file", dependencies=[Depends(auth.current_user)])
        async def file() -> FileResponse:
            return FileResponse(WEB / "scripts.html")

        @app.websocket("/socket")
        async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
            await websocket.accept()
            await websocket.send_text(user.username)
            await websocket.receive()

    def count_refreshes(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Note when the pool is asked for new tokens."""
        refreshes: list[str] = []
        call = self.pool.call

        def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            if operation == "GetTokensFromRefreshToken":
                refreshes.append(operation)
            return call(operation, params)

        monkeypatch.setattr(self.pool, "call", noting)
        return refreshes


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[App, str]]:
    app = App(refresh_token_rotation=0)
    for name, count, length in (("many", 80, 50), ("most", 100, 128)):
        # Names of one letter would be written shorter than those that people choose.
        digests = (hashlib.sha512(bytes([number])).hexdigest() for number in range(count))
        groups = [digest[:length] for digest in digests]
        app.pool.create_user(LocalUser(name, password=PASSWORD, groups=groups))
    with serving(app.app, ws="websockets-sansio") as address:
        yield app, address


@pytest.fixture
def app(shared: tuple[App, str]) -> App:
    return shared[0]


@pytest.fixture
def address(shared: tuple[App, str]) -> str:
    return shared[1]


@pytest.fixture
def signed_in(page: Any, address: str) -> Any:
    """Sign ada in, and return the tab."""
    page.goto(address)
    status, _ = ask(page, "POST", "/session/sign-in", ADA)
    assert status == 200
    return page


def ask(page: Any, method: str, address: str, body: Any = ...) -> list[Any]:
    """Let a script of a page send a request; return the status and the answer, as far as it sees them."""
    answer: list[Any] = page.evaluate(FETCH, [method, address] + ([] if body is ... else [body]))
    return answer


def code(answer: list[Any]) -> tuple[int, str]:
    return answer[0], answer[1]["detail"]["code"]


def session_cookies(page: Any) -> dict[str, str]:
    cookies = page.context.cookies()
    return {cookie["name"]: cookie["value"] for cookie in cookies if "login" not in cookie["name"]}


# Cookies.


def test_browsers_keep_the_cookies_of_a_large_session(page: Any, address: str, app: App) -> None:
    page.goto(address)
    many = {"username": "many", "password": PASSWORD}
    assert len(ask(page, "POST", "/session/sign-in", many)[1]["user"]["groups"]) == 80
    assert len(session_cookies(page)) == 4
    app.clock.advance(3601)
    assert ask(page, "GET", "/me") == [200, "many"]
    # A smaller one leaves nothing of it.
    assert ask(page, "POST", "/session/sign-in", ADA)[0] == 200
    assert len(session_cookies(page)) == 2
    assert ask(page, "GET", "/me") == [200, "ada"]


def test_who_fits_no_cookie_is_refused_and_the_session_stays(signed_in: Any) -> None:
    most = {"username": "most", "password": PASSWORD}
    assert code(ask(signed_in, "POST", "/session/sign-in", most)) == (503, "session_too_large")
    assert ask(signed_in, "GET", "/me") == [200, "ada"]


@pytest.mark.parametrize("policy", ["no-referrer", "strict-origin-when-cross-origin"])
def test_a_form_of_the_app_itself_acts_by_the_session(signed_in: Any, address: str, policy: str) -> None:
    signed_in.goto(address)
    # With the first of them, browsers send `Origin: null`.
    signed_in.evaluate(
        """policy => {
          const meta = Object.assign(document.createElement("meta"), {name: "referrer", content: policy});
          document.head.append(meta);
        }""",
        policy,
    )
    with signed_in.expect_navigation(url=f"{address}/vote") as answer:
        signed_in.evaluate(FORM, [f"{address}/vote", URLENCODED, {}])
    assert answer.value.status == 200


# Refreshing.


def test_a_session_goes_on_after_the_access_tokens_end_and_nobody_notices(
    signed_in: Any, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshes = app.count_refreshes(monkeypatch)
    before = session_cookies(signed_in)
    for hours in (1, 2):
        app.clock.advance(3601)
        assert ask(signed_in, "GET", "/me") == [200, "ada"]
        assert ask(signed_in, "POST", "/vote")[0] == 200
        assert len(refreshes) == hours
    assert session_cookies(signed_in).keys() == before.keys()
    assert session_cookies(signed_in) != before


def test_tabs_that_ask_at_once_share_one_refresh(
    signed_in: Any, address: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in.context.new_page()
    other.goto(address)
    refreshes = app.count_refreshes(monkeypatch)
    app.clock.advance(3601)
    for tab in (signed_in, other):
        tab.evaluate(ASK_TEN_TIMES)
    for tab in (signed_in, other):
        assert tab.evaluate("window.answers") == ["ada"] * 10
    assert len(refreshes) == 1
    app.clock.advance(3601)
    assert ask(other, "GET", "/me") == ask(signed_in, "GET", "/me") == [200, "ada"]


def test_signing_out_in_one_tab_signs_out_in_all(signed_in: Any, address: str) -> None:
    other = signed_in.context.new_page()
    other.goto(address)
    assert ask(other, "GET", "/me") == [200, "ada"]
    assert ask(signed_in, "POST", "/session/sign-out")[0] == 200
    assert code(ask(other, "GET", "/me")) == (401, "not_authenticated")


def test_an_answer_that_was_under_way_brings_nobody_back(signed_in: Any, app: App) -> None:
    app.clock.advance(3601)
    signed_in.evaluate("() => { window.answer = fetch('/slow').then(answer => answer.json()) }")
    assert app.asked.wait(20)
    assert ask(signed_in, "POST", "/session/sign-out")[0] == 200
    app.go_on.set()
    assert signed_in.evaluate("window.answer") == "ada"
    assert session_cookies(signed_in) == {}
    assert ask(signed_in, "GET", "/session") == [200, None]


def test_the_browsers_cache_answers_nobody_who_has_signed_out(signed_in: Any, address: str) -> None:
    signed_in.goto(f"{address}/file")
    assert signed_in.title() == "By scripts \N{EN DASH} The example"
    signed_in.goto(address)
    assert ask(signed_in, "POST", "/session/sign-out")[0] == 200
    assert ask(signed_in, "GET", "/file")[0] == 401
    signed_in.go_back()
    assert "not_authenticated" in signed_in.inner_text("body")


def test_a_web_socket_is_opened_by_the_session_and_refreshes_it(
    signed_in: Any, address: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshes = app.count_refreshes(monkeypatch)
    app.clock.advance(3601)
    assert signed_in.evaluate(OPEN, address) == "ada"
    assert len(refreshes) == 1
    assert ask(signed_in, "GET", "/me") == [200, "ada"]
    assert len(refreshes) == 1


OPEN = """address => new Promise(tell => {
  const socket = new WebSocket(address.replace("http", "ws") + "/socket");
  socket.onmessage = event => tell(event.data);
  socket.onerror = () => tell("refused");
})"""


def test_a_page_of_another_origin_opens_no_web_socket_by_the_session(
    signed_in: Any, address: str, elsewhere: str
) -> None:
    assert signed_in.evaluate(OPEN, address) == "ada"
    signed_in.goto(elsewhere)
    assert signed_in.evaluate(OPEN, address) == "refused"


# Stepping up.


def test_what_is_sensitive_asks_again_and_the_session_goes_on(signed_in: Any, app: App) -> None:
    assert ask(signed_in, "POST", "/transfer") == [200, "done"]
    app.clock.advance(61)
    assert code(ask(signed_in, "POST", "/transfer")) == (401, "step_up_required")
    assert ask(signed_in, "GET", "/me") == [200, "ada"]
    before = session_cookies(signed_in)
    assert ask(signed_in, "POST", "/session/sign-in", ADA)[0] == 200
    assert session_cookies(signed_in)["cognito-session"] != before["cognito-session"]
    assert ask(signed_in, "POST", "/transfer") == [200, "done"]
    app.clock.advance(3601)
    assert ask(signed_in, "GET", "/me") == [200, "ada"]


def test_the_page_of_the_example_asks_for_a_fresh_sign_in_and_goes_on(
    page: Any, address: str, app: App
) -> None:
    example = ExamplePage(page, address)
    example.sign_in("eve", PASSWORD)
    app.clock.advance(301)
    example.submit("add-authenticator")
    example.expect("Please sign in again to go on.")
    example.submit("sign-in", password=PASSWORD)
    example.page.locator("#answer img").wait_for()


def test_what_one_person_began_does_not_go_on_for_another(page: Any, address: str, app: App) -> None:
    example = ExamplePage(page, address)
    example.sign_in("eve", PASSWORD)
    app.clock.advance(301)
    example.submit("add-authenticator")
    example.expect("Please sign in again to go on.")
    example.sign_in("ada", PASSWORD)
    assert not example.page.is_visible("#answer")


# Managed login.


def fill_in(tab: Any, username: str) -> None:
    tab.fill("[name=username]", username)
    tab.fill("[name=password]", PASSWORD)
    tab.click("button")


def test_two_tabs_at_the_pools_pages_do_not_disturb_each_other(page: Any, address: str) -> None:
    other = page.context.new_page()
    for tab, place in ((page, "one"), (other, "two")):
        tab.goto(f"{address}/login?next=/?tab={place}")
    fill_in(page, "ada")
    page.wait_for_url("**/?tab=one")
    fill_in(other, "eve")
    other.wait_for_url("**/?tab=two")
    assert ask(page, "GET", "/me") == ask(other, "GET", "/me") == [200, "eve"]
    assert [cookie["name"] for cookie in page.context.cookies() if "login-" in cookie["name"]] == []


def test_two_tabs_at_google_do_not_disturb_each_other(page: Any, address: str) -> None:
    other = page.context.new_page()
    for tab, sub in ((page, "1"), (other, "2")):
        tab.goto(f"{address}/login?provider=Google&next=/?tab={sub}")
        tab.fill("[name=sub]", sub)
    for tab, sub in ((other, "2"), (page, "1")):
        tab.click("text=Continue")
        tab.wait_for_url(f"**/?tab={sub}")
        assert ask(tab, "GET", "/me") == [200, f"Google_{sub}"]


def test_a_callback_that_comes_twice_offers_to_start_again(page: Any, address: str) -> None:
    page.goto(f"{address}/login?next=/dashboard")
    with page.expect_request("**/login/callback?*") as callback:
        fill_in(page, "ada")
    page.wait_for_url("**/dashboard")
    page.goto(callback.value.url)
    page.click("text=Try again")
    page.wait_for_url(f"{address}/**")
    assert ask(page, "GET", "/me") == [200, "ada"]


def test_the_session_of_managed_login_refreshes_too(
    page: Any, address: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"{address}/login?next=/dashboard")
    fill_in(page, "ada")
    page.wait_for_url("**/dashboard")
    refreshes = app.count_refreshes(monkeypatch)
    app.clock.advance(3601)
    assert ask(page, "GET", "/me") == [200, "ada"]
    assert len(refreshes) == 1


# Pages of other origins.


@pytest.fixture
def front_end(elsewhere: str) -> Iterator[tuple[App, str]]:
    """Serve an app that trusts the page at the other port, by name and by number."""
    app = App(elsewhere, by_number(elsewhere))
    with serving(app.app) as address:
        yield app, address


def test_a_trusted_page_of_another_origin_signs_in_and_acts(
    page: Any, front_end: tuple[App, str], elsewhere: str
) -> None:
    app, address = front_end
    page.goto(elsewhere)
    assert ask(page, "GET", f"{address}/session") == [200, None]
    assert ask(page, "POST", f"{address}/session/sign-in", ADA)[0] == 200
    assert ask(page, "GET", f"{address}/me") == [200, "ada"]
    assert ask(page, "POST", f"{address}/vote") == [200, 1]
    assert page.evaluate("document.cookie") == ""
    app.clock.advance(3601)
    assert ask(page, "POST", f"{address}/vote") == [200, 2]
    assert ask(page, "POST", f"{address}/session/sign-out")[0] == 200
    assert ask(page, "GET", f"{address}/session") == [200, None]
    # Refusals are readable as well.
    assert code(ask(page, "POST", f"{address}/vote")) == (401, "not_authenticated")


def test_browsers_send_no_session_for_a_page_of_another_site_though_it_is_trusted(
    page: Any, front_end: tuple[App, str], elsewhere: str
) -> None:
    app, address = front_end
    page.goto(address)
    assert ask(page, "POST", "/session/sign-in", ADA)[0] == 200
    page.goto(by_number(elsewhere))
    assert ask(page, "GET", f"{address}/session") == [200, None]
    assert code(ask(page, "POST", f"{address}/vote")) == (401, "not_authenticated")
    assert app.votes == 0


@pytest.mark.parametrize("site", ["the same site", "another site"])
def test_a_page_that_is_not_trusted_reads_and_does_nothing(
    signed_in: Any, address: str, elsewhere: str, app: App, site: str
) -> None:
    signed_in.goto(elsewhere if site == "the same site" else by_number(elsewhere))
    votes = app.votes
    for method, path in (
        ("GET", "/me"),
        ("GET", "/session"),
        ("POST", "/vote"),
        ("POST", "/session/sign-out"),
    ):
        assert ask(signed_in, method, f"{address}{path}") == NOT_READABLE
    signed_in.goto(address)
    assert ask(signed_in, "GET", "/me") == [200, "ada"]
    assert app.votes == votes


FORM = """([address, encoding, fields]) => {
  const form = document.createElement("form");
  Object.assign(form, {method: "post", action: address, enctype: encoding});
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), {name, value}));
  }
  document.body.append(form);
  form.submit();
}"""
URLENCODED, PLAIN = "application/x-www-form-urlencoded", "text/plain"


@pytest.mark.parametrize(
    ("path", "of_the_same_site", "of_another_site"),
    [
        # From another site the session does not even come along.
        ("/vote", 403, 401),
        ("/account/sign-out-everywhere", 403, 401),
        ("/session/sign-out", 403, 403),
        ("/login/logout", 403, 403),
    ],
)
def test_a_form_of_another_origin_changes_nothing(
    signed_in: Any,
    address: str,
    elsewhere: str,
    app: App,
    path: str,
    of_the_same_site: int,
    of_another_site: int,
) -> None:
    votes = app.votes
    for origin, status in ((elsewhere, of_the_same_site), (by_number(elsewhere), of_another_site)):
        signed_in.goto(origin)
        with signed_in.expect_navigation(url=f"{address}/**") as answer:
            signed_in.evaluate(FORM, [f"{address}{path}", URLENCODED, {}])
        assert answer.value.status == status
    signed_in.goto(address)
    assert ask(signed_in, "GET", "/me") == [200, "ada"]
    assert app.votes == votes


@pytest.mark.parametrize("site", ["the same site", "another site"])
def test_a_form_of_another_origin_signs_nobody_in(page: Any, address: str, elsewhere: str, site: str) -> None:
    page.goto(elsewhere if site == "the same site" else by_number(elsewhere))
    # A form that looks like JSON: the name, an equals sign and the value.
    fields = {'{"username": "eve", "password": "' + PASSWORD + '", "client_metadata": {"': '": ""}}'}
    with page.expect_navigation(url=f"{address}/**") as answer:
        page.evaluate(FORM, [f"{address}/session/sign-in", PLAIN, fields])
    assert answer.value.status == 403
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("same_site", "blocks", "who"), [("none", False, "ada"), ("none", True, None), ("lax", False, None)]
)
def test_over_tls_a_page_of_another_site_has_the_session_if_app_and_browser_let_it(
    browser: Any, tmp_path: Path, elsewhere: str, same_site: str, blocks: bool, who: str | None
) -> None:
    tls = self_signed(tmp_path)
    page_elsewhere = by_number(elsewhere)
    app = App(page_elsewhere, session_same_site=same_site)
    with ExitStack() as stack:
        address = stack.enter_context(serving(app.app, **tls))
        if blocks:
            context = stack.enter_context(browser.new_context(ignore_https_errors=True))
        else:
            profile = with_cookies_of_other_sites(browser, tmp_path, ignore_https_errors=True)
            context = stack.enter_context(profile)
        page = context.new_page()
        page.goto(address)
        assert ask(page, "POST", "/session/sign-in", ADA)[0] == 200
        kept = {cookie["name"]: cookie["secure"] and cookie["httpOnly"] for cookie in context.cookies()}
        assert kept == {"__Host-cognito-session": True, "__Host-cognito-session.1": True}
        page.goto(page_elsewhere)
        status, session = ask(page, "GET", f"{address}/session")
        assert (status, session and session["user"]["username"]) == (200, who)
        assert ask(page, "POST", f"{address}/vote")[0] == (200 if who else 401)
