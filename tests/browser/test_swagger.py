"""Swagger in a real browser: Authorize, and endpoints as they are filled in."""

import json
import os
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.browser.kit import example_app, serving
from tests.interop import environments
from tests.local.kit import signing_keys
from tests.openapi.conftest import HERE
from tests.support import SECRET_KEY

PASSWORD = "Local-pool-1!"
ASSETS = HERE / "node_modules" / "swagger-ui-dist"
PATIENCE = 20_000  # milliseconds


class Swagger:
    """A page of Swagger, and what a person does there."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.page.set_default_timeout(PATIENCE)
        # There is no network: what the page wants of a CDN comes from the package.
        self.page.route("**/swagger-ui-dist@5/*", self._asset)
        self.page.route("**/favicon.png", lambda route: route.abort())
        self.page.goto(address)
        self.page.wait_for_selector(".opblock")

    @staticmethod
    def _asset(route: Any) -> None:
        route.fulfill(path=ASSETS / route.request.url.rpartition("/")[2])

    def authorize(self, scheme: str, **fields: str) -> str:
        """Fill the form of a scheme in and send it; return what the dialog says then."""
        self.page.click(".auth-wrapper .authorize, .scheme-container .authorize")
        form = self.page.locator(".auth-container", has=self.page.locator(f"h4:has-text('{scheme} (')"))
        for name, value in fields.items():
            form.locator(f"#{name}").fill(value)
        form.locator("button.authorize").click()
        form.locator("button:has-text('Logout'), .errors").first.wait_for()
        said: str = form.inner_text()
        self.page.click(".close-modal")
        return said

    def attempt(self, operation: str) -> int:
        """Try an endpoint as it is filled in, and return the status of its answer."""
        block = self.page.locator(f"[id$='-{operation}'].opblock")
        block.locator(".opblock-summary-control").click()
        block.locator(".try-out__btn").click()
        block.locator(".execute").click()
        status = block.locator(".live-responses-table .response-col_status").nth(1)
        status.wait_for()
        return int(status.inner_text().split()[0])


@pytest.fixture(scope="module", autouse=True)
def swagger_files() -> None:
    """Have Swagger's files at hand."""
    try:
        environments.node(HERE)
    except environments.MissingError as exc:
        if os.environ.get("CI"):
            pytest.fail(str(exc))
        pytest.skip(str(exc))


@pytest.fixture(scope="module")
def example() -> Iterator[str]:
    with serving(example_app()) as address:
        yield address


@pytest.fixture
def swagger(page: Any, example: str) -> Swagger:
    return Swagger(page, f"{example}/docs")


def test_an_analyst_authorizes_and_tries_endpoints_as_they_are_filled_in(swagger: Swagger) -> None:
    said = swagger.authorize("CognitoAuth", oauth_username="analyst", oauth_password=PASSWORD)
    assert "Logout" in said
    assert swagger.attempt("me_me_get") == 200
    assert swagger.attempt("sign_in") == 200
    assert swagger.attempt("sign_up") == 201
    assert swagger.attempt("get_account") == 200


def test_a_wrong_password_is_explained(swagger: Swagger) -> None:
    said = swagger.authorize("CognitoAuth", oauth_username="analyst", oauth_password="Wrong-password-1!")
    assert "invalid_grant" in said
    assert "Incorrect username or password" in said


def test_whoever_must_answer_a_challenge_is_told_so(swagger: Swagger) -> None:
    said = swagger.authorize("CognitoAuth", oauth_username="newcomer", oauth_password="Temporary-1!")
    assert "This user must answer a challenge" in said


def local_auth(username: str) -> CognitoAuth:
    pool = LocalUserPool(users=[LocalUser(username, password=PASSWORD)])
    # Making RSA keys takes longer than all the rest of a test.
    pool._plane.tokens.keys = signing_keys()
    return CognitoAuth.local(pool)


def app_of(auth: CognitoAuth, prefix: str, **arguments: Any) -> FastAPI:
    app = FastAPI(**arguments)

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    app.include_router(auth.router, prefix=prefix)
    return app


class BehindProxy:
    """What an app sees behind a proxy that takes a path away, of which the server was told."""

    def __init__(self, app: Any, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, "root_path": self._path}, receive, send)


@pytest.fixture(scope="module")
def auth() -> CognitoAuth:
    return local_auth("ada")


@pytest.fixture(
    scope="module",
    params=[
        "/api/v1/auth",
        "another page",
        "a sub-app",
        "a stripping proxy",
        "a proxy and another page",
        "a server with a host",
    ],
)
def elsewhere(request: pytest.FixtureRequest, auth: CognitoAuth) -> Iterator[str]:
    """Serve an app whose form is not at /auth/token, seen from its page; yield the page's address."""
    page, app, prefix = "/docs", FastAPI(), ""
    match request.param:
        case "/api/v1/auth":
            app = app_of(auth, "/api/v1/auth")
        case "another page":
            page = "/help/me/docs"
            app = app_of(auth, "/auth", docs_url=page)
        case "a sub-app":
            page = "/sub/docs"
            app.mount("/sub", app_of(auth, "/v2/auth"))
        case "a stripping proxy":
            prefix = "/behind"
            app = app_of(auth, "/v1/auth")
        case "a proxy and another page":
            prefix, page = "/behind", "/help/docs"
            app = app_of(auth, "/v1/auth", docs_url=page)
        case "a server with a host":
            app = app_of(auth, "/auth")
    served: Any = BehindProxy(app, prefix) if prefix else app
    with serving(served) as address:
        if request.param == "a server with a host":
            app.servers = [{"url": address}]
        yield f"{address}{prefix}{page}"


def test_authorize_finds_the_form_wherever_it_is(page: Any, elsewhere: str) -> None:
    swagger = Swagger(page, elsewhere)
    assert "Logout" in swagger.authorize("CognitoAuth", oauth_username="ada", oauth_password=PASSWORD)
    assert swagger.attempt("me_me_get") == 200


def test_a_token_can_be_pasted(page: Any, auth: CognitoAuth) -> None:
    app = app_of(auth, "/auth")
    signed_in = TestClient(app).post("/auth/sign-in", json={"username": "ada", "password": PASSWORD})
    with serving(app) as address:
        swagger = Swagger(page, f"{address}/docs")
        swagger.authorize("CognitoAccessToken", **{"auth-bearer-value": signed_in.json()["access_token"]})
        assert swagger.attempt("me_me_get") == 200


def test_each_of_two_pools_signs_its_own_users_in(page: Any, auth: CognitoAuth) -> None:
    staff = local_auth("sue")
    app = app_of(auth, "/auth")
    app.include_router(staff.router, prefix="/staff/auth")

    @app.get("/staff")
    async def of_staff(user: Annotated[User, Depends(staff.current_user)]) -> str:
        return user.username

    with serving(app) as address:
        swagger = Swagger(page, f"{address}/docs")
        swagger.authorize("CognitoAuth2", oauth_username="sue", oauth_password=PASSWORD)
        assert swagger.attempt("of_staff_staff_get") == 200
        assert swagger.attempt("me_me_get") == 401


def test_a_user_signs_in_at_the_pages_of_the_pool(page: Any) -> None:
    pool = LocalUserPool(users=[LocalUser("ada", password=PASSWORD)])
    pool._plane.tokens.keys = signing_keys()

    async def fetch_keys() -> bytes:
        return json.dumps(pool.jwks()).encode()

    with serving(pool.domain_app) as domain:
        settings = CognitoSettings(
            user_pool_id=pool.user_pool_id,
            client_id=pool.client_id,
            issuer=[pool.issuer],
            secret_key=SECRET_KEY,
            domain=domain,
            token_url=None,
        )
        auth = CognitoAuth(settings, fetch_keys=fetch_keys, before_send=pool.before_send)
        pkce = {"usePkceWithAuthorizationCodeGrant": True, "clientId": pool.client_id}
        with serving(app_of(auth, "/auth", swagger_ui_init_oauth=pkce)) as address:
            pool.let_app_in(f"{address}/docs/oauth2-redirect", f"{address}/")
            swagger = Swagger(page, f"{address}/docs")
            page.click(".auth-wrapper .authorize, .scheme-container .authorize")
            with page.expect_popup() as opened:
                page.locator(".auth-container", has_text="PKCE").locator("button.authorize").click()
            pages = opened.value
            pages.fill("[name=username]", "ada")
            pages.fill("[name=password]", PASSWORD)
            with page.expect_request("**/oauth2/token") as sent:
                pages.click("button[type=submit], button:not([type])")
            assert "code_verifier=" in sent.value.post_data
            page.locator(".auth-container button:has-text('Logout')").wait_for()
            page.click(".close-modal")
            assert swagger.attempt("me_me_get") == 200
