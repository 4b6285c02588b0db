"""The user whom the ID token of a cookie session names."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, IdUser, User
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.cookie_sessions.in_cookies import CookieStore
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.cookie_sessions.sessions import CookieSessions, NewTokens
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, Triggers
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.redis_server import RedisServer
from tests.routers.kit import code_of
from tests.support import NOW, SECRET_KEY, SIGNER, SUB, Clock, KeyServer, access_claims, id_claims

PASSWORD = "Correct-horse-1!"
HOME = "https://app.example"


class App:
    """An app that asks for both kinds of users."""

    def __init__(self, settings: LocalSettings | None = None, **pool: Any) -> None:
        self.clock = Clock()
        users = [
            LocalUser(name, password=PASSWORD, attributes={"email": f"{name}@example.com"})
            for name in ("ada", "eve")
        ]
        self.pool = LocalUserPool(users=users, clock=self.clock, **pool)
        self.pool._plane.tokens.keys = signing_keys()
        self.auth = auth = CognitoAuth.local(self.pool, settings=settings, clock=self.clock)
        self.app = app = FastAPI()
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.session_router, prefix="/session")
        app.include_router(auth.router, prefix="/auth")

        @app.get("/who")
        @app.post("/who")
        async def who(user: Annotated[IdUser, Depends(auth.id_user)]) -> str | None:
            return user.email

        @app.get("/both")
        async def both(
            user: Annotated[User, Depends(auth.current_user)], about: Annotated[IdUser, Depends(auth.id_user)]
        ) -> list[str | None]:
            return [user.username, about.email]

        @app.websocket("/socket")
        async def socket(websocket: WebSocket, user: Annotated[IdUser, Depends(auth.id_user)]) -> None:
            await websocket.accept()
            await websocket.send_text(str(user.email))
            await websocket.close()

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=HOME, headers={"Origin": HOME})

    def signed_in(self, username: str = "ada") -> TestClient:
        browser = self.browser()
        answer = browser.post("/session/sign-in", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    def tokens(self, username: str) -> dict[str, str]:
        body = {"username": username, "password": PASSWORD}
        tokens: dict[str, str] = self.browser().post("/auth/sign-in", json=body).json()
        return tokens


@pytest.fixture(scope="module")
def shared() -> App:
    return App()


@pytest.fixture(scope="module")
def browser(shared: App) -> TestClient:
    return shared.signed_in()


def test_a_session_tells_who_its_user_is(browser: TestClient) -> None:
    assert browser.get("/who").json() == "ada@example.com"
    assert browser.get("/both").json() == ["ada", "ada@example.com"]


def test_a_web_socket_of_a_page_is_told_too(browser: TestClient) -> None:
    with browser.websocket_connect("wss://app.example/socket", headers={"Origin": HOME}) as socket:
        assert socket.receive_text() == "ada@example.com"


def test_an_id_token_in_the_header_counts_before_the_session(shared: App, browser: TestClient) -> None:
    headers = {"Authorization": f"Bearer {shared.tokens('eve')['id_token']}"}
    assert browser.get("/who", headers=headers).json() == "eve@example.com"


def test_an_access_token_in_the_header_is_not_made_up_for(shared: App, browser: TestClient) -> None:
    headers = {"Authorization": f"Bearer {shared.tokens('eve')['access_token']}"}
    assert code_of(browser.get("/who", headers=headers)) == (401, "invalid_token_use")


def test_nobody_is_nobody(shared: App) -> None:
    assert code_of(shared.browser().get("/who")) == (401, "not_authenticated")


def test_a_page_of_another_site_acts_for_nobody(browser: TestClient) -> None:
    assert browser.post("/who").json() == "ada@example.com"
    answer = browser.post("/who", headers={"Origin": "https://evil.example"})
    assert code_of(answer) == (403, "cross_site_request")


def test_who_has_signed_out_is_not_told_of_any_more(shared: App) -> None:
    browser = shared.signed_in()
    browser.post("/session/sign-out")
    assert browser.get("/who").status_code == 401


def test_a_refresh_brings_a_new_id_token() -> None:
    app = App()
    browser = app.signed_in()
    app.clock.advance(7200)
    assert browser.get("/who").json() == "ada@example.com"


def test_the_token_that_a_gateway_sets_is_not_mixed_with_a_session() -> None:
    """A request would be of two users at once."""
    app = App({"access_token_cookie": "gateway"})
    browser = app.signed_in()
    browser.cookies.set("gateway", app.tokens("eve")["access_token"])
    assert code_of(browser.get("/who")) == (401, "not_authenticated")


def test_an_app_without_sessions_asks_for_the_header() -> None:
    auth = CognitoAuth.local()
    app = FastAPI()

    @app.get("/who")
    async def who(user: Annotated[IdUser, Depends(auth.id_user)]) -> None: ...

    assert code_of(TestClient(app).get("/who")) == (401, "not_authenticated")


# ID tokens that find no room.


LONG = random.Random(1).randbytes(6000).hex()


def much(event: Mapping[str, Any]) -> dict[str, Any]:
    claims = {"claimsToAddOrOverride": {"about": LONG}}
    return {**event, "response": {"claimsAndScopeOverrideDetails": {"idTokenGeneration": claims}}}


def test_an_id_token_that_was_too_large_for_cookies_is_refused_in_words() -> None:
    app = App(triggers=Triggers(pre_token_generation=much))
    browser = app.signed_in()
    answer = browser.get("/who")
    assert code_of(answer) == (503, "id_token_not_kept")
    assert "Redis" in answer.json()["detail"]["message"]
    assert browser.get("/session").json()["user"]["username"] == "ada"


def test_in_redis_it_finds_room(redis_server: RedisServer) -> None:
    settings: LocalSettings = {
        "session_store": "redis",
        "redis_url": redis_server.url,
        "redis_timeout": 10,
    }
    browser = App(settings, triggers=Triggers(pre_token_generation=much)).signed_in()
    assert browser.get("/who").json() == "ada@example.com"


# ID tokens that end before the access token does.

PLACE = "__Host-cognito-session"


class Cognito:
    """Gives tokens whose lifetimes differ, and counts."""

    def __init__(self, clock: Clock, *, life: int | None) -> None:
        self._clock = clock
        self._life = life
        self.refreshes = 0

    def id_token(self) -> str | None:
        if self._life is None:
            return None
        return SIGNER.sign(id_claims(exp=int(self._clock()) + self._life))

    async def refresh(self, _refresh_token: str, _device_key: str | None) -> Tokens:
        self.refreshes += 1
        return Tokens(
            access_token=SIGNER.sign(access_claims(exp=int(self._clock()) + 3600)),
            id_token=self.id_token(),
            expires_in=3600,
        )

    async def revoke(self, _refresh_token: str) -> None:
        raise AssertionError("nobody signed out")


@pytest.mark.parametrize(
    ("life", "refreshes"), [(300, 12), (1800, 2), (3600, 1), (7200, 1), (40, 1), (0, 1), (-5, 1), (None, 1)]
)
def test_a_session_is_refreshed_before_either_token_ends_and_not_for_each_request(
    life: int | None, refreshes: int
) -> None:
    clock = Clock()
    cognito = Cognito(clock, life=life)
    sessions = CookieSessions(
        CookieStore(Box([SECRET_KEY]), most=15_000),
        cognito.refresh,
        cognito.revoke,
        max_age=86_400,
        idle_timeout=None,
        clock=clock,
    )
    access_token = SIGNER.sign(access_claims(exp=NOW + 3600))
    tokens = NewTokens(SUB, access_token, NOW + 3600, "refresh", cognito.id_token())

    async def use() -> None:
        kept = await sessions.start(tokens, PLACE)
        # Up to the very end of the first access token, in which a session is to be refreshed once.
        for _ in range(3600 // 30):
            clock.advance(30)
            kept = await sessions.current(kept.ticket, PLACE)

    asyncio.run(use())
    assert abs(cognito.refreshes - refreshes) <= 1 if refreshes > 1 else cognito.refreshes == 1


@pytest.mark.parametrize("nonsense", ["x", "a.b.c", "..", "", "é"])
def test_an_id_token_that_is_none_is_no_reason_to_refresh(nonsense: str) -> None:
    clock = Clock()
    cognito = Cognito(clock, life=300)
    store = CookieStore(Box([SECRET_KEY]), most=15_000)
    sessions = CookieSessions(
        store, cognito.refresh, cognito.revoke, max_age=86_400, idle_timeout=None, clock=clock
    )
    tokens = NewTokens(SUB, "access", NOW + 3600, "refresh", nonsense)

    async def use() -> None:
        kept = await sessions.start(tokens, PLACE)
        clock.advance(3000)
        await sessions.current(kept.ticket, PLACE)

    asyncio.run(use())
    assert cognito.refreshes == 0


def test_where_an_id_token_is_left_out_its_end_is_no_reason_to_refresh() -> None:
    session = Session(
        SUB, "access", NOW + 3600, NOW, NOW, NOW + 86_400, id_token=LONG * 2, id_token_until=NOW
    )

    async def start() -> Session:
        return (await CookieStore(Box([SECRET_KEY]), most=15_000).start(session, PLACE)).session

    assert asyncio.run(start()) == replace(session, id_token=None, id_token_until=None)


def test_a_session_of_which_the_id_token_is_anothers_signs_nobody_in(shared: App) -> None:
    browser = shared.signed_in()
    auth = shared.auth
    start = auth._browser_session.sessions.start

    async def mixed(tokens: NewTokens, place: str, **about: Any) -> Any:
        return await start(replace(tokens, id_token=shared.tokens("eve")["id_token"]), place, **about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth._browser_session.sessions, "start", mixed)
        browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD})
    assert code_of(browser.get("/who")) == (401, "invalid_token")


def test_an_id_token_whose_key_is_new_in_a_flood_of_invented_ones_is_not_called_bad() -> None:
    app = App()
    keys = app.auth.keys
    _of_id_tokens, of_access_tokens = app.pool.jwks()["keys"]
    fetch, keys._fetch = keys._fetch, KeyServer(of_access_tokens)
    browser = app.signed_in()
    for number in range(3):
        forged = SIGNER.sign(id_claims(iss=app.pool.issuer), kid=f"forged-{number}")
        answer = app.browser().get("/who", headers={"Authorization": f"Bearer {forged}"})
        assert code_of(answer) == (401, "invalid_signature")
    assert code_of(browser.get("/who")) == (503, "keys_unavailable")
    keys._fetch = fetch
    assert browser.get("/who").json() == "ada@example.com"
