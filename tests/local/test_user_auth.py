"""USER_AUTH: what is offered, what is chosen, and that nothing is accepted but the right answer."""

import secrets
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.srp import handshake as srp
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, claims, refused, wrong

INVALID = "Invalid session for the user."
USED = "Invalid session for the user, session can only be used once."
EXPIRED = "Invalid session for the user, session is expired."
WRONG = "Incorrect username or password."
ALL = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")
EVE = LocalUser(
    "eve",
    password=PASSWORD,
    attributes={
        "email": "eve@example.com",
        "phone_number": "+493012349934",
        "phone_number_verified": "true",
    },
)
MAX = LocalUser("max", password=OTHER_PASSWORD, attributes={"email": "max@example.com"})


def kit_of(**options: Any) -> Kit:
    return Kit(**{"users": (EVE, MAX), "allowed_first_factors": ALL} | options)


def begin(kit: Kit, username: str = "eve", **parameters: str) -> Any:
    given = {"USERNAME": username} | kit.with_hash(username) | parameters
    return kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters=given)


def prefer(kit: Kit, challenge: str, username: str = "eve", **parameters: str) -> Any:
    return begin(kit, username, PREFERRED_CHALLENGE=challenge, **parameters)


def another_client(kit: Kit) -> str:
    made = kit.aws.create_user_pool_client(
        UserPoolId=kit.pool_id, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_AUTH"]
    )
    client_id: str = made["UserPoolClient"]["ClientId"]
    return client_id


def amr(kit: Kit, answer: Any) -> tuple[str, list[str]]:
    token = answer["AuthenticationResult"]["AccessToken"]
    read = claims(kit.pool, token, clock=kit.clock)
    identity = claims(kit.pool, answer["AuthenticationResult"]["IdToken"], audience=kit.id, clock=kit.clock)
    assert (read["acr"], read["amr"]) == (identity["acr"], identity["amr"])
    return read["acr"], read["amr"]


def test_a_session_is_no_option_to_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """`aws cognito-idp respond-to-auth-challenge --session -x…` fails over what would be an option."""
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: "-" * size)
    assert not begin(kit_of())["Session"].startswith("-")


# What is offered


def test_the_choice_is_what_the_pool_allows_and_the_user_has() -> None:
    kit = kit_of()
    answer = begin(kit)
    assert answer["ChallengeName"] == "SELECT_CHALLENGE"
    assert answer["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"]
    assert begin(kit, "max")["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"]
    kit.admin(
        "AdminUpdateUserAttributes", "max", UserAttributes=[{"Name": "email_verified", "Value": "false"}]
    )
    assert begin(kit, "max")["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    assert begin(Kit(users=(EVE,)))["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]


@pytest.mark.parametrize("preferred", ["SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN_MFA", "nonsense", ""])
def test_an_unavailable_preference_leads_to_the_choice(preferred: str) -> None:
    answer = prefer(kit_of(), preferred, "max")
    assert answer["ChallengeName"] == "SELECT_CHALLENGE"
    assert "Session" in answer


def test_codes_are_no_first_factor_where_mfa_is_demanded() -> None:
    kit = kit_of(mfa="ON")
    assert begin(kit)["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    assert prefer(kit, "EMAIL_OTP")["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_code_that_is_open_when_mfa_becomes_demanded_is_refused() -> None:
    kit = kit_of()
    session = prefer(kit, "EMAIL_OTP")["Session"]
    kit.pool.call(
        "SetUserPoolMfaConfig",
        {
            "UserPoolId": kit.pool_id,
            "MfaConfiguration": "ON",
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
        },
    )
    with refused("NotAuthorizedException", INVALID):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=kit.code("eve", "email_otp"))


def test_the_flow_has_to_be_switched_on() -> None:
    kit = kit_of(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))
    with refused("InvalidParameterException", "USER_AUTH is not enabled for the client."):
        begin(kit)


def test_a_pool_with_impossible_factors_is_refused() -> None:
    for options in (
        {"allowed_first_factors": ("SOFTWARE_TOKEN",)},
        {"allowed_first_factors": ()},
        {"mfa_methods": ("PASSWORD",)},
        {"allowed_first_factors": ("EMAIL_OTP",), "mfa": "ON"},
    ):
        with pytest.raises(ValueError, match=r"factor|mfa_methods"):
            LocalUserPool(**options)


# Passwords


def test_a_password_can_be_sent_along() -> None:
    kit = kit_of()
    answer = prefer(kit, "PASSWORD", PASSWORD=PASSWORD)
    assert amr(kit, answer) == ("urn:cognito:loa:1", ["pwd"])
    with refused("NotAuthorizedException", WRONG):
        prefer(kit, "PASSWORD", PASSWORD=OTHER_PASSWORD)


def test_a_password_can_answer_its_challenge() -> None:
    kit = kit_of()
    session = prefer(kit, "PASSWORD")["Session"]
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=OTHER_PASSWORD)
    with refused("InvalidParameterException", "Missing required parameter PASSWORD"):
        kit.answer("PASSWORD", session, USERNAME="eve")
    assert "AuthenticationResult" in kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=PASSWORD)
    with refused("NotAuthorizedException", USED):
        kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=PASSWORD)


def test_passwords_of_user_auth_lock_as_others_do() -> None:
    kit = kit_of()
    session = prefer(kit, "PASSWORD")["Session"]
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=OTHER_PASSWORD)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=PASSWORD)


def test_the_choice_can_carry_the_password() -> None:
    kit = kit_of()
    session = begin(kit)["Session"]
    with refused("NotAuthorizedException", WRONG):
        kit.answer("SELECT_CHALLENGE", session, USERNAME="eve", ANSWER="PASSWORD", PASSWORD=OTHER_PASSWORD)
    answer = kit.answer("SELECT_CHALLENGE", session, USERNAME="eve", ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer
    with refused("NotAuthorizedException", USED):
        kit.answer("SELECT_CHALLENGE", session, USERNAME="eve", ANSWER="PASSWORD", PASSWORD=PASSWORD)


def test_a_choice_that_was_not_offered_is_refused() -> None:
    kit = kit_of()
    session = begin(kit, "max")["Session"]
    for answer in ("SMS_OTP", "WEB_AUTHN", "CUSTOM_CHALLENGE", "NEW_PASSWORD_REQUIRED"):
        with refused("InvalidParameterException", "The selected challenge is not available"):
            kit.answer("SELECT_CHALLENGE", session, USERNAME="max", ANSWER=answer)
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        kit.answer("SELECT_CHALLENGE", session, USERNAME="max")


def test_a_password_is_followed_by_the_second_factor() -> None:
    kit = kit_of()
    secret = kit.enroll_totp("eve")
    challenge = prefer(kit, "PASSWORD", PASSWORD=PASSWORD)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = kit.answer(
        "SOFTWARE_TOKEN_MFA",
        challenge["Session"],
        USERNAME="eve",
        SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret),
    )
    assert amr(kit, answer) == ("urn:cognito:loa:4", ["mfa", "otp", "pwd"])


def test_a_temporary_password_has_to_be_replaced_here_too() -> None:
    kit = kit_of(users=(LocalUser("tina", temporary_password=PASSWORD),))
    challenge = prefer(kit, "PASSWORD", "tina", PASSWORD=PASSWORD)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


# SRP


def verifier(kit: Kit, username: str = "eve") -> tuple[srp.SRPClient, Any]:
    client = srp.SRPClient(srp.pool_name(kit.pool_id))
    return client, prefer(kit, "PASSWORD_SRP", username, SRP_A=client.srp_a)


def test_srp_comes_with_a_session() -> None:
    kit = kit_of()
    client, challenge = verifier(kit)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    proof = kit.proof(client, challenge["ChallengeParameters"])
    assert amr(kit, kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof))[1] == ["pwd"]
    with refused("NotAuthorizedException", USED):
        kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)


def test_a_proof_of_user_auth_needs_its_own_session() -> None:
    kit = kit_of()
    client, challenge = verifier(kit)
    _, other = verifier(kit)
    proof = kit.proof(client, challenge["ChallengeParameters"])
    with refused("InvalidParameterException", "Missing required parameter Session"):
        kit.answer("PASSWORD_VERIFIER", None, **proof)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("PASSWORD_VERIFIER", other["Session"], **proof)
    kit.clock.advance(180)
    with refused("NotAuthorizedException", EXPIRED):
        kit.answer("PASSWORD_VERIFIER", challenge["Session"], **proof)


def test_srp_can_be_chosen_step_by_step() -> None:
    kit = kit_of()
    chosen = kit.answer("SELECT_CHALLENGE", begin(kit)["Session"], USERNAME="eve", ANSWER="PASSWORD_SRP")
    assert chosen["ChallengeName"] == "PASSWORD_SRP"
    client = srp.SRPClient(srp.pool_name(kit.pool_id))
    started = kit.answer("PASSWORD_SRP", chosen["Session"], USERNAME="eve", SRP_A=client.srp_a)
    wrong_proof = kit.proof(client, started["ChallengeParameters"], OTHER_PASSWORD)
    with refused("NotAuthorizedException", WRONG):
        kit.answer("PASSWORD_VERIFIER", started["Session"], **wrong_proof)
    proof = kit.proof(client, started["ChallengeParameters"])
    assert "AuthenticationResult" in kit.answer("PASSWORD_VERIFIER", started["Session"], **proof)
    with refused("NotAuthorizedException", USED):
        kit.answer("PASSWORD_SRP", chosen["Session"], USERNAME="eve", SRP_A=client.srp_a)


# Codes


@pytest.mark.parametrize(
    ("name", "purpose", "destination", "method"),
    [("EMAIL_OTP", "email_otp", "e***@e***", "email_otp"), ("SMS_OTP", "sms_otp", "+*******9934", "sms")],
)
def test_a_code_signs_in(name: str, purpose: str, destination: str, method: str) -> None:
    kit = kit_of()
    challenge = prefer(kit, name)
    assert challenge["ChallengeName"] == name
    assert challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == destination
    code = kit.code("eve", purpose)
    assert len(code) == 8
    with refused("CodeMismatchException", "Invalid code received for user"):
        kit.answer(name, challenge["Session"], USERNAME="eve", **{f"{name}_CODE": wrong(code)})
    answer = kit.answer(name, challenge["Session"], USERNAME="eve", **{f"{name}_CODE": code})
    assert amr(kit, answer) == ("urn:cognito:loa:2", [method])
    with refused("NotAuthorizedException", USED):
        kit.answer(name, challenge["Session"], USERNAME="eve", **{f"{name}_CODE": code})


def test_nobody_who_signed_in_by_code_is_asked_for_a_second_factor() -> None:
    kit = kit_of()
    kit.enroll_totp("eve")
    session = prefer(kit, "EMAIL_OTP")["Session"]
    code = kit.code("eve", "email_otp")
    assert "AuthenticationResult" in kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)


def test_a_code_is_bound_to_its_user_client_and_challenge() -> None:
    kit = kit_of()
    session = prefer(kit, "EMAIL_OTP")["Session"]
    code = kit.code("eve", "email_otp")
    other = prefer(kit, "EMAIL_OTP", "max")["Session"]
    for username, handle in (("max", session), ("nobody", session), ("eve", other)):
        with refused("NotAuthorizedException", INVALID):
            kit.answer("EMAIL_OTP", handle, USERNAME=username, EMAIL_OTP_CODE=code)
    with refused("CodeMismatchException"):
        kit.answer("EMAIL_OTP", other, USERNAME="max", EMAIL_OTP_CODE=code)
    for challenge in ("SMS_OTP", "PASSWORD", "SMS_MFA", "SELECT_CHALLENGE", "PASSWORD_SRP", "MFA_SETUP"):
        with refused("NotAuthorizedException", INVALID):
            kit.answer(
                challenge, session, USERNAME="eve", SMS_OTP_CODE=code, PASSWORD=PASSWORD, ANSWER="PASSWORD",
                SRP_A="ab", SMS_MFA_CODE=code,
            )  # fmt: skip
    kit.id = another_client(kit)
    with refused("NotAuthorizedException", INVALID):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)


def test_a_code_expires_with_its_session() -> None:
    kit = kit_of()
    session = prefer(kit, "SMS_OTP")["Session"]
    kit.clock.advance(180)
    with refused("NotAuthorizedException", EXPIRED):
        kit.answer("SMS_OTP", session, USERNAME="eve", SMS_OTP_CODE=kit.code("eve", "sms_otp"))


def test_codes_cannot_be_guessed_over_many_sessions() -> None:
    kit = kit_of()
    for _ in range(5):
        session = prefer(kit, "EMAIL_OTP")["Session"]
        with refused("CodeMismatchException"):
            kit.answer(
                "EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=wrong(kit.code("eve", "email_otp"))
            )
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=kit.code("eve", "email_otp"))


def test_a_code_that_went_to_an_older_address_is_refused() -> None:
    kit = kit_of()
    session = prefer(kit, "EMAIL_OTP")["Session"]
    code = kit.code("eve", "email_otp")
    kit.admin(
        "AdminUpdateUserAttributes",
        "eve",
        UserAttributes=[
            {"Name": "email", "Value": "new@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    with refused("NotAuthorizedException", INVALID):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)


def test_a_user_who_was_disabled_meanwhile_is_refused() -> None:
    kit = kit_of()
    session = prefer(kit, "EMAIL_OTP")["Session"]
    kit.admin("AdminDisableUser", "eve")
    with refused("NotAuthorizedException"):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=kit.code("eve", "email_otp"))


def test_a_code_of_the_second_factor_is_no_first_factor() -> None:
    kit = kit_of(mfa_methods=("EMAIL_OTP",))
    kit.admin("AdminSetUserMFAPreference", "eve", EmailMfaSettings={"Enabled": True})
    first = prefer(kit, "EMAIL_OTP")["Session"]
    second = kit.password("eve")["Session"]
    with refused("CodeMismatchException"):
        kit.answer("EMAIL_OTP", first, USERNAME="eve", EMAIL_OTP_CODE=kit.code("eve", "email_mfa"))
    with refused("CodeMismatchException"):
        kit.answer("EMAIL_OTP", second, USERNAME="eve", EMAIL_OTP_CODE=kit.code("eve", "email_otp"))


def test_a_secret_hash_is_needed_in_each_step() -> None:
    kit = kit_of(client_secret=True)
    session = prefer(kit, "EMAIL_OTP")["Session"]
    code = kit.code("eve", "email_otp")
    with refused("NotAuthorizedException"):
        kit.answer("EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code)
    with_hash = kit.with_hash("eve")
    assert "AuthenticationResult" in kit.answer(
        "EMAIL_OTP", session, USERNAME="eve", EMAIL_OTP_CODE=code, **with_hash
    )
    with refused("NotAuthorizedException"):
        begin(kit, SECRET_HASH="wrong")
