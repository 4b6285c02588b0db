"""Attributes, password, signing out everywhere and deletion, over HTTP."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.routers.kit import ADA, NEW_PASSWORD, PASSWORD, App, another, code_of

BOB = LocalUser("bob", password=PASSWORD, attributes={"email": "bob@example.com"})
NEW = "ada@example.org"


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App([ADA, BOB], client_secret=request.param)


def attributes(app: App, token: str) -> dict[str, str]:
    found: dict[str, str] = app.account("GET", "", token).json()["attributes"]
    return found


def test_the_profile_is_what_the_pool_knows_now(app: App) -> None:
    token = app.access_token()
    profile = app.account("GET", "", token).json()
    assert profile["username"] == "ada"
    assert profile["attributes"]["email"] == "ada@example.com"
    assert profile["attributes"]["email_verified"] == "true"
    assert (profile["preferred_mfa_setting"], profile["user_mfa_setting_list"]) == (None, [])


def test_attributes_are_set_and_cleared(app: App) -> None:
    token = app.access_token()
    answer = app.account("PATCH", "", token, attributes={"name": "Ada", "locale": "en"})
    assert answer.json() == {"status": "attributes_updated", "code_delivery_details": []}
    app.account("PATCH", "", token, attributes={"locale": ""})
    assert attributes(app, token)["name"] == "Ada"
    assert "locale" not in attributes(app, token)
    assert app.account("DELETE", "/attributes/name", token).status_code == 204
    assert "name" not in attributes(app, token)


def test_a_new_address_says_where_the_code_went_and_is_verified_by_it(app: App) -> None:
    token = app.access_token()
    answer = app.account("PATCH", "", token, attributes={"email": NEW}).json()
    assert answer["code_delivery_details"] == [
        {"destination": "a***@e***", "medium": "EMAIL", "attribute_name": "email"}
    ]
    assert attributes(app, token)["email_verified"] == "false"
    wrong = app.account("POST", "/attributes/email/verify", token, code=another(app.code()))
    assert code_of(wrong) == (400, "code_mismatch")
    assert app.account("POST", "/attributes/email/verify", token, code=app.code()).status_code == 204
    assert attributes(app, token)["email_verified"] == "true"
    again = app.account("POST", "/attributes/email/verify", token, code=app.code())
    assert code_of(again) == (400, "expired_code")


def test_another_code_replaces_the_first(app: App) -> None:
    token = app.access_token()
    app.account("PATCH", "", token, attributes={"email": NEW})
    first = app.code()
    answer = app.account("POST", "/attributes/email/code", token)
    assert answer.json() == {"destination": "a***@e***", "medium": "EMAIL", "attribute_name": "email"}
    metadata = app.account("POST", "/attributes/email/code", token, client_metadata={"lang": "en"})
    assert metadata.status_code == 200
    assert code_of(app.account("POST", "/attributes/email/verify", token, code=first))[0] == 400
    assert app.account("POST", "/attributes/email/verify", token, code=app.code()).status_code == 204


def test_the_code_of_one_user_verifies_nothing_of_another(app: App) -> None:
    ada, bob = app.access_token("ada"), app.access_token("bob")
    app.account("PATCH", "", ada, attributes={"email": NEW})
    app.account("PATCH", "", bob, attributes={"email": "bob@example.org"})
    if app.code("ada") == app.code("bob"):
        app.account("POST", "/attributes/email/code", bob)
    stolen = app.account("POST", "/attributes/email/verify", bob, code=app.code("ada"))
    assert code_of(stolen) == (400, "code_mismatch")
    assert attributes(app, bob)["email_verified"] == "false"


def test_codes_cannot_be_guessed_or_asked_for_without_end(app: App) -> None:
    token = app.access_token()
    app.account("PATCH", "", token, attributes={"email": NEW})
    wrong = another(app.code())
    guesses = [code_of(app.account("POST", "/attributes/email/verify", token, code=wrong)) for _ in range(16)]
    assert guesses[-1] == (429, "limit_exceeded")
    assert guesses[0] == (400, "code_mismatch")
    asked = [app.account("POST", "/attributes/email/code", token) for _ in range(6)]
    assert code_of(asked[-1]) == (429, "limit_exceeded")
    assert int(asked[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email_verified": "true"}, (401, "not_authorized")),
        ({"phone_number_verified": "true"}, (401, "not_authorized")),
        ({"email": NEW, "email_verified": "true"}, (401, "not_authorized")),
        ({"sub": "00000000-0000-4000-8000-000000000000"}, (400, "invalid_parameter")),
        ({"custom:nothing": "x"}, (400, "invalid_parameter")),
        ({"email": "no address"}, (400, "invalid_parameter")),
    ],
)
def test_what_is_not_the_users_to_write_is_refused_as_a_whole(
    app: App, change: dict[str, str], error: tuple[int, str]
) -> None:
    token = app.access_token()
    before = attributes(app, token)
    assert code_of(app.account("PATCH", "", token, attributes=change)) == error
    assert attributes(app, token) == before


@pytest.mark.parametrize("name", ["sub", "email_verified"])
def test_what_is_not_the_users_to_write_is_not_to_delete_either(app: App, name: str) -> None:
    token = app.access_token()
    assert app.account("DELETE", f"/attributes/{name}", token).status_code in {400, 401}
    assert name in attributes(app, token)


@pytest.mark.parametrize("name", ["sub", "name"])
def test_only_addresses_have_codes(app: App, name: str) -> None:
    answer = app.account("POST", f"/attributes/{name}/code", app.access_token())
    assert code_of(answer) == (400, "invalid_parameter")


def test_a_password_is_changed_by_the_one_before(app: App) -> None:
    token = app.access_token()
    wrong: dict[str, Any] = {"previous_password": "Wrong-horse-1!", "proposed_password": NEW_PASSWORD}
    assert code_of(app.account("PUT", "/password", token, **wrong)) == (401, "not_authorized")
    weak = {"previous_password": PASSWORD, "proposed_password": "weak-weak-weak"}
    assert code_of(app.account("PUT", "/password", token, **weak)) == (400, "invalid_password")
    right = {"previous_password": PASSWORD, "proposed_password": NEW_PASSWORD}
    assert app.account("PUT", "/password", token, **right).json() == {"status": "password_changed"}
    assert code_of(app.sign_in()) == (401, "not_authorized")
    assert app.sign_in("ada", NEW_PASSWORD).json()["status"] == "signed_in"


def test_a_password_cannot_be_replaced_without_the_one_before(app: App) -> None:
    """A fresh sign-in alone is not enough for a user who has a password."""
    answer = app.account("PUT", "/password", app.access_token(), proposed_password=NEW_PASSWORD)
    assert code_of(answer) == (400, "invalid_parameter")
    assert app.sign_in().json()["status"] == "signed_in"


def test_the_previous_password_cannot_be_guessed_without_end(app: App) -> None:
    token = app.access_token()
    wrong = {"previous_password": "Wrong-horse-1!", "proposed_password": NEW_PASSWORD}
    answers = [code_of(app.account("PUT", "/password", token, **wrong)) for _ in range(6)]
    assert answers[-1] == (429, "limit_exceeded")


def test_the_password_of_another_user_does_not_serve() -> None:
    app = App([ADA, LocalUser("bob", password=NEW_PASSWORD)])
    body = {"previous_password": NEW_PASSWORD, "proposed_password": "Third-password-3!"}
    assert code_of(app.account("PUT", "/password", app.access_token(), **body)) == (401, "not_authorized")


def test_signing_out_everywhere_says_what_stays_valid_until_when(app: App) -> None:
    tokens = app.sign_in().json()
    elsewhere = app.sign_in().json()
    app.clock.advance(100)
    now = int(app.clock.now)
    answer = app.account("POST", "/sign-out-everywhere", tokens["access_token"]).json()
    assert answer == {
        "status": "signed_out_everywhere",
        "access_token_valid_until": now - 100 + 3600,
        "other_access_tokens_valid_until": now + 3600,
        "cookie_sessions_ended": None,
    }
    for refresh_token in (tokens["refresh_token"], elsewhere["refresh_token"]):
        assert code_of(app.post("/refresh", refresh_token=refresh_token)) == (401, "not_authorized")
    # That is what the answer says: offline, the token is still good.
    assert app.me(elsewhere["access_token"]).status_code == 200
    assert code_of(app.account("GET", "", elsewhere["access_token"])) == (401, "not_authorized")


def test_signing_out_everywhere_leaves_other_users_signed_in(app: App) -> None:
    bob = app.access_token("bob")
    app.account("POST", "/sign-out-everywhere", app.access_token("ada"))
    assert app.account("GET", "", bob).status_code == 200


def test_a_deleted_account_is_gone_and_no_other(app: App) -> None:
    token, bob = app.access_token("ada"), app.access_token("bob")
    answer = app.account("DELETE", "", token).json()
    assert answer == {
        "status": "account_deleted",
        "access_token_valid_until": int(app.clock.now) + 3600,
        "cookie_sessions_ended": None,
    }
    assert code_of(app.sign_in("ada")) == (401, "not_authorized")
    assert code_of(app.account("GET", "", token)) == (404, "user_not_found")
    assert app.account("GET", "", bob).json()["username"] == "bob"


def test_the_factors_to_sign_in_with_are_listed(app: App) -> None:
    factors = app.account("GET", "/auth-factors", app.access_token()).json()
    assert factors["username"] == "ada"
    assert factors["configured_user_auth_factors"] == ["PASSWORD"]


def test_a_disabled_user_does_nothing_more(app: App) -> None:
    token = app.access_token()
    app.pool.call("AdminDisableUser", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    assert code_of(app.account("PATCH", "", token, attributes={"name": "Ada"})) == (401, "not_authorized")


def test_passwords_and_codes_stay_out_of_errors_and_reprs(app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="fastapi_cognito_auth")
    token = app.access_token()
    answer = app.account("PUT", "/password", token, previous_password=PASSWORD, proposed_password=["x"])
    assert PASSWORD not in answer.text
    app.account("PUT", "/password", token, previous_password="Hush-hush-1!", proposed_password=NEW_PASSWORD)
    assert "Hush-hush-1!" not in caplog.text
    assert token not in caplog.text
