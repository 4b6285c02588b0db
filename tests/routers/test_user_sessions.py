"""The browsers in which a user is signed in: listed and ended, on several workers that share a Redis."""

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, ConfigurationError, User
from fastapi_cognito_auth.exceptions import SessionsNotListedError, UserPoolUnavailableError
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.local.kit import signing_keys
from tests.redis_server import RedisServer
from tests.routers.kit import code_of
from tests.support import SECRET_KEY, Clock

PASSWORD = "Correct-horse-1!"
HOME = "https://app.example"


class Workers:
    """Two workers of an app, its pool and its clock."""

    def __init__(self, settings: LocalSettings) -> None:
        self.clock = Clock()
        self.pool = LocalUserPool(
            users=[LocalUser(name, password=PASSWORD) for name in ("ada", "eve")], clock=self.clock
        )
        self.pool._plane.tokens.keys = signing_keys()
        self.auths = [
            CognitoAuth.local(self.pool, settings=settings, secret_key=SECRET_KEY, clock=self.clock)
            for _ in range(2)
        ]
        self.apps = [app_of(auth) for auth in self.auths]

    def browser(self, worker: int = 0, username: str = "ada") -> TestClient:
        browser = TestClient(self.apps[worker], base_url=HOME, headers={"Origin": HOME})
        answer = browser.post("/session/sign-in", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    def at(self, worker: int, browser: TestClient) -> TestClient:
        """Return a browser whose requests go to another worker."""
        return TestClient(
            self.apps[worker], base_url=HOME, headers={"Origin": HOME}, cookies=dict(browser.cookies)
        )


def app_of(auth: CognitoAuth) -> FastAPI:
    app = FastAPI()
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.session_router, prefix="/session")
    app.include_router(auth.router, prefix="/auth")

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.sub

    return app


def in_redis(server: RedisServer, **settings: Any) -> LocalSettings:
    found: LocalSettings = {
        "session_store": "redis",
        "redis_url": server.url,
        "redis_timeout": 10,
        **settings,  # type: ignore[typeddict-item]
    }
    return found


def agents(browser: TestClient) -> list[str | None]:
    return [one["user_agent"] for one in browser.get("/session/all").json()]


def own_id(browser: TestClient) -> str:
    [name] = [one["session_id"] for one in browser.get("/session/all").json() if one["is_current"]]
    return str(name)


@pytest.fixture
def workers(redis_server: RedisServer) -> Workers:
    return Workers(in_redis(redis_server))


def ids(browser: TestClient) -> list[str]:
    return [session["session_id"] for session in browser.get("/session/all").json()]


def test_a_user_sees_in_which_browsers_they_are_signed_in(workers: Workers) -> None:
    first = workers.browser()
    workers.clock.advance(60)
    second = workers.browser(1)
    workers.browser(username="eve")
    newest, oldest = second.get("/session/all").json()
    assert (newest["is_current"], oldest["is_current"]) == (True, False)
    assert newest["signed_in_at"] == newest["used_at"] == "2026-09-21T14:14:20Z"
    assert oldest["signed_in_at"] == "2026-09-21T14:13:20Z"
    assert oldest["expires_at"] == "2026-10-21T14:13:20Z"
    assert [one["is_current"] for one in first.get("/session/all").json()] == [False, True]


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("Mozilla/5.0 (X11; Linux) Firefox/160.0", "Mozilla/5.0 (X11; Linux) Firefox/160.0"),
        ("x" * 9000, "x" * 200),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", None),
        ("M\u00f6zilla".encode("latin-1"), None),
        (b"a\tb", None),
    ],
    ids=range(6),
)
def test_people_tell_their_browsers_apart_by_what_they_call_themselves(
    workers: Workers, said: Any, listed: str | None
) -> None:
    browser = TestClient(workers.apps[0], base_url=HOME, headers={"Origin": HOME})
    body = {"username": "ada", "password": PASSWORD}
    assert browser.post("/session/sign-in", json=body, headers={"User-Agent": said}).status_code == 200
    assert agents(browser) == [listed]
    # A refresh writes the session anew.
    workers.clock.advance(3600)
    assert browser.get("/me").status_code == 200
    assert agents(browser) == [listed]


def test_no_list_holds_what_signs_anybody_in(workers: Workers) -> None:
    browser = workers.browser()
    answer = browser.get("/session/all")
    assert "eyJ" not in answer.text
    [name] = ids(browser)
    for value in (name, f"1.{name}", f"1.{name[:43]}"):
        stranger = TestClient(workers.apps[0], base_url=HOME, cookies={"__Host-cognito-session": value})
        assert stranger.get("/me").status_code == 401


def test_a_browser_that_is_ended_is_signed_out_on_every_worker_at_once(workers: Workers) -> None:
    lost, mine = workers.browser(), workers.browser(1)
    at_the_other = workers.at(1, lost)
    assert at_the_other.get("/me").status_code == 200
    answer = mine.delete(f"/session/all/{own_id(lost)}")
    assert answer.json() == {
        "status": "signed_out",
        "refresh_token_revoked": True,
        "access_token_valid_until": int(workers.clock()) + 3600,
    }
    for browser in (lost, at_the_other):
        answer = browser.get("/me")
        assert (answer.status_code, code_of(answer)[1]) == (401, "not_authenticated")
    assert mine.get("/me").status_code == 200


def test_all_browsers_are_signed_out_at_once_and_the_answer_says_what_stays(workers: Workers) -> None:
    others, mine, eve = (
        [workers.browser(n % 2) for n in range(3)],
        workers.browser(),
        workers.browser(0, "eve"),
    )
    answer = mine.delete("/session/all")
    assert answer.json() == {
        "status": "sessions_ended",
        "ended": 4,
        "refresh_tokens_revoked": 4,
        "access_tokens_valid_until": int(workers.clock()) + 3600,
    }
    assert all("Max-Age=0" in cookie for cookie in answer.headers.get_list("set-cookie"))
    for browser in (*others, mine):
        assert browser.get("/me").status_code == 401
    assert eve.get("/me").status_code == 200


def test_all_other_browsers_are_signed_out(workers: Workers) -> None:
    other, mine = workers.browser(1), workers.browser()
    answer = mine.delete("/session/all?keep_current=true")
    assert answer.json()["ended"] == 1
    assert "set-cookie" not in answer.headers
    assert (other.get("/me").status_code, mine.get("/me").status_code) == (401, 200)
    assert len(ids(mine)) == 1


def test_who_ends_the_own_browser_loses_its_cookies(workers: Workers) -> None:
    mine = workers.browser()
    [name] = ids(mine)
    answer = mine.delete(f"/session/all/{name}")
    assert answer.json()["refresh_token_revoked"] is True
    assert all("Max-Age=0" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert mine.get("/session").json() is None


def test_nobody_ends_the_browser_of_another(workers: Workers) -> None:
    ada, eve = workers.browser(), workers.browser(0, "eve")
    [name] = ids(ada)
    answer = eve.delete(f"/session/all/{name}")
    # The same as for a browser that is signed out already: nothing is told of others.
    assert answer.json() == {
        "status": "signed_out",
        "refresh_token_revoked": False,
        "access_token_valid_until": None,
    }
    assert ada.get("/me").status_code == 200


@pytest.mark.parametrize("name", ["x", "0" * 63, "0" * 65, "A" * 64, "*", "0" * 63 + "%00"])
def test_an_id_that_is_none_is_refused(workers: Workers, name: str) -> None:
    assert code_of(workers.browser().delete(f"/session/all/{name}")) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/all"), ("DELETE", "/all"), ("DELETE", f"/all/{'0' * 64}")]
)
def test_nobody_has_no_browsers(workers: Workers, method: str, path: str) -> None:
    stranger = TestClient(workers.apps[0], base_url=HOME, headers={"Origin": HOME})
    assert code_of(stranger.request(method, f"/session{path}")) == (401, "not_authenticated")


@pytest.mark.parametrize("path", ["/all", f"/all/{'0' * 64}"])
def test_no_page_of_another_site_signs_anybody_out(workers: Workers, path: str) -> None:
    mine = workers.browser()
    answer = mine.delete(f"/session{path}", headers={"Origin": "https://evil.example"})
    assert code_of(answer) == (403, "cross_site_request")
    assert mine.get("/me").status_code == 200


def test_a_bearer_token_ends_browsers_too(workers: Workers) -> None:
    mine = workers.browser()
    client = TestClient(workers.apps[1], base_url=HOME, headers={"Origin": HOME})
    tokens = client.post("/auth/sign-in", json={"username": "ada", "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    [listed] = client.get("/session/all", headers=headers).json()
    assert listed["is_current"] is False
    assert client.delete("/session/all", headers=headers).json()["ended"] == 1
    assert mine.get("/me").status_code == 401


def test_an_administrator_lists_and_ends_the_sessions_of_a_user(workers: Workers) -> None:
    first, second, third = (workers.browser() for _ in range(3))
    sub, own = first.get("/me").json(), own_id(first)
    sessions = workers.auths[1].cookie_sessions

    async def administer() -> None:
        listed = await sessions.of_user(sub)
        assert len(listed) == 3
        assert (await sessions.end(sub, own)).refresh_token_revoked
        assert not (await sessions.end(sub, own)).refresh_token_revoked
        assert (await sessions.end_all(sub)).ended == 2
        assert await sessions.of_user(sub) == []

    asyncio.run(administer())
    assert {browser.get("/me").status_code for browser in (first, second, third)} == {401}


def test_what_has_not_been_used_for_too_long_is_not_listed(redis_server: RedisServer) -> None:
    workers = Workers(in_redis(redis_server, session_idle_timeout=600))
    workers.browser()
    workers.clock.advance(600)
    assert len(ids(workers.browser())) == 1


def test_ended_access_tokens_are_refused_where_a_list_is_asked(redis_server: RedisServer) -> None:
    workers = Workers(in_redis(redis_server, revocation="redis"))
    mine = workers.browser()
    answer = mine.delete("/session/all").json()
    assert (answer["ended"], answer["access_tokens_valid_until"]) == (1, None)


def test_while_cognito_is_down_browsers_are_signed_out_all_the_same(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, mine = workers.browser(), workers.browser()

    async def down(_: str) -> None:
        raise UserPoolUnavailableError

    monkeypatch.setattr(workers.auths[0].pool.refresh_tokens, "revoke", down)
    answer = mine.delete("/session/all").json()
    assert (answer["ended"], answer["refresh_tokens_revoked"]) == (2, 0)
    assert (other.get("/me").status_code, mine.get("/me").status_code) == (401, 401)


def test_a_redis_that_is_down_is_said_to_be(workers: Workers, redis_server: RedisServer) -> None:
    client = TestClient(workers.apps[0], base_url=HOME, headers={"Origin": HOME})
    tokens = client.post("/auth/sign-in", json={"username": "ada", "password": PASSWORD}).json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    redis_server.kill()
    for method, path in (("GET", "/all"), ("DELETE", "/all"), ("DELETE", f"/all/{'0' * 64}")):
        assert code_of(client.request(method, f"/session{path}")) == (503, "sessions_unavailable")


# With sessions in cookies.


@pytest.fixture(scope="module")
def in_cookies() -> Workers:
    return Workers({})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/all"), ("DELETE", "/all"), ("DELETE", f"/all/{'0' * 64}")]
)
def test_what_only_the_browsers_have_is_not_listed(in_cookies: Workers, method: str, path: str) -> None:
    mine = in_cookies.browser()
    answer = mine.request(method, f"/session{path}")
    assert code_of(answer) == (501, "sessions_not_listed")
    assert mine.get("/me").status_code == 200


def test_an_administrator_is_told_where_sessions_must_be_kept(in_cookies: Workers) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_SESSION_STORE is cookie"):
        _ = in_cookies.auths[0].cookie_sessions


def test_the_store_of_cookies_says_so_itself(in_cookies: Workers) -> None:
    sessions = in_cookies.auths[0]._browser_session.sessions
    with pytest.raises(SessionsNotListedError):
        asyncio.run(sessions.of_user("x"))
