"""Signing in by the pages, without scripts."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth.local import LocalUser, Triggers
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.pages.offer import read_offer
from tests.pages.kit import HOME, App, Page
from tests.routers.kit import NEW_PASSWORD, PASSWORD, TEMPORARY, another

PLAIN = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def plain(**pool: Any) -> App:
    """Return an app whose pool knows passwords alone."""
    return App(explicit_auth_flows=PLAIN, **pool)


def test_a_name_and_a_password_sign_in_and_lead_where_one_wanted_to_go() -> None:
    app = plain()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada", password=PASSWORD)
    assert (str(app.answer.url), app.answer.json()) == (f"{HOME}/me", "ada")


def test_a_script_is_told_where_the_browser_goes_and_led_on_by_nobody() -> None:
    app = plain()
    answer = app.http.post(
        "/account/sign-in",
        data={"username": "ada", "password": PASSWORD, "next": "/me"},
        headers={"Origin": HOME, "X-Pages-Script": "1"},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["x-pages-location"], answer.content) == (200, "/me", b"")
    assert "location" not in answer.headers
    assert app.who() == "ada"


def test_without_a_prefix_the_pages_are_at_the_root_of_the_app() -> None:
    app = plain()
    bare = FastAPI()
    bare.add_middleware(app.auth.session_middleware)
    bare.include_router(app.auth.pages_router)
    app.http = TestClient(bare, base_url=HOME)
    app.open("/me")
    assert app.page.path == "/sign-in?next=%2Fme"
    app.send(username="ada", password=PASSWORD)
    assert (app.page.status, app.page.path) == (200, "/me")


def test_without_a_place_to_go_one_comes_home() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username=" ada ", password=PASSWORD)
    assert app.answer.json() == "home"


def test_a_wrong_password_is_told_as_an_unknown_name_and_the_name_is_kept() -> None:
    app = plain()
    seen = []
    for name in ("ada", "nobody"):
        app.open("/account/sign-in?next=/me")
        page = app.send(username=name, password="Wrong-password-1!")
        form = page.forms[0].filled_in()
        assert (form["username"], form["password"], form["next"]) == (name, "", "/me")
        seen.append((page.status, page.title, page.problem))
    assert seen == [(401, "Error: Sign in \N{EN DASH} The shop", "The name or the password is wrong.")] * 2
    assert app.who() is None


def test_what_is_missing_is_said_beside_the_field_and_at_the_top() -> None:
    app = plain()
    app.open("/account/sign-in")
    page = app.send()
    assert page.status == 422
    assert page.links["Enter your username."] == "#username"
    assert page.links["Enter a password."] == "#password"
    assert page.forms[0].fields["username"]["aria-invalid"] == "true"
    described = page.forms[0].fields["username"]["aria-describedby"].split()
    assert set(described) <= set(page.ids)


def test_who_is_signed_in_is_told_so_and_can_go_on_or_change() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username="ada", password=PASSWORD)
    page = app.open("/account/sign-in?next=/me")
    assert (page.heading, page.links["Continue"]) == ("You are signed in", "/me")
    assert app.send().texts[".notice"] == ["You are signed out."]
    assert app.who() is None


def test_the_name_comes_first_where_users_choose() -> None:
    app = App()
    page = app.open("/account/sign-in?next=/me")
    assert "password" not in page.forms[0].fields
    page = app.send(username="ada")
    assert page.heading == "Enter your password"
    assert page.forms[0].fields["shown_username"]["value"] == "ada"
    assert page.forms[0].fields["password"]["autocomplete"] == "current-password"
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_wrong_password_after_the_name_is_said_at_its_field_and_the_right_one_taken() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    for _ in range(2):
        page = app.send(password="Wrong-password-1!")
        assert (page.status, page.heading) == (401, "Enter your password")
        assert page.problem == "The name or the password is wrong."
        assert page.forms[0].fields["password"]["aria-invalid"] == "true"
        assert page.forms[0].filled_in()["shown_username"] == "ada"
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_wrong_password_of_somebody_and_of_nobody_look_alike() -> None:
    seen = []
    for name in ("ada", "nobody"):
        app = App()
        app.open("/account/sign-in")
        app.send(username=name)
        page = app.send(password="Wrong-password-1!")
        seen.append((page.status, page.text.replace(name, "somebody")))
    assert seen[0] == seen[1]


def test_a_password_for_which_somebody_took_longer_than_the_pool_waits_is_taken() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.clock.advance(5 * 60)
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_wrong_password_for_which_somebody_took_long_is_said_at_its_field() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.clock.advance(5 * 60)
    page = app.send(password="Wrong-password-1!")
    assert (page.heading, page.problem) == ("Enter your password", "The name or the password is wrong.")
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_pool_that_fails_after_a_wrong_password_is_told_with_the_name_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = App()
    app.open("/account/sign-in?next=/me&max_age=60")
    app.send(username="ada")
    call = app.pool.call

    def failing(operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "InitiateAuth" and "PREFERRED_CHALLENGE" not in params["AuthParameters"]:
            raise ServiceError("InternalErrorException", "")
        return call(operation, params)

    monkeypatch.setattr(app.pool, "call", failing)
    page = app.send(password="Wrong-password-1!")
    assert (page.status, page.heading) == (503, "Sign in")
    assert page.forms[0].filled_in() == {"next": "/me", "username": "ada", "max_age": "60"}


def test_another_code_is_sent_where_it_is_the_first_step() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.click("Code by e-mail")
    first = app.code()
    page = app.click("Send another code")
    assert (page.heading, page.texts[".notice"]) == (
        "Enter the code from your e-mail",
        ["We have sent another code. Only the newest one counts."],
    )
    assert app.code() != first
    assert (
        app.send(code=first).problem == "The code is wrong or has expired. Try again, or ask for another one."
    )
    app.send(code=app.code())
    assert app.answer.json() == "ada"


def test_a_code_of_the_second_step_cannot_be_asked_for_again_and_nobody_says_so() -> None:
    app = plain(mfa_methods=["EMAIL_OTP"])
    settings = {"UserPoolId": app.pool.user_pool_id, "Username": "ada", "EmailMfaSettings": {"Enabled": True}}
    app.pool.call("AdminSetUserMFAPreference", settings)
    app.open("/account/sign-in?next=/me")
    page = app.send(username="ada", password=PASSWORD)
    assert "Send another code" not in [button["text"] for form in page.forms for button in form.buttons]
    page = app.send(code=another(app.code()))
    assert page.problem == (
        "The code is wrong or has expired. Try again, or start again to be sent another one."
    )


def test_one_chooses_among_what_the_pool_and_the_user_have() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    page = app.send(username="ada")
    assert [button["value"] for button in page.forms[1].buttons] == ["EMAIL_OTP"]
    page = app.send(form=1)
    assert page.heading == "Enter the code from your e-mail"
    assert "a***@e***" in page.text
    code = app.code()
    app.send(code=f"{code[:4]} {code[4:]}")
    assert app.answer.json() == "ada"


def test_a_wrong_code_is_said_at_the_field_and_the_right_one_still_taken() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.send(form=1)
    page = app.send(code=another(app.code()))
    assert page.status == 400
    assert page.forms[0].fields["code"]["aria-invalid"] == "true"
    assert page.forms[0].fields["code"]["value"] == ""
    app.send(code=app.code())
    assert app.answer.json() == "ada"


@pytest.mark.parametrize("code", ["", "  ", "12 ab"])
def test_what_is_no_code_does_not_reach_the_pool(code: str) -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.send(form=1)
    assert app.send(code=code).status == 422
    app.send(code=app.code())
    assert app.answer.json() == "ada"


def test_a_choice_that_is_none_is_refused() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in")
    app.send(username="ada")
    assert app.send(answer="ROOT").status == 422


def test_a_temporary_password_has_to_be_replaced() -> None:
    app = plain()
    app.open("/account/sign-in?next=/me")
    page = app.send(username="newcomer", password=TEMPORARY)
    assert page.heading == "Choose a new password"
    page = app.send(new_password="short")
    assert (page.status, page.problem) == (400, "The password does not meet all of the rules below.")
    app.send(new_password=NEW_PASSWORD)
    assert app.answer.json() == "newcomer"


def test_an_authenticator_app_is_set_up_by_picture_or_by_hand() -> None:
    app = plain(mfa="ON", mfa_methods=["SOFTWARE_TOKEN_MFA"])
    app.open("/account/sign-in?next=/me")
    app.send(username="newcomer", password=TEMPORARY)
    page = app.send(new_password=NEW_PASSWORD)
    assert page.heading == "Set up an authenticator app"
    [secret] = page.texts[".secret"]
    assert "<svg" in app.answer.text
    page = app.send(code=another(app.totp(secret)))
    assert page.texts[".secret"] == [secret]
    app.send(code=app.totp(secret))
    assert app.answer.json() == "newcomer"
    app.http.cookies.clear()
    app.clock.advance(60)
    app.open("/account/sign-in?next=/me")
    page = app.send(username="newcomer", password=NEW_PASSWORD)
    assert page.heading == "Enter the code of your authenticator app"
    app.send(code=app.totp(secret))
    assert app.answer.json() == "newcomer"


def test_reloading_and_going_back_are_harmless() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    step = app.send(username="ada").path
    assert app.open(step).heading == "Enter your password"
    assert app.open("/account/sign-in?next=/me").heading == "Sign in"
    assert app.open(step).heading == "Enter your password"
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"
    page = app.open(step)
    assert (page.status, page.heading, page.path) == (200, "You are signed in", "/account/sign-in?next=%2Fme")


def test_going_back_in_an_attempt_leads_to_where_it_is() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    ways = app.page
    here = app.click("Code by e-mail").path
    assert app.open(ways.path).path == here
    app.page = ways
    assert app.click("Code by e-mail").path == here
    app.send(code=app.code())
    assert app.answer.json() == "ada"


def test_a_form_that_was_sent_twice_is_harmless() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    page = app.send(username="ada")
    app.send(password=PASSWORD)
    app.page = page
    assert app.send(password=PASSWORD).heading == "You are signed in"


def test_where_an_attempt_is_cannot_be_had_without_its_cookies() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    ways = app.send(username="ada").path
    app.click("Code by e-mail")
    app.http.cookies.clear()
    assert app.open(ways).status == 410


def test_two_tabs_do_not_disturb_each_other() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    first = app.send(username="newcomer").path
    app.open("/account/sign-in?next=/")
    app.send(username="ada")
    app.send(password=PASSWORD)
    assert app.answer.json() == "home"
    app.open(first)
    assert app.page.forms[0].fields["shown_username"]["value"] == "newcomer"


def test_who_takes_too_long_is_told_how_to_go_on_and_loses_nothing() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.clock.advance(16 * 60)
    page = app.send(password=PASSWORD)
    assert (page.status, page.heading) == (410, "That took too long")
    page = app.open(page.links["Start again"])
    assert page.forms[0].filled_in() == {"next": "/me", "username": "ada"}


def test_an_attempt_is_of_the_browser_that_began_it() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    step = app.send(username="ada").path
    app.http.cookies.clear()
    page = app.open(step)
    assert page.status == 410
    assert "ada" not in page.text


@pytest.mark.parametrize("step", ["x", "." * 22, "a" * 22, "%2e%2e"])
def test_an_attempt_that_is_none_is_over(step: str) -> None:
    assert App().open(f"/account/sign-in/{step}").status in {404, 410}


def test_another_worker_goes_on_with_an_attempt() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    other = App(beside=app)
    other.http.cookies = app.http.cookies
    other.page = app.page
    other.send(password=PASSWORD)
    assert other.answer.json() == "ada"


def test_a_changed_cookie_is_none() -> None:
    app = App()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    for cookie in list(app.http.cookies.jar):
        if "step" in cookie.name and cookie.value:
            cookie.value = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert app.send(password=PASSWORD).status == 410
    assert app.who() is None


ELSEWHERE = [
    *("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: 1\r\n"),
    *("///evil.example", "\\\\evil.example", "/\t/evil.example", " //evil.example", "\x01//evil.example"),
    *("/\n/evil.example", "evil.example", "https:evil.example", "/\u2028/evil.example", "//evil.example\\@x"),
]


@pytest.mark.parametrize("next_path", ELSEWHERE)
def test_no_page_leads_elsewhere_whoever_is_signed_in(next_path: str) -> None:
    app = plain()
    ways = []
    for _ in range(2):
        page = app.open(f"/account/sign-in?{urlencode({'next': next_path})}")
        ways += [page.links.get("Continue", "/"), page.forms[0].filled_in().get("next", "/")]
        app.open("/account/sign-in")
        if "username" in app.page.forms[0].fields:
            app.send(username="ada", password=PASSWORD)
    assert all(re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", way) for way in ways), ways


@pytest.mark.parametrize("next_path", ELSEWHERE)
def test_nobody_chooses_where_one_ends_up_but_this_app(next_path: str) -> None:
    app = plain()
    app.open("/account/sign-in")
    app.page.forms[0].fields["next"]["value"] = next_path
    app.send(username="ada", password=PASSWORD)
    assert str(app.answer.url) == f"{HOME}/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_is_refused_with_a_page(origin: str | None) -> None:
    app = plain()
    headers = {} if origin is None else {"Origin": origin}
    answer = app.http.post(
        "/account/sign-in", data={"username": "ada", "password": PASSWORD}, headers=headers
    )
    assert answer.status_code == 403
    assert "Start again from here." in answer.text
    assert app.who() is None


@pytest.mark.parametrize("body", [b"\xff", b"a=1&a=2", b"x" * 20_000, b'{"username": "ada"}'])
def test_what_is_no_form_is_refused_with_a_page(body: bytes) -> None:
    app = plain()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    answer = app.http.post("/account/sign-in", content=body, headers={"Origin": HOME, "Content-Type": kind})
    assert answer.status_code in {413, 422}
    assert answer.headers["content-type"].startswith("text/html")


HOSTILE = "<script>alert(1)</script>\u202eevil"


def test_what_somebody_typed_is_text() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username=HOSTILE, password="x")
    assert "<script>alert" not in app.answer.text
    assert app.page.forms[0].filled_in()["username"] == HOSTILE


def test_a_name_does_not_turn_the_text_beside_it() -> None:
    app = App()
    app.open("/account/sign-in")
    page = app.send(username="x\u202ey\u2066z")
    assert page.texts[".who"] == ["Signing in as xyz"]
    assert "<bdi>xyz</bdi>" in app.answer.text


def test_every_page_forbids_frames_scripts_of_others_and_caches() -> None:
    page = plain().open("/account/sign-in").response
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]{20,})'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in page.text
    for directive in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ):
        assert directive in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_no_nonce_comes_twice() -> None:
    app = plain()
    policies = {app.open("/account/sign-in").response.headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


def test_providers_are_there_if_managed_login_is_mounted() -> None:
    assert "Continue with Google" not in App(identity_providers=["Google"]).open("/account/sign-in").text
    page = App(identity_providers=["Google"], managed_login=True).open("/account/sign-in?next=/me")
    assert page.links["Continue with Google"] == "/login?provider=Google&next=%2Fme"


def _define(event: dict[str, Any]) -> dict[str, Any]:
    session = event["request"]["session"]
    right = bool(session) and session[-1]["challengeResult"]
    event["response"] = {
        "challengeName": "CUSTOM_CHALLENGE",
        "issueTokens": right,
        "failAuthentication": not right and len(session) == 2,
    }
    return event


def _create(event: dict[str, Any]) -> dict[str, Any]:
    event["response"] = {
        "publicChallengeParameters": {"question": "the magic word"},
        "privateChallengeParameters": {"answer": "xyzzy"},
    }
    return event


def _verify(event: dict[str, Any]) -> dict[str, Any]:
    expected = event["request"]["privateChallengeParameters"]["answer"]
    event["response"] = {"answerCorrect": event["request"]["challengeAnswer"] == expected}
    return event


def by_triggers() -> App:
    """Return an app whose pool asks what its triggers want to know, and has no other way in."""
    triggers = Triggers(
        define_auth_challenge=_define, create_auth_challenge=_create, verify_auth_challenge_response=_verify
    )
    return App(triggers=triggers, explicit_auth_flows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])


def test_the_triggers_of_the_pool_ask_what_they_want_to_know() -> None:
    app = by_triggers()
    page = app.open("/account/sign-in?next=/me")
    assert "Forgotten your password?" not in page.links
    page = app.send(username="ada")
    assert (page.texts["dt"], page.texts["dd"]) == (["question"], ["the magic word"])
    app.send(answer="xyzzy")
    assert app.answer.json() == "ada"


def test_the_triggers_of_the_pool_may_ask_again_and_refuse() -> None:
    app = by_triggers()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    assert app.send().problem == "Enter your answer."
    assert app.send(answer="please").texts["dd"] == ["the magic word"]
    page = app.send(answer="please")
    assert page.heading == "Sign in"
    assert page.forms[0].filled_in()["username"] == "ada"
    assert app.who() is None


def test_providers_are_called_as_people_call_them() -> None:
    page = App(identity_providers=["SignInWithApple", "LoginWithAmazon"], managed_login=True).open(
        "/account/sign-in"
    )
    assert page.links["Continue with Apple"] == "/login?provider=SignInWithApple&next=%2F"
    assert page.links["Continue with Amazon"] == "/login?provider=LoginWithAmazon&next=%2F"


def test_the_outage_of_the_pool_is_a_page_that_keeps_what_was_typed() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.pool.call = lambda *_: (_ for _ in ()).throw(ConnectionError)  # type: ignore[method-assign]
    page = app.send(username="ada", password=PASSWORD)
    assert page.status == 503
    assert page.problem.startswith("Signing in does not work at the moment.")
    assert page.forms[0].filled_in()["username"] == "ada"


def test_a_pool_that_is_asked_too_often_is_a_page_that_keeps_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = plain()
    app.open("/account/sign-in?next=/me")

    def throttled(*_: Any) -> Any:
        raise ServiceError("TooManyRequestsException", "Rate exceeded")

    with monkeypatch.context() as patch:
        patch.setattr(app.pool, "call", throttled)
        page = app.send(username="ada", password=PASSWORD)
    assert (page.status, page.response.headers["retry-after"]) == (429, "1")
    assert page.problem == "Those were too many tries at once. Wait a moment, and try again."
    assert page.forms[0].filled_in() == {"next": "/me", "username": "ada", "password": ""}
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_code_that_ran_out_while_it_was_typed_leads_back_with_the_name() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.click("Code by e-mail")
    code = app.code()
    app.clock.advance(5 * 60)
    page = app.send(code=code)
    assert (page.status, page.problem) == (400, "This sign-in is over. Start again.")
    assert page.forms[0].filled_in() == {"next": "/me", "username": "ada"}
    app.send()
    app.click("Code by e-mail")
    app.send(code=app.code())
    assert app.answer.json() == "ada"


def test_who_was_signed_out_elsewhere_is_asked_to_sign_in() -> None:
    app = plain()
    app.open("/account/sign-in")
    app.send(username="ada", password=PASSWORD)
    app.pool.call("AdminUserGlobalSignOut", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    app.clock.advance(2 * 3600)
    page = app.open("/account/sign-in?next=/me")
    assert (page.status, page.heading, page.problem) == (200, "Sign in", "")
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_an_attempt_is_answered_once_from_whatever_tab() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    tab = app.page
    app.click("Code by e-mail")
    first = app.code()
    app.page = tab
    app.click("Code by e-mail")
    assert app.code() == first
    app.send(code=first)
    assert app.answer.json() == "ada"


def test_a_user_without_a_password_gets_in_by_a_code() -> None:
    carol = LocalUser("carol", attributes={"email": "carol@example.com"}, password=PASSWORD)
    app = App([carol], allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="carol")
    app.send(form=1)
    app.send(code=app.code("carol"))
    assert app.answer.json() == "carol"


def test_who_has_to_sign_in_once_more_is_asked_though_signed_in() -> None:
    app = plain()
    app.open("/account/sign-in?next=/me")
    app.send(username="ada", password=PASSWORD)
    first = app.http.get("/me/since").json()
    app.clock.advance(3600)
    page = app.open("/account/sign-in?next=/me/since&max_age=300")
    assert page.heading == "Confirm that it is you"
    assert page.forms[0].filled_in()["username"] == "ada"
    app.send(password=PASSWORD)
    assert app.answer.json() > first


def test_the_levels_that_are_asked_for_go_along() -> None:
    app = App()
    page = app.open("/account/sign-in?next=/me&acr_values=urn:cognito:loa:1&max_age=60")
    form = page.forms[0].filled_in()
    assert (form["acr_values"], form["max_age"]) == ("urn:cognito:loa:1", "60")


@pytest.mark.parametrize(
    "wish", ["acr_values=%22%5C", "max_age=-1", "max_age=9e9", "acr_values=" + "x" * 500]
)
def test_a_wish_that_cannot_be_one_keeps_nobody_out(wish: str) -> None:
    app = App()
    app.open(f"/account/sign-in?next=/me&{wish}")
    app.send(username="ada")
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


@pytest.mark.parametrize("path", ["/account/sign-in", "/account/me", "/account/assets/pages.css"])
def test_the_head_of_a_page_alone_can_be_asked_for(path: str) -> None:
    app = App()
    whole = app.http.get(path, follow_redirects=False)
    head = app.http.head(path, follow_redirects=False)
    assert (head.status_code, head.headers.get("content-type")) == (
        whole.status_code,
        whole.headers.get("content-type"),
    )


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_link_of_somebody_else_cannot_say_what_has_been_done(site: str) -> None:
    address = "/account/sign-in?notice=account_deleted"
    assert App().open(address, **{"sec-fetch-site": site}).texts.get(".notice") is None
    assert App().open(address, **{"sec-fetch-site": "same-origin"}).texts.get(".notice") is not None


def test_a_password_is_proved_in_the_way_that_the_app_client_allows() -> None:
    app = App(explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada", password=PASSWORD)
    assert app.answer.json() == "ada"


def test_an_app_client_by_which_nobody_can_sign_in_is_told_to_people_and_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App(explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"])
    page = app.open("/account/sign-in")
    assert "Signing in is not set up here yet." in page.text
    assert not [form for form in page.forms if form.attributes["method"] == "post"]
    assert "add one to its ExplicitAuthFlows" in caplog.text
    answer = app.http.post(
        page.path, data={"username": "ada", "password": PASSWORD}, headers={"Origin": HOME}
    )
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("flows", "wanted", "found"),
    [
        (["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"], "USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"),
        (["ALLOW_USER_PASSWORD_AUTH"], "USER_SRP_AUTH", "USER_PASSWORD_AUTH"),
        (["ALLOW_USER_SRP_AUTH"], "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH"),
        (["ADMIN_NO_SRP_AUTH"], "ADMIN_USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"),
        ([], "USER_PASSWORD_AUTH", "USER_SRP_AUTH"),
        (["CUSTOM_AUTH_FLOW_ONLY"], "USER_SRP_AUTH", None),
        (["ALLOW_REFRESH_TOKEN_AUTH"], "USER_SRP_AUTH", None),
    ],
)
def test_how_a_password_is_proved(flows: list[str], wanted: Any, found: str | None) -> None:
    assert read_offer({}, {"ExplicitAuthFlows": flows}, {}, auth_flow=wanted).password_flow == found


def test_a_browser_that_keeps_no_cookies_is_told_so_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    app.http = TestClient(app.app, base_url="http://shop.test")
    app.open("/account/sign-in?next=/me")
    headers = {"Origin": "http://shop.test"}
    answer = app.http.post("/account/sign-in", data={"username": "ada"}, headers=headers)
    page = Page(answer)
    assert (page.status, page.heading) == (410, "Your browser keeps no cookies")
    assert "over plain HTTP" in caplog.text


def test_a_form_without_hidden_fields_leaves_the_wishes_to_the_address_of_its_page() -> None:
    app = App()
    headers = {"Origin": HOME}
    path = "/account/sign-in?next=/me&max_age=60&acr_values=urn:x"
    page = Page(app.http.post(path, data={"username": ""}, headers=headers))
    assert page.forms[0].filled_in() == {
        "next": "/me",
        "username": "",
        "max_age": "60",
        "acr_values": "urn:x",
    }


def late(app: App) -> None:
    """Let the pool's own time for a step pass, and not that of the app."""
    ids = {"UserPoolId": app.pool.user_pool_id, "ClientId": app.pool.client_id}
    client = app.pool.call("DescribeUserPoolClient", ids)["UserPoolClient"]
    kept = {name: client[name] for name in ("ExplicitAuthFlows", "ReadAttributes") if name in client}
    app.pool.call("UpdateUserPoolClient", {**ids, **kept, "AuthSessionValidity": 3})
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.clock.advance(200)


def test_a_password_after_the_pools_own_time_is_looked_at_all_the_same() -> None:
    app = App(auth_session_validity=15)
    late(app)
    app.send(password=PASSWORD)
    assert app.answer.json() == "ada"


def test_a_wrong_password_after_the_pools_own_time_is_proved_once() -> None:
    app = App(auth_session_validity=15)
    late(app)
    page = app.send(password="Wrong-password-1!")
    assert (page.status, page.problem) == (401, "The name or the password is wrong.")


def test_a_code_after_the_pools_own_time_is_not_called_wrong() -> None:
    app = App(auth_session_validity=15, allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    late(app)
    app.page = app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    app.click("Code by e-mail")
    app.clock.advance(200)
    page = app.send(code=app.code())
    assert (page.status, page.problem) == (400, "This sign-in is over. Start again.")


def test_a_late_password_that_has_to_be_reset_leads_there() -> None:
    app = App(auth_session_validity=15)
    late(app)
    app.pool.call("AdminResetUserPassword", {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    page = app.send(password=PASSWORD)
    assert "Your password has to be changed." in page.text


@pytest.mark.parametrize(
    "pool", [{"username_attributes": ["phone_number"]}, {"alias_attributes": ["phone_number"]}]
)
def test_a_number_signs_in_as_people_write_it(pool: dict[str, Any]) -> None:
    number = "+4930123456"
    given = {"phone_number": number, "phone_number_verified": "true"}
    name = number if "username_attributes" in pool else "eve"
    app = plain(users=[LocalUser(name, password=PASSWORD, attributes=given)], **pool)
    app.open("/account/sign-in?next=/me")
    app.send(username="+49 (0)30 123-456", password=PASSWORD)
    assert app.answer.status_code == 200
    assert app.who() is not None


def test_a_username_that_looks_like_a_number_stays_one() -> None:
    app = plain(users=[LocalUser("+49-30-123456", password=PASSWORD)], alias_attributes=["phone_number"])
    app.open("/account/sign-in?next=/me")
    app.send(username="+49-30-123456", password=PASSWORD)
    assert app.who() == "+49-30-123456"


def test_a_step_that_is_over_does_not_lead_into_another_attempt() -> None:
    app = App(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    ended = app.click("Code by e-mail").path
    app.clock.advance(5 * 60)
    app.send(code=app.code())
    app.open("/account/sign-in?next=/me")
    app.send(username="newcomer")
    page = app.open(ended)
    assert (page.status, page.heading) == (410, "This step is over")
    assert "newcomer" not in page.text


def test_a_code_of_the_second_step_is_sent_once_where_users_choose_too() -> None:
    app = App(mfa="OPTIONAL", mfa_methods=["EMAIL_OTP"])
    settings = {"UserPoolId": app.pool.user_pool_id, "Username": "ada", "EmailMfaSettings": {"Enabled": True}}
    app.pool.call("AdminSetUserMFAPreference", settings)
    app.open("/account/sign-in?next=/me")
    app.send(username="ada")
    page = app.send(password=PASSWORD)
    assert page.heading == "Enter the code from your e-mail"
    assert "Send another code" not in page.text
    sent = len(app.pool.outbox)
    answer = app.http.post(page.path, data={"action": "resend"}, headers={"Origin": HOME})
    assert (answer.status_code, len(app.pool.outbox)) == (422, sent)
    app.send(code=app.code())
    assert app.answer.json() == "ada"
