"""An address that is taken from somebody: asked for in so many words, told of, and the end of sign-ins."""

import logging
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.routers.admin_kit import ROOT, AdminApp
from tests.routers.kit import PASSWORD, code_of

EMAIL = "shared@example.com"
HOLDER = LocalUser("holder", password=PASSWORD, attributes={"email": EMAIL})
OWNER = LocalUser("owner", password=PASSWORD, groups=("owners",), attributes={"email": "owner@example.com"})
CHIEF = LocalUser(
    "chief", password=PASSWORD, groups=("admins", "owners"), attributes={"email": "chief@example.com"}
)


@pytest.fixture
def app() -> AdminApp:
    return AdminApp(
        [ROOT, HOLDER, OWNER, CHIEF],
        alias_attributes=["email"],
        settings={"revocation": "local", "pool_admin_groups": ("owners",)},
    )


def take(app: AdminApp, email: str = EMAIL, admin: str = "root", **more: Any) -> Any:
    attributes = {"email": email, "email_verified": "true"}
    body = {"username": "taker", "attributes": attributes, "invite": False, "force_alias": True, **more}
    return app.ask(app.token(admin), "POST", "/users", body)


def holder_of(app: AdminApp, email: str = EMAIL) -> str:
    username: str = app.call("AdminGetUser", Username=email)["Username"]
    return username


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[Any, ...]]:
    events = [vars(each) for each in caplog.records if hasattr(each, "action")]
    return [(each["action"], each["user"], each["outcome"]) for each in events]


def test_nobody_loses_an_address_unless_that_is_asked_for(app: AdminApp) -> None:
    assert code_of(take(app, force_alias=False)) == (409, "alias_exists")
    assert holder_of(app) == "holder"


def test_who_loses_an_address_is_on_record(app: AdminApp, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.admin"):
        assert take(app).status_code == 201
    assert holder_of(app) == "taker"
    assert told(caplog) == [("take_alias", "holder", "ok"), ("create_user", "taker", "ok")]
    assert caplog.records[0].names == ("email",)  # type: ignore[attr-defined]
    assert EMAIL not in caplog.text


def test_who_loses_an_address_loses_the_tokens_that_name_it(app: AdminApp) -> None:
    tokens = app.tokens("holder")
    assert take(app).status_code == 201
    assert app.me(tokens["access_token"]) == 401
    refreshed = app.http.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 401
    assert app.tokens("holder")["status"] == "signed_in"


@pytest.mark.parametrize("fails", ["AdminAddUserToGroup", "AdminCreateUser"])
def test_who_loses_an_address_is_signed_out_also_where_the_rest_fails(
    app: AdminApp, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    app.call("CreateGroup", GroupName="editors")
    token, call = app.token("holder"), app.pool.call

    def unheard(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = call(operation, params)
        if operation == fails:
            raise ServiceError("InternalErrorException", "No.")
        return answer

    app.pool.call = unheard  # type: ignore[method-assign]
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.admin"):
        assert take(app, groups=["editors"]).is_error
    assert (holder_of(app), app.me(token)) == ("taker", 401)
    assert ("take_alias", "holder", "ok") in told(caplog)


def test_an_administrator_of_the_pool_loses_no_address_to_one_of_users(app: AdminApp) -> None:
    assert code_of(take(app, "owner@example.com")) == (403, "permission_denied")
    assert code_of(take(app, "owner@example.com", username="taker2")) == (403, "permission_denied")
    assert holder_of(app, "owner@example.com") == "owner"
    assert app.refused(app.token(), "GET", "/users/taker") == (404, "user_not_found")
    assert take(app, "owner@example.com", "chief").status_code == 201


def test_an_administrator_does_not_take_her_own_address_from_herself(app: AdminApp) -> None:
    assert code_of(take(app, "chief@example.com", "chief")) == (409, "own_account")
    assert holder_of(app, "chief@example.com") == "chief"


def test_who_keeps_an_address_keeps_the_tokens_too(app: AdminApp, caplog: pytest.LogCaptureFixture) -> None:
    """One that the new user has not proven is no alias of hers."""
    token = app.token("holder")
    with caplog.at_level(logging.INFO, "fastapi_cognito_auth.admin"):
        assert take(app, attributes={"email": EMAIL}).status_code == 201
        assert take(app, "nobody@example.com", username="other").status_code == 201
    assert {action for action, *_ in told(caplog)} == {"create_user"}
    assert (holder_of(app), app.me(token)) == ("holder", 200)
