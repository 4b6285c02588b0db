"""Who is let in to administer, and who is not, before the pool is asked for anything."""

import json
import logging
import time
from typing import Any

import jwt
import pytest
from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth, ConfigurationError, TrustedPool
from fastapi_cognito_auth.local import LocalUser
from tests.older import needs_openapi_of_scopes
from tests.routers.admin_kit import CHANGING, EVERYTHING, JOB, PEOPLE, READING, AdminApp, name_of
from tests.routers.kit import PASSWORD, code_of
from tests.routers.test_account_guard import signed
from tests.support import SIGNER, access_claims


@pytest.fixture(scope="module")
def shared() -> AdminApp:
    """For what is refused, and changes nothing."""
    return AdminApp()


@pytest.fixture(scope="module")
def bad_tokens(shared: AdminApp) -> dict[str, tuple[str | None, tuple[int, str]]]:
    root = shared.tokens()
    access: str = root["access_token"]
    revoked = shared.token("admin2")
    shared.call("AdminUserGlobalSignOut", Username="admin2")
    return {
        "nobody": (None, (401, "not_authenticated")),
        "an ordinary user": (shared.token("ada"), (403, "permission_denied")),
        "a member of another group": (shared.token("bob"), (403, "permission_denied")),
        "an ID token": (root["id_token"], (401, "invalid_token_use")),
        "a refresh token": (root["refresh_token"], (401, "invalid_token")),
        "a machine": (changed(shared, access, username=None), (401, "invalid_token_use")),
        "an actor": (changed(shared, access, act={"sub": "agent"}), (403, "permission_denied")),
        "a token of another pool": (
            changed(shared, access, iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"),
            (401, "invalid_issuer"),
        ),
        "an expired token": (changed(shared, access, exp=int(shared.clock.now) - 60), (401, "token_expired")),
        "a revoked token": (revoked, (401, "token_revoked")),
    }


def changed(app: AdminApp, token: str, **changes: Any) -> str:
    """Return the token with other claims, signed by the pool's own key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return signed(app.pool._plane.tokens.keys.access, **{**claims, **changes})


KINDS = (
    "nobody",
    "an ordinary user",
    "a member of another group",
    "an ID token",
    "a refresh token",
    "a machine",
    "an actor",
    "a token of another pool",
    "an expired token",
    "a revoked token",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("endpoint", EVERYTHING, ids=name_of)
def test_who_is_no_administrator_is_refused_before_the_pool_is_asked(
    shared: AdminApp, bad_tokens: dict[str, tuple[str | None, tuple[int, str]]], endpoint: Any, kind: str
) -> None:
    token, refusal = bad_tokens[kind]
    with shared.calls() as calls:
        assert shared.refused(token, *endpoint) == refusal
    assert {operation for operation, _ in calls} <= {"GetUser"}


def test_who_is_in_no_group_of_administrators_is_told_so_and_the_log_says_which_it_is(
    shared: AdminApp, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.refusals"):
        answer = shared.ask(shared.token("bob"), "POST", "/groups", {"name": "writers"})
    message = answer.json()["detail"]["message"]
    assert "members of a group" in message
    assert "admins" not in answer.text
    (record,) = caplog.records
    assert "(cognito:groups: found editors, wanted one of admins)" in record.getMessage()


@pytest.mark.parametrize("endpoint", CHANGING, ids=name_of)
def test_a_stale_sign_in_changes_nothing(endpoint: Any) -> None:
    app = stale_app()
    with app.calls() as calls:
        answer = app.ask(app.stale, *endpoint)
    assert code_of(answer) == (401, "step_up_required")
    assert 'max_age="900"' in answer.headers["WWW-Authenticate"]
    assert calls == []


class StaleApp(AdminApp):
    stale: str


_stale: list[StaleApp] = []


def stale_app() -> StaleApp:
    if not _stale:
        app = StaleApp()
        tokens = app.tokens()
        app.clock.advance(901)
        refreshed = app.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        app.stale = refreshed.json()["access_token"]
        _stale.append(app)
    return _stale[0]


@pytest.mark.parametrize("endpoint", READING, ids=name_of)
def test_a_stale_sign_in_may_read(endpoint: tuple[str, str]) -> None:
    app = stale_app()
    assert app.ask(app.stale, *endpoint).status_code not in {401, 403}


@pytest.mark.parametrize("endpoint", READING, ids=name_of)
def test_who_may_read_sees_what_administrators_see(shared: AdminApp, endpoint: tuple[str, str]) -> None:
    auditor, root = shared.token("auditor"), shared.token()
    seen = shared.ask(auditor, *endpoint)
    assert seen.status_code == shared.ask(root, *endpoint).status_code
    assert seen.status_code not in {401, 403}


@pytest.mark.parametrize("endpoint", CHANGING, ids=name_of)
def test_who_may_read_changes_nothing(shared: AdminApp, endpoint: Any) -> None:
    token = shared.token("auditor")
    with shared.calls() as calls:
        assert shared.refused(token, *endpoint) == (403, "permission_denied")
    assert calls == []


def test_nobody_but_the_groups_named_is_an_administrator() -> None:
    app = AdminApp(settings={"admin_groups": "staff,owners"})
    assert app.refused(app.token("root"), "GET", "/users") == (403, "permission_denied")
    app.call("CreateGroup", GroupName="owners")
    app.call("AdminAddUserToGroup", GroupName="owners", Username="ada")
    assert app.ask(app.token("ada"), "GET", "/users").status_code == 200


def test_a_group_that_is_spelled_otherwise_is_another_one() -> None:
    app = AdminApp([LocalUser("eve", password=PASSWORD, groups=("Admins", "admins2", "ADMINS"))])
    assert app.refused(app.token("eve"), "GET", "/users") == (403, "permission_denied")


def test_administrators_of_a_trusted_pool_are_none_of_this_one() -> None:
    pool_id = "eu-west-1_Staff"
    staff = TrustedPool(
        user_pool_id=pool_id,
        client_ids=["1staff"],
        group_prefix="",
        scopes=["aws.cognito.signin.user.admin"],
        key_set=json.dumps({"keys": [SIGNER.jwk()]}),
    )
    app = AdminApp(settings={"trusted_pools": [staff]})
    issuer = f"https://cognito-idp.eu-west-1.amazonaws.com/{pool_id}"
    groups = {"cognito:groups": ["admins"]}
    token = SIGNER.sign(access_claims(iss=issuer, client_id="1staff", **groups))
    assert app.refused(token, "GET", "/users") == (401, "invalid_issuer")
    assert app.ask(app.token(), "GET", "/users").status_code == 200


def test_the_scopes_of_a_group_make_nobody_an_administrator() -> None:
    app = AdminApp()
    token = changed(app, app.token("ada"), scope="aws.cognito.signin.user.admin admins")
    assert app.refused(token, "GET", "/users") == (403, "permission_denied")


def test_an_administrator_who_was_disabled_a_moment_ago_changes_nothing() -> None:
    app = AdminApp()
    token = app.token()
    assert app.ask(token, "POST", "/groups", {"name": "first"}).status_code == 201
    app.call("AdminDisableUser", Username="root")
    assert app.refused(token, "POST", "/groups", {"name": "second"}) == (401, "token_revoked")
    assert app.refused(token, "DELETE", "/users/ada?confirm=ada") == (401, "token_revoked")


def test_an_administrator_who_was_deleted_is_nobody_and_not_a_user_who_is_missing() -> None:
    app = AdminApp()
    token = app.token()
    app.call("AdminDeleteUser", Username="root")
    assert app.refused(token, "POST", "/users/ada/disable") == (401, "token_revoked")


def test_reading_ends_when_what_cognito_said_is_too_old() -> None:
    app = AdminApp()
    token = app.token()
    assert app.ask(token, "GET", "/users").status_code == 200
    app.call("AdminUserGlobalSignOut", Username="root")
    app.clock.advance(31)
    assert app.refused(token, "GET", "/users") == (401, "token_revoked")


@pytest.mark.parametrize("scope", ["openid", "orders/read", "aws.cognito.signin.user.administrator", ""])
@pytest.mark.parametrize("endpoint", EVERYTHING, ids=name_of)
def test_a_token_that_was_narrowed_administers_nothing(shared: AdminApp, endpoint: Any, scope: str) -> None:
    """It may not even change the account of its own user, and nobody knows whether it was revoked."""
    token = changed(shared, shared.token(), scope=scope)
    with shared.calls() as calls:
        answer = shared.ask(token, *endpoint)
    assert code_of(answer) == (403, "permission_denied")
    assert 'scope="aws.cognito.signin.user.admin"' in answer.headers["WWW-Authenticate"]
    assert calls == []


def test_no_recent_sign_in_is_asked_for_where_that_is_switched_off() -> None:
    app = AdminApp(settings={"admin_fresh_sign_in_max_age": "off"})
    token = app.token()
    app.clock.advance(3000)
    assert app.ask(token, "POST", "/groups", {"name": "first"}).status_code == 201


def test_no_group_at_all_is_a_mistake_and_not_an_open_door() -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_ADMIN_GROUPS is empty"):
        _ = CognitoAuth.local(settings={"admin_groups": ()}).admin_router


def test_where_only_readers_are_named_nobody_changes_anything() -> None:
    app = AdminApp(settings={"admin_groups": (), "admin_read_groups": ("auditors", "admins")})
    assert app.ask(app.token(), "GET", "/users").status_code == 200
    assert app.refused(app.token(), "POST", "/groups", {"name": "x"}) == (403, "permission_denied")


def test_every_endpoint_is_in_the_lists_that_are_tried_here(shared: AdminApp) -> None:
    """So no endpoint of the router is left without a guard."""
    samples = {
        "ada": "{username}",
        "editors": "{group}",
        "bob": "{username}",
        "Google": "{provider}",
        "1": "{event_id}",
        JOB: "{job_id}",
    }

    def as_written(path: str) -> str:
        parts = path.partition("?")[0].split("/")
        return "/".join(
            "{key}"
            if part.startswith("us-east-1_")
            else "{session_id}"
            if part.startswith("tkn")
            else samples.get(part, part)
            for part in parts
        )

    tried = {f"{method} {as_written(path)}" for method, path, _ in EVERYTHING}
    real = {
        f"{method.upper()} {path.removeprefix('/admin')}"
        for path, operations in shared.app.openapi()["paths"].items()
        if path.startswith("/admin")
        for method in operations
    }
    assert tried == real


@needs_openapi_of_scopes
def test_every_endpoint_asks_for_a_token_in_openapi(shared: AdminApp) -> None:
    for path, operations in shared.app.openapi()["paths"].items():
        if path.startswith("/admin"):
            for operation in operations.values():
                ways = {name for way in operation["security"] for name in way}
                assert ways == {"CognitoAuth", "CognitoAccessToken"}, path
                assert operation["tags"] == ["admin"], path


def test_building_the_router_is_quick_enough_for_an_app_that_starts() -> None:
    auth = CognitoAuth.local(users=PEOPLE)
    began = time.process_time()
    FastAPI().include_router(auth.admin_router, prefix="/admin")
    assert time.process_time() - began < 5
