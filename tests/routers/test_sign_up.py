"""Sign-up, confirmation, and another code, over HTTP."""

import pytest

from tests.routers.kit import PASSWORD, App, another, code_of

BOB = {"username": "bob", "password": PASSWORD, "attributes": {"email": "bob@example.com"}}


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


def test_sign_up_says_where_the_code_went(app: App) -> None:
    answer = app.post("/sign-up", **BOB)
    assert answer.status_code == 201
    assert answer.json()["delivery"] == {
        "destination": "b***@e***",
        "medium": "EMAIL",
        "attribute_name": "email",
    }
    assert answer.json()["confirmed"] is False


def test_a_new_user_cannot_sign_in_before_confirming(app: App) -> None:
    app.post("/sign-up", **BOB)
    assert code_of(app.sign_in("bob")) == (403, "user_not_confirmed")


def test_the_code_confirms_and_the_user_signs_in(app: App) -> None:
    app.post("/sign-up", **BOB)
    confirmed = app.post("/sign-up/confirm", username="bob", code=app.code("bob"))
    assert confirmed.json()["status"] == "confirmed"
    assert app.me(app.sign_in("bob").json()["access_token"]).json()["username"] == "bob"


def test_a_wrong_code_does_not_confirm_and_the_right_one_still_does(app: App) -> None:
    app.post("/sign-up", **BOB)
    wrong = another(app.code("bob"))
    assert code_of(app.post("/sign-up/confirm", username="bob", code=wrong)) == (400, "code_mismatch")
    assert app.post("/sign-up/confirm", username="bob", code=app.code("bob")).status_code == 200


def test_a_code_confirms_once(app: App) -> None:
    app.post("/sign-up", **BOB)
    code = app.code("bob")
    app.post("/sign-up/confirm", username="bob", code=code)
    assert app.post("/sign-up/confirm", username="bob", code=code).status_code in {400, 401}


@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
def test_a_code_that_has_expired_reads_like_one_of_nobody(prevents: bool) -> None:
    app = App(prevent_user_existence_errors=prevents)
    app.post("/sign-up", **BOB)
    app.clock.advance(24 * 3600 + 1)
    refused = app.post("/sign-up/confirm", username="bob", code=app.code("bob"))
    assert code_of(refused) == (400, "code_mismatch")
    assert refused.json() == app.post("/sign-up/confirm", username="nobody", code="123456").json()


def test_another_code_replaces_the_first(app: App) -> None:
    app.post("/sign-up", **BOB)
    first = app.code("bob")
    assert app.post("/sign-up/resend-code", username="bob").status_code == 200
    refused = app.post("/sign-up/confirm", username="bob", code=first)
    assert refused.status_code == 400
    assert app.post("/sign-up/confirm", username="bob", code=app.code("bob")).status_code == 200


def test_a_taken_username_is_409(app: App) -> None:
    app.post("/sign-up", **BOB)
    assert code_of(app.post("/sign-up", **BOB)) == (409, "username_exists")


def test_a_weak_password_says_what_it_lacks(app: App) -> None:
    answer = app.post("/sign-up", **{**BOB, "password": "correct-horse-1"})
    assert code_of(answer) == (400, "invalid_password")
    assert "uppercase" in answer.json()["detail"]["message"]


def test_an_unknown_attribute_is_refused(app: App) -> None:
    answer = app.post("/sign-up", **{**BOB, "attributes": {"custom:role": "admin"}})
    assert code_of(answer) == (400, "invalid_parameter")


def test_nobody_verifies_their_own_address(app: App) -> None:
    attributes = {"email": "bob@example.com", "email_verified": "true"}
    assert app.post("/sign-up", **{**BOB, "attributes": attributes}).status_code in {400, 401}


@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
def test_resending_tells_nothing_about_who_exists(prevents: bool) -> None:
    app = App(prevent_user_existence_errors=prevents)
    app.post("/sign-up", **BOB)
    answers = [app.post("/sign-up/resend-code", username=name) for name in ("bob", "ada", "nobody")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.text for answer in answers} == {'{"status":"code_requested"}'}


@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
def test_confirming_an_unknown_user_reads_as_a_wrong_code(prevents: bool) -> None:
    app = App(prevent_user_existence_errors=prevents)
    answer = app.post("/sign-up/confirm", username="nobody", code="123456")
    assert code_of(answer) == (400, "code_mismatch")


def test_guessing_codes_comes_to_an_end(app: App) -> None:
    app.post("/sign-up", **BOB)
    wrong = another(app.code("bob"))
    answers = [app.post("/sign-up/confirm", username="bob", code=wrong) for _ in range(20)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
