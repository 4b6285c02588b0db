"""Sign-up and password reset: a code works for one user, once, in time, and cannot be guessed at leisure."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Message
from tests.local.kit import ALICE, OTHER_PASSWORD, PASSWORD, Kit, refused, wrong

MISMATCH = "Invalid verification code provided, please try again."
EXPIRED = "Invalid code provided, please request a code again."
LIMIT = "Attempt limit exceeded, please try after some time."
NO_SUCH = "Username/client id combination not found."


@pytest.fixture
def kit() -> Kit:
    return Kit()


def sign_up(kit: Kit, username: str = "carol", password: str = PASSWORD, **attributes: str) -> Any:
    pairs = [
        {"Name": name, "Value": value}
        for name, value in ({"email": f"{username}@example.com"} | attributes).items()
    ]
    return kit.aws.sign_up(
        ClientId=kit.id,
        Username=username,
        Password=password,
        UserAttributes=[pair for pair in pairs if pair["Value"]],
    )


def confirm(kit: Kit, code: str, username: str = "carol", **more: Any) -> Any:
    return kit.aws.confirm_sign_up(ClientId=kit.id, Username=username, ConfirmationCode=code, **more)


def forgot(kit: Kit, username: str = "alice") -> Any:
    return kit.aws.forgot_password(ClientId=kit.id, Username=username)["CodeDeliveryDetails"]


def reset(kit: Kit, code: str, password: str = OTHER_PASSWORD, username: str = "alice") -> Any:
    return kit.aws.confirm_forgot_password(
        ClientId=kit.id, Username=username, ConfirmationCode=code, Password=password
    )


# Sign-up


def test_sign_up_sends_a_code_that_confirms_and_verifies_the_email(kit: Kit) -> None:
    answer = sign_up(kit)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "c***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }  # fmt: skip
    message = kit.pool.outbox.latest("carol", "sign_up")
    assert message.destination == "carol@example.com"
    assert message.code not in repr(message)
    assert message.sent_at.timestamp() == kit.clock.now
    confirm(kit, message.code)
    user = kit.admin("AdminGetUser", "carol")
    assert user["UserStatus"] == "CONFIRMED"
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]
    assert {"Name": "sub", "Value": answer["UserSub"]} in user["UserAttributes"]
    with refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
        confirm(kit, message.code)


def test_a_phone_number_is_verified_when_it_is_the_only_contact(kit: Kit) -> None:
    details = sign_up(kit, email="", phone_number="+493012349934")["CodeDeliveryDetails"]
    assert details["Destination"] == "+*******9934"
    confirm(kit, kit.code("carol", "sign_up"))
    attributes = kit.admin("AdminGetUser", "carol")["UserAttributes"]
    assert {"Name": "phone_number_verified", "Value": "true"} in attributes


def test_without_a_contact_no_code_goes_out() -> None:
    kit = Kit(prevent_user_existence_errors=False)
    assert "CodeDeliveryDetails" not in sign_up(kit, email="")
    with refused("ExpiredCodeException", EXPIRED):
        confirm(kit, "123456")
    with refused("InvalidParameterException", "Cannot resend codes. Auto verification not turned on."):
        kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")


def test_a_wrong_sign_up_code_is_refused_and_fifteen_are_enough(kit: Kit) -> None:
    sign_up(kit)
    code = kit.code("carol", "sign_up")
    for _ in range(15):
        with refused("CodeMismatchException", MISMATCH):
            confirm(kit, wrong(code))
    with refused("LimitExceededException", LIMIT):
        confirm(kit, code)


def test_fifteen_wrong_guesses_end_a_sign_up_code_however_slow_they_are(kit: Kit) -> None:
    """The hourly limit alone would give a guesser a new hour's worth as long as the code lives."""
    sign_up(kit)
    code = kit.code("carol", "sign_up")
    for _ in range(15):
        with refused("CodeMismatchException", MISMATCH):
            confirm(kit, wrong(code))
        kit.clock.advance(3600)
    with refused("CodeMismatchException", MISMATCH):
        confirm(kit, code)
    kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")
    confirm(kit, kit.code("carol", "resend"))


def test_fourteen_wrong_guesses_leave_a_sign_up_code_open(kit: Kit) -> None:
    sign_up(kit)
    code = kit.code("carol", "sign_up")
    for _ in range(14):
        with refused("CodeMismatchException", MISMATCH):
            confirm(kit, wrong(code))
    confirm(kit, code)


def test_a_code_that_guesses_have_ended_tells_nobody_from_somebody(kit: Kit) -> None:
    sign_up(kit)
    for _ in range(20):
        for username in ("carol", "nobody"):
            with refused("CodeMismatchException", MISMATCH):
                confirm(kit, wrong(kit.code("carol", "sign_up")), username)
        kit.clock.advance(3600)


def test_a_sign_up_code_expires_after_a_day(kit: Kit) -> None:
    sign_up(kit)
    kit.clock.advance(24 * 3600)
    with refused("ExpiredCodeException", EXPIRED):
        confirm(kit, kit.code("carol", "sign_up"))


def test_a_code_of_another_user_is_refused(kit: Kit) -> None:
    sign_up(kit)
    sign_up(kit, "dave")
    code = kit.code("dave", "sign_up")
    if code == kit.code("carol", "sign_up"):  # pragma: no cover - one time in a million
        return
    with refused("CodeMismatchException", MISMATCH):
        confirm(kit, code)


def test_a_resent_code_replaces_the_first(kit: Kit) -> None:
    sign_up(kit)
    first = kit.code("carol", "sign_up")
    for _ in range(5):
        details = kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")["CodeDeliveryDetails"]
    assert details["Destination"] == "c***@e***"
    with refused("LimitExceededException", LIMIT):
        kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")
    second = kit.code("carol", "resend")
    if first != second:
        with refused("CodeMismatchException", MISMATCH):
            confirm(kit, first)
    confirm(kit, second)
    kit.clock.advance(3600)
    with refused("InvalidParameterException", "User is already confirmed."):
        kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")


def test_a_code_verifies_only_the_address_that_it_was_sent_to(kit: Kit) -> None:
    sign_up(kit)
    kit.admin(
        "AdminUpdateUserAttributes", "carol", UserAttributes=[{"Name": "email", "Value": "x@example.com"}]
    )
    with refused("ExpiredCodeException", EXPIRED):
        confirm(kit, kit.code("carol", "sign_up"))


def test_a_disabled_user_is_neither_confirmed_nor_sent_a_code() -> None:
    kit = Kit(prevent_user_existence_errors=False)
    sign_up(kit)
    kit.admin("AdminDisableUser", "carol")
    with refused("NotAuthorizedException", "User is disabled."):
        confirm(kit, kit.code("carol", "sign_up"))
    with refused("NotAuthorizedException", "User is disabled."):
        kit.aws.resend_confirmation_code(ClientId=kit.id, Username="carol")


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("Abc-12x", "Password not long enough"),
        ("abcdef-1", "Password must have uppercase characters"),
        ("ABCDEF-1", "Password must have lowercase characters"),
        ("Abcdef-x", "Password must have numeric characters"),
        ("Abcdefg1", "Password must have symbol characters"),
    ],
)
def test_a_weak_password_is_refused(kit: Kit, password: str, text: str) -> None:
    with refused("InvalidPasswordException", f"Password did not conform with policy: {text}"):
        sign_up(kit, password=password)
    assert len(kit.pool.outbox) == 0


def test_an_inner_space_counts_as_a_symbol(kit: Kit) -> None:
    assert sign_up(kit, password="Abcdef 12")["UserSub"]


def test_sign_up_without_a_password_is_refused(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        kit.aws.sign_up(ClientId=kit.id, Username="carol")


def test_sign_up_can_be_closed(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        sign_up(kit)


def test_a_taken_name_is_refused(kit: Kit) -> None:
    with refused("UsernameExistsException", "User already exists"):
        sign_up(kit, "alice")
    sub = kit.admin("AdminGetUser")["UserAttributes"][0]["Value"]
    with refused("UsernameExistsException", "User already exists"):
        sign_up(kit, sub)


@pytest.mark.parametrize(
    ("attributes", "name", "text"),
    [
        ({"email": "nonsense"}, "InvalidParameterException", "Invalid email address format."),
        ({"phone_number": "0123"}, "InvalidParameterException", "Invalid phone number format."),
        ({"sub": "x"}, "InvalidParameterException", "Cannot modify the non-mutable attribute sub"),
        (
            {"email_verified": "true"},
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        (
            {"custom:x": "1"},
            "InvalidParameterException",
            "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
        ),
        (
            {"birthdate": "1"},
            "InvalidParameterException",
            (
                "Attributes did not conform to the schema: "
                "birthdate: The attribute value does not fit the schema.\n"
            ),
        ),
        ({"updated_at": "soon"}, "InvalidParameterException", None),
        ({"updated_at": "-1"}, "InvalidParameterException", None),
    ],
)
def test_a_bad_attribute_is_refused(
    kit: Kit, attributes: dict[str, str], name: str, text: str | None
) -> None:
    with refused(name, text):
        sign_up(kit, **attributes)


def test_a_required_attribute_is_demanded() -> None:
    kit = Kit(users=(), required_attributes=("email", "name"))
    text = "Attributes did not conform to the schema: name: The attribute is required\n"
    with refused("InvalidParameterException", text):
        sign_up(kit)


def test_username_attributes_rule_the_username() -> None:
    kit = Kit(users=(), username_attributes=("email",))
    with refused("InvalidParameterException", "Username should be an email."):
        sign_up(kit, "carol", email="")
    text = "User email should be empty or same as username, since username attribute is email."
    with refused("InvalidParameterException", text):
        sign_up(kit, "carol@example.com", email="other@example.com")
    answer = sign_up(kit, "carol@example.com", email="")
    assert kit.admin("AdminGetUser", "carol@example.com")["Username"] == answer["UserSub"]
    confirm(kit, kit.code("carol@example.com", "sign_up"), "carol@example.com")
    with refused("UsernameExistsException", "An account with the given email already exists."):
        sign_up(kit, "carol@example.com", email="")


def test_an_alias_is_taken_only_by_force() -> None:
    kit = Kit(users=(ALICE,), alias_attributes=("email",))
    text = "Username cannot be of email format, since user pool is configured for email alias."
    with refused("InvalidParameterException", text):
        sign_up(kit, "c@example.com", email="")
    sign_up(kit, "carol", email="alice@example.com")
    code = kit.code("carol", "sign_up")
    with refused("AliasExistsException", "An account with the email already exists."):
        confirm(kit, code)
    confirm(kit, code, ForceAliasCreation=True)
    assert kit.start_srp("alice@example.com")[1]["USERNAME"] == "carol"


# Reset


def test_a_reset_code_sets_a_new_password(kit: Kit) -> None:
    assert forgot(kit) == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    reset(kit, kit.code("alice", "forgot_password"))
    with refused("NotAuthorizedException"):
        kit.password()
    assert "AuthenticationResult" in kit.password(password=OTHER_PASSWORD)
    with refused("ExpiredCodeException", EXPIRED):
        reset(kit, kit.code("alice", "forgot_password"), PASSWORD)


def test_a_reset_code_expires_after_an_hour(kit: Kit) -> None:
    forgot(kit)
    kit.clock.advance(3600)
    with refused("ExpiredCodeException", EXPIRED):
        reset(kit, kit.code("alice", "forgot_password"))


def test_a_wrong_reset_code_is_refused_before_the_policy_and_five_are_enough(kit: Kit) -> None:
    forgot(kit)
    code = kit.code("alice", "forgot_password")
    for _ in range(5):
        with refused("CodeMismatchException", MISMATCH):
            reset(kit, wrong(code), "weak-password")
    with refused("LimitExceededException", LIMIT):
        reset(kit, code)
    assert "AuthenticationResult" in kit.password()


def test_a_weak_new_password_leaves_the_code_open(kit: Kit) -> None:
    forgot(kit)
    code = kit.code("alice", "forgot_password")
    with refused("InvalidPasswordException"):
        reset(kit, code, "weak-password")
    reset(kit, code)


def test_codes_can_be_asked_for_five_times_an_hour(kit: Kit) -> None:
    for name in ("alice", "nobody"):
        for _ in range(5):
            forgot(kit, name)
        with refused("LimitExceededException", LIMIT):
            forgot(kit, name)


def test_a_reset_code_is_worthless_once_its_address_changed(kit: Kit) -> None:
    forgot(kit)
    kit.admin("AdminUpdateUserAttributes", UserAttributes=[{"Name": "email", "Value": "x@example.com"}])
    with refused("ExpiredCodeException", EXPIRED):
        reset(kit, kit.code("alice", "forgot_password"))


def test_a_code_never_goes_to_an_unverified_contact() -> None:
    kit = Kit(
        users=(
            LocalUser(
                "erin", password=PASSWORD, attributes={"email": "e@example.com", "email_verified": "false"}
            ),
        ),
        prevent_user_existence_errors=False,
    )
    text = "Cannot reset password for the user as there is no registered/verified email or phone_number"
    with refused("InvalidParameterException", text):
        forgot(kit, "erin")
    assert len(kit.pool.outbox) == 0


def test_a_phone_that_is_the_second_factor_does_not_reset_the_first() -> None:
    both = {"email": "f@example.com", "phone_number": "+493012349934", "phone_number_verified": "true"}
    kit = Kit(users=(LocalUser("finn", password=PASSWORD, attributes=both),))
    assert forgot(kit, "finn")["DeliveryMedium"] == "SMS"
    kit.admin("AdminSetUserMFAPreference", "finn", SMSMfaSettings={"Enabled": True})
    assert forgot(kit, "finn")["DeliveryMedium"] == "EMAIL"


def test_a_user_in_the_wrong_state_cannot_reset(kit: Kit) -> None:
    kit.admin("AdminCreateUser", "tina", UserAttributes=[{"Name": "email", "Value": "t@example.com"}])
    with refused("NotAuthorizedException", "User password cannot be reset in the current state."):
        forgot(kit, "tina")
    forgot(kit)
    kit.admin("AdminSetUserPassword", Password=PASSWORD, Permanent=False)
    with refused("ExpiredCodeException", EXPIRED):
        reset(kit, kit.code("alice", "forgot_password"))


def test_unknown_users_are_named_under_legacy() -> None:
    kit = Kit(prevent_user_existence_errors=False)
    with refused("UserNotFoundException", NO_SUCH):
        forgot(kit, "nobody")
    with refused("UserNotFoundException", NO_SUCH):
        reset(kit, "123456", username="nobody")
    with refused("UserNotFoundException", NO_SUCH):
        confirm(kit, "123456", "nobody")
    with refused("UserNotFoundException", NO_SUCH):
        kit.aws.resend_confirmation_code(ClientId=kit.id, Username="nobody")


def test_a_disabled_user_is_named_under_legacy() -> None:
    kit = Kit(prevent_user_existence_errors=False)
    kit.admin("AdminDisableUser")
    with refused("NotAuthorizedException", "User is disabled."):
        forgot(kit)
    with refused("NotAuthorizedException", "User is disabled."):
        reset(kit, "123456")


@pytest.mark.parametrize(
    ("name", "destination"),
    [("who@example.com", "w***@e***"), ("+491230001234", "+*******1234"), ("nobody", None)],
)
def test_unknown_users_look_like_known_ones(kit: Kit, name: str, destination: str | None) -> None:
    """PreventUserExistenceErrors ENABLED: simulated deliveries, stable per name, and ordinary refusals."""
    with refused("ExpiredCodeException", EXPIRED):
        reset(kit, "123456", username=name)
    first, second = forgot(kit, name), forgot(kit, name)
    assert first == second
    assert destination in {None, first["Destination"]}
    assert set(first) == {"Destination", "DeliveryMedium", "AttributeName"}
    with refused("CodeMismatchException", MISMATCH):
        reset(kit, "123456", username=name)
    assert kit.aws.resend_confirmation_code(ClientId=kit.id, Username=name)["CodeDeliveryDetails"] == first
    with refused("CodeMismatchException", MISMATCH):
        confirm(kit, "123456", name)
    assert len(kit.pool.outbox) == 0


def test_a_disabled_user_looks_like_an_unknown_one(kit: Kit) -> None:
    kit.admin("AdminDisableUser")
    assert forgot(kit)["AttributeName"] == "email"
    assert len(kit.pool.outbox) == 0
    code = kit.pool._plane.codes
    value = next(iter(code._open.values())).value
    with refused("CodeMismatchException", MISMATCH):
        reset(kit, value)


# ChangePassword


def test_change_password_demands_the_previous_one_first(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    with refused("InvalidParameterException", "Missing required parameter OldPassword"):
        kit.aws.change_password(AccessToken=access, ProposedPassword=OTHER_PASSWORD)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.aws.change_password(
            AccessToken=access, PreviousPassword=OTHER_PASSWORD, ProposedPassword="weak-password"
        )
    with refused("InvalidPasswordException"):
        kit.aws.change_password(
            AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword="weak-password"
        )
    kit.aws.change_password(AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)
    assert "AuthenticationResult" in kit.password(password=OTHER_PASSWORD)


def test_change_password_takes_five_wrong_guesses_an_hour(kit: Kit) -> None:
    access = kit.tokens()["AccessToken"]
    for _ in range(5):
        with refused("NotAuthorizedException"):
            kit.aws.change_password(
                AccessToken=access, PreviousPassword="Wrong-one-1", ProposedPassword=OTHER_PASSWORD
            )
    with refused("LimitExceededException", LIMIT):
        kit.aws.change_password(
            AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD
        )


# The outbox


def test_the_outbox_is_newest_first_and_calls_back() -> None:
    seen: list[Message] = []
    kit = Kit(on_message=seen.append)
    forgot(kit)
    forgot(kit, "bob")
    assert [message.username for message in kit.pool.outbox] == ["bob", "alice"]
    assert [message.username for message in seen] == ["alice", "bob"]
    assert kit.pool.outbox.latest().username == "bob"
    assert kit.pool.outbox.latest("alice@example.com").username == "alice"
    with pytest.raises(LookupError, match="no message for username='carol'"):
        kit.pool.outbox.latest("carol")
