"""The logins of a user, listed and ended over HTTP."""

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.older import needs
from tests.routers.kit import ADA, PASSWORD, App, code_of

pytestmark = needs("ListUserSessions")

BOB = LocalUser("bob", password=PASSWORD, attributes={"email": "bob@example.com"})


@pytest.fixture
def app() -> App:
    return App([ADA, BOB], max_sessions_per_user=5)


def current(app: App, token: str) -> str:
    sessions = app.account("GET", "/sessions", token).json()["sessions"]
    (found,) = [session["session_id"] for session in sessions if session["is_current_session"]]
    session_id: str = found
    return session_id


def test_each_login_is_listed_and_this_one_is_told_apart(app: App) -> None:
    app.access_token()
    app.clock.advance(10)
    page = app.account("GET", "/sessions", app.access_token()).json()
    assert [session["is_current_session"] for session in page["sessions"]] == [True, False]
    assert page["next_token"] is None
    session = page["sessions"][0]
    assert (session["session_type"], session["client_id"]) == ("TOKEN", app.pool.client_id)
    assert session["create_date"].endswith(("Z", "+00:00"))


def test_another_login_is_ended_and_this_one_is_not(app: App) -> None:
    lost, here = app.sign_in().json(), app.access_token()
    session_id = current(app, lost["access_token"])
    assert app.account("DELETE", f"/sessions/{session_id}", here).status_code == 204
    assert code_of(app.account("GET", "", lost["access_token"])) == (401, "not_authorized")
    assert code_of(app.post("/refresh", refresh_token=lost["refresh_token"])) == (401, "not_authorized")
    assert app.account("DELETE", f"/sessions/{current(app, here)}", here).status_code == 400
    assert app.account("GET", "", here).status_code == 200


def test_the_login_of_another_user_is_out_of_reach(app: App) -> None:
    bob = app.access_token("bob")
    answer = app.account("DELETE", f"/sessions/{current(app, bob)}", app.access_token("ada"))
    assert answer.status_code in {400, 404}
    assert app.account("GET", "", bob).status_code == 200


def test_a_pool_that_does_not_track_says_so() -> None:
    app = App([ADA])
    assert app.account("GET", "/sessions", app.access_token()).status_code == 400
