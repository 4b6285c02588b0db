"""Where a pool's logs go, and which plan has which."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused

GROUP = {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:pool"}
MESSAGES = {"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": GROUP}
BUCKET = {"BucketArn": "arn:aws:s3:::logs"}
ACTIVITY = {"LogLevel": "INFO", "EventSource": "userAuthEvents", "S3Configuration": BUCKET}


@pytest.fixture
def kit() -> Kit:
    kit = Kit(users=())
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="PLUS")
    return kit


def deliver(kit: Kit, *configurations: Any) -> Any:
    return kit.aws.set_log_delivery_configuration(
        UserPoolId=kit.pool_id, LogConfigurations=list(configurations)
    )["LogDeliveryConfiguration"]


def test_what_is_set_is_shown(kit: Kit) -> None:
    shown = kit.aws.get_log_delivery_configuration(UserPoolId=kit.pool_id)["LogDeliveryConfiguration"]
    assert shown["LogConfigurations"] == []
    assert deliver(kit, MESSAGES, ACTIVITY)["LogConfigurations"] == [MESSAGES, ACTIVITY]
    shown = kit.aws.get_log_delivery_configuration(UserPoolId=kit.pool_id)["LogDeliveryConfiguration"]
    assert shown == {"UserPoolId": kit.pool_id, "LogConfigurations": [MESSAGES, ACTIVITY]}
    assert deliver(kit)["LogConfigurations"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        [MESSAGES, MESSAGES],
        [MESSAGES | {"LogLevel": "INFO"}],
        [ACTIVITY | {"LogLevel": "ERROR"}],
        [MESSAGES | {"S3Configuration": BUCKET}],
        [{"LogLevel": "ERROR", "EventSource": "userNotification", "S3Configuration": BUCKET}],
        [{"LogLevel": "INFO", "EventSource": "userAuthEvents"}],
    ],
)
def test_what_no_pool_delivers_is_refused(kit: Kit, wrong: list[Any]) -> None:
    with refused("InvalidParameterException"):
        deliver(kit, *wrong)


def test_activity_is_logged_by_one_plan_alone() -> None:
    kit = Kit(users=())
    deliver(kit, MESSAGES)
    with refused("FeatureUnavailableInTierException"):
        deliver(kit, ACTIVITY)
