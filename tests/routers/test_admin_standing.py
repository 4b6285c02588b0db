"""Who is no administrator any more: what the pool knows counts, and not what the token says."""

from itertools import count
from typing import Any

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.older import needs
from tests.routers.admin_kit import GUARD, OTHER_ADMIN, ROOT, AdminApp, name_of
from tests.routers.kit import NEW_PASSWORD, PASSWORD, code_of
from tests.routers.pool_kit import PoolApp

REVOKED = (401, "token_revoked")
VERIFIED = {"Name": "email_verified", "Value": "true"}
_numbers = count()


@pytest.fixture(scope="module")
def shared() -> PoolApp:
    """Keeps profiles for an hour."""
    return PoolApp(
        settings={
            "admin_read_groups": ("auditors",),
            "pool_admin_groups": ("owners",),
            "profile_max_age": 3600,
        }
    )


def somebody(app: AdminApp, *groups: str) -> str:
    """Add somebody to the pool, and return the name."""
    name = f"somebody{next(_numbers)}"
    address = {"Name": "email", "Value": f"{name}@example.com"}
    app.call("AdminCreateUser", Username=name, MessageAction="SUPPRESS", UserAttributes=[address, VERIFIED])
    app.call("AdminSetUserPassword", Username=name, Password=PASSWORD, Permanent=True)
    for group in groups:
        app.call("AdminAddUserToGroup", Username=name, GroupName=group)
    return name


def demoted(app: AdminApp, username: str, group: str) -> None:
    """Take somebody out of a group as at the AWS console, where nobody is signed out by it."""
    app.call("AdminRemoveUserFromGroup", Username=username, GroupName=group)


def test_who_was_taken_out_of_the_group_elsewhere_does_not_put_herself_back(shared: PoolApp) -> None:
    name = somebody(shared, "admins")
    token = shared.token(name)
    demoted(shared, name, "admins")
    assert shared.refused(token, "PUT", f"/groups/admins/users/{name}") == REVOKED
    assert shared.refused(shared.token(name), "GET", "/users") == (403, "permission_denied")


def test_a_group_that_was_deleted_elsewhere_makes_nobody_an_administrator() -> None:
    app = AdminApp([ROOT])
    token = app.token()
    app.call("DeleteGroup", GroupName="admins")
    assert app.refused(token, "POST", "/groups", {"name": "admins"}) == REVOKED


def test_who_may_still_read_is_told_that_changing_is_over(shared: PoolApp) -> None:
    name = somebody(shared, "admins", "auditors")
    token = shared.token(name)
    demoted(shared, name, "admins")
    assert shared.refused(token, "POST", "/groups", {"name": "x"}) == REVOKED
    assert shared.ask(token, "GET", "/groups").status_code == 200


def test_who_was_taken_out_of_the_group_of_the_pool_elsewhere_configures_nothing(shared: PoolApp) -> None:
    name = somebody(shared, "owners")
    token = shared.token(name)
    demoted(shared, name, "owners")
    assert code_of(shared.configure(token, "POST", "/clients", {"client_name": "x"})) == REVOKED
    assert code_of(shared.configure(token, "GET", "/pool")) == REVOKED


def test_who_was_one_of_the_pool_until_a_moment_ago_is_kept_from_its_administrators(shared: PoolApp) -> None:
    name = somebody(shared, "admins", "owners")
    token = shared.token(name)
    assert shared.ask(token, "POST", "/users/owner2/enable").status_code == 204
    demoted(shared, name, "owners")
    assert shared.refused(token, "POST", "/users/owner/disable") == (403, "permission_denied")
    assert shared.refused(token, "PUT", f"/groups/owners/users/{name}") == (403, "permission_denied")


def test_reading_goes_by_what_the_pool_said_half_a_minute_ago_at_most(shared: PoolApp) -> None:
    name = somebody(shared, "admins")
    token = shared.token(name)
    assert shared.ask(token, "GET", "/groups").status_code == 200
    demoted(shared, name, "admins")
    shared.clock.advance(29)
    assert shared.ask(token, "GET", "/groups").status_code == 200
    shared.clock.advance(1)
    assert shared.refused(token, "GET", "/groups") == REVOKED


def test_where_no_profile_is_kept_reading_is_over_at_once() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN], settings={"profile_max_age": 0})
    token = app.token("admin2")
    assert app.ask(token, "GET", "/groups").status_code == 200
    demoted(app, "admin2", "admins")
    assert app.refused(token, "GET", "/groups") == REVOKED


def test_the_pool_is_asked_once_for_many_readings(shared: PoolApp) -> None:
    token = shared.token("admin2")
    with shared.calls() as calls:
        for _ in range(3):
            shared.ask(token, "GET", "/groups")
    assert [name for name, _ in calls] == ["GetUser", "AdminListGroupsForUser", *["ListGroups"] * 3]


ENDING: list[tuple[str, str, Any]] = [
    ("DELETE", "/users/{name}?confirm={name}", None),
    ("POST", "/users/{name}/disable", None),
    ("POST", "/users/{name}/reset-password", None),
    ("PUT", "/users/{name}/password", {"password": NEW_PASSWORD, "permanent": True}),
    ("POST", "/users/{name}/sign-out", None),
    ("DELETE", "/groups/auditors/users/{name}", None),
    ("DELETE", "/groups/auditors?confirm=auditors&remove_members=true", None),
]


@pytest.mark.parametrize("endpoint", ENDING, ids=name_of)
def test_what_an_administrator_ends_is_over_at_once_also_for_reading(shared: PoolApp, endpoint: Any) -> None:
    method, path, body = endpoint
    name = somebody(shared, "auditors")
    token = shared.token(name)
    assert shared.ask(token, "GET", "/groups").status_code == 200
    assert shared.ask(shared.token(), method, path.format(name=name), body).status_code in {200, 204}
    assert shared.refused(token, "GET", "/groups") == REVOKED


@needs("AdminListUserSessions")
def test_a_login_that_an_administrator_ends_reads_nothing_more() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN], max_sessions_per_user=5)
    token = app.token("admin2")
    assert app.ask(token, "GET", "/groups").status_code == 200
    root = app.token()
    (session,) = app.ask(root, "GET", "/users/admin2/sessions").json()["items"]
    assert app.ask(root, "DELETE", f"/users/admin2/sessions/{session['session_id']}").status_code == 204
    assert app.refused(token, "GET", "/groups") == REVOKED


@pytest.mark.parametrize("path", ["/auth/sign-out", "/account/sign-out-everywhere"])
def test_an_administrator_who_signs_out_leaves_no_token_that_reads(shared: PoolApp, path: str) -> None:
    tokens = shared.tokens(somebody(shared, "admins"))
    token = tokens["access_token"]
    assert shared.ask(token, "GET", "/groups").status_code == 200
    body = {"refresh_token": tokens["refresh_token"]} if path.startswith("/auth") else None
    signed_out = shared.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    assert signed_out.status_code == 200
    assert shared.refused(token, "GET", "/groups") == REVOKED


def test_what_the_pool_said_before_the_end_is_not_remembered_after_it(shared: PoolApp) -> None:
    """The question is under way while an administrator takes the user out."""
    name = somebody(shared, "admins")
    token, root, call = shared.token(name), shared.token(), shared.pool.call
    ended: list[int] = []

    def slow(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = call(operation, params)
        if operation == "AdminListGroupsForUser" and not ended:
            ended.append(0)
            ended[0] = shared.ask(root, "POST", f"/users/{name}/disable").status_code
        return answer

    shared.pool.call = slow  # type: ignore[method-assign]
    try:
        shared.ask(token, "GET", "/groups")
    finally:
        shared.pool.call = call  # type: ignore[method-assign]
    assert ended == [200]
    assert shared.refused(token, "GET", "/groups") == REVOKED


@pytest.mark.parametrize("refusal", ["AccessDeniedException", "NotAuthorizedException"])
def test_where_the_app_may_not_ask_for_groups_nobody_is_let_in(shared: PoolApp, refusal: str) -> None:
    """And nobody is sent to sign in again for that."""
    token, call = shared.token(somebody(shared, "admins")), shared.pool.call

    def denied(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "AdminListGroupsForUser":
            raise ServiceError(refusal, "not allowed")
        return call(operation, params)

    shared.pool.call = denied  # type: ignore[method-assign]
    try:
        for method, path, body in (("GET", "/groups", None), ("POST", "/groups", {"name": "x"})):
            assert shared.refused(token, method, path, body) == (503, "access_denied")
    finally:
        shared.pool.call = call  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def impatient() -> AdminApp:
    return AdminApp([ROOT], settings={"max_attempts": 1})


@pytest.mark.parametrize("operation", sorted(GUARD))
@pytest.mark.parametrize(
    "answer",
    [
        ServiceError("TooManyRequestsException", "No."),
        ServiceError("InternalErrorException", "No."),
        ServiceError("ResourceNotFoundException", "No."),
        ServiceError("AccessDeniedException", "No."),
        ServiceError("SomethingElseException", "No."),
        {},
        {"Groups": [{"Description": "admins"}], "Username": None},
        {"Groups": [], "NextToken": "round and round"},
    ],
    ids=["busy", "fault", "gone", "denied", "unknown", "nothing", "nameless", "endless"],
)
def test_where_the_pool_does_not_say_who_it_is_nobody_gets_in(
    impatient: AdminApp, monkeypatch: pytest.MonkeyPatch, operation: str, answer: Any
) -> None:
    token, call = impatient.token(), impatient.pool.call

    def unsaid(asked: str, params: dict[str, Any]) -> dict[str, Any]:
        if asked != operation:
            return call(asked, params)
        if isinstance(answer, ServiceError):
            raise answer
        return dict(answer)

    monkeypatch.setattr(impatient.pool, "call", unsaid)
    assert impatient.ask(token, "POST", "/groups", {"name": "x"}).is_error
    assert impatient.ask(token, "GET", "/groups").is_error
    monkeypatch.undo()
    assert impatient.refused(impatient.token(), "GET", "/groups/x") == (404, "resource_not_found")
