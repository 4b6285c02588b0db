"""Tests of apps go through the pages of the local domain, as a person does."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, fill_in_pages
from tests.local.kit import signing_keys

HOME = "https://testserver"
ADA = {"username": "ada", "password": "Correct-horse-1!"}


@pytest.fixture(scope="module")
def pool() -> LocalUserPool:
    pool = LocalUserPool(
        users=[LocalUser("ada", password=ADA["password"], attributes={"email": "ada@example.com"})],
        identity_providers=["Google"],
    )
    # Making RSA keys takes longer than all the rest of a test.
    pool._plane.tokens.keys = signing_keys()
    return pool


@pytest.fixture
def browser(pool: LocalUserPool) -> TestClient:
    return browser_of(pool)


def browser_of(pool: LocalUserPool, address: str = HOME, *, guarded: bool = False) -> TestClient:
    auth = CognitoAuth.local(pool)
    app = FastAPI()
    if guarded:
        app.add_exception_handler(401, auth.sign_in_redirect("/login"))
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.session_router, prefix="/session")
    app.include_router(auth.managed_login_router, prefix="/login")

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    return TestClient(app, base_url=address, headers={"Origin": address})


def test_a_password_leads_to_where_the_browser_was_going(browser: TestClient) -> None:
    answer = fill_in_pages(browser, "/login?next=/me", ADA)
    assert (answer.url.path, answer.json()) == ("/me", "ada")
    assert browser.get("/me").json() == "ada"


def test_a_provider_sends_back_whoever_the_test_says(browser: TestClient) -> None:
    answer = fill_in_pages(browser, "/login?provider=Google&next=/me", {"sub": "42", "email": "a@b.example"})
    assert answer.json() == "Google_42"


def test_pages_come_one_after_the_other(browser: TestClient, pool: LocalUserPool) -> None:
    new = {"username": "bob", "password": "Battery-staple-2!", "email": "bob@example.com"}

    def sent() -> dict[str, str]:
        return {"code": pool.outbox.latest("bob", "sign_up").code}

    assert fill_in_pages(browser, "/login/sign-up?next=/me", new, sent).json() == "bob"


def test_a_client_that_follows_nothing_by_itself_does_here(browser: TestClient) -> None:
    browser.follow_redirects = False
    assert fill_in_pages(browser, "/login?next=/me", ADA).json() == "ada"


def test_a_page_that_needs_a_sign_in_is_asked_for_as_a_browser_does(pool: LocalUserPool) -> None:
    assert fill_in_pages(browser_of(pool, guarded=True), "/me", ADA).json() == "ada"


def test_a_client_without_tls_is_told_of_it(pool: LocalUserPool) -> None:
    client = browser_of(pool, "http://testserver")
    with pytest.raises(ValueError, match=r"base_url=.https://testserver"):
        fill_in_pages(client, "/login?next=/me", ADA, {"code": "123456"})


@pytest.mark.parametrize(
    ("start", "forms", "said"),
    [
        ("/login", [{"name": "ada"}], r"/login answered 200, .* no form with name; .* username, password; "),
        ("/login", [{**ADA, "password": "Wrong-1!"}, {"code": "1"}], r"it says: .*Incorrect username"),
        ("/me", [ADA], r"/me answered 401, and has no form .* of its forms: none; it says: .*Sign in first"),
        ("/login?prompt=none", [ADA], r"it says: Signing in did not work Signing in was"),
    ],
)
def test_a_page_without_such_a_form_is_told_with_what_it_has(
    browser: TestClient, start: str, forms: list[Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        fill_in_pages(browser, start, *forms)
