"""Who comes to the pages of administration, and who does not."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.dependencies.served import served_by
from fastapi_cognito_auth.exceptions import AwsConfigurationError
from fastapi_cognito_auth.settings.keywords import LocalSettings
from tests.pages.admin_kit import USERS, Office, ask_path, group_path, user_path
from tests.pages.kit import HOME
from tests.routers.kit import PASSWORD
from tests.support import CLIENT_ID, POOL_ID

READING = [USERS, user_path("ada"), "/account/admin/groups", group_path("editors"), "/account/admin/transfer"]
READING += ["/account/admin/import?job=0123456789abcdefABCDEF", "/account/admin/import/header"]
CHANGING = ["/account/admin/users/new", "/account/admin/user/attributes?user=ada"]
CHANGING += ["/account/admin/user/password?user=ada", "/account/admin/user/identity?user=ada"]
CHANGING += [ask_path("disable", "ada"), "/account/admin/groups/new", group_path("editors", "group/change")]
CHANGING += [group_path("editors", "group/delete")]
POSTED = [*CHANGING, user_path("ada"), group_path("editors"), "/account/admin/transfer"]
POSTED += ["/account/admin/import?job=0123456789abcdefABCDEF", "/account/admin/export"]


@pytest.fixture(scope="module")
def shared() -> Office:
    """Return an app that no test changes, and in which nobody is signed in."""
    settings: LocalSettings = {"admin_read_groups": ("auditors",), "pool_admin_groups": ("editors",)}
    return Office("", settings=settings)


def test_the_lists_of_this_test_are_all_pages_that_there_are(shared: Office) -> None:
    there = {
        (method, served.path)
        for served in served_by(shared.auth._pages[0])
        for method in served.methods
        if served.path.startswith("/admin/") and method != "HEAD"
    }
    listed = {("GET", path) for path in [*READING, *CHANGING, "/account/admin/export"]}
    listed |= {("POST", path) for path in POSTED}
    known = {(method, path.partition("?")[0].removeprefix("/account")) for method, path in listed}
    assert {(method, re.sub(r"\{deed\}", "disable", path)) for method, path in there} == known


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(shared: Office) -> None:
    shared.leave()
    for path in [*READING, *CHANGING, "/account/admin/export"]:
        page = shared.open(path)
        assert page.heading == "Sign in"
        assert page.forms[0].filled_in()["next"] == path


def test_who_may_only_read_is_told_that_nothing_was_imported(shared: Office) -> None:
    shared.enter("auditor")
    page = shared.open("/account/admin/transfer")
    assert "This server remembers no import." in page.text
    assert "h2" not in page.texts


def test_nobody_but_administrators_sees_or_changes_anything(shared: Office) -> None:
    office = shared
    assert office.enter("ada").status == 403
    assert office.page.links["Back to my account"] == "/account/me"
    for path in [*READING, *CHANGING, "/account/admin/export"]:
        assert office.open(path).status == 403, path
    for path in POSTED:
        answer = office.http.post(path, data={"action": "join", "group": "admins"}, headers={"Origin": HOME})
        assert answer.status_code == 403, path
    assert office.groups("ada") == set()
    assert office.user("ada")["Enabled"]


def test_who_may_only_read_is_shown_no_button_and_changes_nothing(shared: Office) -> None:
    office = shared
    office.enter("auditor")
    for path in (USERS, user_path("ada"), "/account/admin/groups", group_path("editors")):
        page = office.open(path)
        assert page.status == 200
        assert [form for form in page.forms if form.attributes["method"] == "post"] == []
        assert not any("/ask/" in link or "new" in link for link in page.links.values())
    for path in POSTED:
        assert office.http.post(path, headers={"Origin": HOME}).status_code == 403, path


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_another_site_sends_is_refused(shared: Office, headers: dict[str, str]) -> None:
    shared.enter()
    for path in POSTED:
        answer = shared.http.post(path, data={"action": "join", "group": "admins"}, headers=headers)
        assert answer.status_code == 403
        assert "This came from a page of another site" in answer.text
    assert shared.groups("ada") == set()


def test_a_change_asks_for_a_recent_sign_in_and_goes_on_where_it_was_asked_for() -> None:
    office = Office()
    office.clock.advance(3600)
    path = ask_path("disable", "ada")
    page = office.open(path)
    assert page.heading == "Confirm that it is you"
    page = office.send(password=PASSWORD)
    assert (page.heading, page.path) == ("Disable", path)
    office.send()
    assert not office.user("ada")["Enabled"]


def test_a_form_that_was_open_for_too_long_changes_nothing_and_is_shown_again() -> None:
    office = Office()
    office.open(user_path("ada"))
    office.clock.advance(3600)
    page = office.send(group="editors")
    assert page.heading == "Confirm that it is you"
    assert office.groups("ada") == set()
    page = office.send(password=PASSWORD)
    assert page.path == f"{user_path('ada')}&notice=send_again"
    assert office.notice


def test_an_administrator_who_is_none_any_more_is_let_out_at_once() -> None:
    office = Office()
    office.call("AdminRemoveUserFromGroup", Username="root", GroupName="admins")
    answer = office.http.post(ask_path("disable", "ada"), headers={"Origin": HOME})
    assert answer.status_code == 403
    office.clock.advance(60)
    page = office.open(USERS)
    assert (page.status, page.links["Back to my account"]) == (403, "/account/me")
    assert office.user("ada")["Enabled"]


def test_an_administrator_of_users_does_nothing_to_those_of_the_pool(shared: Office) -> None:
    shared.enter()
    page = shared.do("disable", "bob")
    assert (page.status, page.problem) == (403, "You may not do this. It is for administrators.")
    assert shared.user("bob")["Enabled"]


def test_administrators_find_the_way_from_their_account_and_others_see_none(shared: Office) -> None:
    shared.enter()
    assert shared.open("/account/me").links["Administration"] == USERS
    shared.enter("ada")
    assert "Administration" not in shared.open("/account/me").links


def test_without_groups_of_administrators_there_are_no_pages() -> None:
    office = Office("", settings={"admin_groups": ()})
    assert office.http.get(USERS).status_code == 404


def test_without_credentials_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key="s" * 40))

    async def call(operation: str, **_: Any) -> dict[str, Any]:
        raise AwsConfigurationError

    monkeypatch.setattr(auth.pool, "call", call)
    app = FastAPI()
    app.add_middleware(auth.session_middleware)
    app.include_router(auth.pages(), prefix="/account")
    http = TestClient(app, base_url=HOME)
    answer = http.get(USERS, follow_redirects=False)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_the_shortest_address_of_administration_leads_to_the_users() -> None:
    office = Office()
    assert office.open("/account/admin").path == USERS
