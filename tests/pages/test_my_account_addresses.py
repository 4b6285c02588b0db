"""My account by the pages: e-mail addresses and phone numbers, and the codes that prove them."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from fastapi_cognito_auth.local.errors import ServiceError
from tests.pages.my_kit import ROOT, Mine
from tests.routers.kit import ADA, PASSWORD, another

KEPT: dict[str, Any] = {
    "AutoVerifiedAttributes": ["email"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}
NEW = "countess@example.com"


def changing(**pool: Any) -> Mine:
    """Return an app where ada has written a new address, and is asked for its code."""
    app = Mine(**pool)
    app.open(f"{ROOT}/attributes/email")
    app.press("/attributes/email", **{"attribute.email": f" {NEW} "})
    assert app.page.heading == "Verify your e-mail address"
    return app


def test_a_new_address_is_verified_by_its_code() -> None:
    app = changing()
    assert "We have sent a code to c***@e***." in app.page.text
    code = app.code()
    app.send(code=f"{code[:3]} {code[3:]}")
    assert app.notice == "Your e-mail address is verified."
    assert app.page.texts["dd"][0] == f"{NEW} Verified Change the e-mail address"


def test_where_the_pool_keeps_the_address_the_new_one_counts_once_it_is_proved() -> None:
    app = changing(changed=KEPT)
    assert app.get_user()["email"] == "ada@example.com"
    assert "ada@example.com Verified" in app.open(ROOT).texts["dd"][0]
    page = app.open(f"{ROOT}/attributes/email")
    assert "Until then the present one stays." in page.text
    app.open(page.links["I have a code already"])
    app.send(code=app.code())
    assert app.get_user()["email"] == NEW


@pytest.mark.parametrize("changed", [None, KEPT])
def test_another_code_goes_to_the_new_address(changed: dict[str, Any] | None) -> None:
    app = changing(changed=changed)
    app.press("/attributes/email/verify", "resend")
    assert "Only the newest one counts." in app.page.text
    assert app.pool.outbox.latest("ada").destination == NEW
    app.send(code=app.code())
    assert app.notice == "Your e-mail address is verified."


def test_a_code_that_none_can_be_is_told_beside_its_field() -> None:
    page = changing().send(code="x" * 3000)
    assert page.links["Something of this cannot be taken. Check what you have typed."] == "#code"


def test_a_wrong_code_is_told_beside_its_field_and_not_repeated() -> None:
    app = changing()
    page = app.send(code=another(app.code()))
    assert (page.status, page.forms[0].fields["code"]["aria-invalid"]) == (400, "true")
    assert page.forms[0].fields["code"].get("value") == ""
    app.send(code=app.code())
    assert app.notice == "Your e-mail address is verified."


@pytest.mark.parametrize(("code", "problem"), [("", "Enter the code."), ("1 a", "A code has digits only.")])
def test_what_is_no_code_is_told_so(code: str, problem: str) -> None:
    page = changing().send(code=code)
    assert (page.status, page.problem) == (422, problem)


def test_an_expired_code_is_told_so_and_another_one_helps() -> None:
    app = changing()
    code = app.code()
    app.later(25 * 3600)
    page = app.send(code=code)
    assert page.problem == "The code has expired. Ask for another one."
    app.press("/attributes/email/verify", "resend")
    app.send(code=app.code())
    assert app.notice == "Your e-mail address is verified."


def test_a_code_that_is_sent_twice_is_no_fault() -> None:
    app = changing()
    page, code = app.page, app.code()
    app.send(code=code)
    app.page = page
    app.send(code=code)
    assert app.notice == "Your e-mail address is verified."


def test_too_many_codes_are_told_so() -> None:
    app = changing()
    app.fail(ServiceError("LimitExceededException", "no"), "VerifyUserAttribute")
    page = app.send(code="123456")
    assert (page.status, page.problem) == (429, "Those were too many tries. Wait some time, and try again.")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "Enter your e-mail address."), ("countess", "Enter an address like name@example.com.")],
)
def test_what_is_no_address_is_told_beside_its_field_and_kept(text: str, problem: str) -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes/email")
    page = app.press("/attributes/email", **{"attribute.email": text})
    assert (page.status, page.problem) == (422, problem)
    assert page.forms[0].fields["attribute.email"]["value"] == text
    assert page.heading == "Change the e-mail address"


def test_where_the_pool_is_down_nothing_is_said_of_an_address_that_nobody_knows() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes/phone_number")
    app.fail(ServiceError("InternalErrorException", "no"), "UpdateUserAttributes", "GetUser")
    page = app.press("/attributes/phone_number", **{"attribute.phone_number": "+49 30 123"})
    assert page.problem.startswith("Your account cannot be reached")
    assert "Remove the phone number" not in page.text
    assert page.forms[0].fields["attribute.phone_number"]["value"] == "+49 30 123"


def test_an_address_of_another_account_is_refused() -> None:
    eve = LocalUser("eve", password=PASSWORD, attributes={"email": NEW})
    app = Mine(users=[ADA, eve], alias_attributes=["email"])
    app.open(f"{ROOT}/attributes/email")
    app.press("/attributes/email", **{"attribute.email": NEW})
    page = app.send(code=app.code())
    assert (page.status, page.problem) == (409, "This address or number belongs to another account.")


def test_an_address_that_signs_in_another_account_is_refused_beside_its_field() -> None:
    users = [
        LocalUser(name, password=PASSWORD, attributes={"email": name}) for name in ("ada@example.com", NEW)
    ]
    app = Mine(users=users, username="ada@example.com", username_attributes=["email"])
    assert "You sign in with it" in app.open(f"{ROOT}/attributes/email").text
    page = app.press("/attributes/email", **{"attribute.email": NEW})
    assert page.status == 409
    assert page.links["This address or number belongs to another account."] == "#attribute.email"


def test_an_address_that_is_not_verified_is_verified_by_a_button() -> None:
    user = LocalUser("ada", password=PASSWORD, attributes={"email": "a@b.example", "email_verified": "false"})
    app = Mine(users=[user])
    assert "Not verified" in app.page.texts["dd"][0]
    app.press("/attributes/email/code")
    app.send(code=app.code())
    assert app.notice == "Your e-mail address is verified."
    assert not app.can_press("/attributes/email/code")


def test_a_phone_number_is_taken_as_people_write_it_and_taken_away_again() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes/phone_number")
    page = app.press("/attributes/phone_number", **{"attribute.phone_number": "030 123456"})
    assert page.problem == "Enter a number with its country code, like +49 30 123456."
    assert (page.heading, len(page.forms)) == ("Add a phone number", 2)
    app.press("/attributes/phone_number", **{"attribute.phone_number": "+49 (30) 123-456"})
    assert app.get_user()["phone_number"] == "+4930123456"
    app.open(f"{ROOT}/attributes/phone_number")
    page = app.press("/attributes/phone_number", **{"attribute.phone_number": "030"})
    assert page.heading == "Change the phone number"
    app.press("/attributes/phone_number", "remove")
    assert app.notice == "Your phone number is removed."
    assert "phone_number" not in app.get_user()


def test_the_address_that_everybody_has_cannot_be_taken_away() -> None:
    app = Mine(required_attributes=["email"])
    app.open(f"{ROOT}/attributes/email")
    assert [button.get("value") for form in app.page.forms for button in form.buttons] == [None, None]


def test_text_messages_are_not_promised_where_the_pool_sends_none() -> None:
    user = LocalUser(
        "ada", password=PASSWORD, attributes={"email": "a@b.example", "phone_number": "+4930123"}
    )
    assert not Mine(users=[user]).can_press("/attributes/phone_number/code")
    assert Mine(users=[user], mfa_methods=["SMS_MFA"]).can_press("/attributes/phone_number/code")


def test_another_user_of_the_browser_does_not_see_where_a_code_went() -> None:
    eve = LocalUser("eve", password=PASSWORD, attributes={"email": "eve@example.com"})
    app = changing(users=[ADA, eve])
    address = app.page.path
    app.open("/account/sign-out")
    app.send()
    app.sign_in("eve")
    assert "c***@e***" not in app.open(address).text


def test_an_attribute_that_has_no_page_is_told_by_a_page_that_leads_to_the_account() -> None:
    app = Mine()
    page = app.open(f"{ROOT}/attributes/anything")
    assert page.status == 404
    assert page.links["Try again"] == ROOT


def test_a_pool_that_is_too_busy_loses_no_address_that_was_typed() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes/email")
    app.fail(ServiceError("TooManyRequestsException", "no"), "UpdateUserAttributes", "GetUser")
    page = app.press("/attributes/email", **{"attribute.email": NEW})
    assert page.status == 429
    assert page.forms[0].filled_in()["attribute.email"] == NEW
