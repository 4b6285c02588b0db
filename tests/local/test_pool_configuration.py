"""The configuration of pools is held against the service's rules, and obeyed."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import ServiceError
from fastapi_cognito_auth.local.pool_rules import MOST_POOLS
from tests.local.kit import PASSWORD, Kit, refused

SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
PROTECTED = (
    "The user pool cannot be deleted because deletion protection is activated. "
    "Deletion protection must be inactivated first."
)
HAS_A_DOMAIN = "User pool cannot be deleted. It has a domain configured that should be deleted first."
NOT_IN_THE_PLAN = "The following features need to be disabled for the "
NOT_VERIFIED = (
    "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"
)
NO_METHOD = (
    "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


def make(kit: Kit, **config: Any) -> Any:
    return kit.aws.create_user_pool(PoolName="other", **config)["UserPool"]


def described(kit: Kit, pool_id: str) -> Any:
    return kit.aws.describe_user_pool(UserPoolId=pool_id)["UserPool"]


# Deletion


def test_a_protected_pool_is_not_deleted(kit: Kit) -> None:
    pool_id = make(kit, DeletionProtection="ACTIVE")["Id"]
    with refused("InvalidParameterException", PROTECTED):
        kit.aws.delete_user_pool(UserPoolId=pool_id)
    assert described(kit, pool_id)["DeletionProtection"] == "ACTIVE"
    kit.aws.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
    kit.aws.delete_user_pool(UserPoolId=pool_id)


def test_a_pool_with_a_domain_is_not_deleted(kit: Kit) -> None:
    name = {"UserPoolId": make(kit)["Id"]}
    kit.aws.create_user_pool_domain(**name, Domain="has-a-domain")
    with refused("InvalidParameterException", HAS_A_DOMAIN):
        kit.aws.delete_user_pool(**name)
    kit.aws.delete_user_pool_domain(**name, Domain="has-a-domain")
    kit.aws.delete_user_pool(**name)


# What goes together


@pytest.mark.parametrize(
    ("config", "name", "message"),
    [
        (
            {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]},
            "InvalidParameterException",
            "Only one of the aliasAttributes or usernameAttributes can be set in a User pool.",
        ),
        ({"MfaConfiguration": "ON"}, "InvalidParameterException", NO_METHOD),
        ({"MfaConfiguration": "OPTIONAL"}, "InvalidParameterException", NO_METHOD),
        (
            {"AutoVerifiedAttributes": ["phone_number"]},
            "InvalidParameterException",
            "SMS configuration is required when phone_number is selected for auto verification",
        ),
        (
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["WEB_AUTHN"]}}},
            "InvalidParameterException",
            "Password should be configured as one of the allowed first auth factors.",
        ),
        (
            {
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 3},
            },
            "InvalidParameterException",
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        ),
        (
            {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}},
            "InvalidParameterException",
            NOT_VERIFIED,
        ),
        (
            {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
            "FeatureUnavailableInTierException",
            f"{NOT_IN_THE_PLAN}ESSENTIALS pricing tier configured: Threat Protection",
        ),
        (
            {"UserPoolTier": "LITE", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}},
            "FeatureUnavailableInTierException",
            f"{NOT_IN_THE_PLAN}LITE pricing tier configured: Password History",
        ),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(
    kit: Kit, config: dict[str, Any], name: str, message: str
) -> None:
    with refused(name, message):
        make(kit, **config)


def test_a_plan_cannot_lose_what_the_pool_uses(kit: Kit) -> None:
    pool_id = make(kit, UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})["Id"]
    with refused("TierChangeNotAllowedException"):
        kit.aws.update_user_pool(
            UserPoolId=pool_id, UserPoolTier="LITE", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}
        )
    assert described(kit, pool_id)["UserPoolTier"] == "PLUS"


@pytest.mark.parametrize(
    "config", [{"IssuerConfiguration": {"Type": "UPDATED"}}, {"DcrConfiguration": {}}], ids=str
)
def test_what_would_be_ignored_is_refused(kit: Kit, config: dict[str, Any]) -> None:
    for operation in ("CreateUserPool", "UpdateUserPool"):
        known = kit.aws.meta.service_model.operation_model(operation).input_shape.members
        if not config.keys() <= known.keys():
            pytest.skip("this boto3 does not know it")
        with pytest.raises(ServiceError, match="The local user pool"):
            kit.pool.call(operation, {"PoolName": "x", "UserPoolId": kit.pool_id, **config})


def test_mfa_comes_with_text_messages(kit: Kit) -> None:
    pool_id = make(kit, MfaConfiguration="ON", SmsConfiguration=SMS)["Id"]
    mfa = kit.aws.get_user_pool_mfa_config(UserPoolId=pool_id)
    assert (mfa["MfaConfiguration"], mfa["SmsMfaConfiguration"]) == ("ON", {"SmsConfiguration": SMS})


def test_an_update_does_not_switch_mfa_on_where_there_is_no_factor(kit: Kit) -> None:
    pool_id = make(kit)["Id"]
    with refused("InvalidParameterException", NO_METHOD):
        kit.aws.update_user_pool(UserPoolId=pool_id, MfaConfiguration="ON")
    kit.aws.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    kit.aws.update_user_pool(UserPoolId=pool_id, MfaConfiguration="ON")
    assert described(kit, pool_id)["MfaConfiguration"] == "ON"


# What is shown


def test_a_new_pool_is_shown_with_all_that_the_service_adds(kit: Kit) -> None:
    made = make(kit, Schema=[{"Name": "tier", "AttributeDataType": "String"}])
    assert made["UserPoolTier"] == "ESSENTIALS"
    assert made["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    names = [entry["Name"] for entry in made["SchemaAttributes"]]
    assert (len(names), names[0], names[-1]) == (21, "sub", "custom:tier")
    assert (made["EstimatedNumberOfUsers"], made["MfaConfiguration"]) == (0, "OFF")
    assert made["Arn"].endswith(f":userpool/{made['Id']}")
    assert made["LambdaConfig"] == {}


def test_a_pool_is_shown_with_its_domains_its_users_and_its_text_messages(kit: Kit) -> None:
    name = {"UserPoolId": make(kit, MfaConfiguration="ON", SmsConfiguration=SMS)["Id"]}
    kit.aws.create_user_pool_domain(**name, Domain="shown")
    kit.aws.admin_create_user(**name, Username="ada")
    shown = described(kit, name["UserPoolId"])
    assert (shown["Domain"], shown["EstimatedNumberOfUsers"]) == ("shown", 1)
    assert shown["SmsConfiguration"] == SMS


def test_a_pool_can_be_renamed(kit: Kit) -> None:
    pool_id = make(kit)["Id"]
    kit.aws.update_user_pool(UserPoolId=pool_id, PoolName="renamed")
    assert described(kit, pool_id)["Name"] == "renamed"
    kit.aws.update_user_pool(UserPoolId=pool_id)
    assert described(kit, pool_id)["Name"] == "renamed"


def test_what_is_described_can_be_written_back() -> None:
    kit = Kit(mfa_methods=("SOFTWARE_TOKEN_MFA", "EMAIL_OTP"))
    before = described(kit, kit.pool_id)
    known = kit.aws.meta.service_model.operation_model("UpdateUserPool").input_shape.members
    written = {name: value for name, value in before.items() if name in known}
    written["AdminCreateUserConfig"] = {"AllowAdminCreateUserOnly": False}
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, **written)
    assert described(kit, kit.pool_id) == before
    assert "AuthenticationResult" in kit.password()


def test_the_days_of_an_unused_account_are_those_of_its_password(kit: Kit) -> None:
    made = make(kit, AdminCreateUserConfig={"UnusedAccountValidityDays": 3})
    assert made["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 3
    name = {"UserPoolId": made["Id"]}
    kit.aws.admin_create_user(**name, Username="ada", TemporaryPassword=PASSWORD)
    client = kit.aws.create_user_pool_client(
        **name, ClientName="x", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    kit.clock.advance(3 * 86_400)
    with refused(
        "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."
    ):
        kit.aws.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        )


def test_an_account_has_a_thousand_pools_at_most() -> None:
    kit = Kit(users=())
    for _ in range(MOST_POOLS - 1):
        kit.pool.call("CreateUserPool", {"PoolName": "x"})
    with refused("LimitExceededException"):
        make(kit)
