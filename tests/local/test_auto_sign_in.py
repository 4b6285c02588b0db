"""Sign-up that ends in a sign-in, users without passwords, and the pre sign-up trigger."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, ServiceError, Triggers
from tests.local.kit import BOB, PASSWORD, Kit, claims, refused, wrong
from tests.local.test_user_auth import EXPIRED, INVALID, USED, begin, prefer

CODES = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")


def sign_up(kit: Kit, username: str = "nina", **more: Any) -> Any:
    email = {"Name": "email", "Value": f"{username}@example.com"}
    return kit.aws.sign_up(
        **{"ClientId": kit.id, "Username": username, "Password": PASSWORD, "UserAttributes": [email]} | more
    )


def confirm(kit: Kit, session: str | None, username: str = "nina") -> Any:
    more = {} if session is None else {"Session": session}
    code = kit.code(username, "sign_up")
    return kit.aws.confirm_sign_up(ClientId=kit.id, Username=username, ConfirmationCode=code, **more)


def use(kit: Kit, session: str, username: str = "nina") -> Any:
    return kit.aws.initiate_auth(
        ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": username}, Session=session
    )


def confirmed(kit: Kit, username: str = "nina") -> str:
    session: str = confirm(kit, sign_up(kit, username)["Session"], username)["Session"]
    return session


def test_a_confirmed_sign_up_signs_in() -> None:
    kit = Kit(allowed_first_factors=CODES)
    answer = use(kit, confirmed(kit))
    read = claims(kit.pool, answer["AuthenticationResult"]["AccessToken"], clock=kit.clock)
    assert (read["username"], read["amr"]) == ("nina", ["email_otp"])


def test_the_session_works_once_and_for_the_first_sign_in_only() -> None:
    kit = Kit(allowed_first_factors=CODES)
    session = confirmed(kit)
    use(kit, session)
    with refused("NotAuthorizedException", USED):
        use(kit, session)
    late = confirmed(kit, "nick")
    kit.password("nick")
    with refused("NotAuthorizedException", INVALID):
        use(kit, late, "nick")


def test_a_client_that_sends_no_session_gets_one_all_the_same() -> None:
    """As Amplify does it: the code alone stands for the first factor that it was sent for."""
    kit = Kit(allowed_first_factors=CODES)
    sign_up(kit)
    session = confirm(kit, None)["Session"]
    assert "AuthenticationResult" in use(kit, session)
    with refused("NotAuthorizedException", USED):
        use(kit, session)


@pytest.mark.parametrize("hours", [0, 1, 23])
def test_a_code_that_was_guessed_at_gives_no_session(hours: int) -> None:
    kit = Kit(allowed_first_factors=CODES)
    sign_up(kit)
    with refused("CodeMismatchException"):
        guess = wrong(kit.code("nina", "sign_up"))
        kit.aws.confirm_sign_up(ClientId=kit.id, Username="nina", ConfirmationCode=guess)
    kit.clock.advance(hours * 3600)
    assert "Session" not in confirm(kit, None)


def test_a_client_without_the_flow_gets_none_for_a_code_either() -> None:
    kit = Kit(allowed_first_factors=CODES, explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))
    sign_up(kit)
    assert "Session" not in confirm(kit, None)


def test_a_code_stands_for_no_factor_that_the_pool_does_not_allow() -> None:
    kit = Kit()
    sign_up(kit)
    answer = use(kit, confirm(kit, None)["Session"])
    assert answer["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]


def test_the_session_is_bound_to_its_user_client_and_time() -> None:
    kit = Kit(allowed_first_factors=CODES)
    session = confirmed(kit)
    for username in ("alice", "bob"):
        with refused("NotAuthorizedException", INVALID):
            use(kit, session, username)
    mine = kit.id
    made = kit.aws.create_user_pool_client(
        UserPoolId=kit.pool_id, ClientName="b", ExplicitAuthFlows=["ALLOW_USER_AUTH"]
    )
    kit.id = made["UserPoolClient"]["ClientId"]
    with refused("NotAuthorizedException", INVALID):
        use(kit, session)
    kit.id = mine
    kit.clock.advance(180)
    with refused("NotAuthorizedException", EXPIRED):
        use(kit, session)


def test_the_session_of_sign_up_does_not_sign_in() -> None:
    kit = Kit(allowed_first_factors=CODES)
    first = sign_up(kit)["Session"]
    with refused("UserNotConfirmedException"):
        use(kit, first)
    session = confirm(kit, first)["Session"]
    for handle in (first, "x" * 40):
        with refused("NotAuthorizedException", INVALID):
            use(kit, handle)
    for challenge in ("EMAIL_OTP", "SELECT_CHALLENGE", "PASSWORD", "MFA_SETUP"):
        with refused("NotAuthorizedException", INVALID):
            kit.answer(challenge, session, USERNAME="nina", ANSWER="PASSWORD", PASSWORD=PASSWORD)


def test_a_confirmation_takes_no_session_of_another_sign_up() -> None:
    kit = Kit(allowed_first_factors=CODES)
    other = sign_up(kit, "nick")["Session"]
    sign_up(kit)
    for handle in (other, "x" * 40):
        with refused("NotAuthorizedException", INVALID):
            confirm(kit, handle)


def test_an_old_session_does_not_hinder_a_confirmation() -> None:
    kit = Kit(allowed_first_factors=CODES)
    session = sign_up(kit)["Session"]
    kit.clock.advance(600)
    assert "Session" not in confirm(kit, session)
    assert kit.admin("AdminGetUser", "nina")["UserStatus"] == "CONFIRMED"


def test_where_codes_are_no_first_factor_the_session_leads_to_the_choice() -> None:
    kit = Kit()
    session = confirmed(kit)
    assert use(kit, session)["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    with refused("NotAuthorizedException", USED):
        use(kit, session)


def test_a_client_without_the_flow_gets_no_session() -> None:
    kit = Kit(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))
    assert "Session" not in sign_up(kit)


# Without a password


@pytest.mark.parametrize("blank", [{}, {"Password": ""}])
def test_one_can_sign_up_without_a_password(blank: dict[str, str]) -> None:
    kit = Kit(allowed_first_factors=CODES)
    attributes = [{"Name": "email", "Value": "nina@example.com"}]
    params = {"ClientId": kit.id, "Username": "nina", "UserAttributes": attributes} | blank
    kit.pool.call("SignUp", params)
    confirm(kit, None)
    assert begin(kit, "nina")["AvailableChallenges"] == ["EMAIL_OTP"]
    session = prefer(kit, "EMAIL_OTP", "nina")["Session"]
    code = kit.code("nina", "email_otp")
    assert "AuthenticationResult" in kit.answer("EMAIL_OTP", session, USERNAME="nina", EMAIL_OTP_CODE=code)
    for password in (PASSWORD, " ", "x"):
        with refused("NotAuthorizedException"):
            kit.password("nina", password)
    with refused("NotAuthorizedException"):
        kit.srp("nina")


@pytest.mark.parametrize("options", [{}, {"allowed_first_factors": CODES, "mfa": "ON"}])
def test_elsewhere_a_password_is_needed(options: dict[str, Any]) -> None:
    kit = Kit(**options)
    with pytest.raises(ServiceError, match="Value null at 'password'"):
        kit.pool.call("SignUp", {"ClientId": kit.id, "Username": "nina"})
    made = kit.admin("AdminCreateUser", "nick")["User"]
    assert made["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_a_user_whom_no_code_could_reach_needs_a_password() -> None:
    kit = Kit(allowed_first_factors=("PASSWORD", "SMS_OTP"))
    email = {"Name": "email", "Value": "nina@example.com"}
    with pytest.raises(ServiceError, match="needs an email or phone number"):
        kit.pool.call("SignUp", {"ClientId": kit.id, "Username": "nina", "UserAttributes": [email]})
    with pytest.raises(ServiceError, match="needs an email or phone number"):
        kit.admin("AdminCreateUser", "nina", UserAttributes=[email])
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUser", "nina")


def test_an_administrator_creates_a_user_without_a_password() -> None:
    nora = LocalUser("nora", attributes={"email": "nora@example.com"})
    kit = Kit(users=(nora,), allowed_first_factors=CODES)
    assert kit.admin("AdminGetUser", "nora")["UserStatus"] == "CONFIRMED"
    assert begin(kit, "nora")["AvailableChallenges"] == ["EMAIL_OTP"]
    with pytest.raises(ServiceError, match="The attribute is required"):
        Kit(users=(nora,), allowed_first_factors=CODES, required_attributes=("name",))


# The trigger


def hook(**response: Any) -> Triggers:
    return Triggers(pre_sign_up=lambda event: event | {"response": response})


def test_a_trigger_confirms_and_verifies() -> None:
    events: list[Any] = []

    def trigger(event: dict[str, Any]) -> dict[str, Any]:
        events.append(event)
        return event | {
            "response": {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": True}
        }

    kit = Kit(triggers=Triggers(pre_sign_up=trigger), users=(BOB,))
    answer = sign_up(
        kit, ValidationData=[{"Name": "seat", "Value": "12"}], ClientMetadata={"origin": "booth"}
    )
    assert answer["UserConfirmed"]
    assert "Session" not in answer
    assert "CodeDeliveryDetails" not in answer
    attributes = kit.aws.get_user(AccessToken=kit.tokens("nina")["AccessToken"])["UserAttributes"]
    held = {pair["Name"]: pair["Value"] for pair in attributes}
    assert held["email_verified"] == "true"
    assert "phone_number_verified" not in held
    created, event = events
    assert created["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert event["triggerSource"] == "PreSignUp_SignUp"
    assert event["request"] == {
        "userAttributes": {"email": "nina@example.com"},
        "validationData": {"seat": "12"},
        "clientMetadata": {"origin": "booth"},
    }


def test_a_trigger_refuses() -> None:
    def trigger(_: dict[str, Any]) -> dict[str, Any]:
        raise ValueError("not you")

    kit = Kit(triggers=Triggers(pre_sign_up=trigger), users=())
    with refused("UserLambdaValidationException", "PreSignUp failed with error not you."):
        sign_up(kit)
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUser", "nina")


def test_a_trigger_that_answers_nonsense_adds_nobody() -> None:
    kit = Kit(triggers=hook(autoConfirmUser="yes"), users=())
    with refused("InvalidLambdaResponseException"):
        sign_up(kit)
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        kit.admin("AdminGetUser", "nina")


def test_a_trigger_cannot_verify_an_alias_that_is_taken() -> None:
    kit = Kit(triggers=hook(autoVerifyEmail=True), alias_attributes=("email",))
    attributes = [{"Name": "email", "Value": "alice@example.com"}]
    with refused("AliasExistsException"):
        sign_up(kit, UserAttributes=attributes)
