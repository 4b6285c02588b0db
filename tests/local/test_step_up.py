"""acr and amr, and raising them: what a credit is worth, and what it is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local import acr
from tests.local.kit import BOB, OTHER_PASSWORD, PASSWORD, Kit, claims, refused
from tests.local.test_user_auth import ALL, EVE, amr, another_client, begin, kit_of, prefer
from tests.older import needs

LOA = [f"urn:cognito:loa:{level}" for level in range(5)]
UNREACHABLE = "The user cannot reach any of the requested ACR values"


def raised(kit: Kit, target: str, token: str | None = None, username: str = "eve", **more: str) -> Any:
    credit = {} if token is None else {"ACCESS_TOKEN": token}
    return begin(kit, username, TARGET_ACR_VALUES=target, **credit, **more)


def with_totp() -> tuple[Kit, str]:
    kit = kit_of()
    secret = kit.enroll_totp("eve")
    # Not switched on: an ordinary sign-in does not ask for it.
    kit.admin("AdminSetUserMFAPreference", "eve", SoftwareTokenMfaSettings={"Enabled": False})
    return kit, secret


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ((), 1), (("pwd",), 1), (("otp",), 1), (("sms",), 2), (("email_otp",), 2), (("swk",), 3),
        (("pwd", "sms"), 3), (("pwd", "email_otp"), 3), (("pwd", "otp"), 4), (("swk", "mfa"), 3),
    ],
)  # fmt: skip
def test_methods_reach_their_level(methods: tuple[str, ...], level: int) -> None:
    assert acr.level_of(frozenset(methods)) == level


@given(st.sets(st.sampled_from(["pwd", "otp", "sms", "email_otp", "swk", "hwk", "mfa"])), st.data())
def test_more_methods_never_lower_the_level(methods: set[str], data: st.DataObject) -> None:
    fewer = data.draw(st.sets(st.sampled_from(sorted(methods)))) if methods else set()
    assert acr.level_of(frozenset(fewer)) <= acr.level_of(frozenset(methods))


def test_a_password_is_raised_by_a_second_factor() -> None:
    kit, secret = with_totp()
    token = kit.tokens("eve")["AccessToken"]
    challenge = raised(kit, LOA[4], token)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = kit.answer(
        "SOFTWARE_TOKEN_MFA", challenge["Session"], USERNAME="eve", SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret)
    )
    assert amr(kit, answer) == (LOA[4], ["mfa", "otp", "pwd"])
    refresh = answer["AuthenticationResult"]["RefreshToken"]
    again = kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=refresh)
    read = claims(kit.pool, again["AuthenticationResult"]["AccessToken"], clock=kit.clock)
    assert (read["acr"], read["amr"]) == (LOA[4], ["mfa", "otp", "pwd"])


def test_without_a_credit_the_whole_way_is_asked_for() -> None:
    kit, secret = with_totp()
    answer = raised(kit, LOA[4])
    assert answer["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    challenge = kit.answer(
        "SELECT_CHALLENGE", answer["Session"], USERNAME="eve", ANSWER="PASSWORD", PASSWORD=PASSWORD
    )
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with refused("CodeMismatchException"):
        kit.answer(
            "SOFTWARE_TOKEN_MFA", challenge["Session"], USERNAME="eve", SOFTWARE_TOKEN_MFA_CODE="000000"
        )
    signed_in = kit.answer(
        "SOFTWARE_TOKEN_MFA", challenge["Session"], USERNAME="eve", SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret)
    )
    assert amr(kit, signed_in)[0] == LOA[4]


def test_several_second_factors_are_chosen_from() -> None:
    kit, _ = with_totp()
    challenge = raised(kit, LOA[3], kit.tokens("eve")["AccessToken"])
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    with refused("InvalidParameterException", "Invalid MFA type selected"):
        kit.answer("SELECT_MFA_TYPE", challenge["Session"], USERNAME="eve", ANSWER="EMAIL_OTP")
    sms = kit.answer("SELECT_MFA_TYPE", challenge["Session"], USERNAME="eve", ANSWER="SMS_MFA")
    answer = kit.answer("SMS_MFA", sms["Session"], USERNAME="eve", SMS_MFA_CODE=kit.code("eve", "sms_mfa"))
    assert amr(kit, answer) == (LOA[3], ["mfa", "pwd", "sms"])


def test_the_first_level_that_can_be_reached_is_aimed_at() -> None:
    kit = kit_of(mfa_methods=("SOFTWARE_TOKEN_MFA",))
    offered = raised(kit, f"urn:other {LOA[4]} {LOA[2]} {LOA[1]}")["AvailableChallenges"]
    assert offered == ["EMAIL_OTP", "SMS_OTP"]


def test_a_level_out_of_reach_is_refused_once_a_factor_is_proven() -> None:
    kit = kit_of(mfa_methods=("SOFTWARE_TOKEN_MFA",))
    answer = raised(kit, f"{LOA[4]} {LOA[3]}")
    assert answer["AvailableChallenges"] == begin(kit)["AvailableChallenges"]
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.answer(
            "SELECT_CHALLENGE", answer["Session"], USERNAME="eve", ANSWER="PASSWORD", PASSWORD="Wrong-1!"
        )
    with refused("NotAuthorizedException", UNREACHABLE):
        kit.answer(
            "SELECT_CHALLENGE", answer["Session"], USERNAME="eve", ANSWER="PASSWORD", PASSWORD=PASSWORD
        )
    chosen = kit.answer("SELECT_CHALLENGE", answer["Session"], USERNAME="eve", ANSWER="EMAIL_OTP")
    with refused("NotAuthorizedException", UNREACHABLE):
        code = kit.code("eve", "email_otp")
        kit.answer("EMAIL_OTP", chosen["Session"], USERNAME="eve", EMAIL_OTP_CODE=code)


def test_it_is_refused_at_once_where_nobody_is_hidden() -> None:
    kit = kit_of(mfa_methods=("SOFTWARE_TOKEN_MFA",), prevent_user_existence_errors=False)
    with refused("NotAuthorizedException", UNREACHABLE):
        raised(kit, f"{LOA[4]} {LOA[3]}")


def test_a_preference_that_leads_not_far_enough_is_not_taken() -> None:
    kit = kit_of(mfa_methods=("SOFTWARE_TOKEN_MFA",))
    answer = prefer(kit, "PASSWORD", PASSWORD=PASSWORD, TARGET_ACR_VALUES=LOA[2])
    assert answer["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_credit_alone_gives_no_tokens() -> None:
    kit, _ = with_totp()
    token = kit.tokens("eve")["AccessToken"]
    assert raised(kit, LOA[1], token)["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_credit_is_the_users_own_and_of_the_same_client() -> None:
    kit, _ = with_totp()
    foreign = kit.tokens("max", OTHER_PASSWORD)["AccessToken"]
    mine = kit.tokens("eve")["AccessToken"]
    with refused("NotAuthorizedException", "Invalid Access Token"):
        raised(kit, LOA[4], foreign)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        raised(kit, LOA[4], kit.tokens("eve")["IdToken"])
    with refused("NotAuthorizedException", "Could not verify signature for Access Token"):
        raised(kit, LOA[4], mine[:-8] + "AAAAAAAA")
    kit.id = another_client(kit)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        raised(kit, LOA[4], mine)


def test_a_revoked_or_expired_credit_is_refused() -> None:
    kit, _ = with_totp()
    expired = kit.tokens("eve")["AccessToken"]
    kit.clock.advance(3600)
    with refused("NotAuthorizedException", "Access Token has expired"):
        raised(kit, LOA[4], expired)
    revoked = kit.tokens("eve")["AccessToken"]
    kit.aws.global_sign_out(AccessToken=revoked)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        raised(kit, LOA[4], revoked)


def test_an_old_credit_counts_for_nothing() -> None:
    kit, _ = with_totp()
    token = kit.tokens("eve")["AccessToken"]
    kit.clock.advance(60)
    assert raised(kit, LOA[4], token, MAX_AGE="60")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    kit.clock.advance(1)
    assert raised(kit, LOA[4], token, MAX_AGE="60")["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_password_that_has_to_be_replaced_is_no_credit() -> None:
    kit, _ = with_totp()
    token = kit.tokens("eve")["AccessToken"]
    kit.admin("AdminSetUserPassword", "eve", Password=OTHER_PASSWORD)
    assert raised(kit, LOA[4], token)["ChallengeName"] == "SELECT_CHALLENGE"


def test_bad_parameters_are_refused() -> None:
    kit = kit_of()
    token = kit.tokens("eve")["AccessToken"]
    with refused("InvalidParameterException", "ACCESS_TOKEN requires TARGET_ACR_VALUES"):
        begin(kit, ACCESS_TOKEN=token)
    for target in ("urn:cognito:loa:5", " ", "nonsense"):
        with refused(
            "InvalidParameterException", "None of the requested ACR values is valid for the user pool"
        ):
            raised(kit, target)
    for age in ("-1", "soon", "1.5", "٣", "1" * 11):
        with refused("InvalidParameterException", "MAX_AGE must be a number of seconds"):
            raised(kit, LOA[1], MAX_AGE=age)


def test_a_factor_that_is_gone_meanwhile_leaves_the_target_unreached() -> None:
    kit = kit_of(mfa_methods=("SMS_MFA",))
    session = prefer(kit, "PASSWORD", TARGET_ACR_VALUES=LOA[3])["Session"]
    kit.admin("AdminDeleteUserAttributes", "eve", UserAttributeNames=["phone_number"])
    with refused("NotAuthorizedException"):
        kit.answer("PASSWORD", session, USERNAME="eve", PASSWORD=PASSWORD)


@needs("UpdateUserPool", "AcrConfiguration")
def test_the_pool_can_rename_the_levels() -> None:
    kit = Kit(users=(EVE, BOB), allowed_first_factors=ALL)
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id,
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": [*ALL]}},
        AcrConfiguration={"Level1": {"AcrValue": "urn:example:low"}},
    )
    token = kit.tokens("eve")["AccessToken"]
    assert claims(kit.pool, token, clock=kit.clock)["acr"] == "urn:example:low"
    with refused("InvalidParameterException"):
        raised(kit, LOA[1])
    assert raised(kit, "urn:example:low")["ChallengeName"] == "SELECT_CHALLENGE"
