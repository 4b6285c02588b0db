"""New passwords and second factors: each step belongs to one user, client and challenge, and works once."""

import json
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser
from tests.local.kit import ALICE, BOB, OTHER_PASSWORD, PASSWORD, Kit, refused, wrong
from tests.older import needs

INVALID = "Invalid session for the user."
PHONE = "+493012349934"
TEMPORARY = LocalUser("tina", temporary_password=PASSWORD, attributes={"email": "tina@example.com"})
CALLER = LocalUser(
    "carl",
    password=PASSWORD,
    attributes={"email": "carl@example.com", "phone_number": PHONE, "phone_number_verified": "true"},
)


def enable_sms(kit: Kit, username: str = "carl") -> None:
    kit.admin("AdminSetUserMFAPreference", username, SMSMfaSettings={"Enabled": True})


# NEW_PASSWORD_REQUIRED


def test_a_temporary_password_has_to_be_replaced() -> None:
    kit = Kit(users=(TEMPORARY,), required_attributes=("email", "name"))
    challenge = kit.srp("tina")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    parameters = challenge["ChallengeParameters"]
    assert json.loads(parameters["requiredAttributes"]) == ["userAttributes.name"]
    assert json.loads(parameters["userAttributes"]) == {"email": "tina@example.com", "email_verified": "true"}
    answer = {"USERNAME": "tina", "NEW_PASSWORD": OTHER_PASSWORD, "userAttributes.name": "Tina"}
    assert "AuthenticationResult" in kit.answer("NEW_PASSWORD_REQUIRED", challenge["Session"], **answer)
    assert kit.admin("AdminGetUser", "tina")["UserStatus"] == "CONFIRMED"
    with refused("NotAuthorizedException"):
        kit.password("tina")
    assert "AuthenticationResult" in kit.password("tina", OTHER_PASSWORD)


@pytest.mark.parametrize(
    ("responses", "name"),
    [
        ({}, "InvalidParameterException"),
        ({"NEW_PASSWORD": "short"}, "InvalidParameterException"),
        ({"NEW_PASSWORD": "no-capital-1"}, "InvalidPasswordException"),
        ({"NEW_PASSWORD": OTHER_PASSWORD}, "InvalidParameterException"),
        ({"NEW_PASSWORD": OTHER_PASSWORD, "userAttributes.nonsense": "x"}, "InvalidParameterException"),
        ({"NEW_PASSWORD": OTHER_PASSWORD, "userAttributes.email_verified": "true"}, "NotAuthorizedException"),
        ({"NEW_PASSWORD": OTHER_PASSWORD, "userAttributes.email": "e@example.com"}, "NotAuthorizedException"),
    ],
)
def test_a_refused_new_password_leaves_the_session_open(responses: dict[str, str], name: str) -> None:
    kit = Kit(users=(TEMPORARY,), required_attributes=("email", "name"))
    session = kit.password("tina")["Session"]
    given = {"USERNAME": "tina"} | responses
    if name == "InvalidPasswordException":
        given["userAttributes.name"] = "Tina"
    with refused(name):
        kit.answer("NEW_PASSWORD_REQUIRED", session, **given)
    good = {"USERNAME": "tina", "NEW_PASSWORD": OTHER_PASSWORD, "userAttributes.name": "Tina"}
    assert "AuthenticationResult" in kit.answer("NEW_PASSWORD_REQUIRED", session, **good)


def test_a_session_works_once() -> None:
    """Setting the password closes every step of the user that the old one had opened."""
    kit = Kit(users=(TEMPORARY,))
    session, other = (kit.password("tina")["Session"] for _ in range(2))
    kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="tina", NEW_PASSWORD=OTHER_PASSWORD)
    for used in (session, other):
        with refused("NotAuthorizedException", INVALID):
            kit.answer("NEW_PASSWORD_REQUIRED", used, USERNAME="tina", NEW_PASSWORD="Third-one-9")


def test_a_session_expires() -> None:
    kit = Kit(users=(TEMPORARY,), auth_session_validity=5)
    session = kit.password("tina")["Session"]
    kit.clock.advance(300)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="tina", NEW_PASSWORD=OTHER_PASSWORD)


def test_a_session_is_bound_to_its_user() -> None:
    kit = Kit(users=(TEMPORARY, ALICE))
    session = kit.password("tina")["Session"]
    for name in ("alice", "nobody"):
        with refused("NotAuthorizedException", INVALID):
            kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME=name, NEW_PASSWORD=OTHER_PASSWORD)
    assert "AuthenticationResult" in kit.password("alice")


def test_a_session_is_bound_to_its_client() -> None:
    kit = Kit(users=(TEMPORARY,))
    session = kit.password("tina")["Session"]
    kit.id = kit.aws.create_user_pool_client(UserPoolId=kit.pool_id, ClientName="b")["UserPoolClient"][
        "ClientId"
    ]
    with refused("NotAuthorizedException", INVALID):
        kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="tina", NEW_PASSWORD=OTHER_PASSWORD)


def test_an_invented_session_is_refused() -> None:
    kit = Kit()
    for challenge in (
        "NEW_PASSWORD_REQUIRED",
        "MFA_SETUP",
        "SOFTWARE_TOKEN_MFA",
        "SMS_MFA",
        "SELECT_MFA_TYPE",
    ):
        with refused("NotAuthorizedException", INVALID):
            kit.answer(challenge, "x" * 40, USERNAME="alice", NEW_PASSWORD=OTHER_PASSWORD)
        with refused("InvalidParameterException", "Missing required parameter Session"):
            kit.answer(challenge, None, USERNAME="alice")


def test_a_challenge_that_the_pool_does_not_have_is_refused() -> None:
    kit = Kit()
    with refused("InvalidParameterException", "ADMIN_NO_SRP_AUTH is not supported by the local user pool"):
        kit.answer("ADMIN_NO_SRP_AUTH", "x" * 40, USERNAME="alice", PASSWORD=PASSWORD)


def test_a_temporary_password_expires_and_a_resend_renews_it() -> None:
    kit = Kit(users=(TEMPORARY,))
    kit.clock.advance(7 * 86400)
    text = "Temporary password has expired and must be reset by an administrator."
    with refused("NotAuthorizedException", text):
        kit.password("tina")
    kit.admin("AdminCreateUser", "tina", MessageAction="RESEND")
    assert (
        kit.password("tina", kit.code("tina", "admin_create_user"))["ChallengeName"]
        == "NEW_PASSWORD_REQUIRED"
    )
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.password("tina")


# Software tokens


def test_a_software_token_is_asked_for_and_checked() -> None:
    kit = Kit()
    secret = kit.enroll_totp()
    assert len(secret) == 52
    challenge = kit.srp()
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer: dict[str, Any] = {"USERNAME": "alice"}
    with refused("InvalidParameterException", "Missing required parameter SOFTWARE_TOKEN_MFA_CODE"):
        kit.answer("SOFTWARE_TOKEN_MFA", challenge["Session"], **answer)
    with refused("CodeMismatchException", "Invalid code received for user"):
        kit.answer(
            "SOFTWARE_TOKEN_MFA",
            challenge["Session"],
            SOFTWARE_TOKEN_MFA_CODE=wrong(kit.totp(secret)),
            **answer,
        )
    answer["SOFTWARE_TOKEN_MFA_CODE"] = kit.totp(secret)
    assert "AuthenticationResult" in kit.answer("SOFTWARE_TOKEN_MFA", challenge["Session"], **answer)
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        kit.answer("SOFTWARE_TOKEN_MFA", challenge["Session"], **answer)


def test_a_totp_code_works_once_even_in_another_sign_in() -> None:
    """RFC 6238 section 5.2, and measured on the service."""
    kit = Kit()
    secret = kit.enroll_totp()
    code = kit.totp(secret)
    kit.answer(
        "SOFTWARE_TOKEN_MFA", kit.password()["Session"], USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=code
    )
    session = kit.password()["Session"]
    for old in (code, kit.totp(secret, ahead=-30)):
        with refused("ExpiredCodeException", "Your software token has already been used once."):
            kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=old)


def test_the_code_of_the_setup_does_not_sign_in() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    secret = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    code = kit.totp(secret)
    kit.aws.verify_software_token(AccessToken=access, UserCode=code, FriendlyDeviceName="phone")
    kit.aws.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True})
    challenge = kit.password()
    assert challenge["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    with refused("ExpiredCodeException"):
        kit.answer("SOFTWARE_TOKEN_MFA", challenge["Session"], USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=code)


@pytest.mark.parametrize(
    ("ahead", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_may_be_one_step_off(ahead: int, *, accepted: bool) -> None:
    kit = Kit()
    secret = kit.enroll_totp()
    kit.clock.advance(300)
    session = kit.password()["Session"]
    answer = {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": kit.totp(secret, ahead=ahead)}
    if accepted:
        assert "AuthenticationResult" in kit.answer("SOFTWARE_TOKEN_MFA", session, **answer)
    else:
        with refused("CodeMismatchException"):
            kit.answer("SOFTWARE_TOKEN_MFA", session, **answer)


def test_a_code_of_another_user_is_refused() -> None:
    kit = Kit()
    kit.enroll_totp()
    others = kit.enroll_totp("bob", OTHER_PASSWORD)
    session = kit.password()["Session"]
    with refused("CodeMismatchException"):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=kit.totp(others))
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="bob", SOFTWARE_TOKEN_MFA_CODE=kit.totp(others))


def test_guessing_at_a_second_factor_is_slowed_down() -> None:
    kit = Kit()
    secret = kit.enroll_totp()
    session = kit.password()["Session"]
    answer = {"USERNAME": "alice"}
    for _ in range(5):
        with refused("CodeMismatchException"):
            kit.answer(
                "SOFTWARE_TOKEN_MFA", session, SOFTWARE_TOKEN_MFA_CODE=wrong(kit.totp(secret)), **answer
            )
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.answer("SOFTWARE_TOKEN_MFA", session, SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret), **answer)
    kit.clock.advance(1)
    assert "AuthenticationResult" in kit.answer(
        "SOFTWARE_TOKEN_MFA", session, SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret), **answer
    )


@pytest.mark.parametrize("challenge", ["NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SMS_MFA", "SELECT_MFA_TYPE"])
def test_an_mfa_session_answers_no_other_challenge(challenge: str) -> None:
    """Naming an easier challenge must not skip the second factor."""
    kit = Kit()
    kit.enroll_totp()
    session = kit.password()["Session"]
    with refused("NotAuthorizedException", INVALID):
        kit.answer(
            challenge, session, USERNAME="alice", NEW_PASSWORD=PASSWORD, SMS_MFA_CODE="0", ANSWER="SMS_MFA"
        )


def test_an_mfa_session_cannot_replace_the_factor() -> None:
    kit = Kit()
    kit.enroll_totp()
    session = kit.password()["Session"]
    with refused("NotAuthorizedException", INVALID):
        kit.aws.associate_software_token(Session=session)


def test_a_new_software_token_replaces_the_old_one_only_when_verified() -> None:
    kit = Kit()
    old = kit.enroll_totp()
    access = kit.answer(
        "SOFTWARE_TOKEN_MFA",
        kit.password()["Session"],
        USERNAME="alice",
        SOFTWARE_TOKEN_MFA_CODE=kit.totp(old),
    )["AuthenticationResult"]["AccessToken"]
    new = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    with refused("EnableSoftwareTokenMFAException", "Code mismatch"):
        kit.aws.verify_software_token(AccessToken=access, UserCode=wrong(kit.totp(new)))
    kit.clock.advance(60)
    session = kit.password()["Session"]
    assert kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=kit.totp(old))
    kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(new))
    with refused("NotAuthorizedException"):
        kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(new))
    kit.clock.advance(60)
    session = kit.password()["Session"]
    with refused("CodeMismatchException"):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=kit.totp(old))


def test_guessing_at_the_setup_is_slowed_down() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    secret = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    for _ in range(5):
        with refused("EnableSoftwareTokenMFAException"):
            kit.aws.verify_software_token(AccessToken=access, UserCode=wrong(kit.totp(secret)))
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(secret))


def test_associate_takes_one_of_token_and_session() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    with refused("InvalidParameterException"):
        kit.aws.associate_software_token(AccessToken=access, Session="x" * 40)
    with refused("InvalidParameterException"):
        kit.aws.associate_software_token()


def test_a_pool_without_mfa_offers_no_software_token() -> None:
    kit = Kit(mfa="OFF")
    with refused(
        "SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"
    ):
        kit.aws.associate_software_token(AccessToken=kit.tokens()["AccessToken"])


def test_verifying_a_token_does_not_switch_it_on_where_mfa_is_optional() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        kit.aws.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True})
    secret = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(secret))
    assert "AuthenticationResult" in kit.password()
    assert "UserMFASettingList" not in kit.aws.get_user(AccessToken=access)
    kit.aws.set_user_mfa_preference(
        AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    user = kit.aws.get_user(AccessToken=access)
    assert (user["UserMFASettingList"], user["PreferredMfaSetting"]) == (
        ["SOFTWARE_TOKEN_MFA"],
        "SOFTWARE_TOKEN_MFA",
    )
    assert kit.password()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    kit.aws.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": False})
    assert "AuthenticationResult" in kit.password()
    assert "PreferredMfaSetting" not in kit.aws.get_user(AccessToken=access)


# MFA_SETUP


def test_mfa_setup_takes_a_verified_token() -> None:
    kit = Kit(mfa="ON")
    challenge = kit.srp()
    assert challenge["ChallengeName"] == "MFA_SETUP"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    associated = kit.aws.associate_software_token(Session=challenge["Session"])
    secret = associated["SecretCode"]
    with refused("EnableSoftwareTokenMFAException", "Code mismatch"):
        kit.aws.verify_software_token(Session=associated["Session"], UserCode=wrong(kit.totp(secret)))
    verified = kit.aws.verify_software_token(Session=associated["Session"], UserCode=kit.totp(secret))
    assert verified["Status"] == "SUCCESS"
    assert "AuthenticationResult" in kit.answer("MFA_SETUP", verified["Session"], USERNAME="alice")
    assert kit.password()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_mfa_setup_cannot_be_skipped() -> None:
    kit = Kit(mfa="ON")
    session = kit.password()["Session"]
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        kit.answer("MFA_SETUP", session, USERNAME="alice")
    with refused("NotAuthorizedException", INVALID):
        kit.aws.verify_software_token(Session=session, UserCode="123456")
    associated = kit.aws.associate_software_token(Session=session)
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        kit.answer("MFA_SETUP", associated["Session"], USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE="123456")
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        kit.aws.associate_software_token(Session=session)


def test_a_second_setup_cannot_replace_the_factor_of_the_first() -> None:
    """Both were opened with the password alone; once a factor is in force, that is not enough."""
    kit = Kit(mfa="ON")
    first, second = (kit.aws.associate_software_token(Session=kit.password()["Session"]) for _ in range(2))
    early = kit.password()["Session"]
    kit.aws.verify_software_token(Session=first["Session"], UserCode=kit.totp(first["SecretCode"]))
    with refused("NotAuthorizedException", INVALID):
        kit.aws.verify_software_token(Session=second["Session"], UserCode=kit.totp(second["SecretCode"]))
    with refused("NotAuthorizedException", INVALID):
        kit.aws.associate_software_token(Session=early)


def test_a_token_verified_by_access_token_counts_where_mfa_is_on() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    kit.aws.set_user_pool_mfa_config(
        UserPoolId=kit.pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    secret = kit.aws.associate_software_token(AccessToken=access)["SecretCode"]
    kit.aws.verify_software_token(AccessToken=access, UserCode=kit.totp(secret))
    assert kit.password()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


# SMS


def test_an_sms_code_is_sent_and_checked() -> None:
    kit = Kit(users=(CALLER,))
    enable_sms(kit)
    challenge = kit.srp("carl")
    assert challenge["ChallengeName"] == "SMS_MFA"
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+*******9934"
    message = kit.pool.outbox.latest("carl", "sms_mfa")
    assert (message.destination, message.medium) == (PHONE, "SMS")
    with refused("CodeMismatchException", "Invalid code received for user"):
        kit.answer("SMS_MFA", challenge["Session"], USERNAME="carl", SMS_MFA_CODE=wrong(message.code))
    answer = {"USERNAME": "carl", "SMS_MFA_CODE": message.code}
    assert "AuthenticationResult" in kit.answer("SMS_MFA", challenge["Session"], **answer)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SMS_MFA", kit.password("carl")["Session"] + "x", **answer)
    with refused("CodeMismatchException"):
        kit.answer(
            "SMS_MFA",
            kit.password("carl")["Session"],
            USERNAME="carl",
            SMS_MFA_CODE=wrong(kit.code("carl", "sms_mfa")),
        )


@needs("SetUserMFAPreference", "WebAuthnMfaSettings")
def test_sms_needs_a_verified_phone_number() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    text = "User does not have delivery config set to turn on SMS_MFA"
    with refused("InvalidParameterException", text):
        kit.aws.set_user_mfa_preference(AccessToken=access, SMSMfaSettings={"Enabled": True})
    for unsupported in ({"EmailMfaSettings": {"Enabled": True}}, {"WebAuthnMfaSettings": {"Enabled": True}}):
        with refused("InvalidParameterException"):
            kit.aws.set_user_mfa_preference(AccessToken=access, **unsupported)


def test_two_factors_without_a_preference_are_a_choice() -> None:
    kit = Kit(users=(CALLER,))
    secret = kit.enroll_totp("carl")
    access = kit.answer(
        "SOFTWARE_TOKEN_MFA",
        kit.password("carl")["Session"],
        USERNAME="carl",
        SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret),
    )["AuthenticationResult"]["AccessToken"]
    with refused("InvalidParameterException"):
        both = {"Enabled": True, "PreferredMfa": True}
        kit.aws.set_user_mfa_preference(
            AccessToken=access, SMSMfaSettings=both, SoftwareTokenMfaSettings=both
        )
    kit.aws.set_user_mfa_preference(
        AccessToken=access, SMSMfaSettings={"Enabled": True}, SoftwareTokenMfaSettings={"Enabled": True}
    )
    challenge = kit.password("carl")
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    parameters = challenge["ChallengeParameters"]
    assert json.loads(parameters["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    assert parameters["CODE_DELIVERY_DESTINATION"] == "+*******9934"
    with refused("InvalidParameterException"):
        kit.answer("SELECT_MFA_TYPE", challenge["Session"], USERNAME="carl", ANSWER="EMAIL_OTP")
    chosen = kit.answer("SELECT_MFA_TYPE", challenge["Session"], USERNAME="carl", ANSWER="SMS_MFA")
    code = kit.code("carl", "sms_mfa")
    assert "AuthenticationResult" in kit.answer(
        "SMS_MFA", chosen["Session"], USERNAME="carl", SMS_MFA_CODE=code
    )


def test_a_factor_removed_after_the_challenge_leaves_nothing_to_answer() -> None:
    kit = Kit()
    kit.enroll_totp()
    session = kit.password()["Session"]
    plane = kit.pool._plane
    user = plane.directory.find("alice")
    assert user is not None
    plane.factors.forget(user.sub)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE="123456")


def test_a_disabled_user_cannot_finish_a_challenge() -> None:
    kit = Kit(users=(ALICE, BOB))
    secret = kit.enroll_totp()
    session = kit.password()["Session"]
    kit.admin("AdminDisableUser")
    with refused("NotAuthorizedException", INVALID):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret))
