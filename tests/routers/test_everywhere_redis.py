"""What ends a user at Cognito ends the cookie sessions in Redis, in every browser and on every worker."""

import logging
from typing import Annotated, Any, Final

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.redis_server import RedisServer
from tests.support import SECRET_KEY, Clock

PASSWORD = "Correct-horse-1!"
HOME = "https://app.example"
WIRE: Final = {"Content-Type": "application/x-amz-json-1.1"}


class Shop:
    """An app for browsers, and an API for programs that never sees a cookie; both know the same Redis."""

    def __init__(self, **settings: Any) -> None:
        users = [LocalUser(name, password=PASSWORD) for name in ("ada", "grace")]
        users.append(LocalUser("root", password=PASSWORD, groups=("admins", "editors")))
        self.clock = Clock()
        self.pool = LocalUserPool(users=users, clock=self.clock)
        self._settings = settings
        self.pages, self.api = self._app(browsers=True), self._app(browsers=False)

    def _app(self, *, browsers: bool) -> FastAPI:
        settings: Any = self._settings
        auth = CognitoAuth.local(self.pool, settings=settings, secret_key=SECRET_KEY, clock=self.clock)
        app = FastAPI()
        app.include_router(auth.router, prefix="/auth")
        app.include_router(auth.account_router, prefix="/account")
        app.include_router(auth.wire_router, prefix="/wire")
        app.include_router(auth.admin_router, prefix="/admin")
        if browsers:
            app.add_middleware(auth.session_middleware)
            app.include_router(auth.session_router, prefix="/session")

        @app.get("/me")
        async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
            return user.username

        return app

    def browser_of(self, name: str) -> TestClient:
        browser = TestClient(self.pages, base_url=HOME, headers={"Origin": HOME})
        answer = browser.post("/session/sign-in", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    def program(self, name: str = "ada") -> TestClient:
        program = TestClient(self.api)
        tokens = program.post("/auth/sign-in", json={"username": name, "password": PASSWORD}).json()
        program.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return program


@pytest.fixture
def shop(redis_server: RedisServer) -> Shop:
    return Shop(session_store="redis", redis_url=redis_server.url, redis_timeout=2)


def test_signing_out_everywhere_signs_the_other_browser_out(shop: Shop) -> None:
    one, other = shop.browser_of("ada"), shop.browser_of("ada")
    answer = one.post("/account/sign-out-everywhere").json()
    assert answer["cookie_sessions_ended"] is True
    assert other.get("/me").status_code == 401


def test_signing_out_everywhere_leaves_other_users_alone(shop: Shop) -> None:
    grace = shop.browser_of("grace")
    shop.browser_of("ada").post("/account/sign-out-everywhere")
    assert grace.get("/me").json() == "grace"


def test_a_program_that_signs_out_everywhere_signs_the_browsers_out(shop: Shop) -> None:
    browser = shop.browser_of("ada")
    assert shop.program().post("/account/sign-out-everywhere").json()["cookie_sessions_ended"] is True
    assert browser.get("/me").status_code == 401


def test_deleting_the_account_signs_the_other_browser_out(shop: Shop) -> None:
    one, other = shop.browser_of("ada"), shop.browser_of("ada")
    assert one.delete("/account").json()["cookie_sessions_ended"] is True
    assert other.get("/me").status_code == 401


@pytest.mark.parametrize("operation", ["GlobalSignOut", "DeleteUser"])
def test_ending_a_user_by_the_api_itself_signs_the_browsers_out(shop: Shop, operation: str) -> None:
    browser, program = shop.browser_of("ada"), shop.program()
    token = program.headers.pop("Authorization").removeprefix("Bearer ")
    headers = {**WIRE, "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    answer = program.post("/wire/", json={"AccessToken": token}, headers=headers)
    assert answer.status_code == 200
    assert browser.get("/me").status_code == 401


def test_a_sign_out_that_cognito_refuses_ends_no_session(shop: Shop) -> None:
    browser, program = shop.browser_of("ada"), shop.program()
    assert program.post("/account/sign-out-everywhere").status_code == 200
    browser = shop.browser_of("ada")
    refused = program.post("/account/sign-out-everywhere")
    assert (refused.status_code, refused.json()["detail"]["code"]) == (401, "not_authorized")
    assert browser.get("/me").json() == "ada"


def test_a_redis_that_is_down_undoes_no_sign_out_at_cognito_and_the_answer_says_so(
    shop: Shop, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    program = shop.program()
    redis_server.stop_answering()
    try:
        with caplog.at_level(logging.WARNING, "fastapi_cognito_auth"):
            answer = program.post("/account/sign-out-everywhere")
    finally:
        redis_server.answer_again()
    assert (answer.status_code, answer.json()["cookie_sessions_ended"]) == (200, False)
    assert "the cookie sessions of a user who signed out everywhere may still be kept" in caplog.text
    assert program.get("/account").status_code == 401


def test_sessions_in_cookies_have_no_list_and_the_answer_promises_nothing_of_them() -> None:
    shop = Shop()
    one, other = shop.browser_of("ada"), shop.browser_of("ada")
    assert one.post("/account/sign-out-everywhere").json()["cookie_sessions_ended"] is None
    # As long as its access token holds.
    assert other.get("/me").json() == "ada"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/users/ada?confirm=ada", None),
        ("POST", "/users/ada/disable", None),
        ("POST", "/users/ada/sign-out", None),
        ("PUT", "/users/ada/password", {"password": "Battery-staple-2?"}),
        ("DELETE", "/groups/editors/users/ada", None),
    ],
)
def test_what_an_administrator_does_to_a_user_signs_the_browsers_of_that_user_out(
    shop: Shop, method: str, path: str, body: Any
) -> None:
    pool = {"UserPoolId": shop.pool.user_pool_id}
    shop.pool.call("AdminAddUserToGroup", {**pool, "Username": "ada", "GroupName": "editors"})
    browser, other = shop.browser_of("ada"), shop.browser_of("grace")
    answer = shop.program("root").request(method, f"/admin{path}", json=body)
    assert answer.json()["cookie_sessions_ended"] is True
    assert (browser.get("/me").status_code, other.get("/me").status_code) == (401, 200)


def test_an_administrator_with_a_cookie_session_needs_a_page_of_the_app(shop: Shop) -> None:
    browser = shop.browser_of("root")
    assert browser.post("/admin/users/ada/disable").status_code == 200
    del browser.headers["Origin"]
    refused = browser.post("/admin/users/ada/enable", headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["detail"]["code"]) == (403, "cross_site_request")
