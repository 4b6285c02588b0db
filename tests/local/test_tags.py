"""The tags of a user pool."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


@pytest.fixture
def arn(kit: Kit) -> str:
    made = kit.aws.create_user_pool(PoolName="tagged", UserPoolTags={"stage": "test"})["UserPool"]
    found: str = made["Arn"]
    return found


def tags(kit: Kit, arn: str) -> Any:
    return kit.aws.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_tags_are_added_replaced_and_removed(kit: Kit, arn: str) -> None:
    kit.aws.tag_resource(ResourceArn=arn, Tags={"stage": "production", "owner": ""})
    assert tags(kit, arn) == {"stage": "production", "owner": ""}
    described = kit.aws.describe_user_pool(UserPoolId=arn.rpartition("/")[2])["UserPool"]
    assert described["UserPoolTags"] == tags(kit, arn)
    kit.aws.untag_resource(ResourceArn=arn, TagKeys=["owner", "nothing"])
    assert tags(kit, arn) == {"stage": "production"}


@pytest.mark.parametrize("wrong", [{str(number): "" for number in range(50)}, {"AWS:name": "x"}])
def test_tags_that_no_pool_can_have_are_refused(kit: Kit, arn: str, wrong: dict[str, str]) -> None:
    with refused("InvalidParameterException"):
        kit.aws.tag_resource(ResourceArn=arn, Tags=wrong)
    assert tags(kit, arn) == {"stage": "test"}


def test_there_are_no_tags_of_a_pool_that_is_not_there(kit: Kit, arn: str) -> None:
    with refused("ResourceNotFoundException"):
        tags(kit, f"{arn}x")
    with refused("InvalidParameterException"):
        tags(kit, "no-arn-of-anything-at-all")
