"""What a user can sign in with, the older MFA switch, a first password, and feedback on events."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused
from tests.older import needs

PHONE = LocalUser(
    "alice",
    password=PASSWORD,
    attributes={
        "email": "alice@example.com",
        "phone_number": "+4930123456",
        "phone_number_verified": "true",
    },
)
FEEDBACK = {"Username": "alice", "EventId": "e", "FeedbackToken": "t", "FeedbackValue": "Valid"}


def factors(kit: Kit) -> Any:
    answer = kit.aws.get_user_auth_factors(AccessToken=kit.tokens()["AccessToken"])
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def allow(kit: Kit, *names: str) -> None:
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": list(names)}}
    )


def test_the_factors_are_what_the_pool_allows_and_the_user_has() -> None:
    kit = Kit(users=(PHONE,))
    assert factors(kit) == {"Username": "alice", "ConfiguredUserAuthFactors": ["PASSWORD"]}
    allow(kit, "PASSWORD", "EMAIL_OTP", "SMS_OTP")
    assert factors(kit)["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]
    kit.admin("AdminUpdateUserAttributes", UserAttributes=[{"Name": "email_verified", "Value": "false"}])
    assert factors(kit)["ConfiguredUserAuthFactors"] == ["PASSWORD", "SMS_OTP"]


@needs("AdminGetUserAuthFactors")
def test_totp_is_shown_to_user_and_administrator() -> None:
    kit = Kit(users=(PHONE,))
    kit.enroll_totp()
    assert kit.admin("AdminGetUserAuthFactors") == {
        "Username": "alice",
        "ConfiguredUserAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"],
        "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"],
        "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
    }
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUserAuthFactors", "nobody")


def test_the_older_switch_turns_sms_mfa_on_and_off() -> None:
    kit = Kit(users=(PHONE,))
    access = kit.tokens()["AccessToken"]
    option = {"DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    kit.aws.set_user_settings(AccessToken=access, MFAOptions=[option])
    assert kit.password()["ChallengeName"] == "SMS_MFA"
    kit.aws.set_user_settings(AccessToken=access, MFAOptions=[])
    assert "AuthenticationResult" in kit.password()
    with refused("InvalidParameterException", "Only SMS to phone_number can be an MFA option"):
        kit.aws.set_user_settings(AccessToken=access, MFAOptions=[option | {"DeliveryMedium": "EMAIL"}])


def test_the_older_switch_needs_a_verified_phone() -> None:
    kit = Kit()
    with refused("InvalidParameterException"):
        kit.aws.set_user_settings(
            AccessToken=kit.tokens()["AccessToken"],
            MFAOptions=[{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}],
        )


def test_a_user_without_a_password_sets_the_first_one_without_another() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    sub = kit.admin("AdminGetUser")["UserAttributes"][0]["Value"]
    kit.pool._plane.passwords.forget(sub)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.aws.change_password(
            AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD
        )
    with refused("InvalidPasswordException"):
        kit.aws.change_password(AccessToken=access, ProposedPassword="weak-password")
    kit.aws.change_password(AccessToken=access, ProposedPassword=OTHER_PASSWORD)
    with refused("InvalidParameterException", "Missing required parameter OldPassword"):
        kit.aws.change_password(AccessToken=access, ProposedPassword=PASSWORD)
    assert kit.tokens("alice", OTHER_PASSWORD)


def test_feedback_needs_the_add_on_and_a_token_that_was_given_out() -> None:
    kit = Kit()
    text = (
        "This is an add on feature. Please update AdvancedSecurityMode for your user pool to access this API."
    )
    with refused("UserPoolAddOnNotEnabledException", text):
        kit.aws.update_auth_event_feedback(UserPoolId=kit.pool_id, **FEEDBACK)
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id, UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}
    )
    for username in ("alice", "nobody"):
        with refused("NotAuthorizedException", "Invalid feedback token"):
            kit.aws.update_auth_event_feedback(UserPoolId=kit.pool_id, **FEEDBACK | {"Username": username})
    with refused("ResourceNotFoundException"):
        kit.aws.update_auth_event_feedback(UserPoolId="us-east-1_other", **FEEDBACK)
