"""What an administrator does about second factors: a lost software token deleted, SMS switched on or off."""

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.kit import Kit, refused
from tests.older import needs


def delete(kit: Kit, username: str = "alice") -> None:
    kit.aws.admin_delete_software_token(UserPoolId=kit.pool_id, Username=username)


@needs("AdminDeleteSoftwareToken")
def test_a_user_whose_software_token_is_deleted_signs_in_without_and_sets_up_another() -> None:
    kit = Kit()
    kit.enroll_totp()
    open_step = kit.password()["Session"]
    delete(kit)
    with refused("NotAuthorizedException"):
        kit.answer("SOFTWARE_TOKEN_MFA", open_step, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE="123456")
    assert kit.tokens()
    shown = kit.admin("AdminGetUser")
    assert "UserMFASettingList" not in shown
    assert "PreferredMfaSetting" not in shown
    kit.enroll_totp()
    assert kit.password()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


@needs("AdminDeleteSoftwareToken")
def test_where_a_factor_is_demanded_another_has_to_be_set_up_first() -> None:
    kit = Kit()
    kit.enroll_totp()
    kit.aws.set_user_pool_mfa_config(
        UserPoolId=kit.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    delete(kit)
    assert kit.password()["ChallengeName"] == "MFA_SETUP"


@needs("AdminDeleteSoftwareToken")
def test_a_software_token_is_deleted_where_there_is_one() -> None:
    kit = Kit()
    with refused("ResourceNotFoundException"):
        delete(kit)
    with refused("UserNotFoundException"):
        delete(kit, "nobody")
    kit.aws.sign_up(ClientId=kit.id, Username="eve", Password="Correct-horse-9")
    with refused("UserNotConfirmedException"):
        delete(kit, "eve")


def test_an_administrator_switches_sms_on_and_off() -> None:
    kit = Kit()
    phone = [
        {"Name": "phone_number", "Value": "+15550001"},
        {"Name": "phone_number_verified", "Value": "true"},
    ]
    kit.admin("AdminUpdateUserAttributes", UserAttributes=phone)
    sms = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    kit.aws.admin_set_user_settings(UserPoolId=kit.pool_id, Username="alice", MFAOptions=sms)
    assert kit.password()["ChallengeName"] == "SMS_MFA"
    kit.aws.admin_set_user_settings(UserPoolId=kit.pool_id, Username="alice", MFAOptions=[])
    assert kit.tokens()


@pytest.mark.parametrize(
    "option",
    [
        {"DeliveryMedium": "EMAIL", "AttributeName": "email"},
        {"DeliveryMedium": "SMS", "AttributeName": "email"},
        {"DeliveryMedium": "SMS", "AttributeName": "phone_number"},
    ],
)
def test_nothing_else_is_switched_on(option: dict[str, str]) -> None:
    """The last lacks the phone number that it would go to."""
    with pytest.raises(ServiceError, match="InvalidParameterException"):
        Kit().admin("AdminSetUserSettings", MFAOptions=[option])
