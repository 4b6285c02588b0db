"""Browsers that are sent to sign in, and everybody who is not."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.dependencies.own_paths import own_path
from fastapi_cognito_auth.dependencies.sign_in_redirect import SignInRedirect
from fastapi_cognito_auth.exceptions import CognitoAuthError, NotAuthenticatedError, StepUpRequiredError
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, KeyServer, access_claims

HOME = "https://app.example"
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def app_of(sign_in: str = "/login", **options: Any) -> FastAPI:
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI()
    app.add_exception_handler(401, auth.sign_in_redirect(sign_in, **options))

    @app.get("/me")
    @app.head("/me")
    @app.post("/me")
    @app.get("/login")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    @app.get("/files/{path:path}")
    async def files(path: str, user: Annotated[User, Depends(auth.current_user)]) -> str:
        return path

    @app.get("/fresh", dependencies=[Depends(auth.require_fresh(max_age=300))])
    @app.get("/strong", dependencies=[Depends(auth.require_acr("urn:cognito:loa:2", "own:strong"))])
    @app.get("/admins", dependencies=[Depends(auth.require_groups("admins"))])
    async def guarded() -> bool:
        return True

    @app.get("/own")
    async def own() -> None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None: ...

    return app


def browser_of(app: Any, base_url: str = HOME) -> TestClient:
    return TestClient(app, base_url=base_url, headers=PAGE, follow_redirects=False)


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return browser_of(app_of())


def asked(answer: httpx2.Response) -> dict[str, str]:
    """Return what a redirect to `/login` asks for."""
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert (address.scheme, address.netloc, address.path) == ("", "", "/login")
    return {name: value for name, [value] in parse_qs(address.query).items()}


def bearer(**claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {SIGNER.sign(access_claims(**claims))}"}


def test_who_asks_for_a_page_is_sent_to_sign_in_and_back(browser: TestClient) -> None:
    answer = browser.get("/me?a=1&b=c%20d")
    assert answer.headers["location"] == "/login?next=%2Fme%3Fa%3D1%26b%3Dc%2520d"
    assert asked(answer) == {"next": "/me?a=1&b=c%20d"}


def test_a_head_request_is_sent_too(browser: TestClient) -> None:
    assert asked(browser.head("/me")) == {"next": "/me"}


def test_no_cache_keeps_the_redirect(browser: TestClient) -> None:
    answer = browser.get("/me")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"Accept": "*/*"},
        {"Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Dest": "iframe"},
    ],
)
def test_a_program_keeps_its_401(browser: TestClient, headers: Mapping[str, str]) -> None:
    answer = browser.get("/me", headers=headers)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_form_that_is_posted_keeps_its_401(browser: TestClient) -> None:
    assert browser.post("/me").status_code == 401


def test_a_web_socket_keeps_its_401(browser: TestClient) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        browser.websocket_connect("wss://app.example/socket"),
    ):
        pass
    assert refused.value.status_code == 401


def test_a_token_that_is_over_is_a_reason(browser: TestClient) -> None:
    assert asked(browser.get("/me", headers=bearer(exp=1))) == {"next": "/me"}


def test_a_token_that_is_too_large_is_none(browser: TestClient) -> None:
    """Signing in again would bring no smaller one."""
    assert browser.get("/me", headers={"Authorization": f"Bearer {'x' * 40_000}"}).status_code == 401


def test_a_sign_in_that_is_too_old_is_asked_for_anew(browser: TestClient) -> None:
    assert asked(browser.get("/fresh", headers=bearer(auth_time=1))) == {"next": "/fresh", "max_age": "300"}


def test_a_sign_in_that_is_too_weak_is_asked_for_anew(browser: TestClient) -> None:
    assert asked(browser.get("/strong", headers=bearer())) == {
        "next": "/strong",
        "acr_values": "urn:cognito:loa:2 own:strong",
    }


def test_who_may_not_is_sent_nowhere(browser: TestClient) -> None:
    assert browser.get("/admins", headers=bearer()).status_code == 403


def test_other_refusals_of_the_app_stay(browser: TestClient) -> None:
    answer = browser.get("/own")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")


def test_the_page_where_one_signs_in_does_not_send_to_itself(browser: TestClient) -> None:
    assert browser.get("/login").status_code == 401
    assert browser_of(app_of("/login/?a=b")).get("/login").status_code == 401
    with pytest.raises(AssertionError):
        sent_to(b"/login/", path="/login/")


def test_a_page_of_the_app_may_have_a_query() -> None:
    answer = browser_of(app_of("/login?provider=Google")).get("/me")
    assert answer.headers["location"] == "/login?provider=Google&next=%2Fme"


def test_another_handler_answers_the_rest() -> None:
    def problem(request: Request, error: CognitoAuthError) -> JSONResponse:
        return JSONResponse({"title": error.code, "instance": request.url.path}, error.status_code)

    async def slowly(request: Request, error: CognitoAuthError) -> JSONResponse:
        return problem(request, error)

    for otherwise in (problem, slowly):
        browser = browser_of(app_of(otherwise=otherwise))
        answer = browser.get("/me", headers={"Accept": "*/*"})
        assert (answer.status_code, answer.json()) == (
            401,
            {"title": "not_authenticated", "instance": "/me"},
        )
        assert browser.get("/me").status_code == 303


def test_a_handler_of_all_errors_leaves_the_others() -> None:
    app = app_of()
    app.exception_handlers.pop(401)
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID))
    app.add_exception_handler(CognitoAuthError, auth.sign_in_redirect("/login"))
    browser = browser_of(app)
    assert asked(browser.get("/me")) == {"next": "/me"}
    assert browser.get("/own").status_code == 401


# Where `next` may lead.


@pytest.mark.parametrize(
    "host", ["evil.example", "app.example@evil.example", "evil.example/x?", "a b", "evil.example:99999", ""]
)
def test_a_host_that_lies_leads_nowhere(browser: TestClient, host: str) -> None:
    assert asked(browser.get("/me", headers={"Host": host})) == {"next": "/me"}


def sent_to(raw_path: bytes | None, query: bytes = b"", path: str = "/x", **scope: Any) -> str:
    """Return where a request is sent whose path is written as no client of ours would write it."""
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query,
            "headers": [(b"accept", b"text/html"), (b"host", b"app.example")],
            **({} if raw_path is None else {"raw_path": raw_path}),
            **scope,
        }
    )
    answer = asyncio.run(SignInRedirect("/login")(request, NotAuthenticatedError()))
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize(
    "tricky",
    [
        b"//evil.example",
        b"///evil.example",
        b"//evil.example/..",
        b"https:evil.example",
        b"https://evil.example",
        b"https://app.example@evil.example",
        b"\\\\evil.example",
        b"javascript:alert(1)",
        b"*",
        b"",
    ],
)
def test_an_address_that_leads_elsewhere_is_left_out(tricky: bytes) -> None:
    assert sent_to(tricky) == "/login"


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"/\\evil.example", "/%5Cevil.example"),
        (b"/\t/evil.example", "/%09/evil.example"),
        (b"/\r\nSet-Cookie: a=b", "/%0D%0ASet-Cookie:%20a=b"),
        (b"/\x00", "/%00"),
        (b"/%2F%2Fevil.example", "/%2F%2Fevil.example"),
        (b"/%5C%5Cevil.example", "/%5C%5Cevil.example"),
        (b"/@evil.example", "/@evil.example"),
        ("/ü".encode(), "/%C3%BC"),
        (b"/\xff", "/%FF"),
        (b"/{a}|^", "/%7Ba%7D%7C%5E"),
    ],
)
def test_what_no_address_has_is_escaped(raw: bytes, written: str) -> None:
    query = urlsplit(sent_to(raw)).query
    assert parse_qs(query) == {"next": [written]}
    assert own_path(written, "") == written


def test_a_query_is_kept_as_it_was_written() -> None:
    location = sent_to(b"/x", b'filter={"a":1}&next=//evil.example&b=%26#c')
    assert parse_qs(urlsplit(location).query) == {
        "next": ["/x?filter=%7B%22a%22:1%7D&next=//evil.example&b=%26%23c"]
    }


def test_an_address_that_is_too_long_is_left_out() -> None:
    assert sent_to(b"/" + b"x" * 2000) == "/login"


def test_a_server_that_hands_on_the_query_with_the_raw_path_does_as_well() -> None:
    assert sent_to(b"/x?a=b", b"a=b") == "/login?next=%2Fx%3Fa%3Db"


def test_a_server_that_hands_on_no_raw_path_does_as_well() -> None:
    assert sent_to(None, path="/a b/ü?") == "/login?next=%2Fa%2520b%2F%25C3%25BC%253F"
    assert sent_to(None, path="//evil.example") == "/login"


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_nobody_is_sent_to_another_site_whatever_was_asked(raw: bytes, query: bytes) -> None:
    redirect = SignInRedirect("/login")
    scope = {"path": "/", "raw_path": raw, "query_string": query}
    address = urlsplit(redirect._address(scope, StepUpRequiredError(max_age=1)))
    assert (address.scheme, address.netloc, address.path, address.fragment) == ("", "", "/login", "")
    asked = parse_qs(address.query)
    assert own_path(asked.get("next", ["/"])[0], "") != ""
    assert asked["max_age"] == ["1"]


# Where the app is.


@pytest.mark.parametrize("root_path", ["/api", "/api/"])
@pytest.mark.parametrize("path", ["/api/me", "/me"])
def test_behind_a_proxy_that_takes_a_path_away_it_is_put_back(path: str, root_path: str) -> None:
    """Servers put the root path before the path, and FastAPI's own argument does not."""
    location = sent_to(path.encode(), path=path, root_path=root_path)
    assert location == "/api/login?next=%2Fapi%2Fme"


def test_an_app_with_a_root_path_does_not_send_to_itself_either() -> None:
    browser = TestClient(app_of(), HOME, root_path="/api", headers=PAGE, follow_redirects=False)
    assert browser.get("/login").status_code == 401
    assert browser.get("/me").headers["location"] == "/api/login?next=%2Fapi%2Fme"


def test_from_an_app_that_is_mounted_one_goes_to_the_sign_in_of_the_outer_one() -> None:
    app = FastAPI()
    app.mount("/v2", app_of())
    assert browser_of(app).get("/v2/me").headers["location"] == "/login?next=%2Fv2%2Fme"


def test_it_covers_routes_behind_routers() -> None:
    app, router = app_of(), APIRouter(prefix="/a")
    router.include_router(app_of().router, prefix="/b")
    app.include_router(router)
    assert asked(browser_of(app).get("/a/b/me")) == {"next": "/a/b/me"}


@pytest.mark.parametrize(
    "elsewhere",
    ["", "login", "//evil.example", "https://evil.example/login", "/log in", "/\\evil", "/login#x"],
)
def test_a_sign_in_that_is_no_path_of_this_app_is_a_mistake(elsewhere: str) -> None:
    with pytest.raises(ConfigurationError, match="the path of a page of this app"):
        SignInRedirect(elsewhere)


def test_an_app_judges_the_next_of_its_own_page() -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID))
    assert auth.own_path("/me?a=b") == "/me?a=b"
    assert auth.own_path("//evil.example") == "/"
    assert auth.own_path(None, "/home") == "/home"


def test_an_error_of_starlette_is_no_reason() -> None:
    app = app_of()

    @app.get("/starlette")
    async def starlette() -> None:
        raise StarletteHTTPException(401)

    assert browser_of(app).get("/starlette").status_code == 401
