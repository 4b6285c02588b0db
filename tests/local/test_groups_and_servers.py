"""Groups and resource servers within the service's limits."""

import pytest

from fastapi_cognito_auth.local.groups import Group
from fastapi_cognito_auth.local.operations.groups import MOST_GROUPS, MOST_OF_A_USER
from fastapi_cognito_auth.local.operations.resource_servers import MOST_SERVERS
from tests.local.kit import Kit, refused

READ = {"ScopeName": "read", "ScopeDescription": "d"}
ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def kit() -> Kit:
    return Kit()


def test_a_pool_has_so_many_resource_servers(kit: Kit) -> None:
    for number in range(MOST_SERVERS):
        kit.aws.create_resource_server(UserPoolId=kit.pool_id, Identifier=f"s{number}", Name="s")
    with refused("LimitExceededException"):
        kit.aws.create_resource_server(UserPoolId=kit.pool_id, Identifier="one-more", Name="s")


def test_a_resource_server_has_a_hundred_scopes_each_once(kit: Kit) -> None:
    name = {"UserPoolId": kit.pool_id, "Identifier": "orders", "Name": "o"}
    scopes = [READ | {"ScopeName": f"s{number}"} for number in range(101)]
    with refused("InvalidParameterException"):
        kit.aws.create_resource_server(**name, Scopes=scopes)
    with refused("InvalidParameterException"):
        kit.aws.create_resource_server(**name, Scopes=[READ, READ])
    kit.aws.create_resource_server(**name, Scopes=scopes[:100])
    with refused("InvalidParameterException"):
        kit.aws.update_resource_server(**name, Scopes=[READ, READ])


def test_an_identifier_is_of_one_resource_server(kit: Kit) -> None:
    name = {"UserPoolId": kit.pool_id, "Identifier": "orders", "Name": "o"}
    kit.aws.create_resource_server(**name)
    with refused("InvalidParameterException", f"orders already exists in user pool {kit.pool_id}."):
        kit.aws.create_resource_server(**name)


def test_a_pool_has_so_many_groups(kit: Kit) -> None:
    groups = kit.pool._plane.directory.groups
    for number in range(MOST_GROUPS):
        groups[f"g{number}"] = Group(name=f"g{number}", created_at=0, modified_at=0)
    with refused("LimitExceededException"):
        kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="one-more")
    with refused("GroupExistsException"):
        kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="g0")


def test_a_user_is_in_so_many_groups(kit: Kit) -> None:
    for number in range(MOST_OF_A_USER + 1):
        kit.aws.create_group(UserPoolId=kit.pool_id, GroupName=f"g{number}")
    for number in range(MOST_OF_A_USER):
        kit.admin("AdminAddUserToGroup", GroupName=f"g{number}")
    name = {"UserPoolId": kit.pool_id, "Username": "alice"}
    with refused("InvalidParameterException"):
        kit.aws.admin_add_user_to_group(**name, GroupName=f"g{MOST_OF_A_USER}")
    kit.aws.admin_add_user_to_group(**name, GroupName="g0")


def test_a_group_shows_its_role_and_what_it_was_not_given_not_at_all(kit: Kit) -> None:
    made = kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="bare")["Group"]
    assert made.keys() == {"GroupName", "UserPoolId", "CreationDate", "LastModifiedDate"}
    changed = kit.aws.update_group(UserPoolId=kit.pool_id, GroupName="bare", RoleArn=ROLE, Precedence=0)
    assert (changed["Group"]["RoleArn"], changed["Group"]["Precedence"]) == (ROLE, 0)
    with refused("InvalidParameterException"):
        kit.aws.update_group(UserPoolId=kit.pool_id, GroupName="bare", RoleArn="no role of any account")


def test_a_precedence_has_an_end(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        kit.aws.create_group(UserPoolId=kit.pool_id, GroupName="g", Precedence=2**31)
