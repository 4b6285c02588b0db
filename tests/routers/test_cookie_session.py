"""A browser that is signed in by cookies, over HTTP, against the local pool."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError, User
from fastapi_cognito_auth.dependencies.browser_session import _user_agent
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.keys import SigningKeys
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.routers.kit import totp
from tests.support import CLIENT_ID, POOL_ID, SIGNER, Clock, KeyServer, access_claims

PASSWORD = "Correct-horse-1!"
ADA = {"username": "ada", "password": PASSWORD}
HOME = "https://app.example"
OWN_PAGE = {"Origin": HOME}


class App:
    """An app with cookie sessions, its pool and its clock."""

    def __init__(self, *, settings: LocalSettings | None = None, **pool: Any) -> None:
        self.clock = Clock()
        users = [
            LocalUser("ada", password=PASSWORD, groups=["analysts"]),
            LocalUser("eve", password=PASSWORD),
        ]
        self.pool = LocalUserPool(users=users, clock=self.clock, **pool)
        self.auth = auth = CognitoAuth.local(self.pool, settings=settings, clock=self.clock)
        self.app = app = FastAPI(lifespan=auth.lifespan)
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.session_router, prefix="/session")
        app.include_router(auth.account_router, prefix="/account")
        app.include_router(auth.router, prefix="/auth")

        @app.get("/me")
        @app.post("/me")
        async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
            return user.username

        @app.get("/greeting")
        async def greeting(user: Annotated[User | None, Depends(auth.optional_user)]) -> str | None:
            return user.username if user else None

        @app.get("/analysts", dependencies=[Depends(auth.require_groups("analysts"))])
        async def analysts() -> bool:
            return True

        @app.get("/public")
        async def public() -> str:
            return "hello"

        @app.get("/file", dependencies=[Depends(auth.current_user)])
        async def file() -> FileResponse:
            return FileResponse(__file__)

        @app.get("/redirect", dependencies=[Depends(auth.current_user)])
        async def redirect() -> RedirectResponse:
            return RedirectResponse("/elsewhere")

        @app.get("/stream", dependencies=[Depends(auth.current_user)])
        async def stream() -> StreamingResponse:
            async def parts() -> AsyncIterator[bytes]:
                yield b"a"
                yield b"b"

            return StreamingResponse(parts())

        @app.post("/vote", dependencies=[Depends(auth.same_origin)])
        async def vote() -> bool:
            return True

        @app.websocket("/socket")
        async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
            await websocket.accept()
            await websocket.send_text(user.username)
            await websocket.close()

    def browser(self, base_url: str = HOME) -> TestClient:
        return TestClient(self.app, base_url=base_url, headers={"Origin": base_url}, follow_redirects=False)

    def signed_in(self, username: str = "ada") -> TestClient:
        browser = self.browser()
        answer = browser.post("/session/sign-in", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    def refreshes(self) -> int:
        return self.calls.count("GetTokensFromRefreshToken")

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Note which operations the pool is called with."""
        self.calls: list[str] = []
        call = self.pool.call

        def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
            self.calls.append(operation)
            return call(operation, params)

        monkeypatch.setattr(self.pool, "call", noting)
        return self.calls


@pytest.fixture(scope="module")
def shared() -> App:
    return App()


@pytest.fixture
def browser(shared: App) -> TestClient:
    return shared.signed_in()


def cookies_of(answer: httpx2.Response) -> list[str]:
    return answer.headers.get_list("set-cookie")


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def test_nobody_is_signed_in_before(shared: App) -> None:
    answer = shared.browser().get("/session")
    assert (answer.status_code, answer.json()) == (200, None)


def test_who_has_signed_in_is_known_to_every_route(browser: TestClient) -> None:
    assert browser.get("/me").json() == "ada"
    assert browser.get("/greeting").json() == "ada"
    assert browser.get("/analysts").status_code == 200
    assert browser.get("/account").json()["username"] == "ada"


def test_the_session_says_who_and_until_when(browser: TestClient, shared: App) -> None:
    session = browser.get("/session").json()
    assert (session["status"], session["user"]["username"]) == ("signed_in", "ada")
    assert session["expires_at"] == "2026-10-21T14:13:20Z"


def test_no_answer_holds_a_token(shared: App) -> None:
    browser = shared.browser()
    answers = [
        browser.post("/session/sign-in", json=ADA),
        browser.get("/session"),
        browser.post("/session/sign-out"),
    ]
    for answer in answers:
        assert "token" not in re.sub("refresh_token_revoked|access_token_valid_until", "", answer.text)
        assert "eyJ" not in answer.text


def test_scripts_and_other_hosts_never_see_the_cookies(shared: App) -> None:
    cookies = cookies_of(shared.browser().post("/session/sign-in", json=ADA))
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "__Host-cognito-session",
        "__Host-cognito-session.1",
    ]
    for cookie in cookies:
        attributes = cookie.split("; ")[1:]
        assert attributes == ["Max-Age=2592000", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"]


def test_no_cookie_is_larger_than_browsers_take(shared: App) -> None:
    for cookie in cookies_of(shared.browser().post("/session/sign-in", json=ADA)):
        assert len(cookie) <= 4093


def test_the_cookies_hold_nothing_readable(shared: App) -> None:
    written = "".join(cookies_of(shared.browser().post("/session/sign-in", json=ADA)))
    # Long enough that no random text has them.
    for readable in ("username", "access_token", "signed_in_at", "eyJraWQi", "eyJhbGci"):
        assert readable not in written


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:8000", "127.0.0.1:8000"])
def test_on_this_machine_plain_http_does(shared: App, host: str) -> None:
    browser = shared.browser(f"http://{host}")
    [first, *_] = cookies_of(browser.post("/session/sign-in", json=ADA))
    assert first.startswith("cognito-session=")
    assert "Secure" not in first
    assert browser.get("/me").json() == "ada"


@pytest.mark.parametrize("host", ["app.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1"])
def test_everywhere_else_cookies_go_over_tls_alone(shared: App, host: str) -> None:
    """What ends the TLS before the app may hand on plain HTTP."""
    [first, *_] = cookies_of(shared.browser(f"http://{host}").post("/session/sign-in", json=ADA))
    assert first.startswith("__Host-cognito-session=")
    assert "; Secure" in first


@pytest.mark.parametrize("header", ["X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "Via"])
def test_a_proxy_on_this_machine_changes_nothing_of_that(shared: App, header: str) -> None:
    browser = shared.browser("http://localhost:8000")
    [first, *_] = cookies_of(browser.post("/session/sign-in", json=ADA, headers={header: "https"}))
    assert first.startswith("__Host-cognito-session=")


def test_a_wrong_password_signs_nobody_in(shared: App) -> None:
    browser = shared.browser()
    answer = browser.post("/session/sign-in", json={"username": "ada", "password": "Wrong-horse-1!"})
    assert code_of(answer) == (401, "not_authorized")
    assert cookies_of(answer) == []
    assert browser.get("/session").json() is None


def test_signing_out_clears_revokes_and_says_what_stays(shared: App) -> None:
    browser = shared.signed_in()
    answer = browser.post("/session/sign-out")
    assert answer.json() == {
        "status": "signed_out",
        "refresh_token_revoked": True,
        "access_token_valid_until": int(shared.clock()) + 3600,
    }
    for cookie in cookies_of(answer):
        assert cookie.split("; ")[1:] == ["Max-Age=0", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
    assert browser.get("/session").json() is None
    assert browser.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/session/sign-out"), ("POST", "/account/sign-out-everywhere"), ("DELETE", "/account")],
)
def test_a_browser_that_signs_out_is_asked_to_forget_what_was_chosen(method: str, path: str) -> None:
    app = App(settings={"session_clear_site_data": ["cache", "storage"]})
    browser = app.signed_in()
    assert "clear-site-data" not in browser.get("/me").headers
    assert browser.request(method, path).headers["clear-site-data"] == '"cache", "storage"'
    assert "clear-site-data" not in browser.get("/me").headers


def test_a_browser_that_was_signed_out_already_forgets_as_well() -> None:
    app = App(settings={"session_clear_site_data": ["*"]})
    assert app.browser().post("/session/sign-out").headers["clear-site-data"] == '"*"'


def test_no_page_of_another_site_has_a_browser_forget() -> None:
    app = App(settings={"session_clear_site_data": ["*"]})
    answer = app.signed_in().post("/session/sign-out", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "clear-site-data" not in answer.headers


def test_nothing_is_forgotten_unless_it_was_chosen(shared: App) -> None:
    assert "clear-site-data" not in shared.signed_in().post("/session/sign-out").headers


def test_what_to_forget_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_SESSION_CLEAR_SITE_DATA", "cache, storage")
    settings = CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID)
    assert settings.session_clear_site_data == ("cache", "storage")
    monkeypatch.setenv("COGNITO_SESSION_CLEAR_SITE_DATA", "everything")
    with pytest.raises(ConfigurationError, match="COGNITO_SESSION_CLEAR_SITE_DATA"):
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID)


def test_signing_out_without_a_session_is_no_error(shared: App) -> None:
    answer = shared.browser().post("/session/sign-out")
    assert answer.json() == {
        "status": "signed_out",
        "refresh_token_revoked": False,
        "access_token_valid_until": None,
    }


def test_a_totp_user_signs_in_by_cookies_alone() -> None:
    app = App(mfa="ON")
    browser = app.browser()
    challenge = browser.post("/session/sign-in", json=ADA).json()
    assert challenge["challenge"] == "MFA_SETUP"
    secret = browser.post("/session/challenge/totp", json={"session": challenge["session"]}).json()
    code = totp(secret["secret_code"], app.clock())
    body = {"challenge": "MFA_SETUP", "session": secret["session"], "code": code}
    wrong = browser.post("/session/challenge", json={**body, "code": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code in {400, 401}
    assert browser.get("/session").json() is None
    answer = browser.post("/session/challenge", json=body)
    assert answer.json()["user"]["username"] == "ada"
    assert browser.get("/me").json() == "ada"


def test_a_user_signs_up_and_in_by_the_session_router() -> None:
    app = App()
    browser = app.browser()
    body = {"username": "new", "password": PASSWORD, "attributes": {"email": "new@example.com"}}
    assert browser.post("/session/sign-up", json=body).status_code in {200, 201}
    code = next(iter(app.pool.outbox)).code
    assert browser.post("/session/sign-up/confirm", json={"username": "new", "code": code}).status_code == 200
    browser.post("/session/sign-in", json={"username": "new", "password": PASSWORD})
    assert browser.get("/me").json() == "new"


def test_a_bearer_token_counts_before_the_session(shared: App) -> None:
    browser = shared.signed_in("eve")
    token = shared.browser().post("/auth/sign-in", json=ADA).json()["access_token"]
    assert browser.get("/me", headers={"Authorization": f"Bearer {token}"}).json() == "ada"
    answer = browser.get("/me", headers={"Authorization": "Bearer nonsense"})
    assert code_of(answer) == (401, "invalid_token")


def test_signing_in_again_replaces_the_session(shared: App) -> None:
    browser = shared.signed_in("eve")
    old = dict(browser.cookies)
    # A cookie that is left of a larger session is taken away.
    surplus = {"Cookie": "; ".join(f"{n}={v}" for n, v in {**old, "__Host-cognito-session.3": "x"}.items())}
    written = cookies_of(shared.browser().post("/session/sign-in", json=ADA, headers=surplus))
    assert any(cookie.startswith('__Host-cognito-session.3=""; Max-Age=0') for cookie in written)
    browser.post("/session/sign-in", json=ADA)
    assert browser.get("/me").json() == "ada"
    assert old["__Host-cognito-session"] != dict(browser.cookies)["__Host-cognito-session"]


# Refreshing.


def test_an_access_token_that_ends_is_refreshed_by_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    browser = app.signed_in()
    app.watch(monkeypatch)
    app.clock.advance(3569)
    assert cookies_of(browser.get("/me")) == []
    app.clock.advance(1)
    assert cookies_of(browser.get("/public")) == []
    assert app.refreshes() == 0
    answer = browser.get("/me")
    assert answer.json() == "ada"
    assert len(cookies_of(answer)) == 2
    assert app.refreshes() == 1
    assert cookies_of(browser.get("/me")) == []
    app.clock.advance(7200)
    assert browser.get("/me").json() == "ada"
    assert app.refreshes() == 2


@pytest.mark.parametrize("path", ["/me", "/file", "/redirect", "/stream", "/greeting", "/session"])
def test_new_cookies_go_out_on_any_answer(path: str) -> None:
    app = App()
    browser = app.signed_in()
    app.clock.advance(3600)
    assert len(cookies_of(browser.get(path))) == 2


def test_new_cookies_go_out_with_a_web_socket() -> None:
    app = App()
    browser = app.signed_in()
    app.clock.advance(3600)
    with browser.websocket_connect("wss://app.example/socket", headers=OWN_PAGE) as socket:
        assert socket.receive_text() == "ada"
        headers: Any = socket.extra_headers
        assert [name for name, _ in headers].count(b"set-cookie") == 2


def test_fifty_requests_at_once_refresh_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(refresh_token_rotation=0)
    signed_in = app.signed_in()
    app.watch(monkeypatch)
    app.clock.advance(3600)

    async def test() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME) as client:
            cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
            ask = [client.get("/me", headers={"Cookie": cookie}) for _ in range(50)]
            answers = await asyncio.gather(*ask)
            # One that was under way with the cookie of before comes late.
            return [*answers, await client.get("/me", headers={"Cookie": cookie})]

    answers = asyncio.run(test())
    assert [answer.json() for answer in answers] == ["ada"] * 51
    assert app.refreshes() == 1
    assert len({"".join(cookies_of(answer)) for answer in answers}) == 1


def test_a_client_that_goes_away_does_not_lose_the_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(refresh_token_rotation=0)
    signed_in = app.signed_in()
    app.watch(monkeypatch)
    app.clock.advance(3600)
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())

    async def test() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME) as client:
            first = asyncio.ensure_future(client.get("/me", headers={"Cookie": cookie}))
            while app.refreshes() == 0:  # noqa: ASYNC110 - the call comes from a thread
                await asyncio.sleep(0.001)
            first.cancel()
            return await client.get("/me", headers={"Cookie": cookie})

    assert asyncio.run(test()).json() == "ada"
    assert app.refreshes() == 1


def test_a_session_that_cognito_has_ended_is_over_and_its_cookies_go() -> None:
    app = App()
    browser = app.signed_in()
    app.pool.call("AdminUserGlobalSignOut", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    app.clock.advance(3600)
    answer = browser.get("/me")
    assert code_of(answer) == (401, "not_authenticated")
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))
    assert len(cookies_of(answer)) == 2
    assert browser.get("/greeting").json() is None


def unavailable(monkeypatch: pytest.MonkeyPatch, app: App) -> None:
    def refuse(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("the network is down")

    monkeypatch.setattr(app.pool, "call", refuse)


def test_while_cognito_is_down_a_session_lasts_as_long_as_its_access_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = App()
    browser = app.signed_in()
    with monkeypatch.context() as down:
        unavailable(down, app)
        app.clock.advance(3575)
        assert browser.get("/me").json() == "ada"
        app.clock.advance(40)
        answer = browser.get("/me")
        assert answer.status_code == 503
        assert cookies_of(answer) == []
        assert browser.get("/greeting").status_code == 503
    assert browser.get("/me").json() == "ada"


def test_a_refresh_that_fails_is_not_tried_again_with_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    browser = app.signed_in()
    app.pool.call("AdminUserGlobalSignOut", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    app.watch(monkeypatch)
    app.clock.advance(3580)
    for _ in range(5):
        assert browser.get("/me").json() == "ada"
    assert app.refreshes() == 1
    app.clock.advance(5)
    browser.get("/me")
    assert app.refreshes() == 2


def test_signing_out_while_cognito_is_down_clears_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    browser = app.signed_in()
    unavailable(monkeypatch, app)
    answer = browser.post("/session/sign-out")
    assert answer.json()["refresh_token_revoked"] is False
    assert answer.json()["access_token_valid_until"] == int(app.clock()) + 3600
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))


def test_signing_out_with_an_access_token_that_is_over_revokes_the_refresh_token() -> None:
    app = App()
    browser = app.signed_in()
    app.clock.advance(9000)
    assert browser.post("/session/sign-out").json() == {
        "status": "signed_out",
        "refresh_token_revoked": True,
        "access_token_valid_until": None,
    }


def test_a_copy_of_the_cookies_is_worth_nothing_once_its_owner_has_signed_out() -> None:
    app = App(settings={"revocation": "local"})
    browser = app.signed_in()
    thief = app.browser()
    thief.cookies.update(browser.cookies)
    assert thief.get("/me").json() == "ada"
    browser.post("/session/sign-out")
    assert thief.get("/me").status_code == 401
    app.clock.advance(3600)
    assert thief.get("/me").status_code == 401


def test_a_copy_of_the_cookies_from_before_a_step_up_is_worth_nothing() -> None:
    app = App(settings={"revocation": "local"})
    browser = app.signed_in()
    old = app.browser()
    old.cookies.update(browser.cookies)
    browser.post("/session/sign-in", json=ADA)
    app.clock.advance(3600)
    assert old.get("/me").status_code == 401
    assert browser.get("/me").json() == "ada"


def test_signing_in_again_ends_the_session_before_at_once() -> None:
    app = App()
    browser = app.signed_in()
    old = app.browser()
    old.cookies.update(browser.cookies)
    browser.post("/session/sign-in", json=ADA)
    assert old.get("/me").status_code == 401
    assert browser.get("/me").json() == "ada"


def test_the_cookies_of_a_session_live_no_longer_than_it() -> None:
    app = App(settings={"session_max_age": 3599, "session_idle_timeout": 300})
    browser = app.signed_in()
    for _ in range(14):
        app.clock.advance(257)
        written = cookies_of(browser.get("/me"))
    assert {re.findall(r"Max-Age=(\d+)", cookie)[0] for cookie in written} == {"1"}


def test_a_session_whose_token_is_revoked_is_over_and_its_cookies_go() -> None:
    app = App(settings={"revocation": "local"})
    browser = app.signed_in()
    assert browser.get("/me").json() == "ada"
    user = browser.get("/session").json()["user"]
    asyncio.run(app.auth.revocations.revoke_user(user["sub"], user["issuer"]))
    answer = browser.get("/me")
    assert code_of(answer) == (401, "not_authenticated")
    assert [cookie.partition("=")[0] for cookie in cookies_of(answer)] == [
        "__Host-cognito-session",
        "__Host-cognito-session.1",
    ]
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))
    assert browser.get("/greeting").json() is None


def test_a_session_whose_key_is_withdrawn_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    jwks, others = LocalUserPool.jwks, list[Any]()
    monkeypatch.setattr(LocalUserPool, "jwks", lambda pool: {"keys": others} if others else jwks(pool))
    app = App()
    browser = app.signed_in()
    assert browser.get("/me").json() == "ada"
    others.append(SIGNER.jwk())
    asyncio.run(app.auth.keys.refresh())
    answer = browser.get("/me")
    assert code_of(answer) == (401, "not_authenticated")
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))


def test_a_session_outlives_a_flood_of_invented_keys_while_its_own_is_new() -> None:
    app = App()
    browser = app.signed_in()
    assert browser.get("/me").json() == "ada"
    keys = app.auth.keys
    fetch, keys._fetch = keys._fetch, KeyServer(*app.pool.jwks()["keys"])
    app.pool._plane.tokens.keys = SigningKeys(Shelf(app.clock))
    for number in range(2):
        forged = SIGNER.sign(access_claims(iss=app.pool.issuer), kid=f"forged-{number}")
        app.browser().get("/me", headers={"Authorization": f"Bearer {forged}"})
    app.clock.advance(3590)  # the next token has a key that nobody has shown yet
    assert code_of(browser.get("/me")) == (503, "keys_unavailable")
    keys._fetch = fetch
    assert browser.get("/me").json() == "ada"


def test_requests_of_a_session_share_what_was_found_of_its_token() -> None:
    app = App()
    browser = app.signed_in()
    found = []

    @app.app.get("/found")
    async def find(user: Annotated[User, Depends(app.auth.current_user)]) -> None:
        found.append(user)

    for _ in range(2):
        browser.get("/found")
    assert found[0] is found[1]
    app.clock.advance(3590)
    browser.get("/found")
    assert found[2] is not found[0]


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/account"), ("POST", "/account/sign-out-everywhere")]
)
def test_whoever_ends_all_sign_ins_is_signed_out_of_the_browser(method: str, path: str) -> None:
    browser = App().signed_in()
    answer = browser.request(method, path)
    assert answer.status_code == 200
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))
    assert browser.get("/session").json() is None


def test_a_bearer_token_that_ends_all_sign_ins_leaves_the_cookies_alone() -> None:
    app = App()
    browser = app.signed_in("eve")
    token = app.browser().post("/auth/sign-in", json=ADA).json()["access_token"]
    answer = browser.post("/account/sign-out-everywhere", headers={"Authorization": f"Bearer {token}"})
    assert cookies_of(answer) == []
    assert browser.get("/me").json() == "eve"


# Time-outs.


def test_a_session_ends_however_it_is_used() -> None:
    app = App(settings={"session_max_age": 7200})
    browser = app.signed_in()
    assert "Max-Age=7200" in cookies_of(app.browser().post("/session/sign-in", json=ADA))[0]
    for _ in range(7):
        assert browser.get("/me").status_code == 200
        app.clock.advance(1028)
    assert browser.get("/me").status_code == 200
    app.clock.advance(4)
    assert browser.get("/me").status_code == 401


def test_a_session_that_is_not_used_ends_when_it_was_said() -> None:
    app = App(settings={"session_idle_timeout": 600})
    browser = app.signed_in()
    for _ in range(5):
        app.clock.advance(590)
        assert browser.get("/me").status_code == 200
    app.clock.advance(600)
    answer = browser.get("/me")
    assert answer.status_code == 401
    assert all("Max-Age=0" in cookie for cookie in cookies_of(answer))


def test_the_time_of_the_last_use_is_not_written_each_time() -> None:
    app = App(settings={"session_idle_timeout": 600})
    browser = app.signed_in()
    app.clock.advance(29)
    assert cookies_of(browser.get("/me")) == []
    app.clock.advance(1)
    assert len(cookies_of(browser.get("/me"))) == 2


# What others send.

CROSS_SITE: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://app.example"},
    {"Origin": "chrome-extension://app.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HOME},
    {"Sec-Fetch-Site": "same-site", "Origin": HOME},
    {"Sec-Fetch-Site": "none", "Origin": HOME},
    {},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
@pytest.mark.parametrize("path", ["/me", "/session/sign-out", "/session/sign-in", "/vote"])
def test_what_a_page_of_another_site_sends_changes_nothing(
    shared: App, path: str, headers: dict[str, str]
) -> None:
    """Signing somebody in as another is a change, too (login CSRF)."""
    browser = TestClient(shared.app, base_url=HOME)
    browser.cookies.update(shared.signed_in().cookies)
    answer = browser.post(path, json=ADA, headers=headers)
    assert code_of(answer) == (403, "cross_site_request")
    assert cookies_of(answer) == []
    assert browser.get("/me").json() == "ada"


def test_what_another_site_sends_is_logged_with_its_path(
    shared: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="fastapi_cognito_auth")
    shared.browser().post("/vote", headers={"Origin": "https://evil.example"})
    [record] = caplog.records
    assert (record.path, record.code) == ("/vote", "cross_site_request")  # type: ignore[attr-defined]


def test_cookies_of_another_key_are_in_the_log_and_not_in_the_answer(
    shared: App, caplog: pytest.LogCaptureFixture
) -> None:
    """As where the workers of an app have several."""
    caplog.set_level("INFO", logger="fastapi_cognito_auth")
    browser = shared.browser()
    browser.cookies.update(App().signed_in().cookies)
    caplog.clear()
    for _ in range(2):
        answer = browser.get("/me")
        assert "key" not in answer.json()["detail"]["message"]
    # Where nothing is set up Python shows warnings alone.
    [warning] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "closed with another key than those of COGNITO_SECRET_KEY" in warning.getMessage()
    found = "(session: found closed with another key, wanted a key of COGNITO_SECRET_KEY)"
    assert caplog.messages[-1].endswith(found)


@pytest.mark.parametrize(
    ("origin", "warned"),
    [
        ("http://intranet.example", True),
        # A page elsewhere, and what ends the TLS before the app.
        ("http://localhost:3000", False),
        ("https://intranet.example", False),
    ],
)
def test_who_signs_in_without_tls_is_warned_of_once_a_minute(
    origin: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(settings={"trusted_origins": ("http://localhost:3000",)})
    browser = TestClient(app.app, base_url="http://intranet.example", headers={"Origin": origin})
    for _ in range(2):
        assert browser.post("/session/sign-in", json=ADA).status_code == 200
    assert sum("over plain HTTP" in message for message in caplog.messages) == warned


@pytest.mark.parametrize(
    "cookies", [{}, {"__Host-cognito-session.1": "x"}, {"__Host-cognito-session": "1.x"}]
)
def test_whoever_has_no_session_is_told_that_there_is_neither_it_nor_a_token(
    shared: App, cookies: dict[str, str]
) -> None:
    browser = shared.browser()
    browser.cookies.update(cookies)
    said = browser.get("/me").json()["detail"]["message"]
    assert said == "Sign in first: the request carries no access token, and no session."


def test_what_is_wrong_with_a_header_says_more_than_that_there_is_no_session(shared: App) -> None:
    answer = shared.browser().get("/me", headers={"Authorization": "Token abc"})
    assert "another scheme" in answer.json()["detail"]["message"]


def test_a_user_who_was_put_in_place_of_the_signed_in_one_has_no_session_to_name(shared: App) -> None:
    """As a test does by `dependency_overrides`."""
    current_user = shared.auth.current_user
    connection = HTTPConnection({"type": "http", "headers": []})
    assert current_user.session_id(connection) is None
    asyncio.run(current_user.end_session(connection))


def test_what_is_left_of_a_longer_session_goes_when_it_is_refreshed() -> None:
    app = App()
    browser = app.signed_in()
    browser.cookies.set("__Host-cognito-session.3", "left")
    app.clock.advance(3590)
    written = cookies_of(browser.get("/me"))
    assert '__Host-cognito-session.3=""; Max-Age=0' in "\n".join(written)
    assert browser.get("/me").json() == "ada"


def test_no_page_of_another_site_opens_a_web_socket(shared: App, browser: TestClient) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        browser.websocket_connect("wss://app.example/socket", headers={"Origin": "https://evil.example"}),
    ):
        pass
    assert denied.value.status_code == 403


def test_pages_of_a_trusted_origin_may() -> None:
    app = App(settings={"trusted_origins": ["https://spa.example"], "session_same_site": "none"})
    browser = TestClient(app.app, base_url=HOME, headers={"Origin": "https://spa.example"})
    [first, *_] = cookies_of(browser.post("/session/sign-in", json=ADA))
    assert first.endswith("SameSite=None")
    assert browser.post("/me").json() == "ada"


# Cookies that are not as they were written.


def jar_of(browser: TestClient) -> dict[str, str]:
    return dict(browser.cookies)


def broken(kind: str, jar: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    first, second = "__Host-cognito-session", "__Host-cognito-session.1"
    match kind:
        case "first missing":
            return {second: jar[second]}
        case "second missing":
            return {first: jar[first]}
        case "of two sessions":
            return {first: jar[first], second: other[second]}
        case "swapped":
            return {first: jar[second], second: jar[first]}
        case "truncated":
            return {first: jar[first], second: jar[second][:-1]}
        case "a character changed":
            return {
                first: jar[first][:100] + ("A" if jar[first][100] != "A" else "B") + jar[first][101:],
                second: jar[second],
            }
        case "fewer than said":
            return {first: "1" + jar[first][1:], second: jar[second]}
        case "more than said":
            return {first: "3" + jar[first][1:], second: jar[second]}
        case "no count":
            return {first: jar[first][2:], second: jar[second]}
        case "a count of nothing":
            return {first: f"0.{jar[first][2:]}"}
        case "a huge count":
            return {first: f"{'9' * 5000}.x"}
        case "empty":
            return {first: "", second: ""}
        case _:
            return {first: kind}


KINDS = [
    "first missing",
    "second missing",
    "of two sessions",
    "swapped",
    "truncated",
    "a character changed",
    "fewer than said",
    "more than said",
    "no count",
    "a count of nothing",
    "a huge count",
    "empty",
    "nonsense",
    "1.AAAA",
    "1.",
    "1.=====",
    "-1.x",
    "1.%00",
    "²." + "x",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/session", "/me", "/greeting"])
def test_cookies_that_were_changed_sign_nobody_in(shared: App, kind: str, path: str) -> None:
    jar = broken(kind, jar_of(shared.signed_in()), jar_of(shared.signed_in("eve")))
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    answer = shared.browser().get(path, headers=[(b"cookie", cookie.encode())])
    assert answer.status_code == (401 if path == "/me" else 200)
    assert answer.status_code == 401 or answer.json() is None


@pytest.mark.parametrize("kind", ["first missing", "of two sessions", "a character changed"])
def test_cookies_that_are_good_for_nothing_are_taken_away(shared: App, kind: str) -> None:
    jar = broken(kind, jar_of(shared.signed_in()), jar_of(shared.signed_in("eve")))
    cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
    cleared = cookies_of(shared.browser().get("/session", headers={"Cookie": cookie}))
    assert {cookie.partition("=")[0] for cookie in cleared} == set(jar)


def test_two_cookies_of_one_name_are_nobodys(shared: App) -> None:
    jars = [jar_of(shared.signed_in(name)) for name in ("ada", "eve")]
    cookie = "; ".join(f"{name}={value}" for jar in jars for name, value in jar.items())
    assert shared.browser().get("/session", headers={"Cookie": cookie}).json() is None


def test_the_session_of_another_app_on_this_host_is_left_alone() -> None:
    """Ports of one machine share their cookies."""
    one, other = App(), App()
    browser = one.browser("http://localhost:8000")
    browser.post("/session/sign-in", json=ADA)
    answer = other.browser("http://localhost:8001").get(
        "/session", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    )
    assert answer.json() is None
    assert cookies_of(answer) == []


def test_a_cookie_without_host_does_not_stand_in_for_one_with_it(shared: App) -> None:
    """Any host of the domain can set that one."""
    jar = jar_of(shared.signed_in())
    cookie = "; ".join(f"{name.removeprefix('__Host-')}={value}" for name, value in jar.items())
    assert shared.browser().get("/session", headers={"Cookie": cookie}).json() is None
    local = shared.browser("http://localhost")
    assert local.get("/session", headers={"Cookie": cookie}).json() is None


# Caches, and what is forgotten.


def test_answers_that_depend_on_the_session_are_not_for_others(browser: TestClient) -> None:
    answer = browser.get("/me")
    assert "Cookie" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "private"
    assert "vary" not in browser.get("/public").headers


def test_what_a_browser_opens_is_kept_nowhere_if_somebody_is_signed_in() -> None:
    app = App()
    opened = {"Sec-Fetch-Mode": "navigate"}
    for browser, kept in ((app.signed_in(), "private, no-store"), (app.browser(), "private")):
        assert browser.get("/greeting", headers=opened).headers["cache-control"] == kept


def test_a_session_that_may_go_on_is_in_the_log_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    session = App().auth._browser_session
    for _ in range(2):
        session.log_not_ended()
    [said] = caplog.messages
    assert said.startswith("a session that was to end may still be kept")


@pytest.mark.parametrize(
    ("said", "kept"),
    [([], None), ([(b"user-agent", b"Mozilla/5.0")], "Mozilla/5.0")],
    ids=["nothing", "name"],
)
def test_a_browser_calls_itself_what_it_likes(said: list[tuple[bytes, bytes]], kept: str | None) -> None:
    assert _user_agent(HTTPConnection({"type": "http", "headers": said})) == kept


@pytest.mark.parametrize("settings", [{"revocation": "probe"}, {}])
def test_the_token_of_a_session_is_at_hand_for_what_asks_cognito(settings: LocalSettings) -> None:
    app = App(settings=settings)
    browser = app.signed_in()

    @app.app.get("/profile")
    async def profile(user: Annotated[User, Depends(app.auth.current_user)]) -> str:
        return (await user.profile()).username

    assert browser.get("/profile").json() == "ada"
    assert browser.get("/profile").json() == "ada"


def test_what_is_asked_about_revocation_is_given_the_token_of_a_session_each_time() -> None:
    app = App(settings={"revocation": "probe"})
    browser = app.signed_in()
    assert browser.get("/me").json() == "ada"
    token = app.browser().post("/auth/sign-in", json=ADA).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    # By the pool alone: this app learns of it by asking.
    app.pool.call("GlobalSignOut", {"AccessToken": token})
    app.clock.advance(600)
    assert browser.get("/me").status_code == 401
    assert app.browser().get("/me", headers=bearer).status_code == 401


def test_without_the_middleware_the_app_does_not_start() -> None:
    auth = CognitoAuth.local()
    app = FastAPI(lifespan=auth.lifespan)
    app.include_router(auth.session_router, prefix="/session")
    with (
        pytest.raises(ConfigurationError, match=r"app\.add_middleware\(auth\.session_middleware\)"),
        TestClient(app),
    ):
        pass


def test_the_middleware_of_another_pool_does_not_do() -> None:
    auth, another = CognitoAuth.local(), CognitoAuth.local()
    app = FastAPI(lifespan=auth.lifespan)
    app.include_router(auth.session_router, prefix="/session")
    app.add_middleware(another.session_middleware)
    with (
        pytest.raises(ConfigurationError, match="the one that was added is another CognitoAuth's"),
        TestClient(app),
    ):
        pass


def test_the_middleware_of_a_mounted_app_will_do() -> None:
    auth = CognitoAuth.local()
    outer, shop = FastAPI(lifespan=auth.lifespan), FastAPI()
    shop.add_middleware(auth.session_middleware)
    shop.include_router(auth.session_router, prefix="/session")
    outer.mount("/shop", shop)
    with TestClient(outer, base_url=HOME) as client:
        assert client.get("/shop/session").json() is None


def test_middleware_that_is_called_says_what_to_write() -> None:
    with pytest.raises(ConfigurationError, match=r"app\.add_middleware\(auth\.session_middleware\)$"):
        CognitoAuth.local().session_middleware()


def test_without_the_middleware_no_route_pretends_that_nobody_is_signed_in() -> None:
    auth = CognitoAuth.local()
    app = FastAPI()
    app.include_router(auth.session_router, prefix="/session")
    with pytest.raises(ConfigurationError, match=r"app\.add_middleware\(auth\.session_middleware\)"):
        TestClient(app).get("/session")


def test_an_app_without_cookie_sessions_needs_no_middleware() -> None:
    auth = CognitoAuth.local()
    app = FastAPI(lifespan=auth.lifespan)

    @app.get("/me", dependencies=[Depends(auth.current_user)])
    async def me() -> None: ...

    with TestClient(app) as client:
        answer = client.get("/me", headers={"Cookie": "cognito-session=1.x; __Host-cognito-session=1.x"})
    assert answer.status_code == 401
    assert cookies_of(answer) == []


def test_cookie_sessions_need_a_secret_key() -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID))
    with pytest.raises(ConfigurationError, match="COGNITO_SECRET_KEY"):
        _ = auth.session_router


@pytest.mark.parametrize("name", ["sid", "__Host-sid", "sid.1", "__Host-sid.3"])
def test_what_a_gateway_sets_has_another_name_than_a_session(name: str) -> None:
    settings: LocalSettings = {"access_token_cookie": name, "session_cookie": "sid"}
    auth = CognitoAuth.local(settings=settings)
    with pytest.raises(ConfigurationError, match=r"^COGNITO_ACCESS_TOKEN_COOKIE is .*SESSION_COOKIE"):
        _ = auth.session_router


def test_two_pools_of_one_app_have_sessions_of_their_own() -> None:
    users = [LocalUser("ada", password=PASSWORD)]
    staff = CognitoAuth.local(users=users, settings={"session_cookie": "staff"})
    shop = CognitoAuth.local(users=users, settings={"session_cookie": "shop"})
    app = FastAPI()
    for name, auth in (("staff", staff), ("shop", shop)):
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.session_router, prefix=f"/{name}")
    browser = TestClient(app, base_url=HOME, headers=OWN_PAGE)
    browser.post("/staff/sign-in", json=ADA)
    assert browser.get("/staff").json()["user"]["username"] == "ada"
    assert browser.get("/shop").json() is None
    browser.post("/shop/sign-in", json=ADA)
    browser.post("/staff/sign-out")
    assert browser.get("/staff").json() is None
    assert browser.get("/shop").json()["user"]["username"] == "ada"
