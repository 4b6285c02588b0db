"""What administrators cannot do to themselves, what ends with what they do, and what is told of it."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.routers.admin_kit import ADA, BOB, GUARD, OTHER_ADMIN, ROOT, AdminApp, name_of
from tests.routers.kit import NEW_PASSWORD, PASSWORD, code_of
from tests.support import Clock

REVOKING = {"revocation": "local", "admin_read_groups": ("auditors",)}


@pytest.fixture(scope="module")
def shared() -> AdminApp:
    """For what is refused, and changes nothing."""
    aliases = LocalUser(
        "Lady/Ada", password=PASSWORD, groups=("admins",), attributes={"email": "lady@example.com"}
    )
    return AdminApp([aliases, ROOT, ADA], alias_attributes=["email"])


OWN: list[tuple[str, str, Any]] = [
    ("DELETE", "/users/{name}?confirm={name}", None),
    ("POST", "/users/{name}/disable", None),
    ("POST", "/users/{name}/reset-password", None),
    ("PUT", "/users/{name}/password", {"password": NEW_PASSWORD}),
    ("POST", "/users/{name}/sign-out", None),
    ("DELETE", "/users/{name}/identities/Cognito", None),
    ("DELETE", "/groups/admins/users/{name}", None),
]


@pytest.mark.parametrize("how", ["username", "sub", "alias"])
@pytest.mark.parametrize("endpoint", OWN, ids=name_of)
def test_an_administrator_cannot_lock_herself_out_by_any_of_her_names(
    shared: AdminApp, endpoint: Any, how: str
) -> None:
    method, path, body = endpoint
    token = shared.token("Lady/Ada")
    sub = shared.call("AdminGetUser", Username="Lady/Ada")["UserAttributes"][0]["Value"]
    name = {"username": "Lady%2FAda", "sub": sub, "alias": "lady%40example.com"}[how]
    with shared.calls() as calls:
        answer = shared.ask(token, method, path.format(name=name), body)
    assert code_of(answer) == (409, "own_account")
    assert {operation for operation, _ in calls} <= {*GUARD, "AdminGetUser"}


@pytest.mark.parametrize("query", ["", "&remove_members=true"])
def test_a_group_that_makes_administrators_is_not_deleted(shared: AdminApp, query: str) -> None:
    answer = shared.ask(shared.token(), "DELETE", f"/groups/admins?confirm=admins{query}")
    assert code_of(answer) == (409, "own_account")
    assert {user["Username"] for user in shared.call("ListUsersInGroup", GroupName="admins")["Users"]} == {
        "root",
        "Lady/Ada",
    }


def test_an_administrator_may_leave_other_groups() -> None:
    app = AdminApp([LocalUser("root", password=PASSWORD, groups=("admins", "editors"))])
    assert app.ask(app.token(), "DELETE", "/groups/editors/users/root").status_code == 200


def test_an_administrator_may_change_her_own_name() -> None:
    app = AdminApp([ROOT])
    body = {"attributes": {"name": "Root"}}
    assert app.ask(app.token(), "PATCH", "/users/root/attributes", body).status_code == 204


# What was issued to somebody ends.

ENDING: list[tuple[str, str, Any]] = [
    ("DELETE", "/users/ada?confirm=ada", None),
    ("POST", "/users/ada/disable", None),
    ("POST", "/users/ada/reset-password", None),
    ("PUT", "/users/ada/password", {"password": NEW_PASSWORD, "permanent": True}),
    ("POST", "/users/ada/sign-out", None),
]


@pytest.mark.parametrize("endpoint", ENDING, ids=name_of)
def test_what_is_done_to_a_user_ends_every_token_of_that_user(endpoint: Any) -> None:
    app = AdminApp([ROOT, ADA, BOB], settings=REVOKING)  # type: ignore[arg-type]
    ada, bob, root = app.tokens("ada"), app.token("bob"), app.token()
    assert app.me(ada["access_token"]) == 200
    answer = app.ask(root, *endpoint)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "access_ended",
        # The list is in the memory of this worker alone.
        "access_tokens_valid_until": int(app.clock.now) + 3600,
        "cookie_sessions_ended": None,
    }
    assert app.me(ada["access_token"]) == 401
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": ada["refresh_token"]})
    assert code_of(refreshed) == (401, "not_authorized")
    assert (app.me(bob), app.me(root)) == (200, 200)


def test_who_is_taken_out_of_a_group_gets_new_tokens_without_it() -> None:
    app = AdminApp([ROOT, BOB], settings=REVOKING)  # type: ignore[arg-type]
    bob, root = app.tokens("bob"), app.token()
    assert app.ask(root, "DELETE", "/groups/editors/users/bob").status_code == 200
    assert app.me(bob["access_token"]) == 401
    app.clock.advance(1)
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": bob["refresh_token"]})
    assert app.me(refreshed.json()["access_token"]) == 200


@pytest.mark.parametrize("group", ["admins", "auditors"])
def test_who_is_no_administrator_any_more_is_signed_out_and_does_nothing_at_once(group: str) -> None:
    """Without any list of revocations: Cognito itself refuses the token."""
    other = LocalUser("other", password=PASSWORD, groups=("admins", "auditors"))
    app = AdminApp([ROOT, other, ADA])
    tokens = app.tokens("other")
    assert app.ask(app.token(), "DELETE", f"/groups/{group}/users/other").status_code == 200
    assert app.refused(tokens["access_token"], "POST", "/users/ada/disable") == (401, "token_revoked")
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 401


def test_members_of_a_group_that_is_deleted_lose_their_tokens_one_by_one() -> None:
    names = [f"user{number}" for number in range(3)]
    people = [LocalUser(name, password=PASSWORD, groups=("editors",)) for name in names]
    app = AdminApp([ROOT, *people], settings=REVOKING)  # type: ignore[arg-type]
    tokens, root = [app.token(name) for name in names], app.token()
    assert app.refused(root, "DELETE", "/groups/editors?confirm=editors") == (409, "group_not_empty")
    refused = app.ask(root, "DELETE", "/groups/editors?confirm=editors").json()["detail"]
    assert "remove_members=true" in refused["message"]
    assert [app.me(token) for token in tokens] == [200, 200, 200]
    answer = app.ask(root, "DELETE", "/groups/editors?confirm=editors&remove_members=true")
    assert answer.status_code == 204
    assert [app.me(token) for token in tokens] == [401, 401, 401]
    assert app.refused(root, "GET", "/groups/editors") == (404, "resource_not_found")


def test_a_group_of_many_pages_is_emptied() -> None:
    app = AdminApp([ROOT])
    app.call("CreateGroup", GroupName="crowd")
    for number in range(65):
        app.call("AdminCreateUser", Username=f"user{number}", MessageAction="SUPPRESS")
        app.call("AdminAddUserToGroup", Username=f"user{number}", GroupName="crowd")
    answer = app.ask(app.token(), "DELETE", "/groups/crowd?confirm=crowd&remove_members=true")
    assert answer.status_code == 204


def test_a_member_who_stays_listed_ends_the_request_and_not_the_worker() -> None:
    app = AdminApp([ROOT, BOB])
    token, call = app.token(), app.pool.call

    def deaf(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return {} if operation == "AdminRemoveUserFromGroup" else call(operation, params)

    app.pool.call = deaf  # type: ignore[method-assign]
    path = "/groups/editors?confirm=editors&remove_members=true"
    assert app.refused(token, "DELETE", path) == (503, "user_pool_unavailable")


def test_a_new_password_is_no_way_for_who_has_stolen_the_old_tokens() -> None:
    """Cognito alone leaves refresh tokens valid when an administrator sets a password."""
    app = AdminApp([ROOT, ADA])
    ada = app.tokens("ada")
    body = {"password": NEW_PASSWORD, "permanent": True}
    assert app.ask(app.token(), "PUT", "/users/ada/password", body).status_code == 200
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": ada["refresh_token"]})
    assert refreshed.status_code == 401
    assert app.tokens("ada", NEW_PASSWORD)["status"] == "signed_in"


def test_what_cognito_has_done_though_its_answer_was_lost_ends_the_tokens() -> None:
    app = AdminApp([ROOT, ADA], settings={**REVOKING, "max_attempts": 1})  # type: ignore[arg-type]
    ada, root, call = app.token("ada"), app.token(), app.pool.call

    def lossy(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = call(operation, params)
        if operation == "AdminDisableUser":
            raise OSError("the connection is gone")
        return answer

    app.pool.call = lossy  # type: ignore[method-assign]
    assert app.refused(root, "POST", "/users/ada/disable")[0] == 503
    assert app.call("AdminGetUser", Username="ada")["Enabled"] is False
    assert app.me(ada) == 401


@pytest.mark.parametrize("endpoint", [ENDING[3], ("DELETE", "/groups/admins/users/ada", None)], ids=name_of)
def test_what_is_done_in_two_steps_ends_the_tokens_if_the_second_fails(endpoint: Any) -> None:
    ada = LocalUser("ada", password=PASSWORD, groups=("admins",))
    app = AdminApp([ROOT, ada], settings={**REVOKING, "max_attempts": 1})  # type: ignore[arg-type]
    token, root, call = app.token("ada"), app.token(), app.pool.call

    def busy(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminUserGlobalSignOut":
            raise ServiceError("TooManyRequestsException", "Rate exceeded")
        return call(operation, params)

    app.pool.call = busy  # type: ignore[method-assign]
    assert app.refused(root, *endpoint) == (429, "too_many_requests")
    assert app.me(token) == 401


def test_a_user_in_a_state_that_does_not_allow_it_sends_nobody_to_sign_in_again(shared: AdminApp) -> None:
    """Cognito calls it NotAuthorizedException, and 401 would be about the administrator."""
    answer = shared.ask(shared.token(), "POST", "/users/ada/confirm")
    assert code_of(answer) == (400, "unsupported_user_state")
    assert "WWW-Authenticate" not in answer.headers


# Everything is told.


class Told(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def told() -> Iterator[list[logging.LogRecord]]:
    handler, logger = Told(), logging.getLogger("fastapi_cognito_auth.admin")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield handler.records
    logger.removeHandler(handler)
    logger.setLevel(level)


def fields(record: logging.LogRecord, *names: str) -> list[Any]:
    return [getattr(record, name) for name in names]


def test_a_change_is_one_record_that_says_who_what_to_whom_and_how_it_ended(
    told: list[logging.LogRecord],
) -> None:
    app = AdminApp([ROOT, ADA])
    token = app.token()
    app.ask(token, "POST", "/users/ada/disable")
    (record,) = told
    root, ada = (
        app.call("AdminGetUser", Username=name)["UserAttributes"][0]["Value"] for name in ("root", "ada")
    )
    assert fields(record, "action", "outcome", "actor_username", "actor_sub", "user", "user_sub") == [
        "disable_user",
        "ok",
        "root",
        root,
        "ada",
        ada,
    ]
    assert record.getMessage() == f"disable_user by root ({root}) from unknown to ada: ok"


@pytest.mark.parametrize(
    ("endpoint", "outcome"),
    [
        (("POST", "/users/nobody/disable", None), "user_not_found"),
        (("POST", "/users/root/disable", None), "own_account"),
        (("POST", "/users/ada/confirm", None), "unsupported_user_state"),
        (("PUT", "/users/ada/password", {"password": "short"}), "invalid_password"),
        (("DELETE", "/groups/admins?confirm=admins", None), "own_account"),
    ],
)
def test_a_change_that_was_refused_is_told_as_well(
    shared: AdminApp, told: list[logging.LogRecord], endpoint: Any, outcome: str
) -> None:
    shared.ask(shared.token(), *endpoint)
    assert [record.outcome for record in told] == [outcome]  # type: ignore[attr-defined]


def test_a_fault_is_told_by_its_kind_alone(told: list[logging.LogRecord]) -> None:
    app = AdminApp([ROOT, ADA], settings={"max_attempts": 1})
    token, call = app.token(), app.pool.call

    def faulty(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminEnableUser":
            raise ZeroDivisionError("a-secret-word")
        return call(operation, params)

    app.pool.call = faulty  # type: ignore[method-assign]
    assert app.refused(token, "POST", "/users/ada/enable")[0] == 503
    assert [record.outcome for record in told] == ["internal_error"]  # type: ignore[attr-defined]
    assert "a-secret-word" not in told[0].getMessage()


def test_reading_is_no_change(shared: AdminApp, told: list[logging.LogRecord]) -> None:
    shared.ask(shared.token(), "GET", "/users")
    assert told == []


def test_no_record_holds_a_password_or_what_an_attribute_became(told: list[logging.LogRecord]) -> None:
    app = AdminApp([ROOT, ADA])
    token = app.token()
    secrets = ("Very-secret-1!", "street of secrets", "hidden@example.com", "told-to-triggers")
    password, street, email, metadata = secrets
    given = {"client_metadata": {"x": metadata}}
    app.ask(
        token,
        "POST",
        "/users",
        {"username": "eve", "attributes": {"email": email}, "temporary_password": password, **given},
    )
    app.ask(token, "PATCH", "/users/ada/attributes", {"attributes": {"address": street}, **given})
    app.ask(token, "PUT", "/users/ada/password", {"password": password})
    app.ask(token, "POST", "/users/ada/identities", {"provider": "Google", "provider_user_id": street})
    assert len(told) == 4
    for record in told:
        assert not [secret for secret in secrets if secret in str(vars(record)) + record.getMessage()]
    assert fields(told[1], "names") == [("address",)]


def test_no_name_forges_a_line_of_the_log(told: list[logging.LogRecord]) -> None:
    app = AdminApp([ROOT])
    app.ask(app.token(), "POST", "/users/x%E2%80%A8y%0A%1B%5B31mz/enable")
    app.ask(app.token(), "POST", "/users/x%E2%80%A8y/disable")
    for record in told:
        assert record.getMessage().isprintable()


def test_the_address_is_that_of_the_client_behind_the_proxies_that_are_trusted(
    told: list[logging.LogRecord],
) -> None:
    app = AdminApp([ROOT, ADA], settings={"trusted_proxies": 1})
    headers = {"Authorization": f"Bearer {app.token()}", "X-Forwarded-For": "6.6.6.6, 192.0.2.7"}
    app.http.post("/admin/users/ada/enable", headers=headers)
    assert fields(told[0], "address") == ["192.0.2.7"]


def test_another_administrator_can_do_to_one_what_she_cannot_herself() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN], clock=Clock())
    token = app.token()
    assert app.ask(token, "POST", "/users/admin2/disable").status_code == 200
    assert app.ask(token, "DELETE", "/groups/admins/users/admin2").status_code == 200
    assert app.ask(token, "DELETE", "/users/admin2?confirm=admin2").status_code == 200
