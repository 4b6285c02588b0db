"""Signing out ends access tokens, over HTTP: what each choice ends, and what it says of the rest."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
from fastapi import Depends, WebSocket
from httpx2 import ASGITransport, AsyncClient, Response
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import User
from fastapi_cognito_auth.exceptions import ConfigurationError, TooManyRequestsError
from fastapi_cognito_auth.local import LocalUser, ServiceError
from fastapi_cognito_auth.user import IdUser
from tests.redis_server import PASSWORD as REDIS_PASSWORD
from tests.redis_server import RedisServer
from tests.routers.kit import ADA, PASSWORD, App, code_of
from tests.support import SIGNER, KeyServer, access_claims

GRACE = LocalUser("grace", password=PASSWORD)
MODES = ["local", "redis", "probe"]
NewApp = Callable[..., App]


@pytest.fixture
def new_app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> NewApp:
    """Make apps whose settings come from the environment, as they do elsewhere."""

    def make(
        mode: str, /, *, when_unavailable: str = "refuse", beside: App | None = None, **settings: str
    ) -> App:
        monkeypatch.setenv("COGNITO_REVOCATION", mode)
        monkeypatch.setenv("COGNITO_REVOCATION_WHEN_UNAVAILABLE", when_unavailable)
        if mode == "redis":
            server: RedisServer = request.getfixturevalue("redis_server")
            monkeypatch.setenv("COGNITO_REDIS_URL", server.url)
            monkeypatch.setenv("COGNITO_REDIS_TIMEOUT", "5")
        for name, value in settings.items():
            monkeypatch.setenv(f"COGNITO_{name}", value)
        # How the password is proved makes no difference here, and SRP takes long.
        return App([ADA, GRACE], beside=beside, auth_flow="USER_PASSWORD_AUTH")

    return make


def signed_out(app: App, tokens: dict[str, Any], *, refresh: bool = True) -> Response:
    return app.http.post(
        "/auth/sign-out",
        json={"refresh_token": tokens["refresh_token"]} if refresh else {},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )


REVOKED = (401, "token_revoked")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("refresh", [True, False], ids=["with the refresh token", "without"])
def test_after_sign_out_the_access_token_is_refused(new_app: NewApp, mode: str, refresh: bool) -> None:
    app = new_app(mode)
    tokens = app.sign_in().json()
    assert app.me(tokens["access_token"]).status_code == 200
    assert signed_out(app, tokens, refresh=refresh).status_code == 200
    refused = app.me(tokens["access_token"])
    assert code_of(refused) == REVOKED
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("mode", MODES)
def test_after_sign_out_other_sign_ins_and_users_go_on(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    tokens, elsewhere, grace = app.sign_in().json(), app.access_token(), app.access_token("grace")
    signed_out(app, tokens)
    assert app.me(elsewhere).status_code == 200
    assert app.me(grace).status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_sign_out_ends_what_was_refreshed_too(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    tokens = app.sign_in().json()
    refreshed = app.post("/refresh", refresh_token=tokens["refresh_token"]).json()["access_token"]
    assert app.me(refreshed).status_code == 200
    signed_out(app, tokens)
    assert code_of(app.me(refreshed)) == REVOKED


@pytest.mark.parametrize("mode", MODES)
def test_signing_out_everywhere_ends_every_token_of_the_user(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    here, elsewhere, grace = app.access_token(), app.access_token(), app.access_token("grace")
    assert app.account("POST", "/sign-out-everywhere", here).status_code == 200
    assert [code_of(app.me(token)) for token in (here, elsewhere)] == [REVOKED] * 2
    assert app.me(grace).status_code == 200
    app.clock.advance(1)
    assert app.me(app.access_token()).status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_a_deleted_user_has_no_good_token(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    here, elsewhere = app.access_token(), app.access_token()
    assert app.account("DELETE", "", here).status_code == 200
    assert [code_of(app.me(token)) for token in (here, elsewhere)] == [REVOKED] * 2


@pytest.mark.parametrize(("mode", "after"), [("off", 3600), ("local", 3600), ("redis", None), ("probe", 60)])
def test_the_answer_says_what_other_workers_still_accept(
    new_app: NewApp, mode: str, after: int | None
) -> None:
    app = new_app(mode)
    until = None if after is None else app.clock.now + after
    assert signed_out(app, app.sign_in().json()).json()["access_token_valid_until"] == until
    everywhere = app.account("POST", "/sign-out-everywhere", app.access_token()).json()
    assert everywhere["access_token_valid_until"] == until
    assert everywhere["other_access_tokens_valid_until"] == until
    # What everywhere ended is as old as this second.
    app.clock.advance(1)
    until = None if after is None else app.clock.now + after
    assert app.account("DELETE", "", app.access_token()).json()["access_token_valid_until"] == until


def test_signing_out_twice_says_the_same(new_app: NewApp) -> None:
    app = new_app("local")
    tokens = app.sign_in().json()
    first = signed_out(app, tokens)
    again = signed_out(app, tokens)
    assert again.status_code == 200
    assert again.json()["access_token_valid_until"] == first.json()["access_token_valid_until"]


def test_a_probe_that_cognito_was_not_told_of_promises_nothing(new_app: NewApp) -> None:
    app = new_app("probe")
    answer = signed_out(app, app.sign_in().json(), refresh=False).json()
    assert answer["access_token_valid_until"] == app.clock.now + 3600


def test_a_strangers_token_ends_nothing(new_app: NewApp) -> None:
    app = new_app("local")
    token = app.access_token()
    stranger = App([ADA]).sign_in().json()
    answer = app.http.post(
        "/auth/sign-out", json={}, headers={"Authorization": f"Bearer {stranger['access_token']}"}
    )
    assert answer.json()["access_token_valid_until"] is None
    assert app.me(token).status_code == 200


def test_what_cognito_refuses_to_revoke_is_not_revoked_here_either(
    new_app: NewApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app("local")
    tokens = app.sign_in().json()

    async def throttled(_: str) -> None:
        raise TooManyRequestsError

    monkeypatch.setattr(app.auth.pool.refresh_tokens, "revoke", throttled)
    assert code_of(signed_out(app, tokens)) == (429, "too_many_requests")
    assert app.me(tokens["access_token"]).status_code == 200


def test_apps_share_one_redis(new_app: NewApp) -> None:
    one = new_app("redis")
    other = new_app("redis", beside=one)
    tokens = one.sign_in().json()
    assert other.me(tokens["access_token"]).status_code == 200
    signed_out(one, tokens)
    assert code_of(other.me(tokens["access_token"])) == REVOKED


def test_apps_with_prefixes_of_their_own_share_nothing(new_app: NewApp) -> None:
    one = new_app("redis", REDIS_KEY_PREFIX="one:")
    other = new_app("redis", beside=one, REDIS_KEY_PREFIX="other:")
    tokens = one.sign_in().json()
    signed_out(one, tokens)
    assert code_of(one.me(tokens["access_token"])) == REVOKED
    assert other.me(tokens["access_token"]).status_code == 200


def test_a_redis_that_keeps_silent_is_waited_for_no_longer_than_said(
    new_app: NewApp, redis_server: RedisServer
) -> None:
    app = new_app("redis", REDIS_TIMEOUT="0.05")
    assert app.auth.revocations._store._connections._timeout == 0.05  # type: ignore[attr-defined]
    token = app.access_token()
    redis_server.stop_answering()
    assert code_of(app.me(token)) == (503, "revocation_unavailable")
    assert app.http.post("/auth/sign-out", json={}).status_code == 200


def test_workers_with_lists_of_their_own_do_not_know(new_app: NewApp) -> None:
    one = new_app("local")
    other = new_app("local", beside=one)
    tokens = one.sign_in().json()
    answer = signed_out(one, tokens).json()
    assert other.me(tokens["access_token"]).status_code == 200
    assert answer["access_token_valid_until"] == one.clock.now + 3600


def test_a_probe_elsewhere_notices_when_its_answer_is_old(new_app: NewApp) -> None:
    one = new_app("probe")
    other = new_app("probe", beside=one)
    tokens = one.sign_in().json()
    assert other.me(tokens["access_token"]).status_code == 200
    until = signed_out(one, tokens).json()["access_token_valid_until"]
    assert other.me(tokens["access_token"]).status_code == 200
    one.clock.now = until
    assert code_of(other.me(tokens["access_token"])) == REVOKED


def test_a_probe_asks_once_for_many_requests(new_app: NewApp) -> None:
    app = new_app("probe")
    token = app.access_token()
    calls = app.calls()
    for _ in range(10):
        app.me(token)
    assert calls == ["GetUser"]


def on_id_tokens(app: App) -> Callable[[str], Response]:
    """Add a route that takes ID tokens, and return what asks it."""

    @app.app.get("/who")
    async def who(user: Annotated[IdUser, Depends(app.auth.id_user)]) -> str:
        return user.username

    def ask(token: str) -> Response:
        return app.http.get("/who", headers={"Authorization": f"Bearer {token}"})

    return ask


@pytest.mark.parametrize("mode", ["local", "redis"])
def test_sign_out_ends_the_id_token_too(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    ask = on_id_tokens(app)
    tokens, elsewhere = app.sign_in().json(), app.sign_in().json()
    assert ask(tokens["id_token"]).status_code == 200
    signed_out(app, tokens)
    assert code_of(ask(tokens["id_token"])) == REVOKED
    assert ask(elsewhere["id_token"]).status_code == 200


def test_a_probe_takes_no_id_tokens(new_app: NewApp) -> None:
    app = new_app("probe")
    answer = on_id_tokens(app)(app.sign_in().json()["id_token"])
    assert code_of(answer) == (401, "invalid_token_use")


@pytest.mark.parametrize("mode", MODES)
def test_a_revoked_token_opens_no_websocket(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)

    @app.app.websocket("/live")
    async def live(socket: WebSocket, user: Annotated[User, Depends(app.auth.current_user)]) -> None:
        await socket.accept()
        await socket.send_text(user.username)
        await socket.close()

    tokens = app.sign_in().json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    with app.http.websocket_connect("/live", headers=headers) as socket:
        assert socket.receive_text() == "ada"
    signed_out(app, tokens)
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        app.http.websocket_connect("/live", headers=headers),
    ):
        pass
    assert denied.value.status_code == 401


@pytest.mark.parametrize("size", ["0", "4096"])
def test_a_token_that_was_verified_before_is_refused_as_well(new_app: NewApp, size: str) -> None:
    app = new_app("local", VERIFIED_TOKEN_CACHE=size)
    tokens = app.sign_in().json()
    for _ in range(3):
        assert app.me(tokens["access_token"]).status_code == 200
    signed_out(app, tokens)
    for _ in range(3):
        assert code_of(app.me(tokens["access_token"])) == REVOKED


@pytest.mark.parametrize("mode", MODES)
def test_the_app_can_revoke_a_user_by_itself(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    token, grace = app.access_token(), app.access_token("grace")
    sub = app.me(token).json()["sub"]
    asyncio.run(app.auth.revocations.revoke_user(sub, app.pool.user_pool_id))
    assert code_of(app.me(token)) == REVOKED
    assert app.me(grace).status_code == 200


def test_revoking_where_nobody_is_asked_is_a_mistake(new_app: NewApp) -> None:
    app = new_app("off")
    with pytest.raises(ConfigurationError, match="COGNITO_REVOCATION"):
        _ = app.auth.revocations


@pytest.mark.parametrize(("choice", "status"), [("refuse", 503), ("accept", 200)])
def test_redis_down_means_what_was_chosen(
    new_app: NewApp, redis_server: RedisServer, choice: str, status: int
) -> None:
    app = new_app("redis", when_unavailable=choice)
    token = app.access_token()
    redis_server.kill()
    answer = app.me(token)
    assert answer.status_code == status
    if choice == "refuse":
        assert code_of(answer) == (503, "revocation_unavailable")
        assert answer.headers["Retry-After"] == "5"
    redis_server.start()
    assert app.me(token).status_code == 200


@pytest.mark.parametrize("choice", ["refuse", "accept"])
def test_redis_down_keeps_nobody_from_signing_out_at_cognito(
    new_app: NewApp, redis_server: RedisServer, choice: str
) -> None:
    app = new_app("redis", when_unavailable=choice)
    tokens = app.sign_in().json()
    redis_server.kill()
    answer = signed_out(app, tokens)
    # Nothing could be put on the list, and that is what the answer says.
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "signed_out",
            "refresh_token_revoked": True,
            "access_token_valid_until": app.clock.now + 3600,
        },
    )
    assert code_of(app.post("/refresh", refresh_token=tokens["refresh_token"])) == (401, "not_authorized")


@pytest.mark.parametrize(("choice", "down"), [("refuse", {503}), ("accept", {200})])
def test_redis_killed_and_restarted_under_load(
    new_app: NewApp, redis_server: RedisServer, choice: str, down: set[int]
) -> None:
    app = new_app("redis", when_unavailable=choice)
    token, revoked = app.access_token(), app.sign_in().json()
    headers = {"Authorization": f"Bearer {token}"}

    async def load() -> None:
        # An exception that no handler takes would be raised here, not answered by a 500.
        async with AsyncClient(transport=ASGITransport(app.app), base_url="http://app") as http:

            async def burst(count: int = 60) -> set[int]:
                answers = await asyncio.gather(*(http.get("/me", headers=headers) for _ in range(count)))
                return {answer.status_code for answer in answers}

            assert await burst() == {200}
            under_way = asyncio.ensure_future(burst())
            await asyncio.sleep(0)
            redis_server.kill()
            assert await under_way <= {200} | down
            assert await burst() == down
            redis_server.start()
            assert await burst() == {200}

    asyncio.run(load())
    signed_out(app, revoked)
    assert code_of(app.me(revoked["access_token"])) == REVOKED


@pytest.mark.parametrize(("choice", "status"), [("refuse", 503), ("accept", 200)])
def test_cognito_down_means_what_was_chosen_for_a_probe(
    new_app: NewApp, monkeypatch: pytest.MonkeyPatch, choice: str, status: int
) -> None:
    app = new_app("probe", when_unavailable=choice, MAX_ATTEMPTS="1")
    token = app.access_token()
    call = app.pool.call

    def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        raise ServiceError("InternalErrorException", "down")

    monkeypatch.setattr(app.pool, "call", failing)
    assert app.me(token).status_code == status
    monkeypatch.setattr(app.pool, "call", call)
    app.clock.advance(5)
    assert app.me(token).status_code == 200


@pytest.mark.parametrize("operation", ["GlobalSignOut", "DeleteUser"])
@pytest.mark.parametrize("mode", ["off", *MODES])
def test_what_an_sdk_ends_ends_here_too(new_app: NewApp, mode: str, operation: str) -> None:
    app = new_app(mode)
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    token, grace = app.access_token(), app.access_token("grace")

    def call(access_token: str) -> Response:
        return app.http.post(
            "/cognito/",
            content=json.dumps({"AccessToken": access_token}),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            },
        )

    assert call(token).status_code == 200
    assert call(token).status_code == 400
    assert app.me(token).status_code == (200 if mode == "off" else 401)
    assert app.me(grace).status_code == 200


def test_the_password_of_redis_is_not_shown(new_app: NewApp, redis_server: RedisServer) -> None:
    app = new_app("redis")
    assert REDIS_PASSWORD not in repr(app.auth.settings)
    assert REDIS_PASSWORD not in repr(vars(app.auth))


@contextmanager
def without_keys(app: App) -> Iterator[None]:
    """Let the key endpoint be down for a worker that knows no key yet."""
    keys, server = app.auth.keys, KeyServer()
    fetch, server.down = keys._fetch, True
    keys._fetch = server
    yield
    keys._fetch = fetch
    asyncio.run(keys.refresh())


@pytest.mark.parametrize("mode", MODES)
def test_a_sign_out_that_cannot_be_put_on_the_list_is_no_success(new_app: NewApp, mode: str) -> None:
    app = new_app(mode)
    tokens = app.sign_in().json()
    with without_keys(app):
        answer = signed_out(app, tokens)
        assert code_of(answer) == (503, "keys_unavailable")
        assert answer.headers["Retry-After"] == "5"
        # At Cognito it holds already, and asking again is no mistake.
        refused = app.post("/refresh", refresh_token=tokens["refresh_token"])
        assert code_of(refused) == (401, "not_authorized")
    assert signed_out(app, tokens).status_code == 200
    assert code_of(app.me(tokens["access_token"])) == REVOKED


def test_without_keys_and_without_the_refresh_token_nothing_is_claimed_either(new_app: NewApp) -> None:
    app = new_app("local")
    tokens = app.sign_in().json()
    with without_keys(app):
        assert code_of(signed_out(app, tokens, refresh=False)) == (503, "keys_unavailable")
    assert app.me(tokens["access_token"]).status_code == 200


def test_a_sign_out_is_no_success_for_what_is_presumed_of_a_key(new_app: NewApp) -> None:
    """A flood of invented keys, and a key that came a moment ago: elsewhere its token is good."""
    app = new_app("local")
    tokens = app.sign_in().json()
    keys = app.auth.keys
    fetch, keys._fetch = keys._fetch, KeyServer(SIGNER.jwk())
    for number in range(3):
        app.me(SIGNER.sign(access_claims(iss=app.pool.issuer), kid=f"forged-{number}"))
    assert code_of(signed_out(app, tokens, refresh=False)) == (503, "keys_unavailable")
    keys._fetch = fetch
    assert signed_out(app, tokens, refresh=False).status_code == 200
    assert code_of(app.me(tokens["access_token"])) == REVOKED


def test_without_keys_a_refresh_token_alone_is_revoked(new_app: NewApp) -> None:
    app = new_app("local")
    tokens = app.sign_in().json()
    with without_keys(app):
        answer = app.post("/sign-out", refresh_token=tokens["refresh_token"])
    assert (answer.status_code, answer.json()["refresh_token_revoked"]) == (200, True)


@pytest.mark.parametrize("mode", ["off", *MODES])
def test_an_id_token_signs_nobody_out(new_app: NewApp, mode: str) -> None:
    """It does not say until when the access token lives, so no promise could be made."""
    app = new_app(mode)
    tokens = app.sign_in().json()
    answer = signed_out(app, tokens | {"access_token": tokens["id_token"]})
    assert code_of(answer) == (401, "invalid_token_use")
    assert app.me(tokens["access_token"]).status_code == 200
    # Nothing has changed at Cognito, so the client may do it right.
    assert app.post("/refresh", refresh_token=tokens["refresh_token"]).status_code == 200


def test_two_authorization_headers_sign_nobody_out(new_app: NewApp) -> None:
    app = new_app("local")
    token = app.access_token()
    header = ("Authorization", f"Bearer {token}")
    answer = app.http.post("/auth/sign-out", json={}, headers=[header, header])
    assert code_of(answer) == (401, "invalid_token")


def by_sdk(app: App, operation: str, body: Any) -> Response:
    return app.http.post(
        "/cognito/",
        content=json.dumps(body),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        },
    )


@pytest.mark.parametrize("operation", ["GlobalSignOut", "DeleteUser"])
@pytest.mark.parametrize("mode", MODES)
def test_what_an_sdk_ends_waits_for_the_keys(new_app: NewApp, mode: str, operation: str) -> None:
    """Cognito would refuse the token at a second try, so it is not asked before the list can be told."""
    app = new_app(mode)
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    token = app.access_token()
    calls = app.calls()
    with without_keys(app):
        answer = by_sdk(app, operation, {"AccessToken": token})
        assert (answer.status_code, answer.json()["__type"]) == (500, "InternalErrorException")
        assert calls == []
    assert by_sdk(app, operation, {"AccessToken": token}).status_code == 200
    assert code_of(app.me(token)) == REVOKED


def test_without_a_list_what_an_sdk_ends_does_not_wait_for_the_keys(new_app: NewApp) -> None:
    app = new_app("off")
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    token = app.access_token()
    with without_keys(app):
        assert by_sdk(app, "GlobalSignOut", {"AccessToken": token}).status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"AccessToken": 1}, {"AccessToken": "a.b.c"}])
def test_a_token_that_an_sdk_does_not_have_ends_nothing(new_app: NewApp, body: Any) -> None:
    app = new_app("local")
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    assert by_sdk(app, "GlobalSignOut", body).status_code == 400


# What gets lost on the way back from Cognito


def losing_answers(app: App, operation: str, status: int) -> list[str]:
    """Let the pool do what it is asked, and lose its answer; return the calls of the operation."""
    asked: list[str] = []
    answer = app.pool.before_send

    def before_send(request: Any, **rest: Any) -> Any:
        response = answer(request, **rest)
        if request.headers["X-Amz-Target"].decode().endswith(f".{operation}"):
            asked.append(operation)
            response.status_code, response._content = status, b"<html>a gateway</html>"
        return response

    app.auth.pool._client._before_send = before_send
    app.auth.pool._client._clients.clear()
    return asked


ENDINGS: dict[str, tuple[str, str, str]] = {
    "DELETE /account": ("DELETE", "/account", "DeleteUser"),
    "sign-out everywhere": ("POST", "/account/sign-out-everywhere", "GlobalSignOut"),
}


@pytest.mark.parametrize("status", [200, 500, 502])
@pytest.mark.parametrize(("method", "path", "operation"), ENDINGS.values(), ids=ENDINGS.keys())
def test_what_cognito_did_without_an_answer_is_ended_in_the_app(
    new_app: NewApp, method: str, path: str, operation: str, status: int
) -> None:
    app = new_app("local")
    token, elsewhere = app.access_token(), app.access_token()
    asked = losing_answers(app, operation, status)
    lost = app.http.request(method, path, headers={"Authorization": f"Bearer {token}"})
    assert lost.status_code == 503
    assert asked == [operation]  # a second call would be refused, as if nothing had been done
    assert [code_of(app.me(held)) for held in (token, elsewhere)] == [REVOKED] * 2


@pytest.mark.parametrize("operation", ["DeleteUser", "GlobalSignOut"])
def test_the_wire_endpoint_ends_what_cognito_did_without_an_answer(new_app: NewApp, operation: str) -> None:
    app = new_app("local")
    app.app.include_router(app.auth.wire_router, prefix="/wire")
    token = app.access_token()
    losing_answers(app, operation, 500)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
    }
    lost = app.http.post("/wire/", content=json.dumps({"AccessToken": token}), headers=headers)
    assert lost.status_code == 500
    assert code_of(app.me(token)) == REVOKED


def test_a_sign_out_without_an_answer_has_ended_in_the_app_and_can_be_repeated(new_app: NewApp) -> None:
    app = new_app("local")
    tokens = app.sign_in().json()
    losing_answers(app, "RevokeToken", 200)
    assert signed_out(app, tokens).status_code == 503
    assert code_of(app.me(tokens["access_token"])) == REVOKED
    app.auth.pool._client._before_send = app.pool.before_send
    app.auth.pool._client._clients.clear()
    assert signed_out(app, tokens).status_code == 200
