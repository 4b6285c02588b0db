"""A forgotten password, over HTTP."""

import pytest

from tests.routers.kit import NEW_PASSWORD, PASSWORD, App, another, code_of


@pytest.fixture(params=[False, True], ids=["public client", "client with a secret"])
def app(request: pytest.FixtureRequest) -> App:
    return App(client_secret=request.param)


def reset(app: App, code: str, password: str = NEW_PASSWORD) -> tuple[int, str]:
    answer = app.post("/password/reset", username="ada", code=code, password=password)
    return (200, "") if answer.status_code == 200 else code_of(answer)


def test_the_code_sets_a_new_password(app: App) -> None:
    assert app.post("/password/forgot", username="ada").json() == {"status": "code_requested"}
    assert reset(app, app.code()) == (200, "")
    assert code_of(app.sign_in()) == (401, "not_authorized")
    assert app.sign_in(password=NEW_PASSWORD).status_code == 200


def test_a_wrong_code_changes_nothing(app: App) -> None:
    app.post("/password/forgot", username="ada")
    assert reset(app, another(app.code())) == (400, "code_mismatch")
    assert app.sign_in().status_code == 200


def test_a_code_is_used_once(app: App) -> None:
    app.post("/password/forgot", username="ada")
    code = app.code()
    assert reset(app, code) == (200, "")
    assert reset(app, code, PASSWORD) == (400, "code_mismatch")


def test_a_code_expires(app: App) -> None:
    app.post("/password/forgot", username="ada")
    app.clock.advance(3601)
    assert reset(app, app.code()) == (400, "code_mismatch")


def test_a_code_that_nobody_asked_for_is_refused(app: App) -> None:
    assert reset(app, "123456") == (400, "code_mismatch")


def test_a_weak_password_leaves_the_code_for_another_try(app: App) -> None:
    app.post("/password/forgot", username="ada")
    code = app.code()
    assert reset(app, code, "weak-weak-weak") == (400, "invalid_password")
    assert reset(app, code) == (200, "")


def test_a_sign_up_code_resets_no_password(app: App) -> None:
    app.post("/sign-up", username="bob", password=PASSWORD, attributes={"email": "bob@example.com"})
    body = {"username": "bob", "code": app.code("bob"), "password": NEW_PASSWORD}
    assert app.post("/password/reset", **body).status_code in {400, 401}


@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
@pytest.mark.parametrize("username", ["nobody", "nobody@example.com", "+15550100000", "newcomer"])
def test_forgetting_tells_nothing_about_who_exists(prevents: bool, username: str) -> None:
    app = App(prevent_user_existence_errors=prevents)
    known = app.post("/password/forgot", username="ada")
    unknown = app.post("/password/forgot", username=username)
    assert unknown.status_code == known.status_code == 200
    assert unknown.json().keys() == known.json().keys()


@pytest.mark.parametrize("prevents", [True, False], ids=["ENABLED", "LEGACY"])
def test_resetting_for_an_unknown_user_reads_as_a_wrong_code(prevents: bool) -> None:
    app = App(prevent_user_existence_errors=prevents)
    body = {"username": "nobody", "code": "123456", "password": NEW_PASSWORD}
    assert code_of(app.post("/password/reset", **body)) in {(400, "code_mismatch"), (400, "code_mismatch")}


def test_guessing_codes_comes_to_an_end(app: App) -> None:
    app.post("/password/forgot", username="ada")
    wrong = another(app.code())
    results = [reset(app, wrong) for _ in range(25)]
    assert results[-1][0] == 429
    assert reset(app, app.code())[0] == 429
