"""What people type is read as they meant it, or refused in words."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUser
from tests.routers.kit import ADA, NEW_PASSWORD, NEWCOMER, PASSWORD, TEMPORARY, App, code_of
from tests.routers.test_account_mfa import enrol
from tests.routers.test_bodies import path_of

APP = App([ADA, NEWCOMER, LocalUser("grace", password=PASSWORD)])
PATTERN = re.compile(r"regular expression|pattern|\\[a-zA-Z]|\[[^\]]*\][+*]|\^|\$\"")
"""What shows that a message was not written for people."""


def spaced(code: str) -> list[str]:
    wide = "".join(chr(ord("\N{FULLWIDTH DIGIT ZERO}") + int(digit)) for digit in code)
    arabic = "".join(chr(ord("\N{ARABIC-INDIC DIGIT ZERO}") + int(digit)) for digit in code)
    return [
        f"{code[:3]} {code[3:]}",
        f"{code[:3]}-{code[3:]}",
        f" {code}\n",
        f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}",
        f"{code[:3]}\N{EN DASH}{code[3:]}",
        f"\N{ZERO WIDTH SPACE}{code}\N{LEFT-TO-RIGHT MARK}",
        wide,
        arabic,
    ]


# Codes


@pytest.mark.parametrize("way", range(8))
def test_a_code_as_an_authenticator_app_shows_it_signs_in(way: int) -> None:
    app = App([NEWCOMER], mfa="ON")
    setup = app.post("/challenge/totp", session=app.to_mfa_setup()["session"]).json()
    code = spaced(app.totp(setup["secret_code"]))[way]
    answer = app.post("/challenge", challenge="MFA_SETUP", session=setup["session"], code=code)
    assert answer.json()["status"] == "signed_in"


@pytest.mark.parametrize("way", range(8))
def test_a_code_as_it_is_copied_from_an_e_mail_is_taken(way: int) -> None:
    app = App()
    app.post("/sign-up", username="bob", password=PASSWORD, attributes={"email": "bob@example.com"})
    answer = app.post("/sign-up/confirm", username="bob", code=spaced(app.code("bob"))[way])
    assert answer.status_code == 200


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "abc def", "abcdef", "\N{ROMAN NUMERAL SIX}"])
def test_a_wrong_first_code_of_an_authenticator_app_is_a_wrong_code(code: str) -> None:
    app = App([NEWCOMER], mfa="ON")
    setup = app.post("/challenge/totp", session=app.to_mfa_setup()["session"]).json()
    answer = app.post("/challenge", challenge="MFA_SETUP", session=setup["session"], code=code)
    assert code_of(answer) in {(400, "code_mismatch"), (422, "invalid_request")}
    assert (answer.status_code == 422) == (" " in code)
    assert PATTERN.search(answer.text) is None


@pytest.mark.parametrize("code", ["000000", "12345", "abcdef"])
def test_the_same_holds_for_one_who_is_signed_in(code: str) -> None:
    app = App()
    token = app.access_token()
    app.account("POST", "/mfa/totp", token)
    answer = app.account("POST", "/mfa/totp/verify", token, code=code)
    assert code_of(answer) == (400, "code_mismatch")


def test_a_signed_in_user_types_the_code_as_it_is_shown() -> None:
    app = App()
    token = app.access_token()
    secret = app.account("POST", "/mfa/totp", token).json()["secret_code"]
    answer = app.account("POST", "/mfa/totp/verify", token, code=spaced(app.totp(secret))[0])
    assert answer.status_code == 204


def test_a_second_factor_is_typed_as_it_is_shown() -> None:
    app = App()
    secret = enrol(app, app.access_token())
    session = app.sign_in().json()["session"]
    answer = app.post(
        "/challenge", challenge="SOFTWARE_TOKEN_MFA", session=session, code=spaced(app.totp(secret))[1]
    )
    assert answer.json()["status"] == "signed_in"


# Usernames


@pytest.mark.parametrize("username", ["ada ", " ada", "ada\n", "\N{NO-BREAK SPACE}ada"])
def test_blanks_around_a_username_are_dropped(username: str) -> None:
    assert APP.sign_in(username).status_code == 200
    form = {"username": username, "password": PASSWORD}
    assert APP.http.post("/auth/token", data=form).status_code == 200


@pytest.mark.parametrize("username", ["ada lovelace", "ad\N{ZERO WIDTH SPACE}a", "   ", "ad\x01a"])
def test_a_username_that_cannot_be_one_is_told_in_words(username: str) -> None:
    answer = APP.sign_in(username)
    assert code_of(answer) == (422, "invalid_request")
    assert "A username" in answer.text
    assert PATTERN.search(answer.text) is None


# New passwords

UNFIT = {
    "a blank at its end": (f"{PASSWORD} ", "neither begins nor ends with a blank"),
    "a blank at its beginning": (f" {PASSWORD}", "neither begins nor ends with a blank"),
    "only blanks": (" " * 12, "neither begins nor ends with a blank"),
    "a line break": ("Correct\nhorse-1!", "no line breaks"),
    "nothing": ("", "6 characters or more"),
    "too short": ("Aa1!", "6 characters or more"),
    "too long": ("Aa1!" * 65, "256 characters at most"),
}


@pytest.mark.parametrize(("password", "words"), UNFIT.values(), ids=UNFIT.keys())
def test_a_new_password_that_no_pool_takes_is_an_invalid_password_in_words(password: str, words: str) -> None:
    app = App()
    first = app.sign_in("newcomer", TEMPORARY).json()
    token = app.access_token()
    attributes = {"email": "bob@example.com"}
    answers = [
        app.post("/sign-up", username="bob", password=password, attributes=attributes),
        app.post("/password/reset", username="ada", code="123456", password=password),
        app.post("/password/reset", username="nobody", code="123456", password=password),
        app.post(
            "/challenge",
            challenge="NEW_PASSWORD_REQUIRED",
            session=first["session"],
            new_password=password,
        ),
        app.account("PUT", "/password", token, previous_password=PASSWORD, proposed_password=password),
    ]
    for answer in answers:
        assert code_of(answer) == (400, "invalid_password")
        assert words in answer.json()["detail"]["message"]


def test_all_that_is_wrong_with_a_new_password_is_said_at_once() -> None:
    answer = APP.post("/sign-up", username="bob", password=" a\nb ")
    assert answer.json()["detail"]["message"] == (
        "A password has 6 characters or more. The pool may want more of them, and capitals, small letters,"
        " digits or symbols among them. A password neither begins nor ends with a blank."
        " A password has no line breaks."
    )


def test_blanks_inside_a_password_are_its_own() -> None:
    app = App()
    password = "Correct horse 1!"
    token = app.access_token()
    changed = app.account("PUT", "/password", token, previous_password=PASSWORD, proposed_password=password)
    assert changed.status_code == 200
    assert app.sign_in(password=password).status_code == 200


# No regular expression is shown to anybody

JSON_BODIES = {
    (method.upper(), path): operation["requestBody"]["content"]["application/json"]["schema"]
    for path, item in APP.app.openapi()["paths"].items()
    for method, operation in item.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
}
TOKEN = APP.access_token()


def members_of(schema: dict[str, Any]) -> set[str]:
    """Return the names of all members of a body, however deep."""
    text = json.dumps(schema)
    schemas = APP.app.openapi()["components"]["schemas"]
    seen: set[str] = set()
    while more := set(re.findall(r"schemas/(\w+)", text)) - seen:
        seen |= more
        text += json.dumps([schemas[name] for name in more])
    return {name for schema in seen for name in schemas[schema].get("properties", ())}


@pytest.mark.parametrize("value", [" x y ", "\N{ZERO WIDTH SPACE}", "^", "", 5, [" "], {" ": " "}])
@pytest.mark.parametrize("route", JSON_BODIES)
def test_no_member_of_any_body_is_answered_with_a_regular_expression(
    route: tuple[str, str], value: Any
) -> None:
    method, path = route
    challenges = ["MFA_SETUP", "NEW_PASSWORD_REQUIRED", "SMS_MFA", "WEB_AUTHN", "CUSTOM_CHALLENGE"]
    for challenge in challenges if path.endswith("/challenge") else [None]:
        body = dict.fromkeys(members_of(JSON_BODIES[route]), value)
        if challenge is not None:
            body["challenge"] = challenge
        answer = APP.http.request(
            method, path_of(path), json=body, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        messages = [fault["message"] for fault in answer.json().get("detail", {}).get("errors", ())]
        assert not [message for message in messages if PATTERN.search(message)]


PARAMETERS = ["/account/sessions/x", "/account/devices/x", "/account/passkeys/x!", "/account/attributes/%20"]


@pytest.mark.parametrize("path", PARAMETERS)
def test_no_parameter_is_answered_with_a_regular_expression(path: str) -> None:
    answer = APP.http.delete(path, headers={"Authorization": f"Bearer {TOKEN}"})
    assert code_of(answer) == (422, "invalid_request")
    assert PATTERN.search(answer.json()["detail"]["errors"][0]["message"]) is None


TYPED = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@given(
    username=TYPED,
    password=TYPED,
    code=TYPED,
    path=st.sampled_from(
        [
            "/sign-up",
            "/sign-up/confirm",
            "/sign-up/resend-code",
            "/sign-in",
            "/password/forgot",
            "/password/reset",
        ]
    ),
)
@settings(max_examples=120, deadline=None)
def test_nothing_that_is_typed_is_answered_with_a_regular_expression(
    username: str, password: str, code: str, path: str
) -> None:
    members = {
        "/sign-up": ("username", "password"),
        "/sign-up/confirm": ("username", "code"),
        "/sign-in": ("username", "password"),
        "/password/reset": ("username", "code", "password"),
    }.get(path, ("username",))
    typed = {"username": username, "password": password, "code": code}
    answer = APP.post(path, **{name: typed[name] for name in members})
    assert answer.status_code < 500
    assert "regular expression" not in answer.text
    assert "failed to satisfy constraint" not in answer.text


def test_the_new_password_is_taken_as_it_is_typed() -> None:
    app = App()
    app.post("/password/forgot", username="ada")
    body = {"username": "ada ", "code": spaced(app.code())[0], "password": NEW_PASSWORD}
    assert app.post("/password/reset", **body).status_code == 200
    assert app.sign_in(password=NEW_PASSWORD).status_code == 200
