"""Refresh and sign-out, over HTTP."""

import asyncio

import pytest

from tests.routers.kit import App, code_of
from tests.support import KeyServer


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


def test_a_refresh_token_gives_new_tokens(app: App) -> None:
    old = app.sign_in().json()
    app.clock.advance(60)
    new = app.post("/refresh", refresh_token=old["refresh_token"]).json()
    assert new["access_token"] != old["access_token"]
    assert app.me(new["access_token"]).status_code == 200


def test_a_refresh_keeps_the_time_of_the_sign_in(app: App) -> None:
    old = app.sign_in().json()
    app.clock.advance(60)
    new = app.post("/refresh", refresh_token=old["refresh_token"]).json()
    first, second = (app.me(tokens["access_token"]).json() for tokens in (old, new))
    assert first["auth_time"] == second["auth_time"]


def test_a_group_counts_after_a_refresh(app: App) -> None:
    old = app.sign_in().json()
    app.pool.call("CreateGroup", {"UserPoolId": app.pool.user_pool_id, "GroupName": "analysts"})
    asyncio.run(app.auth.pool.call("AdminAddUserToGroup", Username="ada", GroupName="analysts"))
    assert app.me(old["access_token"]).json()["groups"] == []
    new = app.post("/refresh", refresh_token=old["refresh_token"]).json()
    assert app.me(new["access_token"]).json()["groups"] == ["analysts"]


@pytest.mark.parametrize("token", ["nonsense", "a.b.c.d.e", "x" * 8192])
def test_a_made_up_refresh_token_is_refused(app: App, token: str) -> None:
    assert code_of(app.post("/refresh", refresh_token=token)) == (401, "not_authorized")


@pytest.mark.parametrize("token", ["", "a b", "x" * 8193, "é"])
def test_what_cannot_be_a_refresh_token_is_422(app: App, token: str) -> None:
    assert code_of(app.post("/refresh", refresh_token=token)) == (422, "invalid_request")


def test_an_access_token_refreshes_nothing(app: App) -> None:
    token = app.sign_in().json()["access_token"]
    assert code_of(app.post("/refresh", refresh_token=token)) == (401, "not_authorized")


def test_a_refresh_token_of_another_pool_is_refused(app: App) -> None:
    token = App().sign_in().json()["refresh_token"]
    assert code_of(app.post("/refresh", refresh_token=token)) == (401, "not_authorized")


def test_a_refresh_token_expires(app: App) -> None:
    token = app.sign_in().json()["refresh_token"]
    app.clock.advance(30 * 86_400 + 1)
    assert code_of(app.post("/refresh", refresh_token=token)) == (401, "not_authorized")


def test_after_sign_out_the_refresh_token_is_refused(app: App) -> None:
    tokens = app.sign_in().json()
    answer = app.post("/sign-out", refresh_token=tokens["refresh_token"]).json()
    assert answer == {
        "status": "signed_out",
        "refresh_token_revoked": True,
        "access_token_valid_until": None,
    }
    assert code_of(app.post("/refresh", refresh_token=tokens["refresh_token"])) == (401, "not_authorized")


def test_sign_out_says_until_when_the_access_token_stays_valid(app: App) -> None:
    tokens = app.sign_in().json()
    answer = app.http.post(
        "/auth/sign-out",
        json={"refresh_token": tokens["refresh_token"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.json()["access_token_valid_until"] == app.clock.now + 3600
    assert app.me(tokens["access_token"]).status_code == 200


def test_sign_out_without_a_refresh_token_claims_nothing(app: App) -> None:
    assert app.post("/sign-out").json()["refresh_token_revoked"] is False
    assert app.http.post("/auth/sign-out").json()["refresh_token_revoked"] is False


def test_an_expired_access_token_does_not_keep_anybody_from_signing_out(app: App) -> None:
    tokens = app.sign_in().json()
    app.clock.advance(7200)
    answer = app.http.post(
        "/auth/sign-out",
        json={"refresh_token": tokens["refresh_token"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert (answer.status_code, answer.json()["access_token_valid_until"]) == (200, None)


def test_signing_out_twice_is_no_error(app: App) -> None:
    token = app.sign_in().json()["refresh_token"]
    assert [app.post("/sign-out", refresh_token=token).status_code for _ in range(2)] == [200, 200]


def test_an_access_token_is_no_refresh_token_to_revoke(app: App) -> None:
    token = app.sign_in().json()["access_token"]
    assert code_of(app.post("/sign-out", refresh_token=token)) == (400, "unsupported_token_type")


def test_one_sign_out_leaves_other_sign_ins_alone(app: App) -> None:
    first, second = app.sign_in().json(), app.sign_in().json()
    app.post("/sign-out", refresh_token=first["refresh_token"])
    assert app.post("/refresh", refresh_token=second["refresh_token"]).status_code == 200


def test_a_disabled_user_refreshes_nothing(app: App) -> None:
    token = app.sign_in().json()["refresh_token"]
    app.pool.call("AdminDisableUser", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    assert code_of(app.post("/refresh", refresh_token=token)) == (401, "not_authorized")


def test_signing_out_does_not_wait_for_the_keys(app: App) -> None:
    tokens = app.sign_in().json()
    server = KeyServer()
    server.down = True
    app.auth.keys._fetch = server
    answer = app.http.post(
        "/auth/sign-out",
        json={"refresh_token": tokens["refresh_token"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.json() == {
        "status": "signed_out",
        "refresh_token_revoked": True,
        # What it says of itself is not believed: no token of a pool lives longer than a day.
        "access_token_valid_until": app.clock.now + 86_400,
    }
