"""The administrator's operations, the pool's configuration, and the walls between pools."""

from typing import Any

import pytest
from botocore.paginate import TokenEncoder
from moto import mock_aws

from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from fastapi_cognito_auth.local.operations import OPERATIONS
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, PASSWORD, Kit, claims, refused


@pytest.fixture
def kit() -> Kit:
    return Kit()


def pairs(**attributes: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def test_admin_create_user_sends_a_drawn_password(kit: Kit) -> None:
    created = kit.aws.admin_create_user(
        UserPoolId=kit.pool_id, Username="tina", UserAttributes=pairs(email="t@example.com")
    )["User"]
    assert (created["UserStatus"], created["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    assert created["UserCreateDate"].timestamp() == kit.clock.now
    assert (
        kit.password("tina", kit.code("tina", "admin_create_user"))["ChallengeName"]
        == "NEW_PASSWORD_REQUIRED"
    )


def test_admin_create_user_honours_the_media_and_suppress(kit: Kit) -> None:
    both = pairs(email="t@example.com", phone_number="+493012349934")
    kit.admin("AdminCreateUser", "a1", UserAttributes=both, DesiredDeliveryMediums=["SMS", "EMAIL"])
    assert [message.medium for message in kit.pool.outbox] == ["EMAIL", "SMS"]
    kit.admin("AdminCreateUser", "a2", UserAttributes=both, MessageAction="SUPPRESS")
    kit.admin("AdminCreateUser", "a3")
    assert len(kit.pool.outbox) == 2


def test_admin_create_user_refuses_what_it_must(kit: Kit) -> None:
    with pytest.raises(ServiceError, match="User account already exists"):
        kit.admin("AdminCreateUser")
    with pytest.raises(
        ServiceError, match=r"Resend not possible\. alice status is not FORCE_CHANGE_PASSWORD"
    ):
        kit.admin("AdminCreateUser", MessageAction="RESEND")
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminCreateUser", "nobody", MessageAction="RESEND")
    with pytest.raises(ServiceError, match="InvalidPasswordException"):
        kit.admin("AdminCreateUser", "tina", TemporaryPassword="weak-password")
    with pytest.raises(ServiceError, match=r"User pool us-east-1_other does not exist\."):
        kit.pool.call("AdminCreateUser", {"UserPoolId": "us-east-1_other", "Username": "x"})


def test_a_user_is_found_by_sub_for_an_administrator(kit: Kit) -> None:
    sub = kit.admin("AdminGetUser")["UserAttributes"][0]["Value"]
    assert kit.admin("AdminGetUser", sub)["Username"] == "alice"
    kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="g")
    kit.admin("AdminAddUserToGroup", sub, GroupName="g")
    assert [
        user["Username"]
        for user in kit.aws.list_users_in_group(UserPoolId=kit.pool_id, GroupName="g")["Users"]
    ] == ["alice"]
    assert kit.admin("AdminListGroupsForUser", sub)["Groups"][0]["GroupName"] == "g"
    kit.admin("AdminRemoveUserFromGroup", sub, GroupName="g")
    assert kit.admin("AdminListGroupsForUser")["Groups"] == []
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminAddUserToGroup", "nobody", GroupName="g")


def test_a_temporary_password_set_by_an_administrator_must_be_changed(kit: Kit) -> None:
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD)
    assert kit.password(password=OTHER_PASSWORD)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(ServiceError, match="InvalidPasswordException"):
        kit.admin("AdminSetUserPassword", Password="weak-password")


def test_admin_reset_needs_a_state_and_a_contact(kit: Kit) -> None:
    kit.admin("AdminResetUserPassword")
    kit.admin("AdminResetUserPassword")
    kit.aws.confirm_forgot_password(
        ClientId=kit.id,
        Username="alice",
        ConfirmationCode=kit.code("alice", "admin_reset_password"),
        Password=PASSWORD,
    )
    assert kit.admin("AdminGetUser")["UserStatus"] == "CONFIRMED"
    kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs(email_verified="false"))
    with pytest.raises(ServiceError, match="no registered/verified email"):
        kit.admin("AdminResetUserPassword")
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD)
    with pytest.raises(ServiceError, match="cannot be reset in the current state"):
        kit.admin("AdminResetUserPassword")
    kit.admin("AdminDisableUser")
    with pytest.raises(ServiceError, match="User is disabled"):
        kit.admin("AdminResetUserPassword")


def test_only_an_unconfirmed_user_is_confirmed(kit: Kit) -> None:
    with pytest.raises(ServiceError, match="Current status is CONFIRMED"):
        kit.admin("AdminConfirmSignUp")


def test_attributes_are_held_against_the_schema(kit: Kit) -> None:
    kit.aws.add_custom_attributes(
        UserPoolId=kit.pool_id,
        CustomAttributes=[
            {"Name": "plan", "AttributeDataType": "String", "Mutable": False},
            {"Name": "size", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "9"}},
            {"Name": "flag", "AttributeDataType": "Boolean"},
        ],
    )
    for bad in ({"custom:plan": "x"}, {"custom:size": "10"}, {"custom:flag": "yes"}, {"nonsense": "x"}):
        with pytest.raises(ServiceError, match="did not conform to the schema"):
            kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs(**bad))
    kit.admin(
        "AdminUpdateUserAttributes", UserAttributes=pairs(**{"custom:size": "9", "custom:flag": "True"})
    )
    kit.admin("AdminCreateUser", "tina", UserAttributes=pairs(**{"custom:plan": "gold"}))
    attributes = kit.admin("AdminGetUser", "tina")["UserAttributes"]
    assert {"Name": "custom:plan", "Value": "gold"} in attributes


def test_a_new_address_is_unverified_unless_it_is_said_to_be(kit: Kit) -> None:
    kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs(email="new@example.com"))
    assert {"Name": "email_verified", "Value": "false"} in kit.admin("AdminGetUser")["UserAttributes"]
    kit.admin("AdminUpdateUserAttributes", UserAttributes=pairs(email_verified="True"))
    assert {"Name": "email_verified", "Value": "true"} in kit.admin("AdminGetUser")["UserAttributes"]
    kit.admin("AdminDeleteUserAttributes", UserAttributeNames=["email"])
    assert [pair["Name"] for pair in kit.admin("AdminGetUser")["UserAttributes"]] == ["sub"]


def test_a_required_attribute_cannot_be_emptied() -> None:
    kit = Kit(users=(ALICE,), required_attributes=("email",))
    for operation, more in (
        ("AdminUpdateUserAttributes", {"UserAttributes": pairs(email="")}),
        ("AdminDeleteUserAttributes", {"UserAttributeNames": ["email"]}),
    ):
        with pytest.raises(ServiceError, match="email: The attribute is required"):
            kit.admin(operation, **more)
    with pytest.raises(ServiceError, match="non-mutable attribute sub"):
        kit.admin("AdminDeleteUserAttributes", UserAttributeNames=["sub"])


def test_two_users_never_share_a_name_to_sign_in_with() -> None:
    kit = Kit(users=(ALICE, BOB), alias_attributes=("email", "preferred_username"))
    taken = {"email": "alice@example.com", "email_verified": "true"}
    with pytest.raises(ServiceError, match="An account with the email already exists"):
        kit.admin("AdminUpdateUserAttributes", "bob", UserAttributes=pairs(**taken))
    kit.admin("AdminUpdateUserAttributes", "alice", UserAttributes=pairs(**taken))
    kit.admin("AdminCreateUser", "carol", UserAttributes=pairs(**taken), ForceAliasCreation=True)
    assert kit.start_srp("alice@example.com")[1]["USERNAME"] == "carol"
    kit.admin("AdminUpdateUserAttributes", "alice", UserAttributes=pairs(preferred_username="queen"))
    with pytest.raises(ServiceError, match="AliasExistsException"):
        kit.admin("AdminUpdateUserAttributes", "bob", UserAttributes=pairs(preferred_username="queen"))
    kit = Kit(
        users=(LocalUser("a@example.com", password=PASSWORD), LocalUser("b@example.com", password=PASSWORD)),
        username_attributes=("email",),
    )
    with pytest.raises(ServiceError, match="An account with the email already exists"):
        kit.admin("AdminUpdateUserAttributes", "a@example.com", UserAttributes=pairs(email="b@example.com"))
    with pytest.raises(ServiceError, match="User account already exists"):
        kit.admin("AdminCreateUser", "b@example.com")


def test_a_deleted_user_leaves_nothing_behind(kit: Kit) -> None:
    secret = kit.enroll_totp()
    kit.admin("AdminDeleteUser")
    kit.pool.create_user(ALICE)
    assert secret
    assert "AuthenticationResult" in kit.password()
    assert "UserMFASettingList" not in kit.admin("AdminGetUser")


# The configuration


def test_the_configuration_is_kept(kit: Kit) -> None:
    aws, pool = kit.aws, {"UserPoolId": kit.pool_id}
    aws.create_group(**pool, GroupName="g", Description="d")
    assert aws.get_group(**pool, GroupName="g")["Group"]["Description"] == "d"
    assert [group["GroupName"] for group in aws.list_groups(**pool)["Groups"]] == ["g"]
    aws.create_user_pool_domain(**pool, Domain="local-domain")
    assert aws.describe_user_pool(**pool)["UserPool"]["Domain"] == "local-domain"
    aws.create_resource_server(
        **pool, Identifier="orders", Name="o", Scopes=[{"ScopeName": "r", "ScopeDescription": "d"}]
    )
    assert len(aws.list_resource_servers(**pool, MaxResults=10)["ResourceServers"]) == 1
    users = aws.list_users(**pool, Filter='email = "bob@example.com"')["Users"]
    assert [user["Username"] for user in users] == ["bob"]
    assert "MFAOptions" not in users[0]
    mfa = aws.get_user_pool_mfa_config(**pool)
    assert (mfa["MfaConfiguration"], mfa["SoftwareTokenMfaConfiguration"]) == ("OPTIONAL", {"Enabled": True})


def test_what_is_there_is_not_made_again_and_what_is_not_is_not_found(kit: Kit) -> None:
    with refused("ResourceNotFoundException"):
        kit.aws.get_group(UserPoolId=kit.pool_id, GroupName="none")
    with refused("InvalidParameterException"):
        kit.aws.list_users(UserPoolId=kit.pool_id, Filter="nonsense")
    with refused("InvalidParameterException"):
        kit.aws.list_users(UserPoolId=kit.pool_id, PaginationToken="nonsense")
    with refused("ResourceNotFoundException"):
        kit.aws.update_user_pool(UserPoolId="us-east-1_none")


def test_a_page_token_of_another_list_is_refused(kit: Kit) -> None:
    token = TokenEncoder().encode({"parameterChecksum": hash(None)})
    with refused("InvalidParameterException", "Invalid pagination token"):
        kit.aws.list_users(UserPoolId=kit.pool_id, PaginationToken=token)


def test_another_app_client_has_its_own_settings(kit: Kit) -> None:
    made = kit.aws.create_user_pool_client(
        UserPoolId=kit.pool_id,
        ClientName="minutes",
        GenerateSecret=True,
        AccessTokenValidity=5,
        TokenValidityUnits={"AccessToken": "minutes"},
        ExplicitAuthFlows=["USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    assert len(made["ClientId"]) == 26
    assert len(made["ClientSecret"]) == 51
    kit.id, kit.pool.client_secret = made["ClientId"], made["ClientSecret"]
    assert kit.tokens()["ExpiresIn"] == 300
    with refused("UserNotFoundException"):
        kit.password("nobody")
    kit.aws.delete_user_pool_client(UserPoolId=kit.pool_id, ClientId=kit.id)
    with refused("ResourceNotFoundException"):
        kit.password()


def test_updating_the_pool_keeps_what_is_fixed_at_creation() -> None:
    kit = Kit(users=(LocalUser("a@example.com", password=PASSWORD),), username_attributes=("email",))
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id,
        MfaConfiguration="ON",
        Policies={"PasswordPolicy": {"MinimumLength": 20, "RequireSymbols": False}},
    )
    assert kit.password("a@example.com")["ChallengeName"] == "MFA_SETUP"
    with pytest.raises(ServiceError, match="Password not long enough"):
        kit.pool.create_user(LocalUser("b@example.com", password=PASSWORD))


def test_a_deleted_pool_is_gone(kit: Kit) -> None:
    kit.aws.delete_user_pool(UserPoolId=kit.pool_id)
    with refused("ResourceNotFoundException", f"User pool client {kit.id} does not exist."):
        kit.password()


def test_an_operation_that_is_not_supported_is_refused_by_name(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer boto3 can know more operations than the pool."""
    monkeypatch.delitem(OPERATIONS, "ListGroups")
    with pytest.raises(ServiceError, match="ListGroups is not supported by the local user pool"):
        kit.pool.call("ListGroups", {})


# Walls


def test_two_pools_know_nothing_of_each_other(kit: Kit) -> None:
    other = Kit(users=(), fresh_keys=True)
    assert [pool["Id"] for pool in other.aws.list_user_pools(MaxResults=10)["UserPools"]] == [other.pool_id]
    with refused("ResourceNotFoundException"):
        other.aws.admin_get_user(UserPoolId=kit.pool_id, Username="alice")
    with refused("NotAuthorizedException"):
        other.password()
    result = kit.tokens()
    with refused("NotAuthorizedException", "Invalid Access Token"):
        other.aws.get_user(AccessToken=result["AccessToken"])
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        other.aws.initiate_auth(
            ClientId=other.id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]},
        )
    with pytest.raises(StopIteration):
        claims(other.pool, result["AccessToken"], clock=kit.clock)


def test_somebodys_mock_aws_does_not_reset_the_pool(kit: Kit) -> None:
    with mock_aws():
        assert kit.admin("AdminGetUser")["Username"] == "alice"
    assert "AuthenticationResult" in kit.password()


def test_secrets_stay_out_of_reprs() -> None:
    kit = Kit(client_secret=True)
    users = LocalUser("x", password=PASSWORD), LocalUser("y", temporary_password=OTHER_PASSWORD)
    shown: list[Any] = [kit.pool, *users, kit.pool._plane.directory.client(kit.id)]
    text = repr(shown)
    for secret in (kit.pool.client_secret, PASSWORD, OTHER_PASSWORD):
        assert str(secret) not in text


def test_a_seed_without_a_password_gets_one_by_message() -> None:
    pool = LocalUserPool(users=[LocalUser("x", attributes={"email": "x@example.com"})], groups=["g", "g"])
    assert pool.outbox.latest("x").purpose == "admin_create_user"
    assert pool.region == "us-east-1"
    assert pool.issuer == f"https://cognito-idp.us-east-1.amazonaws.com/{pool.user_pool_id}"
