"""Administrators of users are none of the pool, and cannot make themselves, or anybody, one."""

from typing import Any

import pytest

from tests.routers.admin_kit import CHANGING, name_of
from tests.routers.kit import PASSWORD, code_of
from tests.routers.pool_kit import PoolApp


@pytest.fixture(scope="module")
def shared() -> PoolApp:
    """For what is refused, and changes nothing."""
    return PoolApp()


@pytest.fixture(scope="module")
def root(shared: PoolApp) -> str:
    return shared.token()


OF_A_USER = [
    (
        method,
        path.replace("ada", "{name}").replace("/groups/editors/users/bob", "/groups/editors/users/{name}"),
        body,
    )
    for method, path, body in CHANGING
    if "/users/" in path
]


@pytest.mark.parametrize("how", ["username", "sub"])
@pytest.mark.parametrize("endpoint", OF_A_USER, ids=name_of)
def test_nothing_is_done_to_who_administers_the_pool(
    shared: PoolApp, root: str, endpoint: Any, how: str
) -> None:
    method, path, body = endpoint
    sub = shared.call("AdminGetUser", Username="owner")["UserAttributes"][0]["Value"]
    name = {"username": "owner", "sub": sub}[how]
    before = shared.call("AdminGetUser", Username="owner")
    assert shared.refused(root, method, path.format(name=name), body) == (403, "permission_denied")
    assert shared.call("AdminGetUser", Username="owner") == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/groups/owners/users/root", None),
        ("DELETE", "/groups/owners/users/owner2", None),
        ("PATCH", "/groups/owners", {"description": "mine"}),
        ("DELETE", "/groups/owners?confirm=owners", None),
        ("DELETE", "/groups/owners?confirm=owners&remove_members=true", None),
        ("POST", "/groups", {"name": "owners"}),
        ("POST", "/users", {"username": "mallory", "groups": ["editors", "owners"]}),
    ],
)
def test_nobody_makes_an_administrator_of_the_pool_without_being_one(
    shared: PoolApp, root: str, method: str, path: str, body: Any
) -> None:
    assert shared.refused(root, method, path, body) == (403, "permission_denied")
    members = shared.call("ListUsersInGroup", GroupName="owners")["Users"]
    assert {user["Username"] for user in members} == {"owner", "owner2"}
    assert shared.refused(root, "GET", "/users/mallory") == (404, "user_not_found")


def test_a_group_that_is_not_there_yet_is_not_made_either() -> None:
    app = PoolApp(settings={"pool_admin_groups": ["directors"]})
    assert app.refused(app.token(), "POST", "/groups", {"name": "directors"}) == (403, "permission_denied")


def test_who_administers_both_may_do_both() -> None:
    app = PoolApp(settings={"pool_admin_groups": ["admins"]})
    token = app.token()
    assert app.ask(token, "PUT", "/groups/admins/users/ada").status_code == 204
    assert app.ask(token, "POST", "/users/admin2/disable").status_code == 200


def test_who_administers_both_cannot_leave_the_group_of_the_pool_either() -> None:
    app = both()
    token = app.token("chief")
    assert app.refused(token, "DELETE", "/groups/owners/users/chief") == (409, "own_account")
    answer = app.ask(token, "DELETE", "/groups/owners?confirm=owners&remove_members=true")
    assert code_of(answer) == (409, "own_account")


def both() -> PoolApp:
    app = PoolApp()
    app.call("AdminCreateUser", Username="chief", MessageAction="SUPPRESS")
    app.call("AdminSetUserPassword", Username="chief", Password=PASSWORD, Permanent=True)
    for group in ("admins", "owners"):
        app.call("AdminAddUserToGroup", Username="chief", GroupName=group)
    return app


def test_who_is_no_administrator_of_the_pool_any_more_configures_nothing_at_once() -> None:
    """Without any list of revocations: Cognito itself refuses the token."""
    app = both()
    owner = app.token("owner")
    assert app.configure(owner, "POST", "/clients", {"client_name": "first"}).status_code == 201
    assert app.ask(app.token("chief"), "DELETE", "/groups/owners/users/owner").status_code == 200
    answer = app.configure(owner, "POST", "/clients", {"client_name": "second"})
    assert code_of(answer) == (401, "token_revoked")


def test_members_of_a_readers_group_that_is_deleted_see_nothing_any_more() -> None:
    app = PoolApp(settings={"admin_read_groups": ["auditors"]})
    auditor = app.token("auditor")
    path = "/groups/auditors?confirm=auditors&remove_members=true"
    assert app.ask(app.token(), "DELETE", path).status_code == 204
    assert app.refused(auditor, "GET", "/users") == (401, "token_revoked")


ROLE = "arn:aws:iam::123456789012:role/admin-of-the-account"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/groups", {"name": "powerful", "role_arn": ROLE}),
        ("PATCH", "/groups/editors", {"role_arn": ROLE}),
        ("PATCH", "/groups/editors", {"description": "mine", "role_arn": ROLE}),
        ("PATCH", "/groups/admins", {"role_arn": ROLE, "precedence": 0}),
    ],
)
def test_nobody_is_given_an_aws_role_by_who_administers_users_alone(
    shared: PoolApp, root: str, method: str, path: str, body: Any
) -> None:
    """An identity pool lets the members of a group act in AWS as the role that the group names."""
    assert shared.refused(root, method, path, body) == (403, "permission_denied")
    groups = shared.call("ListGroups")["Groups"]
    assert not [group for group in groups if "RoleArn" in group or group["GroupName"] == "powerful"]


def test_where_nobody_administers_the_pool_nobody_gives_a_role() -> None:
    app = PoolApp(settings={"pool_admin_groups": ()})
    answer = app.ask(app.token(), "POST", "/groups", {"name": "powerful", "role_arn": ROLE})
    assert code_of(answer) == (403, "permission_denied")
    assert "Only who administers the pool" in answer.json()["detail"]["message"]
    assert app.ask(app.token(), "POST", "/groups", {"name": "harmless"}).status_code == 201


def test_who_administers_both_gives_a_group_its_role() -> None:
    app = both()
    token = app.token("chief")
    made = app.ask(token, "POST", "/groups", {"name": "powerful", "role_arn": ROLE})
    assert (made.status_code, made.json()["role_arn"]) == (201, ROLE)
    assert app.ask(token, "PATCH", "/groups/editors", {"role_arn": ROLE}).json()["role_arn"] == ROLE
