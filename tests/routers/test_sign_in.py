"""Sign-in, over HTTP."""

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.routers.kit import PASSWORD, TEMPORARY, App, code_of

FLOWS = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"]


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_right_password_gives_tokens_that_the_app_accepts(app: App, flow: str) -> None:
    answer = app.post("/sign-in", username="ada", password=PASSWORD, auth_flow=flow).json()
    assert answer["status"] == "signed_in"
    assert {"id_token", "refresh_token", "expires_in"} <= answer.keys()
    assert answer["token_type"] == "Bearer"
    assert app.me(answer["access_token"]).json()["username"] == "ada"


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("password", ["wrong", PASSWORD.lower(), PASSWORD + " ", " " + PASSWORD, "x" * 256])
def test_a_wrong_password_is_refused(app: App, flow: str, password: str) -> None:
    answer = app.post("/sign-in", username="ada", password=password, auth_flow=flow)
    assert code_of(answer) == (401, "not_authorized")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
def test_an_unknown_user_reads_as_a_wrong_password(prevents: bool, flow: str) -> None:
    app = App(prevent_user_existence_errors=prevents)
    unknown = app.post("/sign-in", username="nobody", password=PASSWORD, auth_flow=flow)
    wrong = app.post("/sign-in", username="ada", password="Wrong-password-1!", auth_flow=flow)
    assert unknown.json() == wrong.json()
    assert unknown.status_code == wrong.status_code == 401


def test_an_id_token_does_not_open_the_app(app: App) -> None:
    answer = app.me(app.sign_in().json()["id_token"])
    assert code_of(answer) == (401, "invalid_token_use")


def test_a_token_of_another_pool_does_not_open_the_app(app: App) -> None:
    answer = app.me(App().sign_in().json()["access_token"])
    assert answer.status_code == 401


def test_a_token_expires(app: App) -> None:
    token = app.sign_in().json()["access_token"]
    app.clock.advance(3600 + 11)
    assert code_of(app.me(token)) == (401, "token_expired")


@pytest.mark.parametrize("secret", [False, True], ids=["public client", "client with a secret"])
@pytest.mark.parametrize("login", ["ada", "ada@example.com"])
def test_an_alias_signs_in_through_every_step(secret: bool, login: str) -> None:
    """The secret hash covers the name as typed first, and the canonical one after that."""
    app = App(alias_attributes=["email"], client_secret=secret)
    assert app.me(app.sign_in(login).json()["access_token"]).json()["username"] == "ada"


@pytest.mark.parametrize("secret", [False, True], ids=["public client", "client with a secret"])
def test_a_user_named_by_an_address_goes_through_new_password_and_mfa(secret: bool) -> None:
    user = LocalUser("new@example.com", temporary_password=TEMPORARY)
    app = App([user], username_attributes=["email"], client_secret=secret, mfa="ON")
    first = app.sign_in("new@example.com", TEMPORARY).json()
    challenge = {"challenge": first["challenge"], "session": first["session"]}
    second = app.post("/challenge", **challenge, new_password=PASSWORD).json()
    setup = app.post("/challenge/totp", session=second["session"]).json()
    answer = app.post(
        "/challenge", challenge="MFA_SETUP", session=setup["session"], code=app.totp(setup["secret_code"])
    )
    user_seen = app.me(answer.json()["access_token"]).json()
    assert user_seen["username"] == user_seen["sub"]


def test_password_flow_can_be_switched_off() -> None:
    app = App(explicit_auth_flows=["ALLOW_USER_SRP_AUTH"])
    refused = app.post("/sign-in", username="ada", password=PASSWORD, auth_flow="USER_PASSWORD_AUTH")
    assert code_of(refused) == (400, "invalid_parameter")
    assert app.sign_in().json()["status"] == "signed_in"


def test_too_many_wrong_passwords_lock_the_user_out_for_a_while(app: App) -> None:
    for _ in range(8):
        app.sign_in(password="Wrong-password-1!")
    assert code_of(app.sign_in()) == (401, "not_authorized")
    app.clock.advance(900)
    assert app.sign_in().status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "ada"},
        {"username": "", "password": PASSWORD},
        {"username": "a b", "password": PASSWORD},
        {"username": "a" * 129, "password": PASSWORD},
        {"username": "ada", "password": "x" * 257},
        {"username": "ada", "password": ["x"]},
        {"username": {"$ne": ""}, "password": PASSWORD},
        {"username": "ada", "password": PASSWORD, "auth_flow": "ADMIN_USER_PASSWORD_AUTH"},
        {"username": "ada", "password": PASSWORD, "auth_flow": "USER_AUTH"},
        {"username": "ada", "password": PASSWORD, "preferred_challenge": "PASSWORD"},
        {"username": "ada", "password": PASSWORD, "session": "x"},
        {"username": "ada", "password": PASSWORD, "target_acr_values": ["urn:cognito:loa:4"]},
        {"username": "ada", "auth_flow": "USER_AUTH", "max_age": 60},
        {"username": "ada", "auth_flow": "USER_AUTH", "preferred_challenge": "ADMIN"},
        {"username": "ada", "auth_flow": "USER_AUTH", "target_acr_values": ["two words"]},
        {"username": "ada", "password": PASSWORD, "challenge_name": "NEW_PASSWORD_REQUIRED"},
    ],
    ids=str,
)
def test_a_malformed_body_is_422_and_not_repeated(app: App, body: dict[str, object]) -> None:
    answer = app.post("/sign-in", **body)
    assert code_of(answer) == (422, "invalid_request")
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"username":' * 5000,
        b'{"username": "ada\\ud800", "password": "Correct-horse-1!"}',
        b'{"username": "ada", "password": "\\udfff"}',
    ],
    ids=lambda content: repr(content[:40]),
)
def test_what_is_not_json_is_422(app: App, content: bytes) -> None:
    answer = app.http.post("/auth/sign-in", content=content, headers={"Content-Type": "application/json"})
    assert code_of(answer) == (422, "invalid_request")


def test_a_control_character_in_the_username_is_refused_by_the_pool(app: App) -> None:
    assert app.sign_in("ada\x00").status_code in {400, 401, 422}


def test_the_oauth2_password_form_signs_in(app: App) -> None:
    form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    answer = app.http.post("/auth/token", data=form)
    assert app.me(answer.json()["access_token"]).status_code == 200


def test_the_oauth2_password_form_refuses_a_wrong_password(app: App) -> None:
    answer = app.http.post("/auth/token", data={"username": "ada", "password": "wrong"})
    assert code_of(answer) == (400, "not_authorized")


def test_the_oauth2_password_form_cannot_answer_challenges(app: App) -> None:
    answer = app.http.post("/auth/token", data={"username": "newcomer", "password": TEMPORARY})
    assert code_of(answer) == (400, "challenge_required")


def test_a_malformed_oauth2_form_is_not_repeated(app: App) -> None:
    answer = app.http.post("/auth/token", data={"password": PASSWORD})
    assert code_of(answer) == (400, "invalid_request")
    assert PASSWORD not in answer.text


def test_a_disabled_user_is_refused(app: App) -> None:
    app.pool.call("AdminDisableUser", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    assert code_of(app.sign_in()) == (401, "not_authorized")


def test_a_reset_by_an_administrator_is_told_after_the_right_password(app: App) -> None:
    app.pool.call("AdminResetUserPassword", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    assert code_of(app.sign_in(password="Wrong-password-1!")) == (401, "not_authorized")
    assert code_of(app.sign_in()) == (403, "password_reset_required")


def test_config_tells_what_a_front_end_needs(app: App) -> None:
    answer = app.http.get("/auth/config").json()
    assert answer["user_pool_id"] == app.pool.user_pool_id
    assert answer["auth_flow"] == "USER_SRP_AUTH"
    assert "SOFTWARE_TOKEN_MFA" in answer["challenges"]
    assert str(app.pool.client_secret) not in str(answer)
