"""Second factors by e-mail, the choice among all of them, and the pool's settings on MFA."""

import json
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.kit import PASSWORD, Kit, refused, wrong
from tests.local.test_user_auth import EVE, INVALID, MAX, amr

EVERY = ("SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP")
NORA = LocalUser("nora", password=PASSWORD)
UNVERIFIED = {"email": "uma@example.com", "email_verified": "false"}
UMA = LocalUser("uma", password=PASSWORD, attributes=UNVERIFIED)


def kit_of(**options: Any) -> Kit:
    return Kit(**{"users": (EVE, MAX, NORA, UMA), "mfa_methods": EVERY} | options)


def switch_on(kit: Kit, username: str = "eve", **more: Any) -> None:
    kit.admin("AdminSetUserMFAPreference", username, EmailMfaSettings={"Enabled": True} | more)


def set_up(kit: Kit, session: str, address: str, username: str) -> Any:
    return kit.answer("MFA_SETUP", session, USERNAME=username, EMAIL=address)


# E-mail as second factor


def test_a_code_by_email_follows_the_password() -> None:
    kit = kit_of()
    switch_on(kit)
    challenge = kit.password("eve")
    assert challenge["ChallengeName"] == "EMAIL_OTP"
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "e***@e***"
    code = kit.code("eve", "email_mfa")
    assert len(code) == 6
    with refused("CodeMismatchException", "Invalid code received for user"):
        kit.answer("EMAIL_OTP", challenge["Session"], USERNAME="eve", EMAIL_OTP_CODE=wrong(code))
    answer = kit.answer("EMAIL_OTP", challenge["Session"], USERNAME="eve", EMAIL_OTP_CODE=code)
    assert amr(kit, answer) == ("urn:cognito:loa:3", ["email_otp", "mfa", "pwd"])
    with refused("NotAuthorizedException"):
        kit.answer("EMAIL_OTP", challenge["Session"], USERNAME="eve", EMAIL_OTP_CODE=code)


def test_a_code_by_email_needs_a_verified_address_and_the_pools_consent() -> None:
    kit = kit_of()
    token = kit.tokens("nora")["AccessToken"]
    with refused("InvalidParameterException", "User does not have delivery config set to turn on EMAIL_OTP"):
        kit.aws.set_user_mfa_preference(AccessToken=token, EmailMfaSettings={"Enabled": True})
    other = kit_of(mfa_methods=("SMS_MFA",))
    token = other.tokens("eve")["AccessToken"]
    with refused("InvalidParameterException", "Email MFA is not enabled for the user pool"):
        other.aws.set_user_mfa_preference(AccessToken=token, EmailMfaSettings={"Enabled": True})


def test_a_code_by_email_expires_and_is_bound() -> None:
    kit = kit_of()
    switch_on(kit)
    switch_on(kit, "max")
    session = kit.password("eve")["Session"]
    code = kit.code("eve", "email_mfa")
    with refused("NotAuthorizedException", INVALID):
        kit.answer("EMAIL_OTP", session, USERNAME="max", EMAIL_OTP_CODE=code)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SMS_MFA", session, USERNAME="eve", SMS_MFA_CODE=code)
    kit.clock.advance(180)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)


def test_second_factors_cannot_be_guessed() -> None:
    kit = kit_of()
    switch_on(kit)
    session = kit.password("eve")["Session"]
    code = kit.code("eve", "email_mfa")
    for _ in range(5):
        with refused("CodeMismatchException"):
            kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=wrong(code))
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)


def test_all_factors_can_be_chosen_from_and_one_preferred() -> None:
    kit = kit_of()
    kit.enroll_totp("eve")
    kit.admin("AdminSetUserMFAPreference", "eve", SoftwareTokenMfaSettings={"Enabled": True})
    kit.admin("AdminSetUserMFAPreference", "eve", SMSMfaSettings={"Enabled": True})
    switch_on(kit)
    challenge = kit.password("eve")
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == [
        "SMS_MFA",
        "SOFTWARE_TOKEN_MFA",
        "EMAIL_OTP",
    ]
    chosen = kit.answer("SELECT_MFA_TYPE", challenge["Session"], USERNAME="eve", ANSWER="EMAIL_OTP")
    code = kit.code("eve", "email_mfa")
    assert "AuthenticationResult" in kit.answer(
        "EMAIL_OTP", chosen["Session"], USERNAME="eve", EMAIL_OTP_CODE=code
    )
    switch_on(kit, PreferredMfa=True)
    assert kit.password("eve")["ChallengeName"] == "EMAIL_OTP"
    shown = kit.admin("AdminGetUser", "eve")
    assert shown["PreferredMfaSetting"] == "EMAIL_OTP"
    assert shown["UserMFASettingList"] == ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]


def test_what_is_the_second_factor_does_not_reset_the_first() -> None:
    kit = kit_of()
    switch_on(kit, "max")
    destination = kit.aws.forgot_password(ClientId=kit.id, Username="eve")["CodeDeliveryDetails"]
    assert destination["DeliveryMedium"] == "SMS"
    kit.aws.forgot_password(ClientId=kit.id, Username="max")
    with pytest.raises(LookupError):
        kit.code("max", "forgot_password")


# Setting up by e-mail


def test_an_address_can_be_set_up_where_mfa_is_demanded() -> None:
    kit = kit_of(mfa="ON")
    challenge = kit.password("nora")
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == [
        "SOFTWARE_TOKEN_MFA",
        "EMAIL_OTP",
    ]
    asked = set_up(kit, challenge["Session"], "nora@example.com", "nora")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    code = kit.pool.outbox.latest("nora@example.com", "email_mfa").code
    with refused("CodeMismatchException"):
        kit.answer("EMAIL_OTP", asked["Session"], USERNAME="nora", EMAIL_OTP_CODE=wrong(code))
    assert "email" not in str(kit.admin("AdminGetUser", "nora")["UserAttributes"])
    answer = kit.answer("EMAIL_OTP", asked["Session"], USERNAME="nora", EMAIL_OTP_CODE=code)
    assert amr(kit, answer)[0] == "urn:cognito:loa:3"
    held = {pair["Name"]: pair["Value"] for pair in kit.admin("AdminGetUser", "nora")["UserAttributes"]}
    assert (held["email"], held["email_verified"]) == ("nora@example.com", "true")
    assert kit.password("nora")["ChallengeName"] == "EMAIL_OTP"
    with refused("NotAuthorizedException"):
        set_up(kit, challenge["Session"], "nora@example.com", "nora")


def test_the_password_alone_does_not_replace_a_verified_address() -> None:
    kit = kit_of(mfa="ON")
    session = kit.password("eve")["Session"]
    with refused("NotAuthorizedException", "The email address does not match the verified one"):
        set_up(kit, session, "mallory@example.com", "eve")
    assert set_up(kit, session, "eve@example.com", "eve")["ChallengeName"] == "EMAIL_OTP"


def test_an_unverified_address_may_be_replaced_by_a_proven_one() -> None:
    kit = kit_of(mfa="ON")
    session = set_up(kit, kit.password("uma")["Session"], "other@example.com", "uma")["Session"]
    code = kit.pool.outbox.latest("other@example.com").code
    assert "AuthenticationResult" in kit.answer("EMAIL_OTP", session, USERNAME="uma", EMAIL_OTP_CODE=code)


def test_a_factor_that_was_set_up_meanwhile_is_not_bypassed() -> None:
    kit = kit_of(mfa="ON")
    first, second, third = (kit.password("nora")["Session"] for _ in range(3))
    asked = [set_up(kit, handle, "nora@example.com", "nora")["Session"] for handle in (first, second)]
    codes = [message.code for message in kit.pool.outbox][:2][::-1]
    kit.answer("EMAIL_OTP", asked[0], USERNAME="nora", EMAIL_OTP_CODE=codes[0])
    with refused("NotAuthorizedException", INVALID):
        kit.answer("EMAIL_OTP", asked[1], USERNAME="nora", EMAIL_OTP_CODE=codes[1])
    with refused("NotAuthorizedException", INVALID):
        set_up(kit, third, "nora@example.com", "nora")


def test_an_address_of_another_user_cannot_be_set_up_where_it_is_an_alias() -> None:
    kit = kit_of(mfa="ON", alias_attributes=("email",))
    with refused("AliasExistsException"):
        set_up(kit, kit.password("nora")["Session"], "eve@example.com", "nora")


def test_bad_addresses_and_pools_without_the_factor_are_refused() -> None:
    kit = kit_of(mfa="ON")
    session = kit.password("nora")["Session"]
    for address in ("nonsense", "a b@c"):
        with refused("InvalidParameterException", "Invalid email address format."):
            set_up(kit, session, address, "nora")
    with refused("InvalidParameterException", "Missing required parameter EMAIL"):
        set_up(kit, session, "", "nora")
    other = kit_of(mfa="ON", mfa_methods=("SMS_MFA",))
    challenge = other.password("nora")
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SMS_MFA"]
    with refused("MFAMethodNotFoundException"):
        set_up(other, challenge["Session"], "nora@example.com", "nora")


def test_an_mfa_setup_does_not_flood_an_address() -> None:
    kit = kit_of(mfa="ON")
    for _ in range(5):
        set_up(kit, kit.password("nora")["Session"], "nora@example.com", "nora")
    with refused("LimitExceededException"):
        set_up(kit, kit.password("nora")["Session"], "nora@example.com", "nora")


# The pool's settings


def test_the_settings_of_the_pool_show_what_it_was_made_with() -> None:
    kit = kit_of(mfa="ON", allowed_first_factors=("PASSWORD", "WEB_AUTHN"), mfa_methods=("EMAIL_OTP",))
    shown = kit.aws.get_user_pool_mfa_config(UserPoolId=kit.pool_id)
    assert shown["MfaConfiguration"] == "ON"
    assert shown["SoftwareTokenMfaConfiguration"] == {"Enabled": False}
    assert "Message" in shown["EmailMfaConfiguration"]
    assert "SmsMfaConfiguration" not in shown
    described = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert described["MfaConfiguration"] == "ON"
    assert described["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]
    assert described["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    client = kit.aws.describe_user_pool_client(UserPoolId=kit.pool_id, ClientId=kit.id)["UserPoolClient"]
    assert {"ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"} <= set(client["ExplicitAuthFlows"])
    assert "ALLOW_ADMIN_USER_PASSWORD_AUTH" not in client["ExplicitAuthFlows"]


def test_settings_take_effect_at_once() -> None:
    kit = kit_of(mfa="OFF")
    assert "AuthenticationResult" in kit.password("eve")
    answer = kit.aws.set_user_pool_mfa_config(
        UserPoolId=kit.pool_id,
        MfaConfiguration="ON",
        EmailMfaConfiguration={"Message": "{####}", "Subject": "Code"},
        WebAuthnConfiguration={"RelyingPartyId": "example.com"},
    )
    assert answer["MfaConfiguration"] == "ON"
    assert json.loads(kit.password("eve")["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["EMAIL_OTP"]
    kit.aws.set_user_pool_mfa_config(UserPoolId=kit.pool_id, MfaConfiguration="OFF")
    shown = kit.aws.get_user_pool_mfa_config(UserPoolId=kit.pool_id)
    assert "EmailMfaConfiguration" not in shown
    assert shown["WebAuthnConfiguration"] == {"RelyingPartyId": "example.com"}
    assert "AuthenticationResult" in kit.password("eve")


def test_allowed_factors_can_be_updated() -> None:
    kit = kit_of()
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, Policies=policy)
    answer = kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "eve"})
    assert answer["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    kit.aws.update_user_pool(UserPoolId=kit.pool_id)
    described = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert described["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}


def test_impossible_settings_are_refused() -> None:
    kit = kit_of(allowed_first_factors=("EMAIL_OTP",))
    totp = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    with refused("InvalidParameterException"):
        kit.aws.set_user_pool_mfa_config(UserPoolId=kit.pool_id, MfaConfiguration="ON", **totp)
    with refused("InvalidParameterException", "At least one MFA method has to be configured"):
        kit.aws.set_user_pool_mfa_config(
            UserPoolId=kit.pool_id,
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": False},
        )
    with refused("ResourceNotFoundException"):
        kit.aws.set_user_pool_mfa_config(UserPoolId="us-east-1_000000000", MfaConfiguration="OFF")
    for factors, mfa in ((["SOFTWARE_TOKEN"], "OFF"), (["SMS_OTP"], "ON")):
        with refused("InvalidParameterException"):
            kit.aws.update_user_pool(
                UserPoolId=kit.pool_id,
                MfaConfiguration=mfa,
                Policies={"SignInPolicy": {"AllowedFirstAuthFactors": factors}},
            )


def test_another_pool_has_settings_of_its_own() -> None:
    kit = kit_of()
    other = kit.aws.create_user_pool(PoolName="other")["UserPool"]["Id"]
    assert kit.aws.get_user_pool_mfa_config(UserPoolId=other)["MfaConfiguration"] == "OFF"


def test_a_choice_without_sms_shows_no_phone_number() -> None:
    kit = kit_of()
    kit.enroll_totp("eve")
    kit.admin("AdminSetUserMFAPreference", "eve", SoftwareTokenMfaSettings={"Enabled": True})
    switch_on(kit)
    parameters = kit.password("eve")["ChallengeParameters"]
    assert json.loads(parameters["MFAS_CAN_CHOOSE"]) == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    assert "CODE_DELIVERY_DESTINATION" not in parameters
