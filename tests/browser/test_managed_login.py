"""Managed login in a real browser, with the pool's pages at another site, as on AWS."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User
from fastapi_cognito_auth.exceptions import StepUpRequiredError
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.browser.kit import that_keeps_pages
from tests.interop.kit import running
from tests.local.kit import signing_keys
from tests.support import SECRET_KEY, Clock

COOKIES = Path(__file__).parents[2] / "docs/how-to/cookies.md"
PASSWORD = "Correct-horse-1!"


class Site:
    """An app at `localhost`, and the pages of its pool at `127.0.0.1`, which is another site to browsers."""

    def __init__(self, stack: ExitStack) -> None:
        app_socket, pool_socket = (stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in "ab")
        self.home = f"http://localhost:{app_socket.getsockname()[1]}"
        self.domain = f"http://127.0.0.1:{pool_socket.getsockname()[1]}"
        self.clock = Clock()
        self.pool = LocalUserPool(
            users=[LocalUser("ada", password=PASSWORD)],
            callback_urls=[f"{self.home}/login/callback"],
            logout_urls=[f"{self.home}/"],
            identity_providers=["Google"],
            clock=self.clock,
        )
        # Making RSA keys takes longer than all the rest of a test.
        self.pool._plane.tokens.keys = signing_keys()
        settings = CognitoSettings(
            user_pool_id=self.pool.user_pool_id,
            client_id=self.pool.client_id,
            secret_key=SECRET_KEY,
            endpoint_url=self.domain,
            domain=self.domain,
        )
        auth = CognitoAuth(settings, clock=self.clock)
        app = FastAPI()
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.session_router, prefix="/session")
        app.include_router(auth.managed_login_router, prefix="/login")
        app.add_exception_handler(401, auth.sign_in_redirect("/login"))

        @app.get("/")
        async def home() -> HTMLResponse:
            return HTMLResponse('<h1>Home</h1><a href="login/logout">Sign out</a>')

        @app.get("/orders")
        async def orders(user: Annotated[User, Depends(auth.current_user)]) -> HTMLResponse:
            return HTMLResponse(f"<h1>Orders of {user.username}</h1>")

        @app.get("/bill")
        async def bill(user: Annotated[User, Depends(auth.current_user)]) -> PlainTextResponse:
            return PlainTextResponse(f"Bill of {user.username}")

        @app.get("/safe")
        async def safe(user: Annotated[User, Depends(auth.require_fresh(max_age=60))]) -> HTMLResponse:
            return HTMLResponse(f"<h1>Safe of {user.username}</h1>")

        @app.get("/never")
        async def never() -> None:
            raise StepUpRequiredError(acr_values=["urn:cognito:loa:1"])

        stack.enter_context(running(app, app_socket))
        stack.enter_context(running(emulator(self.pool), pool_socket))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


def sign_in(page: Any, site: Site) -> None:
    """Sign in where the browser was sent."""
    page.wait_for_url(f"{site.domain}/login?*")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("button")


def heading(page: Any, site: Site, path: str) -> str:
    page.wait_for_url(f"{site.home}{path}")
    text: str = page.inner_text("h1")
    return text


def test_a_browser_is_sent_to_the_pages_of_another_site_and_comes_back_signed_in(
    page: Any, site: Site
) -> None:
    page.goto(f"{site.home}/orders?page=2")
    sign_in(page, site)
    assert heading(page, site, "/orders?page=2") == "Orders of ada"
    site.clock.advance(3601)
    page.reload()
    assert heading(page, site, "/orders?page=2") == "Orders of ada"
    of_the_app = [cookie for cookie in page.context.cookies() if cookie["domain"] == "localhost"]
    # The third is gone in ten seconds.
    assert {cookie["name"] for cookie in of_the_app} - {"cognito-session-arrived"} == {
        "cognito-session",
        "cognito-session.1",
    }
    assert all(cookie["httpOnly"] for cookie in of_the_app)


def test_a_browser_comes_back_from_a_provider(page: Any, site: Site) -> None:
    page.goto(f"{site.home}/login?provider=Google&next=/orders")
    page.fill("[name=sub]", "1234567890")
    page.click("text=Continue")
    assert heading(page, site, "/orders") == "Orders of Google_1234567890"


def test_the_pages_know_a_browser_that_was_there(page: Any, site: Site) -> None:
    page.goto(f"{site.home}/orders")
    sign_in(page, site)
    assert heading(page, site, "/orders") == "Orders of ada"
    page.evaluate("fetch('/session/sign-out', {method: 'POST'})")
    page.goto(f"{site.home}/orders")
    assert heading(page, site, "/orders") == "Orders of ada"


def test_signing_out_of_both_asks_again(page: Any, site: Site) -> None:
    page.goto(f"{site.home}/orders")
    sign_in(page, site)
    assert heading(page, site, "/orders") == "Orders of ada"
    page.goto(site.home)
    page.click("text=Sign out")
    assert heading(page, site, "/") == "Home"
    page.goto(f"{site.home}/orders")
    page.wait_for_url(f"{site.domain}/login?*")


@pytest.mark.parametrize("path", ["/orders", "/bill"])
def test_the_back_button_shows_nothing_of_who_has_signed_out(browser: Any, site: Site, path: str) -> None:
    with that_keeps_pages(browser) as keeping:
        page = keeping.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{site.home}{path}")
        sign_in(page, site)
        page.wait_for_url(f"{site.home}{path}")
        assert "of ada" in page.inner_text("body")
        page.evaluate("fetch('/session/sign-out', {method: 'POST'})")
        # The pool's pages would know who comes back.
        page.context.clear_cookies(name="cognito")
        page.goto(site.home)
        page.go_back(wait_until="commit")
        page.wait_for_url(f"{site.domain}/login?*")
        # What is of nobody is kept: this browser does keep pages.
        page.goto(site.home)
        page.evaluate("document.querySelector('h1').innerText = 'As it was left'")
        page.goto(f"{site.home}/openapi.json")
        page.go_back(wait_until="commit")
        assert page.inner_text("h1") == "As it was left"


def test_a_page_with_the_script_of_the_docs_is_loaded_anew_whatever_signed_out(
    browser: Any, site: Site
) -> None:
    """A browser may keep a page that was left by the link that signs out, whatever its headers say."""
    [script] = re.findall(r"<script>(addEventListener.*)</script>", COOKIES.read_text())
    with that_keeps_pages(browser) as keeping:
        page = keeping.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{site.home}/orders")
        sign_in(page, site)
        assert heading(page, site, "/orders") == "Orders of ada"
        page.evaluate(script)
        page.goto(f"{site.home}/login/logout")
        assert heading(page, site, "/") == "Home"
        page.go_back(wait_until="commit")
        page.wait_for_url(f"{site.domain}/login?*")


def test_a_page_that_wants_a_fresh_sign_in_asks_again_and_the_session_goes_on(page: Any, site: Site) -> None:
    page.goto(f"{site.home}/safe")
    sign_in(page, site)
    assert heading(page, site, "/safe") == "Safe of ada"
    site.clock.advance(61)
    page.goto(f"{site.home}/orders")
    assert heading(page, site, "/orders") == "Orders of ada"
    page.goto(f"{site.home}/safe")
    sign_in(page, site)
    assert heading(page, site, "/safe") == "Safe of ada"
    site.clock.advance(3601)
    page.goto(f"{site.home}/orders")
    assert heading(page, site, "/orders") == "Orders of ada"


def test_a_link_of_another_site_signs_nobody_out(page: Any, site: Site, elsewhere: str) -> None:
    page.goto(f"{site.home}/orders")
    sign_in(page, site)
    assert heading(page, site, "/orders") == "Orders of ada"
    page.goto(elsewhere)
    page.evaluate(
        "address => { document.body.innerHTML = `<a href=${address}>A link</a>` }",
        f"{site.home}/login/logout",
    )
    page.click("a")
    assert heading(page, site, "/login/logout") == "Sign out?"
    page.goto(f"{site.home}/orders")
    assert heading(page, site, "/orders") == "Orders of ada"


def test_who_is_asked_whether_to_sign_out_can(page: Any, site: Site, elsewhere: str) -> None:
    page.goto(f"{site.home}/orders")
    sign_in(page, site)
    page.goto(elsewhere)
    page.evaluate("address => location.assign(address)", f"{site.home}/login/logout")
    assert heading(page, site, "/login/logout") == "Sign out?"
    page.click("button")
    assert heading(page, site, "/") == "Home"
    page.goto(f"{site.home}/orders")
    page.wait_for_selector("input[name=password]")


def test_a_sign_in_that_is_not_enough_ends_in_words(page: Any, site: Site) -> None:
    page.goto(f"{site.home}/never")
    sign_in(page, site)
    assert heading(page, site, "/never") == "Signing in was not enough"
