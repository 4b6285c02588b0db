"""Cookie sessions that are kept in Redis, over HTTP, with two workers that share nothing else."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.cookie_sessions.in_redis import RedisSessionStore
from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.redis_server import RedisServer
from tests.support import SECRET_KEY, Clock

PASSWORD = "Correct-horse-1!"
HOME = "https://app.example"


class Workers:
    """Two processes' worth of one app: the pool, the key and Redis are the same."""

    def __init__(self, redis: RedisServer, *, rotation: int | None = None, **settings: Any) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(
            users=[LocalUser("ada", password=PASSWORD)], refresh_token_rotation=rotation, clock=self.clock
        )
        self._settings = {
            "session_store": "redis",
            "redis_url": redis.url,
            "redis_timeout": 2,
            "trusted_origins": (HOME,),
            **settings,
        }
        self.first, self.second = self._app(), self._app()

    def _app(self) -> FastAPI:
        settings: Any = self._settings
        auth = CognitoAuth.local(self.pool, settings=settings, secret_key=SECRET_KEY, clock=self.clock)
        app = FastAPI(lifespan=auth.lifespan)
        app.add_middleware(auth.session_middleware)
        app.include_router(auth.session_router, prefix="/session")
        app.include_router(auth.managed_login_router, prefix="/login")

        @app.get("/me")
        async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
            return user.username

        return app

    def browser(self, app: FastAPI, cookies: Any = None) -> TestClient:
        client = TestClient(app, base_url=HOME, headers={"Origin": HOME})
        client.cookies.update(cookies or {})
        return client

    def signed_in(self) -> TestClient:
        browser = self.browser(self.first)
        answer = browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser


@pytest.fixture
def workers(redis_server: RedisServer) -> Workers:
    return Workers(redis_server)


def test_every_worker_knows_who_is_signed_in(workers: Workers) -> None:
    browser = workers.signed_in()
    assert workers.browser(workers.second, browser.cookies).get("/me").json() == "ada"


def test_a_cookie_holds_no_token(workers: Workers) -> None:
    browser = workers.signed_in()
    assert sum(len(value) for value in browser.cookies.values()) < 100


def test_signing_out_ends_the_session_on_every_worker(workers: Workers) -> None:
    browser = workers.signed_in()
    copy = workers.browser(workers.second, browser.cookies)
    assert browser.post("/session/sign-out").json()["refresh_token_revoked"] is True
    assert copy.get("/me").status_code == 401


def test_signing_in_again_ends_the_session_before_on_every_worker(workers: Workers) -> None:
    browser = workers.signed_in()
    copy = workers.browser(workers.second, browser.cookies)
    browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD})
    assert copy.get("/me").status_code == 401
    assert workers.browser(workers.second, browser.cookies).get("/me").json() == "ada"


def test_a_refresh_is_seen_by_every_worker(workers: Workers) -> None:
    browser = workers.signed_in()
    copy = workers.browser(workers.second, browser.cookies)
    workers.clock.advance(3600)
    assert browser.get("/me").json() == "ada"
    assert copy.get("/me").json() == "ada"


@pytest.mark.parametrize(
    "in_between",
    [[], [("POST", "/session/sign-out")], [("DELETE", "/session/all")]],
    ids=["step-up", "out and in", "out by another browser and in"],
)
def test_a_late_request_takes_the_new_session_away_on_no_worker(
    workers: Workers, in_between: list[tuple[str, str]]
) -> None:
    browser = workers.signed_in()
    before = dict(browser.cookies)
    for method, path in in_between:
        by = workers.signed_in() if method == "DELETE" else browser
        assert by.request(method, path).status_code == 200
    browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD})
    for app in (workers.first, workers.second):
        late = workers.browser(app, before).get("/me")
        assert late.status_code == 401
        assert late.headers.get_list("set-cookie") == []
    assert workers.browser(workers.second, browser.cookies).get("/me").json() == "ada"


def test_a_redis_that_is_down_is_a_503_and_the_session_goes_on_afterwards(
    workers: Workers, redis_server: RedisServer
) -> None:
    browser = workers.signed_in()
    redis_server.stop_answering()
    refused = browser.get("/me")
    assert (refused.status_code, refused.json()["detail"]["code"]) == (503, "sessions_unavailable")
    assert "set-cookie" not in refused.headers
    redis_server.answer_again()
    assert browser.get("/me").json() == "ada"


def outages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "keeps the cookie sessions" in message]


def test_a_redis_that_is_down_is_in_the_log_once_a_minute(
    workers: Workers, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    browser = workers.signed_in()
    redis_server.kill()
    for _ in range(3):
        assert browser.get("/me").status_code == 503
    [said] = outages(caplog)
    assert said.endswith("who is signed in by one cannot be told; questions so far: 1")
    assert "(ConnectionError: nobody answers at the host and port of COGNITO_REDIS_URL)" in said


def test_a_redis_that_refuses_the_app_is_in_the_log_when_that_starts(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = Workers(redis_server, redis_url=redis_server.url.replace(":a%20password", ":another"))
    with wrong.browser(wrong.first) as browser:
        [said] = outages(caplog)
        assert "(AuthenticationError: the user or the password in COGNITO_REDIS_URL is wrong" in said
        assert "another" not in said
        assert browser.get("/session").json() is None


def test_a_redis_that_answers_is_no_news(workers: Workers, caplog: pytest.LogCaptureFixture) -> None:
    with workers.browser(workers.first) as browser:
        assert browser.get("/session").json() is None
    assert outages(caplog) == []


def test_a_redis_that_has_forgotten_everything_signs_nobody_in(
    workers: Workers, redis_server: RedisServer
) -> None:
    browser = workers.signed_in()
    redis_server.ask("FLUSHALL")
    assert browser.get("/me").status_code == 401
    assert not browser.cookies


def test_a_sign_in_that_cannot_be_kept_leaves_no_refresh_token_behind(
    workers: Workers, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked = []
    call = workers.pool.call

    def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "RevokeToken":
            revoked.append(params["Token"])
        return call(operation, params)

    monkeypatch.setattr(workers.pool, "call", noting)
    redis_server.kill()
    browser = workers.browser(workers.first)
    answer = browser.post("/session/sign-in", json={"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "sessions_unavailable")
    assert len(revoked) == 1


@pytest.mark.parametrize("fails", ["kill", "stop_answering"])
def test_a_sign_out_that_redis_does_not_hear_of_claims_nothing(
    workers: Workers, redis_server: RedisServer, fails: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = workers.signed_in()
    getattr(redis_server, fails)()
    answer = browser.post("/session/sign-out")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "sessions_unavailable")
    assert "signed out" in answer.json()["detail"]["message"]
    assert not browser.cookies
    assert "may still be kept" in caplog.text


def test_a_sign_out_that_redis_stops_hearing_revokes_the_refresh_token(
    workers: Workers, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session was found, and the store is gone when it is to be ended."""
    browser = workers.signed_in()
    revoked = []
    call = workers.pool.call
    find = RedisSessionStore.find

    async def found_before_the_end(store: RedisSessionStore, ticket: str, place: str) -> Kept:
        kept = await find(store, ticket, place)
        redis_server.kill()
        return kept

    def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "RevokeToken":
            revoked.append(params["Token"])
        return call(operation, params)

    monkeypatch.setattr(RedisSessionStore, "find", found_before_the_end)
    monkeypatch.setattr(workers.pool, "call", noting)
    answer = browser.post("/session/sign-out")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "sessions_unavailable")
    assert len(revoked) == 1
    assert not browser.cookies


def test_a_sign_out_revokes_what_another_worker_has_refreshed_meanwhile(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where refresh tokens are rotated, the session that is to be ended was found with the one of before."""
    workers = Workers(redis_server, rotation=0)
    browser = workers.signed_in()
    other = workers.browser(workers.second, browser.cookies)
    call, find = workers.pool.call, RedisSessionStore.find
    found, issued, revoked = list[Kept](), list[str](), list[str]()

    async def overtaken(store: RedisSessionStore, ticket: str, place: str) -> Kept:
        found.append(kept := await find(store, ticket, place))
        if len(found) == 1:
            workers.clock.advance(3590)
            assert other.get("/me").json() == "ada"
        return kept

    def noting(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = call(operation, params)
        if operation == "GetTokensFromRefreshToken":
            issued.append(answer["AuthenticationResult"]["RefreshToken"])
        if operation == "RevokeToken":
            revoked.append(params["Token"])
        return answer

    monkeypatch.setattr(RedisSessionStore, "find", overtaken)
    monkeypatch.setattr(workers.pool, "call", noting)
    assert browser.post("/session/sign-out").status_code == 200
    assert other.get("/me").status_code == 401
    assert len(issued) == 1
    assert issued[0] in revoked


def test_a_browser_without_a_session_signs_out_without_redis(
    workers: Workers, redis_server: RedisServer
) -> None:
    redis_server.kill()
    assert workers.browser(workers.first).post("/session/sign-out").status_code == 200


@pytest.mark.parametrize(("accept", "kind"), [("text/html", "text/html"), ("*/*", "application/json")])
def test_leaving_the_pools_pages_claims_nothing_either(
    workers: Workers, redis_server: RedisServer, accept: str, kind: str
) -> None:
    browser = workers.signed_in()
    redis_server.kill()
    answer = browser.get(
        "/login/logout",
        headers={"Accept": accept, "Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith(kind)
    assert ("/logout?" in answer.text) is (kind == "text/html")
    assert not browser.cookies
