"""Aliases and case: an alias is nobody's until it is proven, and names are compared as the pool says."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused

ADDRESS = "victim@example.com"
TAKEN = "An account with the email already exists."
ALIASES = ("email", "phone_number", "preferred_username")


def sign_up(kit: Kit, username: str, **attributes: str) -> Any:
    pairs = [{"Name": name, "Value": value} for name, value in attributes.items()]
    return kit.aws.sign_up(ClientId=kit.id, Username=username, Password=PASSWORD, UserAttributes=pairs)


def confirm(kit: Kit, username: str, **more: Any) -> Any:
    code = kit.pool.outbox.latest(username).code
    return kit.aws.confirm_sign_up(ClientId=kit.id, Username=username, ConfirmationCode=code, **more)


def signed_in_as(kit: Kit, name: str) -> str:
    access = kit.password(name, PASSWORD)["AuthenticationResult"]["AccessToken"]
    username: str = kit.aws.get_user(AccessToken=access)["Username"]
    return username


@pytest.fixture
def kit() -> Kit:
    return Kit(users=(), alias_attributes=ALIASES)


def test_an_unconfirmed_sign_up_holds_no_address_of_somebody_else(kit: Kit) -> None:
    sign_up(kit, "eve", email=ADDRESS)
    sign_up(kit, "victim", email=ADDRESS)
    confirm(kit, "victim")
    assert signed_in_as(kit, ADDRESS) == "victim"
    with refused("AliasExistsException", TAKEN):
        confirm(kit, "eve")


def test_nor_a_phone_number(kit: Kit) -> None:
    sign_up(kit, "eve", phone_number="+4912345")
    sign_up(kit, "victim", phone_number="+4912345")
    confirm(kit, "victim")
    assert signed_in_as(kit, "+4912345") == "victim"


def test_nor_does_a_user_whom_an_administrator_made_without_saying_that_it_is_verified(kit: Kit) -> None:
    pairs = [{"Name": "email", "Value": ADDRESS}]
    kit.admin("AdminCreateUser", "eve", UserAttributes=pairs, TemporaryPassword=OTHER_PASSWORD)
    sign_up(kit, "victim", email=ADDRESS)
    confirm(kit, "victim")
    with refused("AliasExistsException", TAKEN):
        verified = [*pairs, {"Name": "email_verified", "Value": "true"}]
        kit.aws.admin_update_user_attributes(UserPoolId=kit.pool_id, Username="eve", UserAttributes=verified)


def test_a_verified_change_of_address_takes_what_nobody_has_proven(kit: Kit) -> None:
    sign_up(kit, "eve", email=ADDRESS)
    sign_up(kit, "victim", email="old@example.com")
    confirm(kit, "victim")
    access = kit.password("victim")["AuthenticationResult"]["AccessToken"]
    kit.aws.update_user_attributes(AccessToken=access, UserAttributes=[{"Name": "email", "Value": ADDRESS}])
    code = kit.pool.outbox.latest("victim").code
    kit.aws.verify_user_attribute(AccessToken=access, AttributeName="email", Code=code)
    assert signed_in_as(kit, ADDRESS) == "victim"


def test_a_preferred_username_is_held_by_the_first_who_is_confirmed_with_it(kit: Kit) -> None:
    for name in ("eve", "victim", "late"):
        sign_up(kit, name, email=f"{name}@example.com", preferred_username="ace")
    confirm(kit, "victim")
    assert signed_in_as(kit, "ace") == "victim"
    with refused("AliasExistsException", "An account with the preferred_username already exists."):
        confirm(kit, "eve", ForceAliasCreation=True)
    with refused("AliasExistsException", "An account with the preferred_username already exists."):
        kit.aws.admin_confirm_sign_up(UserPoolId=kit.pool_id, Username="late")


def test_force_alias_creation_takes_an_address_from_its_holder(kit: Kit) -> None:
    for name in ("first", "second"):
        sign_up(kit, name, email=ADDRESS)
    confirm(kit, "first")
    confirm(kit, "second", ForceAliasCreation=True)
    assert signed_in_as(kit, ADDRESS) == "second"


def test_an_alias_that_is_given_up_or_whose_user_is_deleted_is_nobodys(kit: Kit) -> None:
    sign_up(kit, "first", email=ADDRESS)
    confirm(kit, "first")
    kit.admin("AdminDeleteUserAttributes", "first", UserAttributeNames=["email"])
    with refused("NotAuthorizedException"):
        kit.password(ADDRESS)
    sign_up(kit, "second", email=ADDRESS)
    confirm(kit, "second")
    kit.admin("AdminDeleteUser", "second")
    sign_up(kit, "third", email=ADDRESS)
    confirm(kit, "third")
    assert signed_in_as(kit, ADDRESS) == "third"


# A preferred_username is chosen freely, so it is never another's name

CHOSEN = "An account with the preferred_username already exists."
OTHERS = {
    "Username": "victim",
    "e-mail address": ADDRESS,
    "phone number": "+4912345",
    "preferred_username": "ace",
}


@pytest.fixture
def crowd() -> Kit:
    """Return a pool with a victim who signs in by everything, and somebody else."""
    attributes = {name: OTHERS[label] for name, label in zip(ALIASES, [*OTHERS][1:], strict=True)}
    verified = {"email_verified": "true", "phone_number_verified": "true"}
    victim = LocalUser("victim", password=PASSWORD, attributes=attributes | verified)
    return Kit(users=(victim, LocalUser("eve", password=PASSWORD)), alias_attributes=ALIASES[::-1])


def access_of(kit: Kit, name: str) -> str:
    token: str = kit.password(name, PASSWORD)["AuthenticationResult"]["AccessToken"]
    return token


@pytest.mark.parametrize("name", [*OTHERS.values(), "the sub"])
def test_nobody_takes_a_name_of_somebody_else_for_a_preferred_one(crowd: Kit, name: str) -> None:
    if name == "the sub":
        name = crowd.admin("AdminGetUser", "victim")["UserAttributes"][0]["Value"]
    pairs = [{"Name": "preferred_username", "Value": name}]
    with refused("AliasExistsException", CHOSEN):
        crowd.aws.update_user_attributes(AccessToken=access_of(crowd, "eve"), UserAttributes=pairs)
    with refused("AliasExistsException", CHOSEN):
        crowd.aws.admin_update_user_attributes(UserPoolId=crowd.pool_id, Username="eve", UserAttributes=pairs)
    sign_up(crowd, "late", email="late@example.com", preferred_username=name)
    with refused("AliasExistsException", CHOSEN):
        confirm(crowd, "late", ForceAliasCreation=True)
    with refused("AliasExistsException", CHOSEN):
        crowd.aws.admin_create_user(UserPoolId=crowd.pool_id, Username="later", UserAttributes=pairs)


@pytest.mark.parametrize("name", ["victim", ADDRESS, "free"])
def test_ones_own_name_or_a_free_one_may_be_the_preferred_one(crowd: Kit, name: str) -> None:
    pairs = [{"Name": "preferred_username", "Value": name}]
    crowd.aws.update_user_attributes(AccessToken=access_of(crowd, "victim"), UserAttributes=pairs)
    assert signed_in_as(crowd, name) == "victim"


def test_whoever_proves_an_address_is_found_by_it_before_whoever_calls_himself_so(crowd: Kit) -> None:
    own = "late@example.com"
    pairs = [{"Name": "preferred_username", "Value": own}]
    crowd.aws.update_user_attributes(AccessToken=access_of(crowd, "eve"), UserAttributes=pairs)
    sign_up(crowd, "late", email=own)
    confirm(crowd, "late")
    assert signed_in_as(crowd, own) == "late"


def test_nobody_signs_up_with_a_username_that_somebody_prefers(crowd: Kit) -> None:
    with refused("UsernameExistsException", "User already exists"):
        sign_up(crowd, "ace")


# Case

ADA = LocalUser("Ada", password=PASSWORD, attributes={"email": "Ada@Example.com"})


def test_names_differ_by_case_unless_the_pool_says_otherwise() -> None:
    kit = Kit(users=(ADA, LocalUser("ada", password=OTHER_PASSWORD)))
    assert signed_in_as(kit, "Ada") == "Ada"
    with refused("NotAuthorizedException"):
        kit.password("ADA")
    pool = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": True}


@pytest.mark.parametrize("name", ["Ada", "ADA", "ada@example.com", "ADA@EXAMPLE.COM"])
def test_a_pool_can_ignore_case_in_usernames_and_aliases(name: str) -> None:
    kit = Kit(users=(ADA,), username_case_sensitive=False, alias_attributes=("email",))
    assert signed_in_as(kit, name) == "Ada"
    pool = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_what_differs_by_case_alone_is_taken_there() -> None:
    kit = Kit(users=(ADA,), username_case_sensitive=False, alias_attributes=("email",))
    with refused("UsernameExistsException"):
        sign_up(kit, "ADA")
    sign_up(kit, "other", email="ADA@example.com")
    with refused("AliasExistsException", TAKEN):
        confirm(kit, "other")


def test_the_same_holds_for_addresses_that_are_usernames() -> None:
    user = LocalUser("Some.User@Example.com", password=PASSWORD)
    kit = Kit(users=(user,), username_case_sensitive=False, username_attributes=("email",))
    assert "AuthenticationResult" in kit.password("some.user@example.com")
    with refused("UsernameExistsException", "An account with the given email already exists."):
        sign_up(kit, "SOME.USER@example.com")


def test_the_answers_for_a_name_that_nobody_has_ignore_case_too() -> None:
    """Else a name whose spellings differ in their salt would be nobody's."""
    kit = Kit(users=(ADA,), username_case_sensitive=False)
    spellings = [kit.start_srp(name)[1] for name in ("Nobody", "NOBODY")]
    assert len({answer["SALT"] for answer in spellings}) == 1
    assert len({answer["USER_ID_FOR_SRP"] for answer in spellings}) == 1


def test_case_is_a_switch() -> None:
    with pytest.raises(ValueError, match="username_case_sensitive is True or False"):
        LocalUserPool(username_case_sensitive="no")  # type: ignore[arg-type]
