"""/login: passwords, every challenge that a page can ask, and what protects the pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import LocalUser, Triggers
from tests.local.domain.kit import CALLBACK, HOST, Callback, DomainKit, Page
from tests.local.kit import ALICE, PASSWORD, claims, wrong

PHONE = LocalUser(
    "pia",
    password=PASSWORD,
    attributes={
        "email": "pia@example.com",
        "phone_number": "+15550001111",
        "phone_number_verified": "true",
    },
)
NEW_PASSWORD = "Fresh-horse-9!"


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit()


def amr(kit: DomainKit, callback: Callback) -> list[str]:
    token = kit.redeem(callback.code).json()["id_token"]
    found: list[str] = claims(kit.pool, token, audience=kit.id, clock=kit.clock)["amr"]
    return found


def first_page(kit: DomainKit, **more: Any) -> tuple[Any, Page]:
    browser = kit.browser()
    page = browser.authorize(**kit.asks(**more))
    assert isinstance(page, Page)
    return browser, page


def prefer(kit: DomainKit, username: str, **factors: Any) -> None:
    kit.admin("AdminSetUserMFAPreference", username, **factors)


# What every page has


def test_pages_have_labels_no_scripts_and_cannot_be_framed(kit: DomainKit) -> None:
    for path in ("login", "signup", "forgotPassword", "confirm"):
        response = kit.http.get(f"/{path}", params=kit.asks())
        page = Page(response)
        assert page.status == 200
        assert "script" not in page.tags
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["cache-control"] == "no-store"
        for form in page.forms:
            shown = {name for name in form.fields if name not in {"_csrf", "attempt", "step"}}
            assert shown <= page.labels


def test_a_login_hint_is_in_the_field_and_escaped(kit: DomainKit) -> None:
    _, page = first_page(kit, login_hint='"><script>alert(1)</script>')
    assert page.forms[0].fields["username"] == '"><script>alert(1)</script>'
    assert "script" not in page.tags


def test_the_query_is_escaped_in_the_addresses_of_a_page(kit: DomainKit) -> None:
    response = kit.http.get("/login", params=kit.asks(state="\"><script>alert(1)</script>'"))
    assert "<script" not in response.text
    raw = "&".join(f"{name}={value}" for name, value in kit.asks(state="x").items())
    response = kit.http.get(f"/login?{raw}&lang=\"'><script>")
    assert "<script" not in response.text


@given(name=st.text(max_size=40), password=st.text(max_size=40))
def test_whatever_is_typed_is_refused_and_escaped(name: str, password: str) -> None:
    page = _PAGE[1]
    answer = _PAGE[0].send(page, username=f"<i>{name}", password=password)
    assert answer.status == 400
    assert "i" not in answer.tags


_HOSTILE = DomainKit(users=())
_PAGE = first_page(_HOSTILE)


# Cross-site requests


def test_a_form_without_the_browsers_token_is_refused(kit: DomainKit) -> None:
    browser, page = first_page(kit)
    answer = browser.send(page, without="_csrf", username="alice", password=PASSWORD)
    assert answer.status == 400
    answer = browser.send(page, _csrf="x" * 43, username="alice", password=PASSWORD)
    assert answer.status == 400
    assert isinstance(browser.send(page, username="alice", password=PASSWORD), Callback)


def test_a_form_of_another_browser_is_refused(kit: DomainKit) -> None:
    """Login CSRF: somebody's own form, sent from a victim's browser, would sign the victim in as them."""
    _, page = first_page(kit)
    victim, _ = first_page(kit)
    assert victim.send(page, username="alice", password=PASSWORD).status == 400
    fresh = kit.browser()
    assert fresh.send(page, username="alice", password=PASSWORD).status == 400


def test_a_form_that_was_left_for_too_long_leads_back_to_itself(kit: DomainKit) -> None:
    browser, page = first_page(kit, state="kept")
    del browser.http.cookies["XSRF-TOKEN"]
    page = browser.send(page, username="alice", password=PASSWORD)
    assert page.status == 400
    callback = browser.send(browser.follow(page, 0), username="alice", password=PASSWORD)
    assert callback.query["state"] == "kept"


def test_what_no_app_client_asked_for_leads_nowhere(kit: DomainKit) -> None:
    page = kit.browser().authorize(**kit.asks(redirect_uri="https://evil.example/"))
    assert (page.status, page.links) == (400, [])


@pytest.mark.parametrize("path", ["login", "signup", "confirm", "forgotPassword", "identity-provider"])
def test_every_form_asks_for_the_token(path: str) -> None:
    kit = DomainKit(identity_providers=["Google"])
    answer = kit.http.post(f"/{path}", params=kit.asks(identity_provider="Google"), data={"sub": "1"})
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


def test_a_form_in_another_encoding_is_refused(kit: DomainKit) -> None:
    answer = kit.http.post("/login", params=kit.asks(), json={"username": "alice"})
    assert answer.status_code == 400


def test_two_tabs_do_not_disturb_each_other(kit: DomainKit) -> None:
    browser = kit.browser()
    first, second = (browser.authorize(**kit.asks(state=state)) for state in ("1", "2"))
    assert browser.send(first, username="alice", password=PASSWORD).query["state"] == "1"
    assert browser.send(second, username="bob", password="Battery-staple-8").query["state"] == "2"


# Passwords


def test_a_wrong_password_shows_the_page_again_and_nothing_of_the_password(kit: DomainKit) -> None:
    browser, page = first_page(kit)
    again = browser.send(page, username="alice", password="Wrong-horse-7")
    assert again.status == 400
    assert "Incorrect username or password." in again.text
    assert again.forms[0].fields["username"] == "alice"
    assert "Wrong-horse-7" not in again.response.text
    assert isinstance(browser.send(again, password=PASSWORD), Callback)


def test_a_name_that_nobody_has_is_answered_as_a_wrong_password(kit: DomainKit) -> None:
    browser, page = first_page(kit)
    told = {browser.send(page, username=name, password="Wrong-1!").text for name in ("alice", "nobody")}
    assert len(told) == 1


def test_the_lock_after_wrong_passwords_holds_on_the_page() -> None:
    kit = DomainKit()
    browser, page = first_page(kit)
    for _ in range(5):
        browser.send(page, username="alice", password="Wrong-horse-7")
    assert "Password attempts exceeded" in browser.send(page, username="alice", password=PASSWORD).text


def test_the_page_needs_no_flow_that_the_app_client_has_for_the_api() -> None:
    kit = DomainKit(explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"], client_secret=True)
    assert kit.sign_in().address == CALLBACK


def test_the_triggers_around_a_sign_in_run() -> None:
    ran = []

    def note(event: dict[str, Any]) -> dict[str, Any]:
        ran.append(event["triggerSource"])
        return event

    kit = DomainKit(triggers=Triggers(pre_authentication=note, post_authentication=note))
    kit.sign_in()
    assert ran == ["PreAuthentication_Authentication", "PostAuthentication_Authentication"]


@pytest.mark.parametrize("name", ["pre_authentication", "post_authentication"])
def test_a_trigger_that_refuses_leads_to_no_code(name: str) -> None:
    def refuse(event: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("not today")

    kit = DomainKit(triggers=Triggers(**{name: refuse}))
    page = kit.sign_in()
    assert isinstance(page, Page)
    assert "not today" in page.text


def test_a_disabled_user_does_not_come_in(kit: DomainKit) -> None:
    kit.admin("AdminDisableUser", "bob")
    page = kit.sign_in(username="bob", password="Battery-staple-8")
    kit.admin("AdminEnableUser", "bob")
    assert "User is disabled." in page.text


# Challenges


def test_a_temporary_password_is_replaced() -> None:
    kit = DomainKit(
        users=[LocalUser("tia", temporary_password=PASSWORD, attributes={"email": "tia@example.com"})],
        required_attributes=["email", "name"],
    )
    browser = kit.browser()
    page = kit.sign_in(browser, "tia")
    assert "userAttributes.name" in page.forms[0].fields
    page = browser.send(page, {"new_password": "tooshort", "userAttributes.name": "Tia"})
    assert "Password did not conform with policy" in page.text
    callback = browser.send(page, {"new_password": NEW_PASSWORD, "userAttributes.name": "Tia"})
    assert isinstance(callback, Callback)
    assert isinstance(kit.sign_in(username="tia", password=NEW_PASSWORD), Callback)


def test_an_authenticator_app_is_asked_for() -> None:
    kit = DomainKit()
    secret = kit.enroll_totp()
    browser = kit.browser()
    page = kit.sign_in(browser)
    assert "code" in page.forms[0].fields
    page = browser.send(page, code=wrong(kit.totp(secret)))
    assert page.status == 400
    callback = browser.send(page, code=kit.totp(secret))
    assert amr(kit, callback) == ["mfa", "otp", "pwd"]


def test_a_step_is_good_for_the_browser_and_the_request_that_began_it() -> None:
    kit = DomainKit()
    secret = kit.enroll_totp()
    browser = kit.browser()
    page = kit.sign_in(browser)
    other, _ = first_page(kit)
    stolen = other.http.cookies["XSRF-TOKEN"]
    answer = other.send(page, _csrf=stolen, code=kit.totp(secret))
    assert "Please sign in again" in answer.text
    page.forms[0].action = page.forms[0].action.replace("nonce=", "nonce=x")
    assert "Please sign in again" in browser.send(page, code=kit.totp(secret)).text


def test_who_cannot_go_on_with_a_step_starts_again() -> None:
    kit = DomainKit()
    kit.enroll_totp()
    browser = kit.browser()
    page = browser.follow(kit.sign_in(browser, state="kept"), 0)
    callback = browser.send(page, username="bob", password="Battery-staple-8")
    assert callback.query["state"] == "kept"


def test_a_step_ends_with_its_session() -> None:
    kit = DomainKit(auth_session_validity=3)
    secret = kit.enroll_totp()
    browser = kit.browser()
    page = kit.sign_in(browser)
    kit.clock.advance(181)
    page = browser.send(page, code=kit.totp(secret))
    assert "session is expired" in page.text
    assert "password" in page.forms[0].fields


def test_a_step_that_was_answered_is_over() -> None:
    kit = DomainKit()
    secret = kit.enroll_totp()
    browser = kit.browser()
    page = kit.sign_in(browser)
    assert isinstance(browser.send(page, code=kit.totp(secret)), Callback)
    assert isinstance(browser.send(page, code=kit.totp(secret, ahead=30)), Page)


def test_a_code_by_text_message_is_asked_for() -> None:
    kit = DomainKit(users=[PHONE])
    prefer(kit, "pia", SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    browser = kit.browser()
    page = kit.sign_in(browser, "pia")
    assert "+*******1111" in page.text
    assert amr(kit, browser.send(page, code=kit.code("pia", "sms_mfa"))) == ["mfa", "pwd", "sms"]


def test_of_several_second_factors_one_is_chosen() -> None:
    kit = DomainKit(users=[PHONE], mfa_methods=["SMS_MFA", "EMAIL_OTP"])
    prefer(kit, "pia", SMSMfaSettings={"Enabled": True}, EmailMfaSettings={"Enabled": True})
    browser = kit.browser()
    page = kit.sign_in(browser, "pia")
    assert page.forms[0].buttons == [("answer", "SMS_MFA"), ("answer", "EMAIL_OTP")]
    page = browser.send(page, answer="SOFTWARE_TOKEN_MFA")
    assert page.status == 400
    page = browser.send(page, answer="EMAIL_OTP")
    assert amr(kit, browser.send(page, code=kit.code("pia", "email_mfa"))) == ["email_otp", "mfa", "pwd"]


def test_an_authenticator_app_is_set_up_where_a_second_factor_is_demanded() -> None:
    kit = DomainKit(users=[ALICE], mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA"])
    browser = kit.browser()
    page = kit.sign_in(browser)
    assert "svg" in page.tags
    (secret,) = page.keys
    page = browser.send(page, code=wrong(kit.totp(secret)))
    assert page.status == 400
    assert page.keys == [secret]
    assert amr(kit, browser.send(page, code=kit.totp(secret))) == ["mfa", "otp", "pwd"]


def test_an_address_is_set_up_where_a_second_factor_is_demanded() -> None:
    kit = DomainKit(users=[ALICE], mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"])
    browser = kit.browser()
    page = kit.sign_in(browser)
    page = browser.send(page, form=1, email="alice@example.com")
    assert amr(kit, browser.send(page, code=kit.code("alice", "email_mfa"))) == ["email_otp", "mfa", "pwd"]


def test_codes_can_be_first_factors() -> None:
    kit = DomainKit(users=[ALICE], allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    browser, page = first_page(kit)
    assert "password" not in page.forms[0].fields
    page = browser.send(page, username="alice")
    assert [value for _, value in page.forms[0].buttons] == ["PASSWORD", "EMAIL_OTP"]
    page = browser.send(page, answer="EMAIL_OTP")
    assert amr(kit, browser.send(page, code=kit.code("alice", "email_otp"))) == ["email_otp"]
    browser, page = first_page(kit)
    page = browser.send(browser.send(page, username="alice"), answer="PASSWORD")
    page = browser.send(page, password="Wrong-horse-7")
    assert page.status == 400
    assert amr(kit, browser.send(page, password=PASSWORD)) == ["pwd"]


def test_a_name_that_nobody_has_is_offered_factors_too() -> None:
    kit = DomainKit(users=[ALICE], allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    browser, page = first_page(kit)
    page = browser.send(page, username="nobody")
    assert page.status == 200
    name, value = page.forms[0].buttons[0]
    page = browser.send(page, {name: value})
    assert page.status == 200
    assert browser.send(page, password=PASSWORD, code="12345678").status == 400


def test_an_app_that_asks_for_a_level_gets_it() -> None:
    kit = DomainKit()
    secret = kit.enroll_totp()
    prefer(kit, "alice", SoftwareTokenMfaSettings={"Enabled": False})
    assert isinstance(kit.sign_in(), Callback)
    browser = kit.browser()
    page = kit.sign_in(browser, acr_values="urn:cognito:loa:4")
    callback = browser.send(page, code=kit.totp(secret))
    assert amr(kit, callback) == ["mfa", "otp", "pwd"]
    again = browser.authorize(**kit.asks(acr_values="urn:cognito:loa:4"))
    assert amr(kit, again) == ["mfa", "otp", "pwd"]


def test_a_user_who_cannot_reach_the_level_does_not_come_in(kit: DomainKit) -> None:
    page = kit.sign_in(acr_values="urn:cognito:loa:4")
    assert "The user cannot reach any of the requested ACR values" in page.text


def test_a_password_that_has_to_be_reset_leads_to_the_page_for_that() -> None:
    kit = DomainKit()
    kit.admin("AdminResetUserPassword")
    page = kit.sign_in()
    assert "Password reset required for the user" in page.text
    assert page.links[0].startswith("forgotPassword?")


def test_an_error_page_is_no_page_of_the_app(kit: DomainKit) -> None:
    answer = kit.http.get(f"{HOST}/login")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
