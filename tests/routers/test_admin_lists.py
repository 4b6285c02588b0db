"""Lists of administration: page by page, searched by what Cognito can, and nothing made up by a client."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.older import known
from tests.routers.admin_kit import ADA, AUDITOR, BOB, GUARD, READING, ROOT, AdminApp, name_of
from tests.routers.kit import PASSWORD

CROWD = [LocalUser(f"user{number}", password=PASSWORD, groups=("crowd",)) for number in range(5)]


@pytest.fixture(scope="module")
def app() -> AdminApp:
    odd = LocalUser("odd", password=PASSWORD, attributes={"name": 'a" or name ^= "'})
    return AdminApp([ROOT, AUDITOR, ADA, BOB, odd, *CROWD])


@pytest.fixture(scope="module")
def token(app: AdminApp) -> str:
    return app.token()


def walk(app: AdminApp, token: str, path: str) -> list[Any]:
    """Go through all pages of a list."""
    found: list[Any] = []
    joint = "&" if "?" in path else "?"
    answer = app.ask(token, "GET", path).json()
    while True:
        found += answer["items"]
        if answer["next"] is None:
            return found
        answer = app.ask(token, "GET", f"{path}{joint}next={answer['next']}").json()


def names(users: list[dict[str, Any]]) -> set[str]:
    return {user["username"] for user in users}


def test_all_users_are_on_some_page(app: AdminApp, token: str) -> None:
    assert names(walk(app, token, "/users?limit=3")) == {
        *("root", "auditor", "ada", "bob", "odd"),
        *(f"user{number}" for number in range(5)),
    }


def test_the_members_of_a_group_are_on_some_page(app: AdminApp, token: str) -> None:
    assert len(walk(app, token, "/groups/crowd/users?limit=2")) == 5


def test_users_can_be_those_of_a_group(app: AdminApp, token: str) -> None:
    found = walk(app, token, "/users?group=crowd&limit=2")
    assert found == walk(app, token, "/groups/crowd/users")
    assert len(found) == 5
    assert app.refused(token, "GET", "/users?group=nobody") == (404, "resource_not_found")


def test_groups_are_listed_page_by_page(app: AdminApp, token: str) -> None:
    found = {group["name"] for group in walk(app, token, "/groups?limit=1")}
    assert found == {"admins", "auditors", "editors", "crowd"}


def test_the_groups_of_a_user_are_listed(app: AdminApp, token: str) -> None:
    assert [group["name"] for group in walk(app, token, "/users/bob/groups")] == ["editors"]


def test_a_user_is_shown_with_what_the_pool_knows(app: AdminApp, token: str) -> None:
    ada = app.ask(token, "GET", "/users/ada").json()
    assert {**ada, "sub": "", "created_at": "", "modified_at": ""} == {
        "username": "ada",
        "sub": "",
        "attributes": {
            "sub": ada["sub"],
            "email": "ada@example.com",
            "email_verified": "true",
            "name": "Ada",
        },
        "enabled": True,
        "status": "CONFIRMED",
        "created_at": "",
        "modified_at": "",
        "preferred_mfa_setting": None,
        "user_mfa_setting_list": [],
        "mfa_options": [],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=username&equals=ada", {"ada"}),
        ("by=email&starts_with=bob%40", {"bob"}),
        ("by=username&starts_with=user&limit=2", {f"user{number}" for number in range(5)}),
        ("by=user_status&equals=CONFIRMED&limit=60", {"root", "ada"}),
        ("by=name&equals=%22%20or%20name%20%5E%3D%20%22", set()),
    ],
)
def test_users_are_found_by_one_condition(app: AdminApp, token: str, query: str, found: set[str]) -> None:
    assert found <= names(walk(app, token, f"/users?{query}"))
    if "status" not in query:
        assert names(walk(app, token, f"/users?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "by=custom:tenant&equals=x",
        "by=picture&equals=x",
        "by=email",
        "equals=ada",
        "by=email&equals=a&starts_with=b",
        "by=email&equals=a&group=crowd",
        "group=",
        "by=email&equals=" + "x" * 257,
        "by=email&equals=" + "x" * 250,
        "by=email&equals=" + "%22" * 200,
        "limit=0",
        "limit=61",
        "limit=x",
        "next=",
        "next=a%20b",
    ],
)
def test_a_search_that_cognito_cannot_do_is_refused_before_it_is_asked(
    app: AdminApp, token: str, query: str
) -> None:
    with app.calls() as calls:
        assert app.refused(token, "GET", f"/users?{query}") == (422, "invalid_request")
    assert {operation for operation, _ in calls} <= GUARD


@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_what_is_searched_for_is_a_value_and_no_filter(app: AdminApp, token: str, value: str) -> None:
    with app.calls() as calls:
        app.http.get(
            "/admin/users",
            params={"by": "name", "equals": value},
            headers={"Authorization": f"Bearer {token}"},
        )
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert calls[-1][1]["Filter"] == f'name = "{quoted}"'


def first_next(app: AdminApp, token: str, path: str) -> str:
    found: str = app.ask(token, "GET", path).json()["next"]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/users?limit=1&by=email&starts_with=b",
        "/groups?limit=1",
        "/groups/crowd/users?limit=1",
        "/users/ada/groups",
        "/users/ada/devices",
        "/users/ada/sessions",
        "/users/ada/auth-events",
    ],
)
def test_the_next_of_a_list_is_good_for_no_other(app: AdminApp, token: str, path: str) -> None:
    following = first_next(app, token, "/users?limit=1")
    joint = "&" if "?" in path else "?"
    with app.calls() as calls:
        answer = app.refused(token, "GET", f"{path}{joint}next={following}")
    assert answer == (400, "invalid_page")
    assert {operation for operation, _ in calls} <= GUARD


def test_the_next_of_a_group_is_good_for_no_other_group(app: AdminApp, token: str) -> None:
    following = first_next(app, token, "/groups/crowd/users?limit=1")
    answer = app.refused(token, "GET", f"/groups/editors/users?limit=1&next={following}")
    assert answer == (400, "invalid_page")


def test_the_next_of_a_search_is_good_for_no_other_search(app: AdminApp, token: str) -> None:
    following = first_next(app, token, "/users?limit=1&by=username&starts_with=user")
    for query in ("by=username&starts_with=use", "by=username&equals=user", "by=name&starts_with=user"):
        path = f"/users?limit=1&{query}&next={following}"
        assert app.refused(token, "GET", path) == (400, "invalid_page")
    assert app.ask(token, "GET", f"/users?limit=1&by=username&starts_with=user&next={following}").is_success


def test_a_forged_or_foreign_next_is_no_page(app: AdminApp, token: str) -> None:
    following = first_next(app, token, "/users?limit=1")
    other = AdminApp([ROOT, ADA])
    forged = [
        following[:-8] + "AAAAAAA=",
        following[:40],
        "a",
        first_next(other, other.token(), "/users?limit=1"),
        app.auth._sealer.seal("admin.page", {"of": ["ListUsers", ""], "token": "1"}).replace(".", "-"),
        app.auth._sealer.hide("device", {"of": ["ListUsers", ""], "token": "1"}),
        app.auth._sealer.hide("admin.page", {"of": ["ListUsers", ""]}),
        app.auth._sealer.hide("admin.page", {"of": ["ListUsers", ""], "token": 1}),
    ]
    for sent in forged:
        assert app.refused(token, "GET", f"/users?limit=1&next={sent}") == (400, "invalid_page")


def test_a_next_shows_nothing_of_what_cognito_wrote_into_it(app: AdminApp, token: str) -> None:
    following = first_next(app, token, "/users?limit=1")
    opened = app.auth._sealer.reveal("admin.page", following)
    assert opened["token"] not in following


def test_one_administrator_may_go_on_where_another_began(app: AdminApp, token: str) -> None:
    following = first_next(app, token, "/users?limit=1")
    assert app.ask(app.token("auditor"), "GET", f"/users?limit=1&next={following}").is_success


def test_answers_are_for_no_cache(app: AdminApp, token: str) -> None:
    assert app.ask(token, "GET", "/users").headers["Cache-Control"] == "no-store"


YOUNGER = {
    "/users/ada/auth-factors": "AdminGetUserAuthFactors",
    "/users/ada/sessions": "AdminListUserSessions",
}
"""What older boto3s have no operation for."""


@pytest.mark.parametrize(
    "endpoint",
    [
        endpoint
        for endpoint in READING
        if "imports" not in endpoint[1] and known([YOUNGER.get(endpoint[1], "GetUser")])
    ],
    ids=name_of,
)
def test_what_the_app_s_credentials_may_not_read_is_no_reason_to_sign_in_again(
    app: AdminApp, token: str, endpoint: tuple[str, str]
) -> None:
    call = app.pool.call

    def refusing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetUser" or params.get("Username") == "root":
            return call(operation, params)
        raise ServiceError("NotAuthorizedException", "Access denied")

    app.pool.call = refusing  # type: ignore[method-assign]
    try:
        refused = app.refused(token, *endpoint)
    finally:
        app.pool.call = call  # type: ignore[method-assign]
    assert refused == (503, "access_denied")
