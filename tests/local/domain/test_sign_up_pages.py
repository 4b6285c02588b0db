"""/signup, /confirm, /confirmUser and /forgotPassword."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from tests.local.domain.kit import Callback, DomainKit, Page
from tests.local.kit import OTHER_PASSWORD, PASSWORD, wrong


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit()


def sign_up(kit: DomainKit, browser: Any, name: str, **more: str) -> Any:
    page = browser.get("signup?" + str(kit.http.get("/login", params=kit.asks()).request.url.query, "ascii"))
    return browser.send(page, {"username": name, "email": f"{name}@example.com", "password": PASSWORD} | more)


def test_who_signs_up_is_confirmed_by_a_code_and_signed_in(kit: DomainKit) -> None:
    browser = kit.browser()
    page = sign_up(kit, browser, "eve")
    assert "e***@e***" in page.text
    page = browser.send(page, code=wrong(kit.code("eve", "sign_up")))
    assert page.status == 400
    callback = browser.send(page, code=kit.code("eve", "sign_up"))
    assert isinstance(callback, Callback)
    assert kit.redeem(callback.code).status_code == 200
    assert kit.admin("AdminGetUser", "eve")["UserStatus"] == "CONFIRMED"


def test_another_code_can_be_had(kit: DomainKit) -> None:
    browser = kit.browser()
    page = sign_up(kit, browser, "fay")
    old = kit.code("fay", "sign_up")
    page = browser.send(page, resend="true")
    assert page.status == 200
    new = kit.code("fay", "resend")
    if old != new:
        assert browser.send(page, code=old).status == 400
    assert isinstance(browser.send(page, code=new), Callback)


def test_who_was_confirmed_elsewhere_has_to_sign_in(kit: DomainKit) -> None:
    """A code alone is no password."""
    sign_up(kit, kit.browser(), "gus")
    browser = kit.browser()
    page = kit.sign_in(browser, "gus")
    assert "User is not confirmed." in page.text
    page = browser.follow(page, 0)
    page = browser.send(page, username="gus", code=kit.code("gus", "sign_up"))
    assert isinstance(page, Page)
    assert isinstance(browser.send(page, username="gus", password=PASSWORD), Callback)


def test_who_is_sent_to_enter_a_code_does_not_type_the_name_again() -> None:
    kit = DomainKit()
    sign_up(kit, kit.browser(), "gus")
    kit.admin("AdminResetUserPassword")
    for name in ("gus", "alice"):
        browser = kit.browser()
        page = browser.follow(kit.sign_in(browser, name, login_hint="somebody"), 0)
        assert page.forms[0].fields["username"] == name


def test_the_way_back_from_a_code_leads_to_where_the_app_is_told(kit: DomainKit) -> None:
    browser = kit.browser()
    page = browser.follow(sign_up(kit, browser, "hui"), 0)
    callback = browser.send(page, username="alice", password=PASSWORD)
    assert callback.query["state"] == "s t&ä"


def test_an_attempt_signs_in_nobody_but_who_signed_up_in_it(kit: DomainKit) -> None:
    sign_up(kit, kit.browser(), "hal")
    browser = kit.browser()
    page = sign_up(kit, browser, "ida")
    page = browser.send(page, username="hal", code=kit.code("hal", "sign_up"))
    assert isinstance(page, Page)
    # It was not even tried: that would be told.
    assert page.status == 200
    assert "password" in page.forms[0].fields


def test_an_attempt_to_sign_up_answers_no_challenge(kit: DomainKit) -> None:
    """The page before: nothing was asked of it that could be answered."""
    browser = kit.browser()
    page = sign_up(kit, browser, "kim")
    page.forms[0].action = page.forms[0].action.replace("confirm?", "login?")
    page = browser.send(page, code="123456")
    assert (page.status, "Please sign in again." in page.text) == (400, True)


def test_an_attempt_signs_in_once(kit: DomainKit) -> None:
    browser = kit.browser()
    page = sign_up(kit, browser, "joe")
    code = kit.code("joe", "sign_up")
    assert isinstance(browser.send(page, code=code), Callback)
    assert isinstance(browser.send(page, code=code), Page)


def test_a_sign_up_that_the_trigger_confirms_signs_in_at_once() -> None:
    def confirm(event: dict[str, Any]) -> dict[str, Any]:
        event["response"]["autoConfirmUser"] = True
        return event

    kit = DomainKit(triggers=Triggers(pre_sign_up=confirm))
    assert isinstance(sign_up(kit, kit.browser(), "kim"), Callback)


def test_the_trigger_before_a_sign_in_may_refuse_after_a_sign_up_too() -> None:
    def refuse(event: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("not today")

    kit = DomainKit(triggers=Triggers(pre_authentication=refuse))
    browser = kit.browser()
    page = sign_up(kit, browser, "pam")
    page = browser.send(page, code=kit.code("pam", "sign_up"))
    assert "not today" in page.text


def test_who_is_gone_by_then_is_not_signed_in(kit: DomainKit) -> None:
    browser = kit.browser()
    page = sign_up(kit, browser, "quin")
    code = kit.code("quin", "sign_up")
    kit.admin("AdminDeleteUser", "quin")
    assert isinstance(browser.send(page, code=code), Page)


def test_a_sign_up_that_is_refused_says_why_and_keeps_what_was_typed(kit: DomainKit) -> None:
    page = sign_up(kit, kit.browser(), "lea", password="tooshort")
    assert "Password did not conform with policy" in page.text
    assert page.forms[0].fields["email"] == "lea@example.com"
    assert page.forms[0].fields["password"] == ""
    assert "User already exists" in sign_up(kit, kit.browser(), "alice").text


def test_required_attributes_are_asked_for() -> None:
    kit = DomainKit(
        users=[], required_attributes=["email", "name"], username_attributes=["email"], client_secret=True
    )
    browser = kit.browser()
    page = browser.get("signup?" + str(kit.http.get("/login", params=kit.asks()).request.url.query, "ascii"))
    assert set(page.forms[0].fields) == {"_csrf", "username", "name", "password"}
    page = browser.send(page, username="moe@example.com", name="Moe", password=PASSWORD)
    code = kit.pool.outbox.latest("moe@example.com").code
    assert isinstance(browser.send(page, code=code), Callback)


def test_a_second_factor_is_demanded_after_the_sign_up_too() -> None:
    kit = DomainKit(mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA"])
    browser = kit.browser()
    page = sign_up(kit, browser, "ned")
    page = browser.send(page, code=kit.code("ned", "sign_up"))
    assert isinstance(page, Page)
    assert "svg" in page.tags


def test_the_link_of_an_email_confirms(kit: DomainKit) -> None:
    sign_up(kit, kit.browser(), "ola")
    query = {"client_id": kit.id, "user_name": "ola", "confirmation_code": kit.code("ola", "sign_up")}
    refused = kit.http.get("/confirmUser", params=query | {"confirmation_code": "x"})
    assert refused.status_code == 400
    assert kit.http.get("/confirmUser", params=query).status_code == 200
    assert kit.admin("AdminGetUser", "ola")["UserStatus"] == "CONFIRMED"
    assert kit.http.get("/confirmUser", params=query).status_code == 400


# Forgotten passwords


def forgot(kit: DomainKit, browser: Any, name: str) -> Any:
    page = browser.authorize(**kit.asks())
    page = browser.follow(page, 0)
    return browser.send(page, username=name)


def test_a_forgotten_password_is_replaced_with_a_code() -> None:
    kit = DomainKit(client_secret=True)
    browser = kit.browser()
    page = forgot(kit, browser, "alice")
    code = kit.code("alice", "forgot_password")
    assert browser.send(page, code=wrong(code), password=OTHER_PASSWORD).status == 400
    assert browser.send(page, code=code, password="short").status == 400
    page = browser.send(page, code=code, password=OTHER_PASSWORD)
    assert isinstance(browser.send(page, username="alice", password=OTHER_PASSWORD), Callback)
    assert isinstance(kit.sign_in(username="alice", password=PASSWORD), Page)


def test_a_name_that_nobody_has_is_answered_as_any_other() -> None:
    kit = DomainKit(users=[LocalUser("al", password=PASSWORD, attributes={"email": "al@example.com"})])
    page = forgot(kit, kit.browser(), "nobody")
    assert page.status == 200
    assert "A code was sent to" in page.text


def test_codes_are_sent_only_so_often() -> None:
    kit = DomainKit()
    browser = kit.browser()
    for _ in range(5):
        assert forgot(kit, browser, "alice").status == 200
    assert "Attempt limit exceeded" in forgot(kit, browser, "alice").text
