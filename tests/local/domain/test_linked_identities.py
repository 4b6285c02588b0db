"""AdminLinkProviderForUser and AdminDisableProviderForUser: who comes back by a provider as somebody else."""

import json
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from tests.local.domain.kit import Callback, DomainKit, Page
from tests.local.kit import OTHER_PASSWORD, PASSWORD, claims, refused

SUBJECT = "Cognito_Subject"


def federated(**options: Any) -> DomainKit:
    kit = DomainKit(identity_providers=["Google", "Corporate"], **options)
    kit.aws.update_identity_provider(
        UserPoolId=kit.pool_id,
        ProviderName="Corporate",
        AttributeMapping={"email": "email", "email_verified": "email_verified", "name": "name"},
    )
    return kit


@pytest.fixture
def kit() -> DomainKit:
    return federated()


def named(provider: str, value: str, attribute: str = SUBJECT) -> dict[str, str]:
    return {
        "ProviderName": provider,
        "ProviderAttributeName": attribute,
        "ProviderAttributeValue": value,
    }


def link(kit: DomainKit, source: dict[str, str], username: str = "alice", provider: str = "Cognito") -> None:
    destination = {"ProviderName": provider, "ProviderAttributeValue": username}
    kit.aws.admin_link_provider_for_user(
        UserPoolId=kit.pool_id, DestinationUser=destination, SourceUser=source
    )


def disable(kit: DomainKit, user: dict[str, str]) -> None:
    kit.aws.admin_disable_provider_for_user(UserPoolId=kit.pool_id, User=user)


def come_back(kit: DomainKit, browser: Any = None, *, provider: str = "Google", **said: str) -> Any:
    browser = browser or kit.browser()
    page = browser.authorize(**kit.asks(identity_provider=provider))
    return browser.send(page, form=len(page.forms) - 1, values={"sub": "1234"} | said)


def who(kit: DomainKit, callback: Any) -> Any:
    tokens = kit.redeem(callback.code).json()
    return claims(kit.pool, tokens["id_token"], audience=kit.id, clock=kit.clock)


def held(kit: DomainKit, username: str = "alice") -> dict[str, str]:
    pairs = kit.admin("AdminGetUser", username)["UserAttributes"]
    return {pair["Name"]: pair["Value"] for pair in pairs}


def test_who_is_linked_comes_back_as_the_user_of_the_pool(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    identity = who(kit, come_back(kit, name="Alice L."))
    assert identity["cognito:username"] == "alice"
    assert identity["sub"] == held(kit)["sub"]
    assert identity["identities"] == [
        {
            "userId": "1234",
            "providerName": "Google",
            "providerType": "Google",
            "issuer": None,
            "primary": "false",
            "dateCreated": str(int(kit.clock.now * 1000)),
        }
    ]
    assert held(kit)["name"] == "Alice L."
    assert kit.tokens()


def test_nobody_is_linked_by_what_a_provider_says(kit: DomainKit) -> None:
    """Another id with the same address is another user, as it is without any link."""
    link(kit, named("Corporate", "1234"))
    said = {"email": "alice@example.com", "email_verified": "true"}
    assert who(kit, come_back(kit, provider="Corporate", sub="666", **said))["cognito:username"] != "alice"
    assert (
        who(kit, come_back(kit, provider="Google", sub="1234", **said))["cognito:username"] == "Google_1234"
    )


def test_a_linked_users_alias_is_not_taken_by_what_a_provider_says() -> None:
    kit = federated(alias_attributes=["email"])
    link(kit, named("Corporate", "1234"), "bob")
    callback = come_back(kit, provider="Corporate", email="alice@example.com", email_verified="true")
    assert callback.query["error"] == "invalid_request"
    assert held(kit, "bob")["email"] == "bob@example.com"
    assert kit.password("alice@example.com")["AuthenticationResult"]


def test_an_address_that_a_provider_changes_is_no_longer_verified(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    assert held(kit)["email_verified"] == "true"
    come_back(kit, email="other@example.com")
    assert (held(kit)["email"], held(kit)["email_verified"]) == ("other@example.com", "false")


def test_a_new_address_is_verified_where_the_provider_says_so(kit: DomainKit) -> None:
    link(kit, named("Corporate", "1234"))
    for address in ("new@example.com", "newer@example.com"):
        come_back(kit, provider="Corporate", email=address, email_verified="true")
        assert (held(kit)["email"], held(kit)["email_verified"]) == (address, "true")


def test_a_link_by_an_attribute_is_the_first_ones_who_comes_with_it(kit: DomainKit) -> None:
    link(kit, named("Corporate", "a@corp.example", "email"))
    assert "identities" not in held(kit)
    first = who(kit, come_back(kit, provider="Corporate", sub="1", email="a@corp.example"))
    assert first["cognito:username"] == "alice"
    assert json.loads(held(kit)["identities"])[0]["userId"] == "1"
    second = who(kit, come_back(kit, provider="Corporate", sub="2", email="a@corp.example"))
    assert second["cognito:username"] == "Corporate_2"
    again = who(kit, come_back(kit, provider="Corporate", sub="1", email="b@corp.example"))
    assert again["cognito:username"] == "alice"


def test_the_value_of_an_attribute_is_no_id_of_a_provider(kit: DomainKit) -> None:
    link(kit, named("Corporate", "a@corp.example", "email"))
    identity = who(kit, come_back(kit, provider="Corporate", sub="a@corp.example"))
    assert identity["cognito:username"] == "Corporate_a@corp.example"


def test_a_federated_user_gets_another_identity(kit: DomainKit) -> None:
    come_back(kit)
    link(kit, named("Corporate", "77"), username="1234", provider="Google")
    identity = who(kit, come_back(kit, provider="Corporate", sub="77"))
    assert identity["cognito:username"] == "Google_1234"
    assert [known["primary"] for known in identity["identities"]] == ["true", "false"]


def test_a_user_has_five_linked_identities_at_most(kit: DomainKit) -> None:
    for number in range(4):
        link(kit, named("Google", str(number)))
    link(kit, named("Corporate", "a@corp.example", "email"))
    with refused("LimitExceededException"):
        link(kit, named("Google", "5"))
    disable(kit, named("Corporate", "a@corp.example", "email"))
    link(kit, named("Google", "5"))


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (named("Cognito", "bob"), "InvalidParameterException"),
        (named("Nowhere", "1"), "ResourceNotFoundException"),
        (named("Google", "a@b", "email"), "InvalidParameterException"),
        (named("Corporate", "a@b", "nickname"), "InvalidParameterException"),
        ({"ProviderName": "Google", "ProviderAttributeName": SUBJECT}, "InvalidParameterException"),
        ({"ProviderAttributeName": SUBJECT, "ProviderAttributeValue": "1"}, "InvalidParameterException"),
    ],
)
def test_what_is_no_identity_is_not_linked(kit: DomainKit, source: dict[str, str], refusal: str) -> None:
    with refused(refusal):
        link(kit, source)


def test_only_users_who_are_there_are_linked(kit: DomainKit) -> None:
    come_back(kit, sub="9")
    for username, provider in (
        ("nobody", "Cognito"),
        ("9", "Cognito"),
        ("Google_9", "Cognito"),
        ("1", "Google"),
    ):
        with refused("UserNotFoundException"):
            link(kit, named("Google", "1234"), username, provider)


def test_an_alias_names_nobody_to_link() -> None:
    kit = federated(alias_attributes=["email"])
    with refused("UserNotFoundException"):
        link(kit, named("Google", "1234"), "alice@example.com")


def test_who_has_come_by_a_provider_is_not_merged(kit: DomainKit) -> None:
    come_back(kit)
    with refused(
        "InvalidParameterException",
        "Merging is not currently supported, "
        "provide a SourceUser that has not been signed up in order to link",
    ):
        link(kit, named("Google", "1234"))


def test_an_identity_is_linked_to_one_user_alone(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    link(kit, named("Corporate", "a@corp.example", "email"))
    for source in (named("Google", "1234"), named("Corporate", "a@corp.example", "email")):
        with refused("AliasExistsException"):
            link(kit, source, "bob")


def test_a_disabled_user_does_not_come_by_a_link(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    kit.admin("AdminDisableUser")
    callback = come_back(kit, name="Other")
    assert callback.query["error_description"] == "User is disabled."
    assert "name" not in held(kit)


def test_a_user_whom_nobody_has_confirmed_does_not_come_by_a_link(kit: DomainKit) -> None:
    kit.aws.sign_up(ClientId=kit.id, Username="eve", Password=PASSWORD)
    link(kit, named("Google", "1234"), "eve")
    assert come_back(kit).query["error_description"] == "User is not confirmed."


def test_who_is_unlinked_comes_as_a_user_of_their_own(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    come_back(kit)
    disable(kit, named("Google", "1234"))
    assert "identities" not in held(kit)
    assert who(kit, come_back(kit))["cognito:username"] == "Google_1234"
    with refused("UserNotFoundException"):
        disable(kit, named("Google", "5"))


def test_a_browser_that_came_by_a_link_is_asked_again_without_it(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    browser = kit.browser()
    come_back(kit, browser)
    assert isinstance(browser.authorize(**kit.asks()), Callback)
    disable(kit, named("Google", "1234"))
    assert isinstance(browser.authorize(**kit.asks()), Page)


def test_a_federated_user_can_be_kept_from_coming_by_the_provider(kit: DomainKit) -> None:
    come_back(kit)
    disable(kit, named("Google", "1234"))
    assert come_back(kit).query["error"] == "invalid_request"


def test_a_user_of_the_pool_can_be_kept_from_signing_in_with_a_password(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    code = kit.code("alice", "forgot_password")
    browser = kit.browser()
    kit.sign_in(browser)
    disable(kit, named("Cognito", "alice"))
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.password()
    with refused("ExpiredCodeException"):
        kit.aws.confirm_forgot_password(
            ClientId=kit.id, Username="alice", ConfirmationCode=code, Password=OTHER_PASSWORD
        )
    assert isinstance(browser.authorize(**kit.asks()), Page)
    assert who(kit, come_back(kit))["cognito:username"] == "alice"
    kit.admin("AdminSetUserPassword", Password=PASSWORD, Permanent=True)
    assert kit.tokens()


@pytest.mark.parametrize(
    ("user", "refusal"),
    [
        (named("Cognito", "nobody"), "UserNotFoundException"),
        (named("Cognito", "alice", "email"), "InvalidParameterException"),
        (named("Google", "a@b", "email"), "InvalidParameterException"),
        (named("Corporate", "a@b", "email"), "UserNotFoundException"),
        (named("Nowhere", "a@b", "email"), "ResourceNotFoundException"),
        ({"ProviderName": "Google"}, "InvalidParameterException"),
    ],
)
def test_what_is_no_link_is_not_taken_away(kit: DomainKit, user: dict[str, str], refusal: str) -> None:
    with refused(refusal):
        disable(kit, user)


def test_a_trigger_that_links_lets_the_user_come_from_the_next_time_on() -> None:
    kits: list[DomainKit] = []

    def link_by_name(event: dict[str, Any]) -> dict[str, Any]:
        if event["triggerSource"] == "PreSignUp_ExternalProvider":
            link(kits[0], named("Google", event["userName"].removeprefix("Google_")))
        return event

    kit = federated(triggers=Triggers(pre_sign_up=link_by_name))
    kits.append(kit)
    refusal = come_back(kit).query["error_description"]
    assert refusal == "Already found an entry for username Google_1234"
    assert who(kit, come_back(kit))["cognito:username"] == "alice"


def test_a_deleted_user_leaves_no_link_behind(kit: DomainKit) -> None:
    link(kit, named("Google", "1234"))
    link(kit, named("Corporate", "a@corp.example", "email"))
    kit.admin("AdminDeleteUser")
    assert who(kit, come_back(kit))["cognito:username"] == "Google_1234"
    kit.pool.create_user(LocalUser("alice", password=PASSWORD))
    link(kit, named("Corporate", "a@corp.example", "email"))


def test_a_provider_is_found_by_its_identifier(kit: DomainKit) -> None:
    kit.aws.update_identity_provider(
        UserPoolId=kit.pool_id, ProviderName="Corporate", IdpIdentifiers=["corp.example"]
    )
    found = kit.aws.get_identity_provider_by_identifier(UserPoolId=kit.pool_id, IdpIdentifier="corp.example")[
        "IdentityProvider"
    ]
    assert (found["ProviderName"], found["IdpIdentifiers"]) == ("Corporate", ["corp.example"])
    for identifier in ("Corporate", "other.example"):
        with refused("ResourceNotFoundException"):
            kit.aws.get_identity_provider_by_identifier(UserPoolId=kit.pool_id, IdpIdentifier=identifier)
