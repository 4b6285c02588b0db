"""Passkeys on the domain's pages: added by who is signed in, and a way to sign in."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.authenticator import Authenticator
from tests.local.domain.kit import CALLBACK, HOST, Callback, DomainKit, Page
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, claims


def passkeys(**options: Any) -> DomainKit:
    given: dict[str, Any] = {
        "users": [ALICE, BOB],
        "allowed_first_factors": ["PASSWORD", "WEB_AUTHN"],
        "relying_party_id": "domain.example",
    }
    return DomainKit(**given | options)


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return passkeys()


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(origin=HOST)


def sign_in(kit: DomainKit, browser: Any, username: str = "alice") -> Callback:
    """Sign in by password, where a way has to be chosen first."""
    page = browser.send(browser.authorize(**kit.asks()), username=username)
    page = browser.send(page, answer="PASSWORD")
    callback = browser.send(page, password={"alice": ALICE, "bob": BOB}[username].password)
    assert isinstance(callback, Callback)
    return callback


def add_page(kit: DomainKit, browser: Any, **more: Any) -> Any:
    return browser.get("passkeys/add?" + urlencode(kit.asks(**more)))


def options_of(page: Page) -> Any:
    return json.loads(page.forms[0].data["data-options"])


def credential(answer: Any) -> dict[str, str]:
    return {"credential": json.dumps(answer)}


def add(kit: DomainKit, browser: Any, device: Authenticator) -> Any:
    page = add_page(kit, browser)
    assert page.forms[0].data["data-passkey"] == "create"
    return browser.send(page, credential(device.create(options_of(page))))


def passkey_page(kit: DomainKit, browser: Any, username: str = "alice") -> Any:
    page = browser.send(browser.authorize(**kit.asks()), username=username)
    return browser.send(page, answer="WEB_AUTHN")


def test_who_is_signed_in_adds_a_passkey_and_signs_in_with_it(device: Authenticator) -> None:
    kit = passkeys()
    browser = kit.browser()
    sign_in(kit, browser)
    callback = add(kit, browser, device)
    assert callback.address == CALLBACK
    assert callback.query["state"] == "s t&ä"
    assert kit.redeem(callback.code).status_code == 200

    fresh = kit.browser()
    page = passkey_page(kit, fresh)
    assert page.forms[0].data["data-passkey"] == "get"
    callback = fresh.send(page, credential(device.get(options_of(page))))
    token = kit.redeem(callback.code).json()["id_token"]
    assert claims(kit.pool, token, audience=kit.id, clock=kit.clock)["amr"] == ["hwk"]


def test_the_button_appears_with_the_script_which_it_needs(kit: DomainKit) -> None:
    browser = kit.browser()
    sign_in(kit, browser)
    assert '<button type="submit" hidden>Add a passkey</button>' in add_page(kit, browser).response.text


def test_who_is_not_signed_in_is_asked_to(kit: DomainKit, device: Authenticator) -> None:
    page = add_page(kit, kit.browser())
    assert page.response.url.path == "/login"
    browser = kit.browser()
    sign_in(kit, browser)
    page = add_page(kit, browser)
    answer = device.create(options_of(page))
    del browser.http.cookies["cognito"]
    assert browser.send(page, credential(answer)).response.url.path == "/login"


def test_a_passkey_is_added_for_who_is_signed_in_and_nobody_else(
    kit: DomainKit, device: Authenticator
) -> None:
    alice, bob = kit.browser(), kit.browser()
    sign_in(kit, alice)
    sign_in(kit, bob, "bob")
    answer = device.create(options_of(add_page(kit, alice)))
    page = bob.send(add_page(kit, bob), credential(answer))
    assert page.status == 400
    assert "could not be added" in page.text


@pytest.mark.parametrize("answer", ["", "{", "null", "[]", '{"id": "x"}', "x" * 1000])
def test_an_answer_that_is_none_adds_nothing_and_can_be_given_again(
    kit: DomainKit, answer: str, device: Authenticator
) -> None:
    browser = kit.browser()
    sign_in(kit, browser)
    page = browser.send(add_page(kit, browser), credential=answer)
    assert page.status == 400
    assert isinstance(browser.send(page, credential(device.create(options_of(page)))), Callback)


def test_whoever_wants_none_now_goes_back_to_the_app(kit: DomainKit) -> None:
    browser = kit.browser()
    sign_in(kit, browser, "bob")
    page = add_page(kit, browser)
    assert browser.send(page, form=1, later="true").address == CALLBACK
    token = kit.tokens("bob", OTHER_PASSWORD)["AccessToken"]
    assert kit.aws.list_web_authn_credentials(AccessToken=token)["Credentials"] == []


def test_a_page_of_another_site_adds_nothing(kit: DomainKit, device: Authenticator) -> None:
    browser = kit.browser()
    sign_in(kit, browser)
    page = add_page(kit, browser)
    answer = credential(device.create(options_of(page)))
    assert browser.send(page, answer, without="_csrf").status == 400


def test_a_passkey_that_is_not_the_users_signs_nobody_in(device: Authenticator) -> None:
    kit = passkeys()
    browser = kit.browser()
    sign_in(kit, browser)
    add(kit, browser, device)
    fresh = kit.browser()
    page = passkey_page(kit, fresh)
    stranger = Authenticator(origin=HOST)
    stranger.create(options_of(add_page(kit, browser)))
    evil = Authenticator(origin="https://evil.example")
    evil.credentials = device.credentials
    asked = options_of(page)
    for answer in (stranger.get(asked, stranger.credentials[0]), evil.get(asked), "x"):
        refused = fresh.send(page, credential(answer))
        assert refused.status == 400
    assert isinstance(fresh.send(page, credential(device.get(asked))), Callback)


def test_who_has_no_passkey_is_not_asked_for_one() -> None:
    kit = passkeys()
    browser = kit.browser()
    page = browser.send(browser.authorize(**kit.asks()), username="alice")
    assert page.forms[0].buttons == [("answer", "PASSWORD")]


def test_federated_users_add_none() -> None:
    kit = passkeys(identity_providers=["Google"])
    browser = kit.browser()
    page = browser.authorize(**kit.asks(identity_provider="Google"))
    assert isinstance(browser.send(page, sub="1"), Callback)
    page = add_page(kit, browser)
    assert (page.status, page.forms) == (400, [])


def test_a_pool_without_passkeys_says_so_and_asks_for_passwords_at_once() -> None:
    kit = DomainKit(users=[LocalUser("alice", password=OTHER_PASSWORD)])
    browser = kit.browser()
    kit.sign_in(browser, password=OTHER_PASSWORD)
    page = add_page(kit, browser)
    assert (page.status, page.forms) == (400, [])
    assert "Passkeys are not enabled" in page.text
    assert "password" in kit.browser().authorize(**kit.asks()).forms[0].fields


@pytest.mark.parametrize("base", ["", "/under/a/path"])
def test_the_pages_run_one_script_by_its_hash(base: str, device: Authenticator) -> None:
    kit = passkeys(base=base)
    browser = kit.browser()
    sign_in(kit, browser)
    page = add_page(kit, browser)
    add(kit, browser, device)
    for shown in (page, passkey_page(kit, kit.browser())):
        [script] = shown.scripts
        answer = browser.http.get(urljoin(str(shown.response.url), script["src"]))
        assert answer.headers["content-type"].startswith("text/javascript")
        digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert script["integrity"] == f"sha256-{digest}"
        policy = shown.response.headers["content-security-policy"]
        assert policy.endswith(f"; script-src 'sha256-{digest}'")
        assert policy.startswith("default-src 'none'; ")
