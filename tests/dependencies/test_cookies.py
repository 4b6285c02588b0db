"""Access tokens in a cookie, over HTTP: only for our own pages."""

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.local import LocalUser
from tests.support import CLIENT_ID, NOW, POOL_ID, SIGNER, Clock, KeyServer, access_claims

NAME = "__Host-access_token"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SPA = "https://spa.example"


def app_of(**changes: Any) -> FastAPI:
    settings = {"access_token_cookie": NAME, **changes}
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **settings),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI()

    @app.get("/me")
    @app.post("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    @app.post("/greeting")
    async def greeting(user: Annotated[User | None, Depends(auth.optional_user)]) -> str | None:
        return user.username if user else None

    @app.delete("/orders", dependencies=[Depends(auth.require_groups("admins"))])
    async def orders() -> bool:
        return True

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.close()

    return app


@pytest.fixture
def client() -> TestClient:
    return TestClient(app_of(), base_url="https://app.example")


def cookie(**changes: Any) -> dict[str, str]:
    return {"Cookie": f"theme=dark; {NAME}={SIGNER.sign(access_claims(**changes))}"}


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_a_cookie_signs_in(client: TestClient) -> None:
    assert client.get("/me", headers=cookie()).json() == "ada"


def test_a_header_still_does(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {SIGNER.sign(access_claims())}"}
    assert client.post("/me", headers=headers).json() == "ada"


def test_without_the_setting_a_cookie_is_no_credential() -> None:
    client = TestClient(app_of(access_token_cookie=None))
    assert code_of(client.get("/me", headers=cookie())) == (401, "not_authenticated")


@pytest.mark.parametrize("value", ["a=b", "=", "==a", "\x0b"])
def test_whatever_stands_behind_the_name_is_its_value(client: TestClient, value: str) -> None:
    answer = client.get("/me", headers={"Cookie": f"{NAME}={value}"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token")


def test_a_bad_token_in_a_cookie_is_401(client: TestClient) -> None:
    assert code_of(client.get("/me", headers=cookie(exp=NOW - 60))) == (401, "token_expired")


def test_of_a_header_and_a_cookie_the_header_counts(client: TestClient) -> None:
    grace = {"Authorization": f"Bearer {SIGNER.sign(access_claims(username='grace'))}"}
    assert client.get("/me", headers=grace | cookie()).json() == "grace"
    nobody = {"Authorization": "Bearer nonsense"}
    assert code_of(client.get("/me", headers=nobody | cookie())) == (401, "invalid_token")


def test_two_cookies_of_the_name_are_refused(client: TestClient) -> None:
    both = {"Cookie": f"{cookie()['Cookie']}; {cookie(username='eve')['Cookie']}"}
    assert code_of(client.get("/me", headers=both)) == (401, "invalid_token")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://app.example.evil.example"},
        {"Origin": "null"},
        {"Referer": "https://app.example/"},
        {"X-HTTP-Method-Override": "GET"},
    ],
)
def test_a_forged_request_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    for answer in (
        client.post("/me", headers=cookie() | headers),
        client.post("/greeting", headers=cookie() | headers),
        client.delete("/orders", headers=cookie(**{"cognito:groups": ["admins"]}) | headers),
    ):
        assert code_of(answer) == (403, "cross_site_request")


@pytest.mark.parametrize("headers", [SAME_ORIGIN, {"Origin": "https://app.example"}])
def test_a_request_of_our_own_page_is_let_in(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/me", headers=cookie() | headers).json() == "ada"
    admin = cookie(**{"cognito:groups": ["admins"]})
    assert client.delete("/orders", headers=admin | headers).json() is True


def test_pages_of_a_declared_origin_are_let_in() -> None:
    client = TestClient(app_of(trusted_origins=(SPA,)), base_url="https://app.example")
    headers = cookie() | {"Origin": SPA, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/me", headers=headers).json() == "ada"
    headers["Origin"] = "https://other.example"
    assert code_of(client.post("/me", headers=headers)) == (403, "cross_site_request")


def test_without_a_cookie_a_cross_site_request_is_a_stranger(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/greeting", headers=headers).json() is None
    assert code_of(client.post("/me", headers=headers)) == (401, "not_authenticated")


def test_a_websocket_is_for_our_own_pages(client: TestClient) -> None:
    """A handshake is a GET that any page may send, and whose answer any page may read."""
    for headers in (SAME_ORIGIN, {"Origin": "https://app.example"}):
        own = cookie() | headers
        with client.websocket_connect("wss://app.example/socket", headers=own) as socket:
            assert socket.receive_text() == "ada"
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            client.websocket_connect("wss://app.example/socket", headers=cookie() | headers),
        ):
            pass
        assert denied.value.status_code == 403


async def local_sign_in(auth: CognitoAuth) -> Tokens:
    tokens = await auth.pool.sign_in.with_password("ada", "Correct-horse-1!")
    assert isinstance(tokens, Tokens)
    return tokens


@pytest.fixture
def own_pool() -> tuple[TestClient, dict[str, str]]:
    """Return an app with revocation on a local pool, and a cookie of it."""
    auth = CognitoAuth.local(
        users=[LocalUser("ada", password="Correct-horse-1!")],
        settings={"access_token_cookie": NAME, "revocation": "local"},
    )
    app = FastAPI()
    app.include_router(auth.router, prefix="/auth")
    app.include_router(auth.account_router, prefix="/account")
    tokens = asyncio.run(local_sign_in(auth))
    return TestClient(app, base_url="https://app.example"), {"Cookie": f"{NAME}={tokens.access_token}"}


def test_signing_out_ends_the_token_in_the_cookie(own_pool: tuple[TestClient, dict[str, str]]) -> None:
    client, headers = own_pool
    assert client.get("/account", headers=headers).status_code == 200
    assert client.post("/auth/sign-out", json={}, headers=headers | SAME_ORIGIN).status_code == 200
    assert code_of(client.get("/account", headers=headers)) == (401, "token_revoked")


def test_two_cookies_sign_nobody_out(own_pool: tuple[TestClient, dict[str, str]]) -> None:
    client, headers = own_pool
    both = {"Cookie": f"{headers['Cookie']}; {NAME}=another"}
    answer = client.post("/auth/sign-out", json={}, headers=both | SAME_ORIGIN)
    assert code_of(answer) == (401, "invalid_token")
    assert client.get("/account", headers=headers).status_code == 200


def test_a_page_of_another_site_cannot_sign_out(own_pool: tuple[TestClient, dict[str, str]]) -> None:
    client, headers = own_pool
    answer = client.post("/auth/sign-out", json={}, headers=headers | {"Sec-Fetch-Site": "cross-site"})
    assert code_of(answer) == (403, "cross_site_request")
    assert client.get("/account", headers=headers).status_code == 200


def test_the_account_is_changed_by_our_own_pages_alone(own_pool: tuple[TestClient, dict[str, str]]) -> None:
    client, headers = own_pool
    body = {"attributes": {"name": "Eve"}}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        answer = client.patch("/account", json=body, headers=headers | {"Sec-Fetch-Site": site})
        assert answer.status_code == status, answer.text


def test_openapi_names_the_cookie(client: TestClient) -> None:
    schemes = client.get("/openapi.json").json()["components"]["securitySchemes"]
    assert list(schemes) == ["CognitoAuth"]
    assert f"the cookie `{NAME}`" in schemes["CognitoAuth"]["description"]


@pytest.mark.parametrize("name", ["", "a b", "a;b", "a=b", "é", "a\n"])
def test_a_name_that_no_cookie_can_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_ACCESS_TOKEN_COOKIE"):
        app_of(access_token_cookie=name)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "spa.example",
        "https://spa.example/",
        "https://*.example",
        "https://u@spa.example",
        "HTTPS://a",
    ],
)
def test_an_origin_that_no_browser_would_write_is_refused(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_TRUSTED_ORIGINS"):
        app_of(trusted_origins=(origin,))


@pytest.mark.parametrize("name", ["Authorization", "cookie", "a b"])
def test_a_gateway_cannot_use_a_header_that_means_something_else(name: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_ACCESS_TOKEN_HEADER"):
        app_of(access_token_header=name)
