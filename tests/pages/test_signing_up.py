"""Signing up, confirming and a forgotten password by the pages, without scripts."""

from typing import Any
from urllib.parse import urlencode

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from fastapi_cognito_auth.pages.where_wrong import field_meant
from tests.pages.kit import App
from tests.routers.kit import NEW_PASSWORD, PASSWORD, another

PLAIN = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def plain(**pool: Any) -> App:
    return App(explicit_auth_flows=PLAIN, **pool)


def signed_up(app: App, **more: str) -> None:
    """Sign Eve up, and come to the page for the code."""
    app.open("/account/sign-up?next=/me")
    app.send({"username": "eve", "password": PASSWORD, "attribute.email": "eve@example.com", **more})


def test_one_signs_up_confirms_and_signs_in() -> None:
    app = plain()
    signed_up(app)
    assert app.page.heading == "Confirm your account"
    assert "e***@e***" in app.page.text
    app.send(code=app.code("eve"))
    assert app.page.texts[".notice"] == ["Your account is confirmed. You can sign in now."]
    assert app.page.forms[0].filled_in() == {"next": "/me", "username": "eve", "password": ""}
    app.send(password=PASSWORD)
    assert app.answer.json() == "eve"


def test_where_codes_sign_in_that_of_the_sign_up_does() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    signed_up(app)
    app.send(code=app.code("eve"))
    assert app.answer.json() == "eve"


def test_an_address_that_is_the_name_is_asked_for_once() -> None:
    app = plain(username_attributes=["email"], users=[])
    page = app.open("/account/sign-up?next=/me")
    assert list(page.forms[0].fields) == ["next", "username", "password"]
    assert page.forms[0].fields["username"]["type"] == "email"
    app.send(username="eve@example.com", password=PASSWORD)
    app.send(code=app.code("eve@example.com"))
    app.send(password=PASSWORD)
    assert app.who() is not None


def test_what_the_pool_demands_is_asked_for() -> None:
    app = plain(required_attributes=["email", "given_name"], users=[])
    page = app.open("/account/sign-up")
    assert page.forms[0].fields["attribute.given_name"]["autocomplete"] == "given-name"
    page = app.send({"username": "eve", "password": PASSWORD, "attribute.email": "eve@example.com"})
    assert (page.status, page.links["Fill this in: First name"]) == (422, "#attribute.given_name")
    assert page.forms[0].filled_in()["attribute.email"] == "eve@example.com"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"username": "ada"}, "username", "There is an account with this name already."),
        ({"password": "simple"}, "password", "The password does not meet all of the rules below."),
        ({"password": ""}, "password", "Enter a password."),
        ({"username": ""}, "username", "Enter your username."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, str], field: str, words: str) -> None:
    app = plain()
    signed_up(app, **changes)
    assert app.page.heading == "Create an account"
    assert app.page.forms[0].fields[field]["aria-invalid"] == "true"
    assert words in app.page.problem
    assert PASSWORD not in app.answer.text


def test_all_that_is_wrong_with_what_was_typed_is_told_at_once() -> None:
    app = plain(required_attributes=["email", "phone_number"], users=[])
    app.open("/account/sign-up")
    page = app.send({"username": "", "attribute.email": "eve", "attribute.phone_number": "0170 1"})
    assert page.status == 422
    assert [
        page.links[words]
        for words in (
            "Enter your username.",
            "Enter an address like name@example.com.",
            "Enter a number with its country code, like +49 30 123456.",
            "Enter a password.",
        )
    ] == ["#username", "#attribute.email", "#attribute.phone_number", "#password"]
    assert page.forms[0].filled_in()["attribute.email"] == "eve"


def test_a_number_is_taken_as_people_write_it() -> None:
    app = plain(required_attributes=["phone_number"], users=[])
    app.open("/account/sign-up")
    app.send({"username": "eve", "password": PASSWORD, "attribute.phone_number": "+49 (30) 123-456"})
    assert app.page.heading == "Confirm your account"
    assert app.pool.outbox.latest("eve").destination == "+4930123456"


@pytest.mark.parametrize("typed", ["eve", "eve@", "+49 30 123456"])
def test_a_name_that_has_to_be_an_address_and_is_none_is_said_at_its_field(typed: str) -> None:
    app = plain(username_attributes=["email"], users=[])
    app.open("/account/sign-up")
    page = app.send(username=typed, password=PASSWORD)
    assert (page.status, page.links["Enter an address like name@example.com."]) == (422, "#username")


def test_what_the_pool_refuses_is_said_at_the_field_that_it_means() -> None:
    app = plain(required_attributes=["birthdate"], users=[])
    app.open("/account/sign-up")
    given = {"attribute.birthdate": "today", "attribute.email": "eve@example.com"}
    page = app.send({"username": "eve", "password": PASSWORD, **given})
    words = "This cannot be taken. Check what you have typed."
    assert (page.status, page.links[words]) == (400, "#attribute.birthdate")


@pytest.mark.parametrize(
    ("message", "fields", "found"),
    [
        ("Invalid email address format.", {"attribute.email"}, ("attribute.email", "error.wrong.email")),
        ("Invalid phone number format.", {"username"}, ("username", "error.wrong.phone_number")),
        ("Username should be an email.", {"username", "attribute.email"}, ("username", "error.wrong.value")),
        (
            "Attributes did not conform to the schema: given_name: The attribute is required",
            {"attribute.name", "attribute.given_name"},
            ("attribute.given_name", "error.wrong.value"),
        ),
        (
            "1 validation error detected: Value at 'previousPassword' failed to satisfy constraint",
            {"previous_password", "new_password"},
            ("previous_password", "error.wrong.previous_password"),
        ),
        (
            "custom:tier: The attribute",
            {"attribute.custom:tier"},
            ("attribute.custom:tier", "error.wrong.value"),
        ),
        ("name: x, birthdate: y", {"attribute.name", "attribute.birthdate"}, None),
        ("Cannot modify the next action", {"next", "action", "whose"}, None),
        ("", {"username"}, None),
    ],
)
def test_the_field_that_the_service_means(
    message: str, fields: set[str], found: tuple[str, str] | None
) -> None:
    assert field_meant(message, fields) == found


def test_who_mistyped_the_address_can_sign_up_with_another_one() -> None:
    app = plain()
    signed_up(app)
    page = app.open(app.page.links["Create the account with another name or address"])
    assert (page.heading, page.forms[0].filled_in()["next"]) == ("Create an account", "/me")


def test_a_password_that_may_be_left_out_is_not_marked_as_required() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"], users=[])
    page = app.open("/account/sign-up")
    assert "required" not in page.forms[0].fields["password"]


def test_problems_are_told_in_the_order_of_the_fields() -> None:
    app = plain()
    app.open("/account/sign-up")
    page = app.send()
    told = [target for target in page.links.values() if target[0] == "#" and target != "#main"]
    assert told == [f"#{name}" for name in page.forms[0].fields if f"#{name}" in told]
    assert len(told) == 3


def test_a_wrong_code_confirms_nobody_and_another_can_be_had() -> None:
    app = plain()
    signed_up(app)
    first = app.code("eve")
    assert app.send(code=another(first)).status == 400
    page = app.send(form=1)
    assert page.texts[".notice"] == ["We have sent another code. Only the newest one counts."]
    assert app.code("eve") != first
    app.send(code=app.code("eve"))
    assert app.page.heading == "Sign in"


def test_who_never_confirmed_is_asked_for_the_code_at_the_sign_in() -> None:
    app = plain()
    signed_up(app)
    app.http.cookies.clear()
    app.open("/account/sign-in?next=/me")
    page = app.send(username="eve", password=PASSWORD)
    assert page.heading == "Confirm your account"
    app.send(form=1)
    app.send(code=app.code("eve"))
    app.send(password=PASSWORD)
    assert app.answer.json() == "eve"


def test_who_never_confirmed_is_asked_for_the_code_where_users_choose_too() -> None:
    app = App()
    signed_up(app)
    app.http.cookies.clear()
    app.open("/account/sign-in?next=/me")
    page = app.send(username="eve")
    assert page.heading == "Confirm your account"
    app.send(form=1)
    app.send(code=app.code("eve"))
    app.send(password=PASSWORD)
    assert app.answer.json() == "eve"


def test_a_password_that_has_to_be_reset_leads_there_where_users_choose_too() -> None:
    app = App()
    app.pool.call("AdminResetUserPassword", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.send(password=PASSWORD)
    assert "Your password has to be changed." in app.page.text


def test_the_rules_for_passwords_are_those_of_the_pool() -> None:
    page = plain().open("/account/sign-up")
    assert page.texts[".rules"] == [
        "At least 8 characters A capital letter A small letter A digit A symbol, such as ! or %"
    ]


def test_a_forgotten_password_is_replaced_by_a_code() -> None:
    app = plain()
    page = app.open("/account/sign-in?next=/me")
    app.open(page.links["Forgotten your password?"])
    page = app.send(username="ada")
    assert page.heading == "Choose a new password"
    assert app.send(code=another(app.code()), new_password=NEW_PASSWORD).status == 400
    page = app.send(code=app.code(), new_password="simple")
    assert page.forms[0].fields["new_password"]["aria-invalid"] == "true"
    page = app.send(code=app.code(), new_password=NEW_PASSWORD)
    assert page.texts[".notice"] == ["Your password is changed. You can sign in with it now."]
    app.send(password=NEW_PASSWORD)
    assert app.answer.json() == "ada"


def test_a_forgotten_password_tells_nobody_who_has_an_account() -> None:
    app = plain()
    seen = []
    for name in ("ada", "nobody"):
        app.open("/account/forgot-password")
        page = app.send(username=name)
        wrong = app.send(code="000000", new_password=NEW_PASSWORD)
        seen.append([text.replace(name, "…") for text in (page.text, wrong.text)])
    assert seen[0] == seen[1]


def test_a_password_that_has_to_be_reset_leads_there() -> None:
    app = plain()
    app.pool.call("AdminResetUserPassword", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    app.open("/account/sign-in?next=/me")
    page = app.send(username="ada", password=PASSWORD)
    assert "Your password has to be changed." in page.text
    # Nobody knows whether there is a code: who was imported from elsewhere was sent none.
    assert "We have sent" not in page.text
    assert "data-resend" not in page.response.text
    page = app.click("Send me a code")
    assert page.texts[".notice"] == ["We have sent another code. Only the newest one counts."]
    assert "data-resend" in page.response.text
    app.send(code=app.code(), new_password=NEW_PASSWORD)
    app.send(password=NEW_PASSWORD)
    assert app.answer.json() == "ada"


def test_where_administrators_alone_create_users_nobody_is_sent_to_sign_up() -> None:
    app = plain()
    app.pool.call(
        "UpdateUserPool",
        {
            "UserPoolId": app.pool.user_pool_id,
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        },
    )
    assert "Create an account" not in app.open("/account/sign-in").text
    page = app.open("/account/sign-up")
    sent = [form for form in page.forms if form.attributes["method"] == "post"]
    assert (page.texts["p"][1:], sent) == (["Accounts are created by an administrator here."], [])


def test_a_trigger_that_refuses_is_a_page_in_our_words() -> None:
    def refuse(_event: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("internal words")

    app = plain(triggers=Triggers(pre_sign_up=refuse), users=[])
    signed_up(app)
    assert "This service does not let you do this." in app.page.problem
    assert "internal words" not in app.answer.text


def test_signing_out_is_asked_for_and_done_by_a_button() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username="ada", password=PASSWORD)
    page = app.open("/account/sign-out")
    assert app.who() == "ada"
    assert "You are signed in as ada." in page.text
    assert app.send().texts[".notice"] == ["You are signed out."]
    assert app.who() is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/me", "/me"),
        ("/", "/"),
        ("", "/account/sign-in"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_signing_out_leads_where_a_link_of_the_app_wants(wanted: str, found: str) -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username="ada", password=PASSWORD)
    path = f"/account/sign-out?{urlencode({'next': wanted})}"
    app.open(path)
    app.send()
    assert (app.answer.url.host, app.answer.url.path) == ("app.example", found)
    assert app.who() is None
    app.open(path)
    assert (app.answer.url.host, app.answer.url.path) == ("app.example", found)


def test_who_is_signed_out_already_is_told_so() -> None:
    assert plain().open("/account/sign-out").texts[".notice"] == ["You are signed out."]


def test_the_code_of_a_sign_up_is_not_taken_for_a_reset() -> None:
    app = plain()
    signed_up(app)
    step = app.page.path.rpartition("/")[2]
    assert app.open(f"/account/reset-password/{step}").status == 410
    assert app.open(f"/account/sign-in/{step}").status == 410


def test_a_user_who_signs_up_without_a_password_gets_in_by_the_code() -> None:
    app = App([LocalUser("x", password=PASSWORD)], allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    signed_up(app, password="")
    app.send(code=app.code("eve"))
    assert app.answer.json() == "eve"


def test_a_password_is_asked_for_where_nobody_can_sign_up_without_one() -> None:
    """A passkey is added by who is signed in already."""
    app = App(allowed_first_factors=["PASSWORD", "WEB_AUTHN"], relying_party_id="app.example")
    assert "Leave it empty" not in app.open("/account/sign-up").text
    page = app.send({"attribute.email": "grace@example.com"}, username="grace")
    assert page.problem == "Enter a password."
