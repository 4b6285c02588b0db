"""Two administrators who end each other at the same moment: one of them stays."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.routers.admin_kit import ADA, OTHER_ADMIN, ROOT, AdminApp
from tests.routers.kit import PASSWORD, code_of

ENDING = {
    "demotes": ("DELETE", "/groups/admins/users/{name}", "AdminRemoveUserFromGroup"),
    "disables": ("POST", "/users/{name}/disable", "AdminDisableUser"),
    "deletes": ("DELETE", "/users/{name}?confirm={name}", "AdminDeleteUser"),
}
LAST = (409, "last_administrator")
CHIEF = LocalUser("chief", password=PASSWORD, groups=("admins", "owners"))
CHIEF2 = LocalUser("chief2", password=PASSWORD, groups=("admins", "owners"))


def administrators(app: AdminApp, group: str = "admins") -> set[str]:
    members = app.call("ListUsersInGroup", GroupName=group)["Users"]
    return {user["Username"] for user in members if user["Enabled"]}


def in_between(app: AdminApp, before: str, act: Callable[[], Any]) -> list[Any]:
    """Do something just before the pool is asked for an operation the first time."""
    call, done = app.pool.call, list[Any]()

    def watched(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == before and not done:
            done.append(None)
            done[0] = act()
        return call(operation, params)

    app.pool.call = watched  # type: ignore[method-assign]
    return done


@pytest.mark.parametrize(("first", "second"), [*product(ENDING, ENDING)])
def test_two_who_end_each_other_at_once_are_never_both_gone(first: str, second: str) -> None:
    app = AdminApp([ROOT, OTHER_ADMIN])
    root, other = app.token(), app.token("admin2")
    method, path, operation = ENDING[first]
    if first == "deletes":
        operation = "AdminDisableUser"  # which comes before, since it can be undone
    method2, path2, _ = ENDING[second]
    done = in_between(app, operation, lambda: app.ask(other, method2, path2.format(name="root")))
    answer = app.ask(root, method, path.format(name="admin2"))
    assert done[0].status_code == 200
    assert code_of(answer) == LAST
    assert administrators(app) == {"admin2"}
    assert app.tokens("admin2")["status"] == "signed_in"


def test_who_is_not_the_last_one_goes() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN, ADA])
    token = app.token()
    assert app.ask(token, "POST", "/users/ada/disable").status_code == 200
    assert app.ask(token, "DELETE", "/users/admin2?confirm=admin2").status_code == 200
    assert app.refused(token, "GET", "/users/admin2") == (404, "user_not_found")


def test_one_who_is_disabled_is_nobody_who_stays() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN, LocalUser("away", password=PASSWORD, groups=("admins",))])
    app.call("AdminDisableUser", Username="away")
    root, other = app.token(), app.token("admin2")
    in_between(app, "AdminRemoveUserFromGroup", lambda: app.ask(other, "POST", "/users/root/disable"))
    assert app.refused(root, "DELETE", "/groups/admins/users/admin2") == LAST


def test_the_last_administrator_of_the_pool_stays_too() -> None:
    app = AdminApp([CHIEF, CHIEF2, ROOT], settings={"pool_admin_groups": ("owners",)})
    one, two = app.token("chief"), app.token("chief2")
    path = "/groups/owners/users/{}"
    in_between(app, "AdminRemoveUserFromGroup", lambda: app.ask(two, "DELETE", path.format("chief")))
    assert app.refused(one, "DELETE", path.format("chief2")) == LAST
    assert administrators(app, "owners") == {"chief2"}


def test_where_it_cannot_be_found_out_who_stays_what_is_done_ends_the_tokens() -> None:
    app = AdminApp([ROOT, OTHER_ADMIN], settings={"revocation": "local", "max_attempts": 1})
    token, call = app.token("admin2"), app.pool.call

    def busy(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "ListUsersInGroup":
            raise ServiceError("TooManyRequestsException", "Rate exceeded")
        return call(operation, params)

    app.pool.call = busy  # type: ignore[method-assign]
    assert app.ask(app.token(), "DELETE", "/groups/admins/users/admin2").status_code == 200
    assert app.me(token) == 401


def test_who_was_no_member_is_none_afterwards_whoever_else_has_gone() -> None:
    """What has not been done cannot be taken back, and would make an administrator of anybody."""
    app = AdminApp([ROOT, ADA])
    token, gone = app.token(), {"GroupName": "admins", "Username": "root"}
    in_between(app, "AdminRemoveUserFromGroup", lambda: app.call("AdminRemoveUserFromGroup", **gone))
    app.ask(token, "DELETE", "/groups/admins/users/ada")
    assert administrators(app) == set()


def test_who_was_disabled_may_not_sign_in_afterwards_whoever_else_has_gone() -> None:
    app = AdminApp([ROOT, LocalUser("away", password=PASSWORD, groups=("admins",))])
    app.call("AdminDisableUser", Username="away")
    token = app.token()
    in_between(app, "AdminDisableUser", lambda: app.call("AdminDisableUser", Username="root"))
    app.ask(token, "POST", "/users/away/disable")
    assert administrators(app) == set()
