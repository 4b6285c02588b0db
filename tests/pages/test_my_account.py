"""My account by the pages, without scripts: what is shown to whom, and the ways back to it."""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from fastapi_cognito_auth.local import LocalUser, fill_in_pages
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.pages.browsers import browser_of
from tests.pages.kit import HOME
from tests.pages.my_kit import ROOT, Mine
from tests.routers.kit import NEW_PASSWORD, PASSWORD

PLAIN = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def test_the_account_is_shown_to_whom_it_belongs() -> None:
    page = Mine().page
    assert (page.path, page.heading) == (ROOT, "My account")
    assert page.texts["dt"] == ["E-mail address", "Phone number"]
    assert page.texts["dd"][0] == "ada@example.com Verified Change the e-mail address"
    assert page.response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/passkeys/add"])
def test_who_is_not_signed_in_signs_in_and_comes_to_the_page(path: str) -> None:
    app = Mine()
    app.http.cookies.clear()
    assert app.open(f"{ROOT}{path}").heading == "Sign in"
    assert app.pass_sign_in().path == f"{ROOT}{path}"


def test_who_is_signed_in_already_finds_the_way_to_the_account() -> None:
    app = Mine()
    page = app.open("/account/sign-in")
    assert app.open(page.links["My account"]).heading == "My account"


def test_a_pool_with_little_has_no_more_than_that() -> None:
    app = Mine(explicit_auth_flows=PLAIN, mfa="OFF", allowed_first_factors=["PASSWORD"])
    headings = ["My details", "Password", "Sign out", "Close my account"]
    assert app.page.texts["h2"] == headings


def test_a_pool_that_tells_nothing_lets_nothing_be_changed_but_the_password() -> None:
    app = Mine(explicit_auth_flows=PLAIN)
    app.fail(ServiceError("AccessDeniedException", "no"), "DescribeUserPool")
    app = Mine(beside=app)
    assert app.page.texts["h2"] == ["My details", "Password", "Sign out", "Close my account"]
    assert [link for link in app.page.links if "hange" in link] == ["Change the password"]


def test_details_are_changed() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes")
    app.press("/attributes", **{"attribute.name": " Ada Lovelace "})
    assert app.notice == "Your details are saved."
    assert app.page.texts["dd"][0] == "Ada Lovelace"


def test_a_detail_is_emptied() -> None:
    app = Mine(users=[LocalUser("ada", password=PASSWORD, attributes={"email": "a@b.example", "name": "A"})])
    app.open(f"{ROOT}/attributes")
    app.press("/attributes", **{"attribute.name": ""})
    assert "name" not in app.get_user()


def test_a_detail_that_everybody_must_have_stays() -> None:
    user = LocalUser("ada", password=PASSWORD, attributes={"email": "a@b.example", "name": "A"})
    app = Mine(users=[user], required_attributes=["name"])
    app.open(f"{ROOT}/attributes")
    page = app.press("/attributes", **{"attribute.name": " "})
    assert (page.status, page.title[:6]) == (422, "Error:")
    assert page.forms[0].fields["attribute.name"]["aria-invalid"] == "true"


def test_a_detail_that_the_pool_does_not_take_is_told_beside_its_field_and_kept() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes")
    page = app.press("/attributes", **{"attribute.name": "x" * 2049})
    assert page.status == 400
    field = page.forms[0].fields["attribute.name"]
    assert (field["aria-invalid"], len(field["value"])) == ("true", 2049)


def test_what_is_sent_beside_the_fields_of_the_page_changes_nothing() -> None:
    app = Mine()
    app.http.post(
        f"{ROOT}/attributes",
        data={
            "attribute.email": "evil@example.com",
            "attribute.email_verified": "true",
            "attribute.sub": "x",
        },
        headers={"Origin": HOME},
    )
    assert app.get_user()["email"] == "ada@example.com"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u202eneddih", "neddih"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
        ("x" * 2000, "x" * 2000),
    ],
)
def test_what_somebody_wrote_is_shown_as_text(value: str, shown: str) -> None:
    user = LocalUser("ada", password=PASSWORD, attributes={"email": "a@b.example", "name": value})
    app = Mine(users=[user])
    assert app.page.texts["dd"][0] == shown
    assert "script" not in [form.attributes.get("action") for form in app.page.forms]
    page = app.open(f"{ROOT}/attributes")
    assert page.forms[0].fields["attribute.name"]["value"] == value


def test_a_form_of_another_site_changes_nothing() -> None:
    app = Mine()
    for path in ("/attributes", "/password", "/second-factors", "/sign-out-everywhere", "/delete"):
        body = {"attribute.name": "Mallory", "confirm": "ada"}
        answer = app.http.post(f"{ROOT}{path}", data=body, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert "This came from a page of another site." in answer.text
    assert app.who() == "ada"
    assert "name" not in app.get_user()


def test_the_outage_of_the_pool_is_a_page_with_a_way_to_try_again() -> None:
    app = Mine()
    call = app.pool.call
    app.fail(ConnectionError())
    page = app.open(ROOT)
    assert (page.status, page.texts["p"][-2]) == (
        503,
        "Your account cannot be reached at the moment. Wait a moment, and try again.",
    )
    app.pool.call = call  # type: ignore[method-assign]
    assert app.open(page.links["Try again"]).heading == "My account"


def test_the_outage_of_the_pool_keeps_what_was_typed() -> None:
    app = Mine()
    app.open(f"{ROOT}/attributes")
    app.fail(ConnectionError())
    page = app.press("/attributes", **{"attribute.name": "Ada Lovelace"})
    assert page.status == 503
    assert page.forms[0].fields["attribute.name"]["value"] == "Ada Lovelace"
    assert page.problem == "Your account cannot be reached at the moment. Wait a moment, and try again."


def test_who_is_asked_to_wait_is_told_so() -> None:
    app = Mine()
    app.fail(ServiceError("TooManyRequestsException", "slower"), "GetUser")
    page = app.open(ROOT)
    assert (page.status, page.response.headers["retry-after"]) == (429, "1")
    assert page.links["Try again"] == ROOT


def test_a_button_that_fails_has_a_way_back_to_the_account() -> None:
    app = Mine()
    app.fail(ConnectionError(), "AssociateSoftwareToken")
    page = app.press("/authenticator")
    assert page.status == 503
    assert app.open(page.links["Try again"]).path == ROOT


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"])
def test_whom_the_pool_has_signed_out_signs_in_and_comes_back(operation: str) -> None:
    app = Mine()
    app.pool.call(operation, {"UserPoolId": app.pool.user_pool_id, "Username": "ada"})
    page = app.open(f"{ROOT}/attributes")
    assert (page.heading, app.notice) == ("Sign in", "You have been signed out. Sign in again.")
    assert app.who() is None
    assert page.forms[0].filled_in()["next"] == f"{ROOT}/attributes"


def test_a_sign_in_that_may_not_change_accounts_is_told_so() -> None:
    app = Mine(
        managed_login=True,
        callback_urls=[f"{HOME}/login/callback"],
        allowed_scopes=["openid", "email"],
        explicit_auth_flows=PLAIN,
    )
    app.http.cookies.clear()
    fill_in_pages(app.http, "/login?next=/me", {"username": "ada", "password": PASSWORD})
    page = app.open(ROOT)
    assert (page.status, page.heading) == (403, "That did not work")
    assert "With the way in which you signed in, your account cannot be shown" in page.text
    assert app.open(page.links["Try again"]).heading == "Sign out"


def test_the_address_of_a_button_leads_to_the_account() -> None:
    app = Mine()
    for path in ("/second-factors", "/authenticator", "/sessions/end", "/devices/forget"):
        assert app.open(f"{ROOT}{path}").path == ROOT


def test_no_attribute_but_an_address_has_a_page_of_an_address() -> None:
    app = Mine()
    assert app.http.get(f"{ROOT}/attributes/sub/verify").status_code == 404


def test_what_is_sensitive_leads_through_a_fresh_sign_in_and_back() -> None:
    app = Mine()
    app.later()
    assert app.open(f"{ROOT}/passkeys/add").heading == "Confirm that it is you"
    assert app.pass_sign_in().heading == "Add a passkey"


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [("/attributes/email", "attribute.email", "new@example.com"), ("/delete", "confirm", "ada")],
)
def test_what_was_sent_too_late_is_not_done_and_said_to_be_not_done(
    path: str, field: str, value: str
) -> None:
    app = Mine()
    app.open(f"{ROOT}{path}")
    app.later()
    assert app.press(path, **{field: value}).heading == "Confirm that it is you"
    page = app.pass_sign_in()
    assert page.path == f"{ROOT}{path}?notice=send_again"
    assert app.notice.startswith("You have signed in once more. What you had sent before was not done")
    assert app.get_user()["email"] == "ada@example.com"


def test_who_comes_back_from_a_fresh_sign_in_has_the_whole_query() -> None:
    app = Mine()
    app.later()
    path, sent = f"{ROOT}/delete?flag&empty=&a=1", {"confirm": "ada"}
    answer = app.http.post(path, data=sent, headers={"Origin": HOME}, follow_redirects=False)
    [back] = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    assert back == f"{ROOT}/delete?flag=&empty=&a=1&notice=send_again"


def test_a_button_that_was_pressed_too_late_is_said_to_have_done_nothing() -> None:
    app = Mine()
    app.later()
    app.press("/authenticator")
    page = app.pass_sign_in()
    assert (page.heading, app.notice[:31]) == ("My account", "You have signed in once more. W")


def test_who_comes_by_a_provider_signs_in_there_once_more() -> None:
    app = Mine(identity_providers=["Google"], managed_login=True)
    app.later()
    page = app.open(f"{ROOT}/delete")
    asked = dict(parse_qsl(page.links["Continue with Google"].partition("?")[2]))
    assert asked == {"provider": "Google", "next": f"{ROOT}/delete", "max_age": "300"}


def test_no_code_password_or_token_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    app = Mine()
    app.open(f"{ROOT}/password")
    app.send(previous_password="Wrong-horse-1!", new_password=NEW_PASSWORD)
    app.open(f"{ROOT}/attributes/email")
    app.press("/attributes/email", **{"attribute.email": "countess@example.com"})
    app.send(code="987654")
    app.fail(ConnectionError())
    app.send(code="987654")
    for secret in (PASSWORD, NEW_PASSWORD, "Wrong-horse-1!", "987654", app.code(), "eyJ"):
        assert secret not in caplog.text


def test_what_is_not_sensitive_needs_no_fresh_sign_in() -> None:
    app = Mine()
    app.later()
    app.open(f"{ROOT}/attributes")
    app.press("/attributes", **{"attribute.name": "Ada"})
    assert app.notice == "Your details are saved."


def test_the_account_is_deleted_once_its_name_is_written() -> None:
    app = Mine()
    app.open(f"{ROOT}/delete")
    app.send(confirm="bob")
    assert app.page.problem == "Write it as it stands there."
    app.send(confirm=" Ada ")
    assert app.notice == "Your account is deleted."
    assert app.who() is None
    with pytest.raises(ServiceError, match="User does not exist"):
        app.get_user()


def test_an_account_that_is_deleted_twice_is_no_fault() -> None:
    app = Mine()
    page = app.open(f"{ROOT}/delete")
    app.send(confirm="ada")
    app.page = page
    assert (app.send(confirm="ada").heading, app.page.status) == ("Sign in", 200)


def test_who_signs_in_by_an_address_is_called_by_it() -> None:
    app = Mine(
        users=[LocalUser("ada@example.com", password=PASSWORD, attributes={"email": "ada@example.com"})],
        username="ada@example.com",
        username_attributes=["email"],
    )
    assert app.page.texts[".who"] == ["You are signed in as ada@example.com."]
    for path in ("/account/sign-in", "/account/sign-out"):
        assert "You are signed in as ada@example.com." in app.open(path).text
    app.later()
    assert "Signing in as ada@example.com" in app.open(f"{ROOT}/delete").text
    app.pass_sign_in("ada@example.com")
    app.open(f"{ROOT}/delete")
    assert app.send(confirm="ada@example.com").heading == "Sign in"
    assert app.notice == "Your account is deleted."


def test_linked_providers_are_shown() -> None:
    app = Mine(identity_providers=["SignInWithApple"])
    assert "Linked accounts" not in app.page.texts["h2"]
    app.pool.call(
        "AdminLinkProviderForUser",
        {
            "UserPoolId": app.pool.user_pool_id,
            "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": "ada"},
            "SourceUser": {
                "ProviderName": "SignInWithApple",
                "ProviderAttributeName": "Cognito_Subject",
                "ProviderAttributeValue": "1",
            },
        },
    )
    page = app.open(ROOT)
    assert page.texts["li"][0] == "Apple"
    assert "Password" in page.texts["h2"]


def test_who_came_by_a_provider_finds_nothing_that_the_provider_guards() -> None:
    identity = {"providerName": "Google", "providerType": "Google", "userId": "1", "primary": True}
    app = Mine()
    user = app.pool._plane.directory.find("ada")
    assert user is not None
    user.held = {**user.held, "identities": json.dumps([identity])}
    page = app.open(ROOT)
    assert page.texts["h2"] == ["My details", "Sign out", "Linked accounts", "Close my account"]
    for path in ("/password", "/passkeys/add"):
        assert app.open(f"{ROOT}{path}").path == ROOT


_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (_FIREFOX, ("Firefox", "Linux")),
        (f"Mozilla/5.0 (Windows NT 10.0) {_KHTML} Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        (f"Mozilla/5.0 (Linux; Android 10; K) {_KHTML} Chrome/140.0 Safari/537.36", ("Chrome", "Android")),
        (f"Mozilla/5.0 (iPhone; CPU OS 18 like Mac OS X) {_KHTML} Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.5.0", ("", "")),
        (None, ("", "")),
    ],
)
def test_browsers_are_called_as_people_know_them(user_agent: str | None, browser: tuple[str, str]) -> None:
    assert browser_of(user_agent) == browser
