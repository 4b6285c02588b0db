"""The triggers around sign-up, sign-in and messages: what they are told, and what their answers do."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUser, Triggers
from tests.local.kit import ALICE, OTHER_PASSWORD, PASSWORD, Kit, refused

Event = dict[str, Any]
EMAIL = [{"Name": "email", "Value": "nina@example.com"}]
WRONG = "Incorrect username or password."


class Hook:
    """A trigger that answers what it was told to, or raises it, and keeps its events."""

    def __init__(self, raises: str = "", **response: Any) -> None:
        self.raises = raises
        self.response = response
        self.events: list[Event] = []

    def __call__(self, event: Event) -> Event:
        self.events.append(event)
        if self.raises:
            raise ValueError(self.raises)
        return event | {"response": event["response"] | self.response}

    @property
    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events]


def kit_of(**options: Any) -> Kit:
    triggers = {name: options.pop(name) for name in [*options] if name in Triggers.__dataclass_fields__}
    return Kit(**{"users": (ALICE,)} | options, triggers=Triggers(**triggers))


def sign_up(kit: Kit, username: str = "nina", **more: Any) -> Any:
    return kit.aws.sign_up(
        ClientId=kit.id, Username=username, Password=PASSWORD, UserAttributes=EMAIL, **more
    )


def confirm(kit: Kit, username: str = "nina", **more: Any) -> Any:
    code = kit.pool.outbox.latest(username).code
    return kit.aws.confirm_sign_up(ClientId=kit.id, Username=username, ConfirmationCode=code, **more)


# Post confirmation


def test_a_confirmed_sign_up_is_told() -> None:
    hook = Hook()
    kit = kit_of(post_confirmation=hook)
    sub = sign_up(kit)["UserSub"]
    assert hook.events == []
    confirm(kit, ClientMetadata={"from": "web"})
    assert hook.events == [
        {
            "version": "1",
            "triggerSource": "PostConfirmation_ConfirmSignUp",
            "region": "us-east-1",
            "userPoolId": kit.pool_id,
            "userName": "nina",
            "callerContext": {"awsSdkVersion": "local", "clientId": kit.id},
            "request": {
                "userAttributes": {
                    "sub": sub,
                    "email": "nina@example.com",
                    "email_verified": "true",
                    "cognito:user_status": "CONFIRMED",
                },
                "clientMetadata": {"from": "web"},
            },
            "response": {},
        }
    ]


def test_so_is_one_that_an_administrator_or_the_pre_sign_up_trigger_confirms() -> None:
    hook = Hook()
    kit = kit_of(post_confirmation=hook)
    sign_up(kit)
    kit.admin("AdminConfirmSignUp", "nina")
    assert hook.events[0]["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    kit = kit_of(post_confirmation=hook, pre_sign_up=Hook(autoConfirmUser=True))
    sign_up(kit)
    assert hook.sources == ["PostConfirmation_ConfirmSignUp"] * 2


def test_a_reset_password_is_told_and_a_changed_one_is_not() -> None:
    hook = Hook()
    kit = kit_of(post_confirmation=hook)
    kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    code = kit.pool.outbox.latest("alice").code
    kit.aws.confirm_forgot_password(
        ClientId=kit.id, Username="alice", ConfirmationCode=code, Password=OTHER_PASSWORD
    )
    access = kit.tokens("alice", OTHER_PASSWORD)["AccessToken"]
    kit.aws.change_password(AccessToken=access, PreviousPassword=OTHER_PASSWORD, ProposedPassword=PASSWORD)
    assert hook.sources == ["PostConfirmation_ConfirmForgotPassword"]


def test_who_is_confirmed_stays_so_whatever_the_trigger_raises() -> None:
    kit = kit_of(post_confirmation=Hook("no row"))
    sign_up(kit)
    with refused("UserLambdaValidationException", "PostConfirmation failed with error no row."):
        confirm(kit)
    assert kit.admin("AdminGetUser", "nina")["UserStatus"] == "CONFIRMED"


# Pre and post authentication


def begin(kit: Kit, flow: str, username: str = "alice", **more: Any) -> Any:
    values = {"USERNAME": username, "PASSWORD": PASSWORD, "SRP_A": "abc123"}
    return kit.aws.initiate_auth(ClientId=kit.id, AuthFlow=flow, AuthParameters=values, **more)


FLOWS = ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"]


@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_asks_before_anything_is_proven(flow: str) -> None:
    hook = Hook()
    ask = Hook(issueTokens=True)
    kit = kit_of(pre_authentication=hook, define_auth_challenge=ask)
    begin(kit, flow, ClientMetadata={"device": "phone"})
    request = hook.events[0]["request"]
    assert hook.sources == ["PreAuthentication_Authentication"]
    assert request["userAttributes"]["email"] == "alice@example.com"
    assert (request["validationData"], request["userNotFound"]) == ({"device": "phone"}, False)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("username", ["alice", "nobody"])
def test_it_refuses_a_sign_in_whether_somebody_has_the_name_or_not(flow: str, username: str) -> None:
    kit = kit_of(pre_authentication=Hook("not from here"), define_auth_challenge=Hook(issueTokens=True))
    with refused("UserLambdaValidationException", "PreAuthentication failed with error not from here."):
        begin(kit, flow, username)


def test_it_is_told_that_nobody_has_a_name_where_that_is_hidden() -> None:
    hook = Hook()
    kit = kit_of(pre_authentication=hook)
    with refused("NotAuthorizedException", WRONG):
        kit.password("nobody")
    assert hook.events[0]["userName"] == "nobody"
    assert hook.events[0]["request"] == {"userAttributes": {}, "validationData": {}, "userNotFound": True}


def test_a_refresh_is_no_sign_in() -> None:
    before, after = Hook(), Hook()
    kit = kit_of(pre_authentication=before, post_authentication=after)
    refresh = kit.tokens()["RefreshToken"]
    kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=refresh)
    assert (len(before.events), len(after.events)) == (1, 1)


def test_a_sign_in_is_told_once_everything_is_proven() -> None:
    hook = Hook()
    kit = kit_of(post_authentication=hook)
    with refused("NotAuthorizedException", WRONG):
        kit.password(password="Wrong-horse-7")
    client, challenge = kit.start_srp()
    assert hook.events == []
    kit.aws.respond_to_auth_challenge(
        ClientId=kit.id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=kit.proof(client, challenge),
        ClientMetadata={"from": "web"},
    )
    assert hook.sources == ["PostAuthentication_Authentication"]
    request = hook.events[0]["request"]
    assert request["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert (request["newDeviceUsed"], request["clientMetadata"]) == (False, {"from": "web"})


def test_it_is_told_of_a_new_device_where_devices_are_tracked() -> None:
    hook = Hook()
    kit = kit_of(post_authentication=hook, device_tracking="ALWAYS")
    kit.password()
    assert hook.events[0]["request"]["newDeviceUsed"] is True


def test_it_refuses_a_sign_in_and_no_tokens_are_issued() -> None:
    kit = kit_of(post_authentication=Hook("banned"))
    with refused("UserLambdaValidationException", "PostAuthentication failed with error banned."):
        kit.password()
    assert not kit.pool._plane.tokens._grants


# Custom message


def test_each_occasion_has_its_own_source() -> None:
    hook = Hook()
    kit = kit_of(
        custom_message=hook, allowed_first_factors=("PASSWORD", "EMAIL_OTP"), mfa_methods=("EMAIL_OTP",)
    )
    kit.admin("AdminCreateUser", "bea", UserAttributes=EMAIL, TemporaryPassword=PASSWORD)
    sign_up(kit)
    kit.aws.resend_confirmation_code(ClientId=kit.id, Username="nina")
    kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    access = kit.tokens()["AccessToken"]
    moved = [{"Name": "email", "Value": "new@example.com"}]
    kit.aws.update_user_attributes(AccessToken=access, UserAttributes=moved)
    kit.aws.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
    code = kit.pool.outbox.latest("alice").code
    kit.aws.verify_user_attribute(AccessToken=access, AttributeName="email", Code=code)
    begin(kit, "USER_AUTH", "alice")
    values = {"USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="USER_AUTH", AuthParameters=values)
    kit.admin("AdminResetUserPassword", "alice")
    assert hook.sources == [
        "CustomMessage_AdminCreateUser",
        "CustomMessage_SignUp",
        "CustomMessage_ResendCode",
        "CustomMessage_ForgotPassword",
        "CustomMessage_UpdateUserAttribute",
        "CustomMessage_VerifyUserAttribute",
        "CustomMessage_Authentication",
        "CustomMessage_ForgotPassword",
    ]
    clients = [event["callerContext"]["clientId"] == kit.id for event in hook.events]
    assert clients == [False, True, True, True, True, True, True, False]
    # Nothing is told that would let somebody else go on with it.
    assert all(event["request"]["codeParameter"] == "{####}" for event in hook.events)


def test_the_words_go_to_the_outbox_with_the_code_in_them() -> None:
    hook = Hook(emailSubject="Hello", emailMessage="Your code: {####}", smsMessage="{####}")
    kit = kit_of(custom_message=hook)
    sign_up(kit, ClientMetadata={"lang": "de"})
    message = kit.pool.outbox.latest("nina")
    assert (message.subject, message.text) == ("Hello", f"Your code: {message.code}")
    assert message.code not in repr(message)
    assert hook.events[0]["request"]["clientMetadata"] == {"lang": "de"}


def test_an_sms_has_its_own_words_and_no_subject() -> None:
    hook = Hook(emailSubject="Hello", emailMessage="no {####}", smsMessage="Code {####}")
    kit = kit_of(custom_message=hook)
    pairs = [{"Name": "phone_number", "Value": "+4912345"}]
    kit.aws.sign_up(ClientId=kit.id, Username="nina", Password=PASSWORD, UserAttributes=pairs)
    message = kit.pool.outbox.latest("nina")
    assert (message.subject, message.text) == (None, f"Code {message.code}")


def test_an_invitation_names_the_user() -> None:
    kit = kit_of(custom_message=Hook(emailMessage="You are {username}, with {####}"))
    kit.admin("AdminCreateUser", "bea", UserAttributes=EMAIL, TemporaryPassword=PASSWORD)
    assert kit.pool.outbox.latest("bea").text == f"You are bea, with {PASSWORD}"


@pytest.mark.parametrize(
    ("response", "create"),
    [
        ({"emailMessage": "no code"}, False),
        ({"emailMessage": 5}, False),
        ({"emailSubject": ["a"]}, False),
        ({"emailMessage": "{####} without a name"}, True),
    ],
)
def test_words_without_their_placeholders_are_refused(response: dict[str, Any], create: bool) -> None:
    kit = kit_of(custom_message=Hook(**response))
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        if create:
            kit.aws.admin_create_user(UserPoolId=kit.pool_id, Username="bea", UserAttributes=EMAIL)
        else:
            sign_up(kit)
    assert not len(kit.pool.outbox)


def test_a_message_without_words_of_the_trigger_is_the_services_own() -> None:
    kit = kit_of(custom_message=Hook())
    sign_up(kit)
    message = kit.pool.outbox.latest("nina")
    assert (message.subject, message.text) == (None, None)


def test_what_the_trigger_raises_is_answered_and_nothing_is_sent() -> None:
    kit = kit_of(custom_message=Hook("no template"))
    with refused("UserLambdaValidationException", "CustomMessage failed with error no template."):
        kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    assert not len(kit.pool.outbox)


# User migration

OLD = {"email": "old@example.com", "email_verified": "true", "sub": "of-old", "username": "of-old"}


def migrated(**response: Any) -> Hook:
    return Hook(
        **{"userAttributes": OLD, "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS"} | response
    )


def test_a_user_is_brought_along_by_the_first_sign_in_with_a_password() -> None:
    hook = migrated()
    kit = kit_of(user_migration=hook)
    old = "short"  # the policy is for new passwords
    answer = kit.aws.initiate_auth(
        ClientId=kit.id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "old", "PASSWORD": old},
        ClientMetadata={"from": "web"},
    )
    access = answer["AuthenticationResult"]["AccessToken"]
    held = {pair["Name"]: pair["Value"] for pair in kit.aws.get_user(AccessToken=access)["UserAttributes"]}
    assert (held["email"], held["email_verified"]) == ("old@example.com", "true")
    assert held["sub"] != "of-old"
    assert hook.sources == ["UserMigration_Authentication"]
    assert hook.events[0]["userName"] == "old"
    assert hook.events[0]["request"] == {"password": old, "validationData": {"from": "web"}}
    assert "AuthenticationResult" in kit.password("old", old)
    assert len(hook.events) == 1
    assert not len(kit.pool.outbox)


def test_one_who_has_to_reset_the_password_is_told_so() -> None:
    for response in ({"finalUserStatus": "RESET_REQUIRED"}, {"finalUserStatus": None}):
        kit = kit_of(user_migration=migrated(**response))
        with refused("PasswordResetRequiredException"):
            kit.password("old")
        assert kit.admin("AdminGetUser", "old")["UserStatus"] == "RESET_REQUIRED"


def test_a_forgotten_password_brings_a_user_along_and_sends_a_code() -> None:
    hook = migrated()
    kit = kit_of(user_migration=hook)
    answer = kit.aws.forgot_password(ClientId=kit.id, Username="old", ClientMetadata={"from": "web"})
    assert answer["CodeDeliveryDetails"]["Destination"] == "o***@e***"
    assert hook.sources == ["UserMigration_ForgotPassword"]
    assert hook.events[0]["request"] == {"clientMetadata": {"from": "web"}}
    code = kit.pool.outbox.latest("old", "forgot_password").code
    kit.aws.confirm_forgot_password(ClientId=kit.id, Username="old", ConfirmationCode=code, Password=PASSWORD)
    assert "AuthenticationResult" in kit.password("old")


@pytest.mark.parametrize("hook", [Hook("bad password"), Hook()])
def test_one_who_is_not_brought_along_is_nobody(hook: Hook) -> None:
    kit = kit_of(user_migration=hook)
    with refused("NotAuthorizedException", WRONG):
        kit.password("old")
    assert kit.aws.forgot_password(ClientId=kit.id, Username="old")["CodeDeliveryDetails"]
    open_pool = kit_of(user_migration=hook, prevent_user_existence_errors=False)
    text = f"Exception migrating user in app client {open_pool.id}"
    with refused("UserNotFoundException", text):
        open_pool.password("old")
    with refused("UserNotFoundException", text):
        open_pool.aws.forgot_password(ClientId=open_pool.id, Username="old")


def test_a_trigger_that_returns_no_event_is_at_fault() -> None:
    kit = kit_of(user_migration=lambda _: None)
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        kit.password("old")


def test_without_the_trigger_nobody_is_told_apart_by_it() -> None:
    kit = kit_of(post_confirmation=Hook(), prevent_user_existence_errors=False)
    with refused("UserNotFoundException", "User does not exist."):
        kit.password("old")
    with refused("UserNotFoundException", "Username/client id combination not found."):
        kit.aws.forgot_password(ClientId=kit.id, Username="old")


def test_guesses_at_a_password_elsewhere_are_slowed_down_too() -> None:
    hook = Hook("bad password")
    kit = kit_of(user_migration=hook)
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            kit.password("old")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        kit.password("old")
    assert len(hook.events) == 5


def test_questions_for_a_forgotten_password_are_counted() -> None:
    hook = Hook("who?")
    kit = kit_of(user_migration=hook)
    for _ in range(5):
        kit.aws.forgot_password(ClientId=kit.id, Username="old")
    with refused("LimitExceededException"):
        kit.aws.forgot_password(ClientId=kit.id, Username="old")
    assert len(hook.events) == 5


def test_a_sign_in_that_hands_over_no_password_asks_for_nobody() -> None:
    hook = migrated()
    kit = kit_of(user_migration=hook)
    kit.start_srp("old")
    begin(kit, "USER_AUTH", "old")
    assert hook.events == []


def test_a_user_of_the_pool_is_not_asked_for() -> None:
    hook = migrated()
    kit = kit_of(user_migration=hook)
    with refused("NotAuthorizedException", WRONG):
        kit.password(password="Wrong-horse-7")
    kit.aws.forgot_password(ClientId=kit.id, Username="alice")
    assert hook.events == []


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"finalUserStatus": "ARCHIVED"}, "InvalidLambdaResponseException"),
        ({"userAttributes": {"email": 5}}, "InvalidLambdaResponseException"),
        ({"userAttributes": [1]}, "InvalidLambdaResponseException"),
        ({"userAttributes": {"custom:none": "x"}}, "InvalidParameterException"),
        ({"userAttributes": {"email": "no address"}}, "InvalidParameterException"),
        ({"messageAction": None, "desiredDeliveryMediums": ["FAX"]}, "InvalidLambdaResponseException"),
        ({"forceAliasCreation": "yes"}, "InvalidLambdaResponseException"),
    ],
)
def test_an_answer_that_makes_no_user_is_refused(response: dict[str, Any], error: str) -> None:
    kit = kit_of(user_migration=migrated(**response))
    with refused(error):
        kit.password("old")
    with refused("UserNotFoundException"):
        kit.aws.admin_get_user(UserPoolId=kit.pool_id, Username="old")


def test_an_address_that_somebody_holds_is_taken_from_nobody_unless_that_is_said() -> None:
    held = LocalUser("holder", password=PASSWORD, attributes={"email": "old@example.com"})
    for force in (False, True):
        kit = kit_of(
            users=(held,), alias_attributes=("email",), user_migration=migrated(forceAliasCreation=force)
        )
        if force:
            kit.password("old")
            assert "AuthenticationResult" in kit.password("old@example.com")
        else:
            with refused("AliasExistsException"):
                kit.password("old")


def test_a_pool_whose_usernames_are_addresses_takes_the_name_for_the_address() -> None:
    kit = kit_of(
        users=(),
        username_attributes=("email",),
        user_migration=migrated(userAttributes={"email_verified": "true"}),
    )
    assert "AuthenticationResult" in kit.password("old@example.com")
    assert "AuthenticationResult" in kit.password("old@example.com")


@pytest.mark.parametrize(("media", "sent"), [(None, []), (["EMAIL"], ["EMAIL"])])
def test_a_welcome_goes_where_the_trigger_says_unless_it_says_not_to(media: Any, sent: list[str]) -> None:
    kit = kit_of(user_migration=migrated(messageAction=None, desiredDeliveryMediums=media))
    kit.password("old")
    assert [message.medium for message in kit.pool.outbox] == sent
    assert {message.purpose for message in kit.pool.outbox} <= {"user_migration"}
