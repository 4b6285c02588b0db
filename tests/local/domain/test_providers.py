"""Stand-ins for identity providers: who comes back, and what they become in the pool."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import CustomAttribute, LocalUser, Triggers
from fastapi_cognito_auth.local.errors import ServiceError
from tests.local.domain.kit import CALLBACK, Callback, DomainKit, Page
from tests.local.kit import PASSWORD, claims, refused

ADA = {"sub": "1234", "email": "ada@gmail.example", "name": "Ada Lovelace"}


def federated(**options: Any) -> DomainKit:
    return DomainKit(identity_providers=["Google", "Corporate"], **options)


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return federated()


def come_back(kit: DomainKit, browser: Any = None, *, provider: str = "Google", **said: str) -> Any:
    browser = browser or kit.browser()
    page = browser.authorize(**kit.asks(identity_provider=provider))
    assert f"Sign in with {provider}" in page.text
    return browser.send(page, form=len(page.forms) - 1, values=ADA | said)


def test_who_comes_back_is_a_user_as_cognito_makes_them(kit: DomainKit) -> None:
    come_back(kit)
    user = kit.admin("AdminGetUser", "Google_1234")
    held = {pair["Name"]: pair["Value"] for pair in user["UserAttributes"]}
    assert user["UserStatus"] == "EXTERNAL_PROVIDER"
    assert (held["email"], held["email_verified"], held["name"]) == (
        "ada@gmail.example",
        "false",
        "Ada Lovelace",
    )
    assert json.loads(held["identities"]) == [
        {
            "userId": "1234",
            "providerName": "Google",
            "providerType": "Google",
            "issuer": None,
            "primary": True,
            "dateCreated": int(kit.clock.now * 1000),
        }
    ]
    groups = kit.admin("AdminListGroupsForUser", "Google_1234")["Groups"]
    assert [group["GroupName"] for group in groups] == [f"{kit.pool_id}_Google"]


def test_tokens_say_by_whom_a_user_is_known(kit: DomainKit) -> None:
    tokens = kit.redeem(come_back(kit, provider="Corporate", sub="a.b@corp").code).json()
    access = claims(kit.pool, tokens["access_token"], clock=kit.clock)
    identity = claims(kit.pool, tokens["id_token"], audience=kit.id, clock=kit.clock)
    assert access["username"] == identity["cognito:username"] == "Corporate_a.b@corp"
    assert access["cognito:groups"] == [f"{kit.pool_id}_Corporate"]
    assert identity["amr"] == ["fed"]
    assert identity["identities"] == [
        {
            "userId": "a.b@corp",
            "providerName": "Corporate",
            "providerType": "OIDC",
            "issuer": None,
            "primary": "true",
            "dateCreated": str(int(kit.clock.now * 1000)),
        }
    ]
    shown = kit.user_info(tokens["access_token"]).json()
    assert json.loads(shown["identities"])[0]["providerName"] == "Corporate"


def test_a_pool_that_ignores_case_has_them_in_lower_case() -> None:
    kit = federated(username_case_sensitive=False)
    tokens = kit.redeem(come_back(kit).code).json()
    assert claims(kit.pool, tokens["access_token"], clock=kit.clock)["username"] == "google_1234"


def test_who_comes_again_is_the_same_user_with_what_is_new() -> None:
    kit = federated()
    first = kit.redeem(come_back(kit).code).json()
    again = kit.redeem(come_back(kit, name="Ada King").code).json()
    before, after = (
        claims(kit.pool, tokens["id_token"], audience=kit.id, clock=kit.clock) for tokens in (first, again)
    )
    assert before["sub"] == after["sub"]
    assert after["name"] == "Ada King"


def test_the_page_remembers_who_came_last() -> None:
    kit = federated()
    come_back(kit)
    browser = kit.browser()
    page = browser.authorize(**kit.asks(identity_provider="Google"))
    assert page.forms[0].buttons == [("again", "1234")]
    assert isinstance(browser.send(page, again="1234"), Callback)
    other = kit.browser().authorize(**kit.asks(identity_provider="Corporate"))
    assert len(other.forms) == 1


def test_who_gives_up_at_the_provider_leads_to_an_error_at_the_callback(kit: DomainKit) -> None:
    browser = kit.browser()
    page = browser.authorize(**kit.asks(identity_provider="Google"))
    callback = browser.send(page, form=len(page.forms) - 1, cancel="true")
    assert callback.address == CALLBACK
    assert callback.query["error"] == "access_denied"
    assert "code" not in callback.query


def test_the_login_page_leads_to_the_providers(kit: DomainKit) -> None:
    browser = kit.browser()
    page = browser.authorize(**kit.asks())
    links = [link for link in page.links if link.startswith("identity-provider?")]
    assert [link.rpartition("=")[2] for link in links] == ["Google", "Corporate"]
    assert "Sign in with Google" in browser.follow(page, page.links.index(links[0])).text
    page = kit.browser().authorize(**kit.asks(identity_provider="COGNITO"))
    assert not [link for link in page.links if link.startswith("identity-provider?")]


def test_an_identifier_leads_to_its_provider(kit: DomainKit) -> None:
    kit.pool.call(
        "UpdateIdentityProvider",
        {"UserPoolId": kit.pool_id, "ProviderName": "Corporate", "IdpIdentifiers": ["corp.example"]},
    )
    page = kit.browser().authorize(**kit.asks(idp_identifier="corp.example"))
    assert "Sign in with Corporate" in page.text


def test_a_session_of_another_provider_is_not_enough_for_one_that_is_asked_for(kit: DomainKit) -> None:
    browser = kit.browser()
    come_back(kit, browser)
    assert isinstance(browser.authorize(**kit.asks()), Callback)
    assert isinstance(browser.authorize(**kit.asks(identity_provider="Google")), Callback)
    assert isinstance(browser.authorize(**kit.asks(identity_provider="Corporate")), Page)
    assert isinstance(browser.authorize(**kit.asks(identity_provider="COGNITO")), Page)


def test_nobody_comes_by_a_provider_that_was_deleted_nor_stays_signed_in_by_it() -> None:
    kit = federated()
    browser = kit.browser()
    come_back(kit, browser)
    assert isinstance(browser.authorize(**kit.asks()), Callback)
    kit.pool.call("DeleteIdentityProvider", {"UserPoolId": kit.pool_id, "ProviderName": "Google"})
    page = browser.authorize(**kit.asks())
    links = [link for link in page.links if link.startswith("identity-provider?")]
    assert [link.rpartition("=")[2] for link in links] == ["Corporate"]
    refusal = browser.authorize(**kit.asks(identity_provider="Google"))
    assert refusal.query["error"] == "invalid_request"


@pytest.mark.parametrize("naming", ["alias_attributes", "username_attributes"])
def test_an_address_that_a_provider_names_is_no_name_to_sign_in_with(naming: str) -> None:
    """Otherwise whoever controls a provider could stand in the way of the user who has the address."""
    kit = federated(users=[], **{naming: ["email"]})
    kit.pool.call(
        "UpdateIdentityProvider",
        {
            "UserPoolId": kit.pool_id,
            "ProviderName": "Google",
            "AttributeMapping": {"email": "email", "email_verified": "email_verified"},
        },
    )
    # Before its owner comes: of two who have an address, the first would be found.
    come_back(kit, sub="666", email="alice@example.com", email_verified="true")
    name = "alice" if naming == "alias_attributes" else "alice@example.com"
    pair = {"Name": "email", "Value": "alice@example.com"}
    kit.aws.sign_up(ClientId=kit.id, Username=name, Password=PASSWORD, UserAttributes=[pair])
    code = kit.pool.outbox.latest("alice@example.com", "sign_up").code
    kit.aws.confirm_sign_up(ClientId=kit.id, Username=name, ConfirmationCode=code)
    assert kit.admin("AdminGetUser", "alice@example.com")["UserStatus"] == "CONFIRMED"
    assert kit.password("alice@example.com")["AuthenticationResult"]


def test_federated_users_do_not_sign_in_otherwise() -> None:
    kit = federated(allowed_first_factors=["PASSWORD", "EMAIL_OTP"])
    come_back(kit)
    kit.admin(
        "AdminUpdateUserAttributes",
        "Google_1234",
        UserAttributes=[{"Name": "email_verified", "Value": "true"}],
    )
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.password("Google_1234", PASSWORD)
    with refused("NotAuthorizedException"):
        kit.aws.initiate_auth(
            ClientId=kit.id,
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": "Google_1234", "PREFERRED_CHALLENGE": "EMAIL_OTP"},
        )


def test_federated_users_have_no_password_to_change() -> None:
    kit = federated()
    tokens = kit.redeem(come_back(kit).code).json()
    for previous in ({}, {"PreviousPassword": PASSWORD}):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            kit.aws.change_password(
                AccessToken=tokens["access_token"], ProposedPassword="Battery-staple-8", **previous
            )
    assert isinstance(come_back(kit), Callback)


def test_federated_users_are_sent_no_code_for_a_password_that_they_do_not_have() -> None:
    kit = federated()
    come_back(kit)
    verified = [{"Name": "email_verified", "Value": "true"}]
    kit.admin("AdminUpdateUserAttributes", "Google_1234", UserAttributes=verified)
    with refused("NotAuthorizedException", "User password cannot be reset in the current state."):
        kit.aws.forgot_password(ClientId=kit.id, Username="Google_1234")
    assert [message.purpose for message in kit.pool.outbox] == []


def test_a_federated_user_who_was_given_a_password_comes_in_both_ways() -> None:
    kit = federated()
    first = kit.redeem(come_back(kit).code).json()["access_token"]
    kit.admin("AdminSetUserPassword", "Google_1234", Password=PASSWORD, Permanent=True)
    assert kit.admin("AdminGetUser", "Google_1234")["UserStatus"] == "CONFIRMED"
    again = kit.redeem(come_back(kit).code).json()["access_token"]
    by_password = kit.password("Google_1234", PASSWORD)["AuthenticationResult"]["AccessToken"]
    subs = {claims(kit.pool, token, clock=kit.clock)["sub"] for token in (first, again, by_password)}
    assert len(subs) == 1


def test_nobody_says_of_themselves_by_whom_they_are_known() -> None:
    kit = federated()
    known = '[{"userId":"1234","providerName":"Google","providerType":"Google","primary":true}]'
    pair = {"Name": "identities", "Value": known}
    with refused("InvalidParameterException"):
        kit.aws.sign_up(ClientId=kit.id, Username="Google_1234", Password=PASSWORD, UserAttributes=[pair])
    with pytest.raises(ServiceError, match="identities: Attribute does not exist in the schema"):
        kit.admin("AdminUpdateUserAttributes", "alice", UserAttributes=[pair])


def test_an_immutable_attribute_that_is_mapped_lets_a_user_come_once() -> None:
    """Each sign-in writes what is mapped, and the same value is a change, too."""
    kit = federated(custom_attributes={"employee": CustomAttribute(mutable=False)})
    kit.pool.call(
        "UpdateIdentityProvider",
        {
            "UserPoolId": kit.pool_id,
            "ProviderName": "Google",
            "AttributeMapping": {"custom:employee": "name"},
        },
    )
    assert "code" in come_back(kit).query
    again = come_back(kit).query
    assert again["error"] == "invalid_request"
    assert "custom:employee: Attribute cannot be updated." in again["error_description"]


@pytest.mark.parametrize("name", ["Google_1234", "google_1234"])
def test_a_user_of_the_pool_with_such_a_name_is_never_taken_over(name: str) -> None:
    kit = federated(users=[LocalUser(name, password=PASSWORD)], username_case_sensitive=False)
    callback = come_back(kit)
    assert callback.query["error"] == "invalid_request"
    assert kit.admin("AdminGetUser", name)["UserStatus"] == "CONFIRMED"


def test_two_providers_do_not_share_a_user() -> None:
    """In a pool that ignores case, the names of two providers can make one Username."""
    kit = DomainKit(identity_providers=["Corporate", "CORPORATE"], username_case_sensitive=False)
    assert isinstance(come_back(kit, provider="Corporate"), Callback)
    assert come_back(kit, provider="CORPORATE").query["error"] == "invalid_request"
    identities = {
        pair["Name"]: pair["Value"] for pair in kit.admin("AdminGetUser", "corporate_1234")["UserAttributes"]
    }
    assert json.loads(identities["identities"])[0]["providerName"] == "Corporate"


def test_a_name_of_a_federated_user_cannot_be_taken() -> None:
    kit = federated()
    come_back(kit)
    with refused("UsernameExistsException"):
        kit.aws.sign_up(ClientId=kit.id, Username="Google_1234", Password=PASSWORD)


def test_a_disabled_user_does_not_come_back() -> None:
    kit = federated()
    come_back(kit)
    kit.admin("AdminDisableUser", "Google_1234")
    assert come_back(kit).query["error"] == "invalid_request"


def test_a_required_attribute_that_the_provider_does_not_say_is_an_error() -> None:
    kit = federated(users=[], required_attributes=["email"])
    assert come_back(kit, email="").query["error"] == "invalid_request"
    assert isinstance(come_back(kit), Callback)


def test_the_triggers_of_a_new_user_run_and_can_refuse() -> None:
    ran: list[str] = []

    def note(event: dict[str, Any]) -> dict[str, Any]:
        ran.append(event["triggerSource"])
        if event["userName"] == "Google_666":
            raise ValueError("not this one")
        return event

    kit = federated(
        users=[], triggers=Triggers(pre_sign_up=note, post_confirmation=note, post_authentication=note)
    )
    come_back(kit)
    assert ran == [
        "PreSignUp_ExternalProvider",
        "PostConfirmation_ConfirmSignUp",
        "PostAuthentication_Authentication",
    ]
    assert "not this one" in come_back(kit, sub="666").query["error_description"]


@pytest.mark.parametrize("sub", ["", "two words", "x" * 101, "a\tb"])
def test_an_id_is_one_word(kit: DomainKit, sub: str) -> None:
    page = come_back(kit, sub=sub)
    assert page.status == 400
    assert page.labels >= {"sub", "email", "name"}


def test_a_request_without_a_provider_has_no_stand_in(kit: DomainKit) -> None:
    for provider in (None, "COGNITO"):
        answer = kit.http.get("/identity-provider", params=kit.asks(identity_provider=provider))
        assert answer.status_code == 400


@given(said=st.fixed_dictionaries({name: st.text(max_size=80) for name in ("sub", "email", "name")}))
def test_whatever_a_provider_says_nothing_fails(said: dict[str, str]) -> None:
    answer = come_back(_KIT, **said)
    assert isinstance(answer, Callback) or answer.status == 400


_KIT = federated(users=())


def test_an_app_client_may_have_providers_alone() -> None:
    kit = federated()
    kit.pool.call(
        "UpdateUserPoolClient",
        {
            "UserPoolId": kit.pool_id,
            "ClientId": kit.id,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": [CALLBACK],
            "SupportedIdentityProviders": ["Google"],
        },
    )
    page = kit.browser().authorize(**kit.asks())
    assert page.forms == []
    assert len(page.links) == 1
    assert kit.http.get("/signup", params=kit.asks()).status_code == 400
    assert isinstance(come_back(kit), Callback)
