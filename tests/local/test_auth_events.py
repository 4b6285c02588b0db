"""What threat protection keeps of sign-ins, which addresses it blocks, and what is said of an event."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import threat_protection
from tests.local.domain.kit import DomainKit
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused

EMAIL = {"Subject": "Was it you?", "TextBody": "{username} from {ip-address}: {event-id} {feedback-token}"}
NOTIFY = {
    "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
    "From": "pool@example.com",
    "BlockEmail": EMAIL,
}
TAKEOVER = {
    "NotifyConfiguration": NOTIFY,
    "Actions": {"HighAction": {"Notify": True, "EventAction": "BLOCK"}},
}
BLOCKED = {"BlockedIPRangeList": ["198.51.100.0/24", "2001:db8::/32"]}


def protect(kit: Kit, mode: str = "AUDIT", tier: str = "PLUS") -> None:
    kit.aws.update_user_pool(
        UserPoolId=kit.pool_id,
        UserPoolTier=tier,
        UserPoolAddOns={"AdvancedSecurityMode": mode},
        AutoVerifiedAttributes=["email"],
    )


@pytest.fixture
def kit() -> Kit:
    kit = Kit(
        explicit_auth_flows=[
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ]
    )
    protect(kit)
    return kit


def events(kit: Kit, username: str = "alice", **more: Any) -> Any:
    return kit.aws.admin_list_user_auth_events(UserPoolId=kit.pool_id, Username=username, **more)[
        "AuthEvents"
    ]


def sign_in_from(kit: Kit, address: str, password: str = PASSWORD, username: str = "alice") -> Any:
    return kit.aws.admin_initiate_auth(
        UserPoolId=kit.pool_id,
        ClientId=kit.id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
        ContextData={"IpAddress": address, "ServerName": "app", "ServerPath": "/", "HttpHeaders": []},
    )


def block(kit: Kit, mode: str = "ENFORCED", **more: Any) -> None:
    protect(kit, mode)
    kit.aws.set_risk_configuration(UserPoolId=kit.pool_id, RiskExceptionConfiguration=BLOCKED, **more)


def test_a_sign_in_is_an_event_with_its_result(kit: Kit) -> None:
    with refused("NotAuthorizedException"):
        kit.password(password="wrong")
    kit.clock.advance(1)
    sign_in_from(kit, "192.0.2.1")
    newest, oldest = events(kit)
    assert (newest["EventType"], newest["EventResponse"]) == ("SignIn", "Pass")
    assert newest["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    assert newest["EventContextData"] == {"IpAddress": "192.0.2.1"}
    assert newest["EventRisk"] == {"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": False}
    assert newest["CreationDate"].timestamp() == kit.clock.now
    assert (oldest["EventResponse"], oldest["EventContextData"]) == ("Fail", {})
    assert oldest["ChallengeResponses"][0]["ChallengeResponse"] == "Failure"


def test_a_sign_in_of_several_steps_is_one_event(kit: Kit) -> None:
    secret = kit.enroll_totp()
    client, challenge = kit.start_srp()
    assert events(kit)[0]["EventResponse"] == "InProgress"
    session = kit.answer("PASSWORD_VERIFIER", None, **kit.proof(client, challenge))["Session"]
    assert events(kit)[0]["EventResponse"] == "InProgress"
    kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="alice", SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret))
    first, *others = events(kit)
    assert first["EventResponse"] == "Pass"
    assert [(each["ChallengeName"], each["ChallengeResponse"]) for each in first["ChallengeResponses"]] == [
        ("Password", "Success"),
        ("Mfa", "Success"),
    ]
    assert len(others) == 1


def test_what_else_users_do_with_passwords_is_kept_too(kit: Kit) -> None:
    kit.aws.sign_up(
        ClientId=kit.id,
        Username="eve",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "eve@example.com"}],
    )
    kit.aws.resend_confirmation_code(ClientId=kit.id, Username="eve")
    kit.aws.confirm_sign_up(
        ClientId=kit.id, Username="eve", ConfirmationCode=kit.pool.outbox.latest("eve").code
    )
    kit.aws.forgot_password(ClientId=kit.id, Username="eve")
    kit.aws.confirm_forgot_password(
        ClientId=kit.id,
        Username="eve",
        ConfirmationCode=kit.code("eve", "forgot_password"),
        Password=OTHER_PASSWORD,
    )
    access = kit.tokens("eve", OTHER_PASSWORD)["AccessToken"]
    kit.aws.change_password(AccessToken=access, PreviousPassword=OTHER_PASSWORD, ProposedPassword=PASSWORD)
    with refused("NotAuthorizedException"):
        kit.aws.change_password(AccessToken="a.b.c", PreviousPassword=PASSWORD, ProposedPassword=PASSWORD)
    kinds = [event["EventType"] for event in reversed(events(kit, "eve"))]
    assert kinds == ["SignUp", "ResendCode", "ForgotPassword", "PasswordChange", "SignIn", "PasswordChange"]


def test_a_refresh_is_no_event(kit: Kit) -> None:
    tokens = kit.tokens()
    kit.aws.initiate_auth(
        ClientId=kit.id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )
    assert len(events(kit)) == 1


def test_a_sign_in_at_the_domain_is_an_event() -> None:
    kit = DomainKit()
    protect(kit)
    kit.sign_in(password="wrong")
    kit.sign_in()
    assert [event["EventResponse"] for event in events(kit)] == ["Pass", "Fail"]


def test_nothing_is_kept_where_threat_protection_is_off(kit: Kit) -> None:
    for mode, tier in (("OFF", "PLUS"), ("OFF", "ESSENTIALS")):
        protect(kit, mode, tier)
        kit.tokens()
        with refused("UserPoolAddOnNotEnabledException"):
            events(kit)
        with refused("UserPoolAddOnNotEnabledException"):
            kit.aws.describe_risk_configuration(UserPoolId=kit.pool_id)
        with refused("UserPoolAddOnNotEnabledException"):
            kit.aws.admin_update_auth_event_feedback(
                UserPoolId=kit.pool_id, Username="alice", EventId="1", FeedbackValue="Valid"
            )
    protect(kit)
    assert events(kit) == []


def test_the_newest_events_of_a_user_are_kept(kit: Kit) -> None:
    for _ in range(threat_protection.KEPT + 5):
        kit.start_srp()
    (history,) = kit.pool._plane.directory.auth_histories.values()
    assert len(history.events) == len(history.steps) == threat_protection.KEPT


def test_events_come_in_pages(kit: Kit) -> None:
    for _ in range(3):
        kit.tokens()
    first = kit.aws.admin_list_user_auth_events(UserPoolId=kit.pool_id, Username="alice", MaxResults=2)
    rest = events(kit, MaxResults=2, NextToken=first["NextToken"])
    assert first["NextToken"].endswith("Z")
    assert [event["EventId"] for event in first["AuthEvents"] + rest] == [
        event["EventId"] for event in events(kit, MaxResults=0)
    ]
    assert events(kit, MaxResults=2, NextToken="unknown#2020Z") == first["AuthEvents"]
    with refused("UserNotFoundException"):
        events(kit, "nobody")


def test_looking_changes_nothing(kit: Kit) -> None:
    assert events(kit) == []
    assert not kit.pool._plane.directory.auth_histories


def test_a_deleted_user_leaves_no_event_behind(kit: Kit) -> None:
    kit.tokens()
    kit.admin("AdminDeleteUser")
    assert not kit.pool._plane.directory.auth_histories


def test_an_administrator_says_what_an_event_was(kit: Kit) -> None:
    kit.tokens()
    event = events(kit)[0]["EventId"]
    named = {"UserPoolId": kit.pool_id, "Username": "alice", "FeedbackValue": "Invalid"}
    kit.aws.admin_update_auth_event_feedback(EventId=event, **named)
    feedback = events(kit)[0]["EventFeedback"]
    assert (feedback["FeedbackValue"], feedback["Provider"]) == ("Invalid", "Admin")
    with refused("ResourceNotFoundException"):
        kit.aws.admin_update_auth_event_feedback(EventId="other", **named)


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8::7"])
def test_a_blocked_address_signs_nobody_in(kit: Kit, address: str) -> None:
    block(kit)
    for username in ("alice", "nobody"):
        with refused("NotAuthorizedException", "Unable to login because of security reasons."):
            sign_in_from(kit, address, username=username)
    assert events(kit)[0]["EventRisk"]["RiskDecision"] == "Block"
    assert sign_in_from(kit, "192.0.2.1")["AuthenticationResult"]
    assert sign_in_from(kit, "no address")["AuthenticationResult"]


def test_auditing_blocks_nobody(kit: Kit) -> None:
    block(kit, "AUDIT")
    assert sign_in_from(kit, "198.51.100.7")["AuthenticationResult"]


def test_an_app_client_can_have_other_ranges(kit: Kit) -> None:
    block(kit)
    kit.aws.set_risk_configuration(
        UserPoolId=kit.pool_id,
        ClientId=kit.id,
        RiskExceptionConfiguration={"BlockedIPRangeList": ["192.0.2.0/24"]},
    )
    assert sign_in_from(kit, "198.51.100.7")["AuthenticationResult"]
    with refused("NotAuthorizedException"):
        sign_in_from(kit, "192.0.2.1")
    kit.aws.set_risk_configuration(UserPoolId=kit.pool_id, ClientId=kit.id)
    assert sign_in_from(kit, "192.0.2.1")["AuthenticationResult"]


def test_a_user_names_an_address_where_the_app_client_takes_it_alone() -> None:
    """Anybody can say anything of where they are; a server with the secret is asked about its users."""
    kit = Kit(client_secret=True)
    block(kit)
    request = {
        "ClientId": kit.id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "alice", "PASSWORD": PASSWORD} | kit.with_hash("alice"),
        "UserContextData": {"IpAddress": "198.51.100.7"},
    }
    kit.aws.initiate_auth(**request)
    assert events(kit)[0]["EventContextData"] == {}
    kit.aws.update_user_pool_client(
        UserPoolId=kit.pool_id,
        ClientId=kit.id,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        EnablePropagateAdditionalUserContextData=True,
    )
    with refused("NotAuthorizedException"):
        kit.aws.initiate_auth(**request)


def test_a_user_is_asked_by_mail_and_answers_once(kit: Kit) -> None:
    block(kit, AccountTakeoverRiskConfiguration=TAKEOVER)
    with refused("NotAuthorizedException"):
        sign_in_from(kit, "198.51.100.7")
    event = events(kit)[0]["EventId"]
    message = kit.pool.outbox.latest("alice", "auth_event_feedback")
    assert (message.destination, message.subject) == ("alice@example.com", "Was it you?")
    assert message.text == f"alice from 198.51.100.7: {event} {message.code}"
    named = {
        "UserPoolId": kit.pool_id,
        "Username": "alice",
        "EventId": event,
        "FeedbackValue": "Invalid",
    }
    for wrong in (
        named | {"FeedbackToken": "x" * len(message.code)},
        named | {"FeedbackToken": message.code, "Username": "bob"},
        named | {"FeedbackToken": message.code, "EventId": "other"},
    ):
        with refused("NotAuthorizedException", "Invalid feedback token"):
            kit.aws.update_auth_event_feedback(**wrong)
    kit.aws.update_auth_event_feedback(FeedbackToken=message.code, **named)
    assert events(kit)[0]["EventFeedback"]["Provider"] == "User"
    with refused("NotAuthorizedException", "Invalid feedback token"):
        kit.aws.update_auth_event_feedback(FeedbackToken=message.code, **named)


def test_an_inbox_is_not_filled_by_trying(kit: Kit) -> None:
    block(kit, AccountTakeoverRiskConfiguration=TAKEOVER)
    for _ in range(8):
        with refused("NotAuthorizedException"):
            sign_in_from(kit, "198.51.100.7")
    assert len(kit.pool.outbox) == 5


def test_a_risk_configuration_is_kept_and_taken_back(kit: Kit) -> None:
    compromised = {"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}}
    answer = kit.aws.set_risk_configuration(
        UserPoolId=kit.pool_id,
        CompromisedCredentialsRiskConfiguration=compromised,
        AccountTakeoverRiskConfiguration=TAKEOVER,
    )["RiskConfiguration"]
    shown = kit.aws.describe_risk_configuration(UserPoolId=kit.pool_id)["RiskConfiguration"]
    assert shown == answer
    assert shown["AccountTakeoverRiskConfiguration"] == TAKEOVER
    assert shown["LastModifiedDate"].timestamp() == kit.clock.now
    kit.aws.set_risk_configuration(UserPoolId=kit.pool_id)
    shown = kit.aws.describe_risk_configuration(UserPoolId=kit.pool_id)["RiskConfiguration"]
    assert shown == {"UserPoolId": kit.pool_id}


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"RiskExceptionConfiguration": {"BlockedIPRangeList": ["here"]}}, "InvalidParameterException"),
        ({"RiskExceptionConfiguration": {"SkippedIPRangeList": ["1.2.3/4"]}}, "InvalidParameterException"),
        (
            {"AccountTakeoverRiskConfiguration": {"Actions": TAKEOVER["Actions"]}},
            "InvalidParameterException",
        ),
        (
            {
                "AccountTakeoverRiskConfiguration": TAKEOVER
                | {"NotifyConfiguration": NOTIFY | {"MfaEmail": {"Subject": "x"}}}
            },
            "InvalidParameterException",
        ),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
    ],
)
def test_what_is_no_risk_configuration_is_refused(kit: Kit, settings: Any, refusal: str) -> None:
    with refused(refusal):
        kit.aws.set_risk_configuration(UserPoolId=kit.pool_id, **settings)
