"""Replicas: asked for, shown as being created, and deleted."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused
from tests.older import needs

pytestmark = needs("CreateUserPoolReplica")


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def create(kit: Kit, region: str = "eu-west-1", **more: Any) -> Any:
    return kit.aws.create_user_pool_replica(UserPoolId=kit.pool_id, RegionName=region, **more)[
        "UserPoolReplica"
    ]


def listed(kit: Kit) -> Any:
    return kit.aws.list_user_pool_replicas(UserPoolId=kit.pool_id)["UserPoolReplicas"]


def test_a_replica_is_being_created_for_as_long_as_nothing_replicates(kit: Kit) -> None:
    made = create(kit, UserPoolTags={"stage": "test"})
    assert (made["Status"], made["Role"]) == ("CREATING", "SECONDARY")
    primary, secondary = listed(kit)
    arn = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]["Arn"]
    assert primary == {
        "RegionName": "us-east-1",
        "Status": "ACTIVE",
        "Role": "PRIMARY",
        "UserPoolArn": arn,
    }
    assert secondary == made
    assert made["UserPoolArn"] == arn.replace("us-east-1:", "eu-west-1:")
    with refused("InvalidParameterException"):
        kit.aws.update_user_pool_replica(UserPoolId=kit.pool_id, RegionName="eu-west-1", Status="ACTIVE")


def test_a_replica_is_deleted(kit: Kit) -> None:
    create(kit)
    gone = kit.aws.delete_user_pool_replica(UserPoolId=kit.pool_id, RegionName="eu-west-1")
    assert gone["UserPoolReplica"]["Status"] == "DELETING"
    assert [replica["RegionName"] for replica in listed(kit)] == ["us-east-1"]
    with refused("ResourceNotFoundException"):
        kit.aws.delete_user_pool_replica(UserPoolId=kit.pool_id, RegionName="eu-west-1")
    with refused("InvalidParameterException"):
        kit.aws.delete_user_pool_replica(UserPoolId=kit.pool_id, RegionName="us-east-1")


@pytest.mark.parametrize("region", ["us-east-1", "us-nowhere-1", "eu-west-1"])
def test_a_replica_is_in_another_region(kit: Kit, region: str) -> None:
    create(kit)
    with refused("InvalidParameterException"):
        create(kit, region)


def test_the_smallest_plan_has_no_replicas(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException"):
        create(kit)
