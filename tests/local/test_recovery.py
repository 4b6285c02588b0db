"""Point-in-time recovery: users' data is again what it was, and nothing is good twice by that."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.local import ServiceError
from tests.local.domain.kit import DomainKit
from tests.local.kit import OTHER_PASSWORD, PASSWORD, Kit, refused
from tests.local.written import unwritten
from tests.older import needs

pytestmark = needs("InitiatePointInTimeRecovery")
HOUR = 3600
PAUSED = "Operation is not available during a point-in-time recovery"


@pytest.fixture
def kit() -> Kit:
    return Kit()


def point(kit: Kit) -> float:
    """Return a moment to come back to, after which some time goes by."""
    moment = kit.clock.now
    kit.clock.advance(HOUR)
    return moment


def initiate(kit: Kit, moment: float) -> Any:
    return kit.aws.initiate_point_in_time_recovery(UserPoolId=kit.pool_id, RestoreTimestamp=moment)[
        "Restoration"
    ]


def named(kit: Kit, recovery: Any) -> dict[str, str]:
    return {"UserPoolId": kit.pool_id, "RestoreId": recovery["RestoreId"]}


def restore(kit: Kit, moment: float) -> Any:
    recovery = initiate(kit, moment)
    return kit.aws.start_point_in_time_recovery(**named(kit, recovery))["Restoration"]


def counts(recovery: Any) -> dict[str, tuple[int, int, int]]:
    return {
        entity["Entity"]: (entity["CreateCount"], entity["UpdateCount"], entity["DeleteCount"])
        for entity in recovery["RestorePreview"]
    }


def held(kit: Kit, username: str = "alice") -> dict[str, str]:
    pairs = kit.admin("AdminGetUser", username)["UserAttributes"]
    return {pair["Name"]: pair["Value"] for pair in pairs}


def rename(kit: Kit, name: str, username: str = "alice") -> None:
    kit.admin("AdminUpdateUserAttributes", username, UserAttributes=[{"Name": "name", "Value": name}])


def test_a_preview_counts_and_changes_nothing(kit: Kit) -> None:
    moment = point(kit)
    kit.admin("AdminDeleteUser", "bob")
    rename(kit, "Alice")
    kit.admin("AdminCreateUser", "eve", MessageAction="SUPPRESS")
    kit.pool.call("CreateGroup", {"UserPoolId": kit.pool_id, "GroupName": "new"})
    recovery = initiate(kit, moment)
    assert recovery["RestoreStatus"] == "PREVIEW_GENERATED"
    assert recovery["RestoreTimestamp"].timestamp() == moment
    assert recovery["TriggerTimestamp"].timestamp() == kit.clock.now
    assert counts(recovery) == {
        "Users": (1, 1, 1),
        "Groups": (0, 0, 1),
        "User MFAs": (0, 0, 0),
        "Passkeys": (0, 0, 0),
    }
    assert kit.aws.describe_point_in_time_recovery(**named(kit, recovery))["Restoration"] == recovery
    assert held(kit)["name"] == "Alice"


def test_users_are_again_what_they_were(kit: Kit) -> None:
    kit.pool.call("CreateGroup", {"UserPoolId": kit.pool_id, "GroupName": "staff"})
    kit.admin("AdminAddUserToGroup", "bob", GroupName="staff")
    sub, moment = held(kit, "bob")["sub"], point(kit)
    kit.admin("AdminDeleteUser", "bob")
    kit.pool.call("DeleteGroup", {"UserPoolId": kit.pool_id, "GroupName": "staff"})
    rename(kit, "Alice")
    kit.admin("AdminDisableUser")
    kit.admin("AdminCreateUser", "bob", MessageAction="SUPPRESS", TemporaryPassword="Another-horse-9")
    assert restore(kit, moment)["RestoreStatus"] == "RESTORE_COMPLETED"
    assert held(kit, "bob")["sub"] == sub
    assert "name" not in held(kit)
    assert kit.tokens()
    assert kit.tokens("bob", OTHER_PASSWORD)
    users = kit.pool.call("ListUsersInGroup", {"UserPoolId": kit.pool_id, "GroupName": "staff"})["Users"]
    assert [user["Username"] for user in users] == ["bob"]
    listed = kit.aws.list_users(UserPoolId=kit.pool_id)["Users"]
    assert [user["Username"] for user in listed] == ["alice", "bob"]


def test_a_user_who_was_added_later_is_gone_with_all_tokens(kit: Kit) -> None:
    moment = point(kit)
    kit.admin("AdminCreateUser", "eve", MessageAction="SUPPRESS")
    kit.admin("AdminSetUserPassword", "eve", Password=PASSWORD, Permanent=True)
    tokens = kit.tokens("eve")
    restore(kit, moment)
    with refused("UserNotFoundException"):
        kit.aws.get_user(AccessToken=tokens["AccessToken"])
    with refused("NotAuthorizedException", "Incorrect username or password."):
        kit.password("eve")


def test_tokens_that_ended_do_not_come_back(kit: Kit) -> None:
    tokens, moment = kit.tokens(), point(kit)
    kit.admin("AdminDeleteUser")
    restore(kit, moment)
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    with refused("NotAuthorizedException"):
        kit.aws.initiate_auth(ClientId=kit.id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)


def test_who_was_disabled_then_has_no_tokens_after(kit: Kit) -> None:
    kit.admin("AdminDisableUser")
    moment = point(kit)
    kit.admin("AdminEnableUser")
    tokens = kit.tokens()
    restore(kit, moment)
    with refused("NotAuthorizedException"):
        kit.aws.get_user(AccessToken=tokens["AccessToken"])


def test_a_password_that_was_changed_since_stays(kit: Kit) -> None:
    kit.admin("AdminSetUserPassword", Password="Temporary-1!")
    moment = point(kit)
    kit.admin("AdminSetUserPassword", Password=OTHER_PASSWORD, Permanent=True)
    rename(kit, "Alice")
    restore(kit, moment)
    assert "name" not in held(kit)
    assert kit.tokens("alice", OTHER_PASSWORD)


def test_a_second_factor_comes_back_and_its_codes_are_good_once(kit: Kit) -> None:
    secret = kit.enroll_totp()
    moment = point(kit)
    session, code = kit.password()["Session"], kit.totp(secret)
    answer = {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code}
    kit.answer("SOFTWARE_TOKEN_MFA", session, **answer)
    assert counts(initiate(kit, moment))["User MFAs"] == (0, 0, 0)
    kit.clock.advance(24 * HOUR)
    moment = point(kit)
    session, code = kit.password()["Session"], kit.totp(secret)
    answer = {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code}
    kit.answer("SOFTWARE_TOKEN_MFA", session, **answer)
    kit.aws.admin_set_user_mfa_preference(
        UserPoolId=kit.pool_id, Username="alice", SoftwareTokenMfaSettings={"Enabled": False}
    )
    restore(kit, moment)
    session = kit.password()["Session"]
    with refused("ExpiredCodeException"):
        kit.answer("SOFTWARE_TOKEN_MFA", session, **answer)


def test_a_deleted_software_token_comes_back(kit: Kit) -> None:
    kit.enroll_totp()
    moment = point(kit)
    kit.aws.admin_delete_software_token(UserPoolId=kit.pool_id, Username="alice")
    recovery = initiate(kit, moment)
    assert counts(recovery)["User MFAs"] == (1, 0, 0)
    kit.aws.start_point_in_time_recovery(**named(kit, recovery))
    assert kit.password()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_a_sign_in_under_way_does_not_go_on_as_it_was(kit: Kit) -> None:
    moment = point(kit)
    kit.admin("AdminSetUserPassword", Password="Temporary-1!")
    session = kit.password(password="Temporary-1!")["Session"]
    restore(kit, moment)
    with refused("NotAuthorizedException"):
        kit.answer("NEW_PASSWORD_REQUIRED", session, USERNAME="alice", NEW_PASSWORD="Another-horse-9")


def test_users_data_stays_as_the_preview_shows_it_until_it_is_applied(kit: Kit) -> None:
    secret = kit.enroll_totp("bob", OTHER_PASSWORD)
    access = kit.tokens()["AccessToken"]
    recovery = initiate(kit, point(kit) - 60)
    with refused("OperationNotEnabledException", PAUSED):
        kit.aws.sign_up(ClientId=kit.id, Username="eve", Password=PASSWORD)
    with refused("OperationNotEnabledException", PAUSED):
        kit.aws.delete_user(AccessToken=access)
    with refused("OperationNotEnabledException", PAUSED):
        kit.aws.change_password(
            AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD
        )
    session = kit.password("bob", OTHER_PASSWORD)["Session"]
    with refused("OperationNotEnabledException", PAUSED):
        kit.answer("SOFTWARE_TOKEN_MFA", session, USERNAME="bob", SOFTWARE_TOKEN_MFA_CODE=kit.totp(secret))
    assert kit.tokens()
    kit.aws.cancel_point_in_time_recovery(**named(kit, recovery))
    rename(kit, "Alice")


def test_at_the_domain_only_those_come_of_whom_nothing_changes() -> None:
    kit = DomainKit(identity_providers=["Google"])

    def come(sub: str, name: str) -> Any:
        browser = kit.browser()
        page = browser.authorize(**kit.asks(identity_provider="Google"))
        said = {"sub": sub, "email": f"{sub}@gmail.example", "name": name}
        return browser.send(page, form=len(page.forms) - 1, values=said).query

    assert "code" in come("1", "Ada")
    initiate(kit, point(kit))
    assert "code" in come("1", "Ada")
    for changed in (("1", "Other"), ("2", "Eve")):
        assert come(*changed)["error_description"] == PAUSED


def test_a_preview_that_nobody_applies_is_over_after_a_day(kit: Kit) -> None:
    recovery = initiate(kit, point(kit))
    kit.clock.advance(24 * HOUR)
    rename(kit, "Alice")
    shown = kit.aws.describe_point_in_time_recovery(**named(kit, recovery))["Restoration"]
    assert shown["RestoreStatus"] == "PREVIEW_EXPIRED"
    for call in ("start_point_in_time_recovery", "cancel_point_in_time_recovery"):
        with refused("InvalidParameterException"):
            getattr(kit.aws, call)(**named(kit, recovery))


def test_a_recovery_can_be_recovered_from(kit: Kit) -> None:
    first = point(kit)
    rename(kit, "Alice")
    second = point(kit)
    restore(kit, first)
    assert "name" not in held(kit)
    kit.clock.advance(24 * HOUR)
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="PLUS")
    restore(kit, second)
    assert held(kit)["name"] == "Alice"


def test_what_was_put_back_can_change_without_the_past_doing_so(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="PLUS")
    rename(kit, "Alice")
    moment = point(kit)
    kit.admin("AdminDeleteUser")
    restore(kit, moment)
    rename(kit, "Other")
    kit.clock.advance(24 * HOUR)
    restore(kit, moment)
    assert held(kit)["name"] == "Alice"


@pytest.mark.parametrize(
    ("tier", "ago", "refusal"),
    [
        ("ESSENTIALS", 15 * 60 - 1, "InvalidParameterException"),
        ("ESSENTIALS", 24 * HOUR + 1, "InvalidParameterException"),
        ("PLUS", 14 * 24 * HOUR + 1, "InvalidParameterException"),
        ("LITE", HOUR, "FeatureUnavailableInTierException"),
    ],
)
def test_a_plan_recovers_so_far_and_no_further(tier: str, ago: float, refusal: str) -> None:
    kit = Kit(users=())
    kit.clock.advance(15 * 24 * HOUR)
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier=tier)
    with refused(refusal):
        initiate(kit, kit.clock.now - ago)


def test_a_moment_before_the_pool_is_refused(kit: Kit) -> None:
    moment = point(kit)
    with refused("InvalidParameterException"):
        initiate(kit, moment - 1)
    for wrong in ("soon", 1e300):
        with pytest.raises(ServiceError, match="RestoreTimestamp is no moment"):
            kit.pool.call(
                "InitiatePointInTimeRecovery", {"UserPoolId": kit.pool_id, "RestoreTimestamp": wrong}
            )
    with pytest.raises(ServiceError, match="earlier than the creation"):
        kit.pool.call(
            "InitiatePointInTimeRecovery",
            {"UserPoolId": kit.pool_id, "RestoreTimestamp": "2027-01-15T07:59:00Z"},
        )


def test_a_pool_has_one_recovery_at_a_time_and_few_a_day(kit: Kit) -> None:
    moment = point(kit)
    first = initiate(kit, moment)
    with refused("ConcurrentModificationException"):
        initiate(kit, moment)
    kit.aws.cancel_point_in_time_recovery(**named(kit, first))
    for _ in range(2):
        kit.aws.cancel_point_in_time_recovery(**named(kit, initiate(kit, moment)))
    with refused("LimitExceededException"):
        initiate(kit, moment)


def test_a_pool_is_restored_once_a_day(kit: Kit) -> None:
    moment = point(kit)
    restore(kit, moment)
    with refused("LimitExceededException"):
        initiate(kit, moment)


def test_recoveries_are_listed_with_the_newest_first(kit: Kit) -> None:
    moment = point(kit)
    made = []
    for _ in range(2):
        recovery = initiate(kit, moment)
        kit.aws.cancel_point_in_time_recovery(**named(kit, recovery))
        made.append(recovery["RestoreId"])
    listed = kit.aws.list_point_in_time_recoveries(UserPoolId=kit.pool_id, MaxResults=1)
    rest = kit.aws.list_point_in_time_recoveries(UserPoolId=kit.pool_id, NextToken=listed["NextToken"])
    rows = [*listed["Restorations"], *rest["Restorations"]]
    assert [row["RestoreId"] for row in rows] == made[::-1]
    assert {row["RestoreStatus"] for row in rows} == {"PREVIEW_CANCELLED"}
    with refused("ResourceNotFoundException"):
        kit.aws.describe_point_in_time_recovery(
            UserPoolId=kit.pool_id, RestoreId="00000000-0000-0000-0000-000000000000"
        )


def test_the_past_is_kept_over_a_restart(tmp_path: Path) -> None:
    kit = Kit(fresh_keys=True, state=tmp_path / "pool.db")
    moment = point(kit)
    kit.admin("AdminDeleteUser", "bob")
    assert unwritten(kit.pool) == []
    kit.pool.close()
    again = Kit(fresh_keys=True, state=tmp_path / "pool.db")
    again.clock.now = kit.clock.now
    restore(again, moment)
    assert again.tokens("bob", OTHER_PASSWORD)
    assert unwritten(again.pool) == []
    again.pool.close()


def test_what_is_older_than_any_plan_recovers_is_dropped(kit: Kit) -> None:
    rename(kit, "Alice")
    kit.clock.advance(15 * 24 * HOUR)
    rename(kit, "Ada")
    assert len(kit.pool._plane.history._log) == 1


def test_what_does_not_change_takes_no_room(kit: Kit) -> None:
    kit.tokens()
    before = len(kit.pool._plane.history._log)
    kit.clock.advance(HOUR)
    kit.tokens()
    kit.admin("AdminGetUser")
    assert len(kit.pool._plane.history._log) == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["create", "delete", "rename", "disable", "enable", "link", "group", "ungroup", "join", "leave"]
        ),
        st.sampled_from(["u1", "u2"]),
        st.sampled_from(["g1", "g2"]),
    ),
    max_size=12,
)


def step(kit: Kit, what: str, username: str, group: str) -> None:
    pool, user = {"UserPoolId": kit.pool_id}, {"UserPoolId": kit.pool_id, "Username": username}
    name = [{"Name": "name", "Value": f"{kit.clock.now}"}]
    source = {"ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject"}
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "create": ("AdminCreateUser", user | {"MessageAction": "SUPPRESS"}),
        "delete": ("AdminDeleteUser", user),
        "rename": ("AdminUpdateUserAttributes", user | {"UserAttributes": name}),
        "disable": ("AdminDisableUser", user),
        "enable": ("AdminEnableUser", user),
        "link": (
            "AdminLinkProviderForUser",
            pool
            | {
                "DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": username},
                "SourceUser": source | {"ProviderAttributeValue": group},
            },
        ),
        "group": ("CreateGroup", pool | {"GroupName": group}),
        "ungroup": ("DeleteGroup", pool | {"GroupName": group}),
        "join": ("AdminAddUserToGroup", user | {"GroupName": group}),
        "leave": ("AdminRemoveUserFromGroup", user | {"GroupName": group}),
    }
    with contextlib.suppress(ServiceError):
        kit.pool.call(*steps[what])
    kit.clock.advance(60)


def everything(kit: Kit) -> Any:
    """Return what can be seen of users and groups, found in every way."""
    pool = {"UserPoolId": kit.pool_id}
    users = kit.pool.call("ListUsers", pool)["Users"]
    groups = kit.pool.call("ListGroups", pool)["Groups"]
    directory = kit.pool._plane.directory
    known = [directory.by_identity("Google", group) for group in ("g1", "g2")]
    return (
        users,
        sorted(groups, key=str),
        {
            user.sub: sorted(group.name for group in directory.groups_of(user))
            for user in directory.users.values()
        },
        {
            group["GroupName"]: sorted(
                user["Username"]
                for user in kit.pool.call("ListUsersInGroup", pool | {"GroupName": group["GroupName"]})[
                    "Users"
                ]
            )
            for group in groups
        },
        [None if user is None else user.username for user in known],
    )


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS)
def test_whatever_happened_since_is_taken_back(before: Any, after: Any) -> None:
    kit = Kit(users=(), identity_providers=["Google"])
    for each in before:
        step(kit, *each)
    seen, moment = everything(kit), kit.clock.now
    kit.clock.advance(60)
    for each in after:
        step(kit, *each)
    kit.clock.advance(HOUR)
    restore(kit, moment)
    assert everything(kit) == seen
    kit.admin("AdminCreateUser", "u3", MessageAction="SUPPRESS")
