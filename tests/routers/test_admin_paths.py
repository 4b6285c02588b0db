"""Names in paths reach the user or the group of that name, and nobody and nothing else."""

import asyncio
import json
from typing import Any
from urllib.parse import quote, unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUser
from tests.routers.admin_kit import ADA, BOB, GUARD, ROOT, AdminApp
from tests.routers.kit import PASSWORD, code_of

HOSTILE = (
    "ada/mfa/totp",
    "ada/attributes",
    "ada/disable",
    "/ada",
    "ada/",
    "//",
    "../ada",
    "../../groups/editors",
    "./ada",
    "%2F",
    "ada%2Fdisable",
    "ada?confirm=ada",
    "ada#x",
    "ada&confirm=bob",
    "ada;x",
    "a\\..\\b",
    "ÀÈö",
    "日本語",
    "🦉",
    "...",
    "~",
    "+",
    "%",
    "%%32%66",
)
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("ada/%2Ff.?#&;\\:@ö日"), min_size=1, max_size=12),
    st.text(st.characters(categories=["L", "M", "S", "N", "P"]), min_size=1, max_size=20),
).filter(lambda name: name not in {".", ".."})
"""What may name a user. What a client makes of the two dots is not for a server to see."""


@pytest.fixture(scope="module")
def app() -> AdminApp:
    return AdminApp([ROOT, ADA, BOB, *(LocalUser(name, password=PASSWORD) for name in HOSTILE)])


@pytest.fixture(scope="module")
def token(app: AdminApp) -> str:
    return app.token()


@pytest.fixture(scope="module")
def doomed() -> AdminApp:
    return AdminApp([ROOT, ADA, BOB, *(LocalUser(name, password=PASSWORD) for name in HOSTILE)])


@pytest.fixture(scope="module")
def doomed_token(doomed: AdminApp) -> str:
    return doomed.token()


def served(
    app: AdminApp,
    token: str,
    method: str,
    path: str,
    raw_path: bytes | None,
    query: bytes = b"",
    body: Any = None,
) -> int:
    """Ask as a server or a proxy hands it over; a test client decodes paths twice."""
    sent: list[Any] = []
    content = b"" if body is None else json.dumps(body).encode()
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query,
        "root_path": "",
        "headers": [
            (b"host", b"testserver"),
            (b"authorization", f"Bearer {token}".encode()),
            (b"content-type", b"application/json"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    if raw_path is not None:
        scope["raw_path"] = raw_path

    body_sent = False

    async def receive() -> dict[str, Any]:
        nonlocal body_sent
        if body_sent:
            # Nothing more comes, and nobody hangs up.
            await asyncio.get_running_loop().create_future()
        body_sent = True
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app.app(scope, receive, send))
    status: int = sent[0]["status"]
    return status


def ask(app: AdminApp, token: str, method: str, target: str, body: Any = None) -> int:
    path, _, query = f"/admin{target}".partition("?")
    return served(app, token, method, unquote(path), path.encode(), query.encode(), body)


def asked(app: AdminApp, token: str, method: str, target: str, body: Any = None) -> list[dict[str, Any]]:
    with app.calls() as calls:
        ask(app, token, method, target, body)
    of_others = [(operation, params) for operation, params in calls if params.get("Username") != "root"]
    return [params for operation, params in of_others if operation != "GetUser"]


ENDPOINTS = [
    ("GET", "", None),
    ("GET", "/groups", None),
    ("GET", "/devices", None),
    ("POST", "/enable", None),
    ("POST", "/identities", {"provider": "Google", "provider_user_id": "7"}),
    ("PATCH", "/attributes", {"attributes": {"name": "x"}}),
    ("DELETE", "/attributes?name=name", None),
    ("DELETE", "/mfa/totp", None),
    ("DELETE", "/identities/Google", None),
]


@given(name=NAMES, endpoint=st.sampled_from(ENDPOINTS))
@example(name="ada/mfa/totp", endpoint=("DELETE", "", None))
def test_a_quoted_name_reaches_that_user_whatever_is_in_it(
    app: AdminApp, token: str, name: str, endpoint: tuple[str, str, Any]
) -> None:
    method, rest, body = endpoint
    if (method, rest) == ("DELETE", ""):
        rest = f"?confirm={quote(name, safe='')}"
    found = asked(app, token, method, f"/users/{quote(name, safe='')}{rest}", body)
    # Nobody of that name is there, or it is the first of what is asked for.
    assert [params["Username"] for params in found[:1]] == [name]


@given(name=NAMES, user=NAMES)
def test_a_quoted_group_and_a_quoted_user_are_both_as_they_were_sent(
    app: AdminApp, token: str, name: str, user: str
) -> None:
    if any(category_is_blank(text) for text in (name, user)):
        return
    path = f"/groups/{quote(name, safe='')}/users/{quote(user, safe='')}"
    found = asked(app, token, "PUT", path)
    assert found[0]["Username"] == user
    found = asked(app, token, "GET", f"/groups/{quote(name, safe='')}")
    assert [params["GroupName"] for params in found] == [name]


def category_is_blank(text: str) -> bool:
    return any(char.isspace() for char in text)


@pytest.mark.parametrize("name", HOSTILE)
def test_deleting_an_odd_name_deletes_that_user_and_nothing_of_another(
    doomed: AdminApp, doomed_token: str, name: str
) -> None:
    app, sent = doomed, quote(name, safe="")
    with app.calls() as calls:
        assert ask(app, doomed_token, "DELETE", f"/users/{sent}?confirm={sent}") == 200
    changing = [(operation, params.get("Username")) for operation, params in calls if operation in CHANGES]
    assert changing == [("AdminDeleteUser", name)]
    assert app.call("AdminGetUser", Username="ada")["Enabled"]


CHANGES = {
    "AdminDeleteUser",
    "AdminDeleteSoftwareToken",
    "AdminDeleteUserAttributes",
    "AdminDisableUser",
    "DeleteGroup",
    "AdminRemoveUserFromGroup",
}


@pytest.mark.parametrize("raw_path", [None, b"/admin/users/ada/mfa/totp"])
def test_where_a_proxy_has_decoded_the_path_what_was_confirmed_does_nothing_else(
    app: AdminApp, token: str, raw_path: bytes | None
) -> None:
    """The user `ada/mfa/totp` was to be deleted, and nobody can know that any more."""
    with app.calls() as calls:
        path = "/admin/users/ada/mfa/totp"
        assert served(app, token, "DELETE", path, raw_path, b"confirm=ada%2Fmfa%2Ftotp") == 422
    assert {operation for operation, _ in calls} <= GUARD


def test_where_a_name_was_taken_for_a_step_up_nothing_is_deleted(app: AdminApp, token: str) -> None:
    """`DELETE /groups/editors/users/..` leaves a client as `DELETE /groups/editors`."""
    with app.calls() as calls:
        assert app.ask(token, "DELETE", "/groups/editors/users/..").status_code == 422
        assert app.ask(token, "DELETE", "/users/./attributes?name=email").status_code == 422
        assert app.ask(token, "DELETE", "/users/ada/identities/..").status_code == 422
        assert app.ask(token, "DELETE", "/users/..?confirm=..").status_code in {404, 405}
    assert {operation for operation, _ in calls} <= GUARD


def test_two_dots_that_arrive_are_a_name(app: AdminApp, token: str) -> None:
    with app.calls() as calls:
        assert served(app, token, "GET", "/admin/users/..", b"/admin/users/%2E%2E") == 404
    assert calls[-1][1]["Username"] == ".."


def test_the_sub_of_a_user_needs_no_quoting(app: AdminApp, token: str) -> None:
    (sub,) = [
        user["sub"]
        for user in app.ask(token, "GET", "/users").json()["items"]
        if user["username"] == "ada/attributes"
    ]
    assert app.ask(token, "GET", f"/users/{sub}").json()["username"] == "ada/attributes"


def test_a_beginning_that_was_taken_away_from_the_path_alone_does_no_harm(app: AdminApp, token: str) -> None:
    with app.calls() as calls:
        served(app, token, "GET", "/admin/users/a/b", b"/stage/admin/users/a%2Fb")
    assert calls[-1][1]["Username"] == "a/b"


@pytest.mark.parametrize(
    ("path", "raw_path"),
    [
        ("/admin/users/ada/attributes", b"/elsewhere%2Fada"),
        ("/admin/users/ada", b"/admin/users/bob%2F"),
        ("/admin/users/ada", b"%2F"),
    ],
)
def test_two_paths_that_are_not_one_reach_nobody(
    app: AdminApp, token: str, path: str, raw_path: bytes
) -> None:
    with app.calls() as calls:
        assert served(app, token, "DELETE", path, raw_path, b"name=email") == 404
    assert calls == []


@pytest.mark.parametrize(
    "raw_path",
    [b"/admin/users/ada%00x", b"/admin/users/%ff", b"/admin/users/%ff%2F", b"/admin/users/a%00%2Fdisable"],
)
def test_what_is_no_text_is_refused(app: AdminApp, token: str, raw_path: bytes) -> None:
    with app.calls() as calls:
        assert served(app, token, "GET", unquote(raw_path.decode("latin-1")), raw_path) in {404, 405, 422}
    assert calls == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/users/ada", 422),
        ("/users/ada?confirm=bob", 422),
        ("/users/ada?confirm=ADA", 422),
        ("/users/ada?confirm=", 422),
        ("/users/ada?confirm=bob&confirm=ada&confirm=eve", 422),
        ("/groups/editors", 422),
        ("/groups/editors?confirm=editor", 422),
    ],
)
def test_what_is_deleted_for_good_is_named_twice_alike(
    app: AdminApp, token: str, path: str, code: int
) -> None:
    with app.calls() as calls:
        answer = app.ask(token, "DELETE", path)
    assert code_of(answer) == (code, "invalid_request")
    assert {operation for operation, _ in calls} <= GUARD


@pytest.mark.parametrize("name", [".", "..", "", " ", "a b", "a\n"])
def test_no_group_is_created_that_no_path_can_name(app: AdminApp, token: str, name: str) -> None:
    assert app.refused(token, "POST", "/groups", {"name": name}) == (422, "invalid_request")


@pytest.mark.parametrize("name", ["a", "ab", ".a", "a.", "...", "日", "a/b"])
def test_a_group_may_be_called_anything_else(app: AdminApp, token: str, name: str) -> None:
    assert ask(app, token, "POST", "/groups", {"name": name}) == 201
    assert ask(app, token, "GET", f"/groups/{quote(name, safe='')}") == 200


@pytest.mark.parametrize(
    "path", ["/users/" + "x" * 129, "/users/a%20b", "/users/%C2%A0", "/groups/" + "x" * 129]
)
def test_what_is_no_name_is_refused_before_the_pool_is_asked(app: AdminApp, token: str, path: str) -> None:
    with app.calls() as calls:
        assert app.refused(token, "GET", path) == (422, "invalid_request")
    assert {operation for operation, _ in calls} <= GUARD


def test_an_app_that_is_mounted_in_another_knows_the_same_names(app: AdminApp, token: str) -> None:
    outer = FastAPI()
    outer.mount("/api", app.app)
    with app.calls() as calls:
        headers = {"Authorization": f"Bearer {token}"}
        assert TestClient(outer).get("/api/admin/users/a%2Fb", headers=headers).status_code == 404
    assert calls[-1][1]["Username"] == "a/b"
