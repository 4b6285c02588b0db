"""Tracked sessions: how many there may be, who sees them, and who can end which."""

import re
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUserPool, ServiceError
from tests.local.kit import OTHER_PASSWORD, Kit, refused
from tests.older import needs

pytestmark = needs("ListUserSessions")

OFF = "Session tracking is not enabled for the user pool."


@pytest.fixture
def kit() -> Kit:
    return Kit(max_sessions_per_user=2)


def sessions(kit: Kit, access: str) -> Any:
    return kit.aws.list_user_sessions(AccessToken=access)["Sessions"]


def current(kit: Kit, access: str) -> str:
    (found,) = [row["SessionId"] for row in sessions(kit, access) if row["IsCurrentSession"]]
    session_id: str = found
    return session_id


def test_a_user_sees_each_sign_in_and_which_is_the_present_one(kit: Kit) -> None:
    first = kit.tokens()
    kit.clock.advance(10)
    second = kit.tokens()
    rows = sessions(kit, second["AccessToken"])
    assert [row["IsCurrentSession"] for row in rows] == [True, False]
    assert all(re.fullmatch("tkn[a-z0-9]{25}", row["SessionId"]) for row in rows)
    assert {row["SessionType"] for row in rows} == {"TOKEN"}
    assert {row["ClientId"] for row in rows} == {kit.id}
    assert rows[0]["CreateDate"].timestamp() == rows[0]["LastActiveDate"].timestamp() == kit.clock.now
    assert current(kit, first["AccessToken"]) == rows[1]["SessionId"]
    listed = kit.admin("AdminListUserSessions")["Sessions"]
    assert {row["SessionId"] for row in listed} == {row["SessionId"] for row in rows}
    assert all("IsCurrentSession" not in row for row in listed)


def test_one_session_more_ends_the_least_recently_used(kit: Kit) -> None:
    first = kit.tokens()
    kit.clock.advance(10)
    second = kit.tokens()
    kit.clock.advance(10)
    kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=first["RefreshToken"])
    kit.clock.advance(10)
    third = kit.tokens()
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        kit.aws.get_user(AccessToken=second["AccessToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=second["RefreshToken"])
    assert len(sessions(kit, first["AccessToken"])) == 2
    assert len(sessions(kit, third["AccessToken"])) == 2


def test_the_sessions_of_others_do_not_count(kit: Kit) -> None:
    alice = kit.tokens()
    for _ in range(3):
        kit.tokens("bob", OTHER_PASSWORD)
    assert len(sessions(kit, alice["AccessToken"])) == 1
    assert len(kit.admin("AdminListUserSessions", "bob")["Sessions"]) == 2


def test_a_user_ends_another_session_but_not_the_present_one(kit: Kit) -> None:
    first, second = kit.tokens(), kit.tokens()
    mine, other = (current(kit, result["AccessToken"]) for result in (first, second))
    with refused("InvalidParameterException", "The current session cannot be revoked."):
        kit.aws.revoke_user_session(AccessToken=first["AccessToken"], SessionId=mine)
    kit.aws.revoke_user_session(
        AccessToken=first["AccessToken"], SessionId=other, RevokeAssociatedSessions="LINKED"
    )
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        sessions(kit, second["AccessToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        kit.aws.get_tokens_from_refresh_token(ClientId=kit.id, RefreshToken=second["RefreshToken"])
    with refused("ResourceNotFoundException", "Session does not exist."):
        kit.aws.revoke_user_session(AccessToken=first["AccessToken"], SessionId=other)


def test_nobody_ends_a_session_of_another_user(kit: Kit) -> None:
    alice, bob = kit.tokens(), kit.tokens("bob", OTHER_PASSWORD)
    theirs = current(kit, alice["AccessToken"])
    with refused("ResourceNotFoundException", "Session does not exist."):
        kit.aws.revoke_user_session(AccessToken=bob["AccessToken"], SessionId=theirs)
    with pytest.raises(ServiceError, match="Session does not exist"):
        kit.admin("AdminRevokeUserSession", "bob", SessionId=theirs)
    assert current(kit, alice["AccessToken"]) == theirs
    kit.admin("AdminRevokeUserSession", SessionId=theirs)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        sessions(kit, alice["AccessToken"])


def test_a_session_ends_with_its_sign_in(kit: Kit) -> None:
    kit.tokens()
    kit.admin("AdminUserGlobalSignOut")
    assert kit.admin("AdminListUserSessions")["Sessions"] == []
    kit.tokens()
    kit.clock.advance(31 * 86400)
    assert kit.admin("AdminListUserSessions")["Sessions"] == []


def test_tracking_is_off_until_the_pool_says_otherwise() -> None:
    kit = Kit()
    access = kit.tokens()["AccessToken"]
    answer = kit.aws.get_user_pool_session_configuration(UserPoolId=kit.pool_id)
    assert (answer["UserSessionTracking"], answer["TokenSession"]) == ("DISABLED", {"MaxPerUser": 20})
    with refused("InvalidParameterException", OFF):
        sessions(kit, access)
    with refused("InvalidParameterException", OFF):
        kit.aws.set_user_pool_client_session_configuration(
            UserPoolId=kit.pool_id, ClientId=kit.id, SSOSession={"MaxValidityMinutes": 5}
        )
    answer = kit.aws.set_user_pool_session_configuration(
        UserPoolId=kit.pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 1}
    )
    assert (answer["UserSessionTracking"], answer["TokenSession"]) == ("ENABLED", {"MaxPerUser": 1})
    assert sessions(kit, access) == []
    kit.tokens()
    assert len(sessions(kit, kit.tokens()["AccessToken"])) == 1


def test_a_clients_sso_validity_is_kept(kit: Kit) -> None:
    def read() -> Any:
        answer = kit.aws.get_user_pool_client_session_configuration(UserPoolId=kit.pool_id, ClientId=kit.id)
        return answer["SSOSession"]["MaxValidityMinutes"]

    assert read() == 60
    kit.aws.set_user_pool_client_session_configuration(
        UserPoolId=kit.pool_id, ClientId=kit.id, SSOSession={"MaxValidityMinutes": 0}
    )
    assert read() == 0
    with refused("ResourceNotFoundException"):
        kit.aws.get_user_pool_client_session_configuration(UserPoolId=kit.pool_id, ClientId="x")


def test_old_sign_ins_are_dropped() -> None:
    kit = Kit(refresh_token_validity=3600)
    for _ in range(3):
        kit.tokens()
    kit.clock.advance(3600 + 24 * 3600)
    kit.tokens()
    plane = kit.pool._plane
    assert len([*plane.tokens._grants]) == len([*plane.tokens._held]) == 1


@pytest.mark.parametrize("maximum", [0, 101])
def test_the_maximum_is_1_to_100(maximum: int) -> None:
    with pytest.raises(ValueError, match="max_sessions_per_user is 1 to 100"):
        LocalUserPool(max_sessions_per_user=maximum)
