"""The user's own attributes: what may be written, and what a code has to prove first."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.kit import ALICE, BOB, PASSWORD, Kit, refused, wrong

NEW = "alice@example.org"


@pytest.fixture
def kit() -> Kit:
    return Kit()


def pairs(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def update(kit: Kit, access: str, **changes: str) -> Any:
    return kit.aws.update_user_attributes(AccessToken=access, UserAttributes=pairs(changes))[
        "CodeDeliveryDetailsList"
    ]


def held(kit: Kit, username: str = "alice") -> dict[str, str]:
    shown = kit.admin("AdminGetUser", username)["UserAttributes"]
    return {pair["Name"]: pair["Value"] for pair in shown}


def verify(kit: Kit, access: str, code: str, name: str = "email") -> None:
    kit.aws.verify_user_attribute(AccessToken=access, AttributeName=name, Code=code)


def require_verification(kit: Kit, *names: str, **more: Any) -> None:
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id,
        AutoVerifiedAttributes=["email", "phone_number"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": list(names)},
        **more,
    )


def other_client(kit: Kit, **config: Any) -> None:
    kit.id = kit.aws.create_user_pool_client(
        UserPoolId=kit.pool_id,
        ClientName="other",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        **config,
    )["UserPoolClient"]["ClientId"]


def test_a_new_address_is_stored_unverified_and_a_code_verifies_it(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    assert update(kit, access, email=NEW, name="Alice") == [
        {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    ]
    assert (held(kit)["email"], held(kit)["email_verified"], held(kit)["name"]) == (NEW, "false", "Alice")
    message = kit.pool.outbox.latest("alice", "verify_user_attribute")
    assert message.destination == NEW
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        verify(kit, access, wrong(message.code))
    verify(kit, access, message.code)
    assert held(kit)["email_verified"] == "true"
    with refused("ExpiredCodeException", "Invalid code provided, please request a code again."):
        verify(kit, access, message.code)


def test_other_attributes_send_no_code_and_a_blank_value_deletes(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    assert update(kit, access, name="Alice", email="alice@example.com") == []
    assert held(kit)["email_verified"] == "true"
    assert update(kit, access, name="", email="") == []
    assert set(held(kit)) == {"sub"}


def test_a_pool_that_does_not_verify_sends_no_code(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, AutoVerifiedAttributes=["phone_number"])
    assert update(kit, kit.tokens()["AccessToken"], email=NEW) == []
    assert held(kit)["email_verified"] == "false"


def test_an_address_can_have_to_be_proven_before_it_replaces_the_old_one(kit: Kit) -> None:
    require_verification(kit, "email")
    access = kit.tokens()["AccessToken"]
    assert len(update(kit, access, email=NEW, phone_number="+4930123456")) == 2
    assert (held(kit)["email"], held(kit)["email_verified"]) == ("alice@example.com", "true")
    assert (held(kit)["phone_number"], held(kit)["phone_number_verified"]) == ("+4930123456", "false")
    first = kit.pool.outbox.latest(NEW, "verify_user_attribute").code
    again = kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    assert again["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    second = kit.pool.outbox.latest(NEW, "verify_user_attribute").code
    if first != second:
        with refused("CodeMismatchException"):
            verify(kit, access, first)
    verify(kit, access, second)
    assert (held(kit)["email"], held(kit)["email_verified"]) == (NEW, "true")


def test_an_administrators_change_overtakes_a_pending_one(kit: Kit) -> None:
    require_verification(kit, "email")
    access = kit.tokens()["AccessToken"]
    update(kit, access, email=NEW)
    code = kit.code("alice", "verify_user_attribute")
    kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs({"email": "third@example.com"}))
    with refused("ExpiredCodeException"):
        verify(kit, access, code)
    assert held(kit)["email"] == "third@example.com"


def test_a_code_proves_only_the_address_that_it_went_to(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    update(kit, access, email=NEW)
    code = kit.code("alice", "verify_user_attribute")
    kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs({"email": "third@example.com"}))
    with refused("ExpiredCodeException"):
        verify(kit, access, code)
    assert held(kit)["email_verified"] == "false"


def test_a_code_is_its_users_and_its_attributes_own(kit: Kit) -> None:
    alice, bob = kit.tokens()["AccessToken"], kit.tokens("bob", "Battery-staple-8")["AccessToken"]
    update(kit, alice, email=NEW)
    code = kit.code("alice", "verify_user_attribute")
    with refused("ExpiredCodeException"):
        verify(kit, bob, code)
    with refused("ExpiredCodeException"):
        verify(kit, alice, code, "phone_number")
    kit.clock.advance(3599)
    kit.clock.advance(24 * 3600)
    with refused("NotAuthorizedException", "Access Token has expired"):
        verify(kit, alice, code)
    with refused("ExpiredCodeException"):
        verify(kit, kit.tokens()["AccessToken"], code)


def test_codes_are_requested_five_times_and_guessed_fifteen_times_an_hour(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    for _ in range(5):
        kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    with refused("LimitExceededException", "Attempt limit exceeded, please try after some time."):
        kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    code = kit.code("alice", "verify_user_attribute")
    for _ in range(15):
        with refused("CodeMismatchException"):
            verify(kit, access, wrong(code))
    with refused("LimitExceededException"):
        verify(kit, access, code)


def test_fifteen_wrong_guesses_end_a_code_however_slow_they_are(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    code = kit.code("alice", "verify_user_attribute")
    for _ in range(15):
        with refused("CodeMismatchException"):
            verify(kit, access, wrong(code))
        kit.clock.advance(3600)
        access = kit.tokens()["AccessToken"]
    with refused("CodeMismatchException"):
        verify(kit, access, code)
    kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    verify(kit, access, kit.code("alice", "verify_user_attribute"))


def test_only_an_address_that_the_user_has_gets_a_code(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    for name in ("phone_number", "name", "sub"):
        with refused("InvalidParameterException"):
            kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName=name)
    with refused("InvalidParameterException"):
        verify(kit, access, "123456", "name")


@pytest.mark.parametrize("early", [True, False])
def test_an_alias_of_another_user_is_never_taken_over(early: bool) -> None:
    kit = Kit(alias_attributes=["email"])
    if early:
        require_verification(kit, "email")
    access = kit.tokens()["AccessToken"]
    update(kit, access, email="bob@example.com")
    with refused("AliasExistsException", "An account with the email already exists."):
        verify(kit, access, kit.code("alice", "verify_user_attribute"))
    assert kit.tokens("bob@example.com", "Battery-staple-8")
    assert held(kit)["email_verified"] == ("true" if early else "false")


def test_a_sign_in_name_of_another_user_is_refused_at_once() -> None:
    kit = Kit(
        username_attributes=["email"],
        users=(
            LocalUser("alice@example.com", password=PASSWORD),
            LocalUser("bob@example.com", password=PASSWORD),
        ),
    )
    access = kit.tokens("alice@example.com")["AccessToken"]
    with refused("AliasExistsException", "An account with the email already exists."):
        update(kit, access, email="bob@example.com")
    assert held(kit, "alice@example.com")["email"] == "alice@example.com"


def test_the_schema_and_the_client_say_what_may_be_written() -> None:
    kit = Kit(required_attributes=["email"])
    access = kit.tokens()["AccessToken"]
    with refused("InvalidParameterException", "Cannot modify the non-mutable attribute sub"):
        update(kit, access, sub="x")
    with refused(
        "InvalidParameterException",
        "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
    ):
        update(kit, access, **{"custom:x": "1"})
    with refused("InvalidParameterException", "Invalid email address format."):
        update(kit, access, email="nobody")
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        update(kit, access, email_verified="true")
    with refused(
        "InvalidParameterException",
        "Attributes did not conform to the schema: email: The attribute is required\n",
    ):
        update(kit, access, email="")
    other_client(kit, WriteAttributes=["name"])
    access = kit.tokens()["AccessToken"]
    assert update(kit, access, name="Alice") == []
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        update(kit, access, email=NEW)
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        kit.aws.delete_user_attributes(AccessToken=access, UserAttributeNames=["email"])


def test_attributes_are_deleted_but_not_required_ones() -> None:
    kit = Kit(required_attributes=["email"])
    access = kit.tokens()["AccessToken"]
    update(kit, access, name="Alice", phone_number="+4930123456")
    kit.aws.delete_user_attributes(AccessToken=access, UserAttributeNames=["name", "phone_number"])
    assert set(held(kit)) == {"sub", "email", "email_verified"}
    for name in ("email", "sub", "custom:x"):
        with refused("InvalidParameterException"):
            kit.aws.delete_user_attributes(AccessToken=access, UserAttributeNames=[name])
    with refused("NotAuthorizedException"):
        kit.aws.delete_user_attributes(AccessToken=access, UserAttributeNames=["email_verified"])


def test_a_user_leaves_nothing_behind() -> None:
    kit = Kit(users=(ALICE, BOB))
    result = kit.tokens()
    update(kit, result["AccessToken"], email=NEW)
    kit.aws.delete_user(AccessToken=result["AccessToken"])
    with refused("UserNotFoundException", "User does not exist."):
        kit.aws.get_user(AccessToken=result["AccessToken"])
    with refused("NotAuthorizedException", "The user has been deleted for the associated refresh token"):
        kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=result["RefreshToken"])
    assert not kit.pool._plane.codes._open
    assert kit.tokens("bob", "Battery-staple-8")
