"""Dates: one change has one time, by the pool's own clock; and what was not given is not answered."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from fastapi_cognito_auth.local import LocalUserPool
from tests.local.kit import ALICE, PASSWORD, Kit, boto

NOW = 1_800_000_000.0


@pytest.fixture
def pool() -> LocalUserPool:
    """Return a pool whose clock goes on whenever it is read."""
    ticks = itertools.count(NOW, 0.0004)
    return LocalUserPool(users=(ALICE,), clock=lambda: next(ticks))


def described(pool: LocalUserPool) -> dict[str, Any]:
    aws, name = boto(pool), {"UserPoolId": pool.user_pool_id}
    aws.create_group(**name, GroupName="g")
    google = {"client_id": "a", "client_secret": "b", "authorize_scopes": "openid"}
    aws.create_identity_provider(**name, ProviderName="Google", ProviderType="Google", ProviderDetails=google)
    made = aws.create_user_pool_client(**name, ClientName="web")["UserPoolClient"]["ClientId"]
    second = aws.create_user_pool(PoolName="second")["UserPool"]
    return {
        "pool": aws.describe_user_pool(**name)["UserPool"],
        "second pool": second,
        "client": aws.describe_user_pool_client(**name, ClientId=pool.client_id)["UserPoolClient"],
        "second client": aws.describe_user_pool_client(**name, ClientId=made)["UserPoolClient"],
        "group": aws.get_group(**name, GroupName="g")["Group"],
        "provider": aws.describe_identity_provider(**name, ProviderName="Google")["IdentityProvider"],
    }


def test_what_was_just_made_was_modified_when_it_was_created(pool: LocalUserPool) -> None:
    for what, record in described(pool).items():
        assert record["CreationDate"] == record["LastModifiedDate"], what
        assert abs(record["CreationDate"].timestamp() - NOW) < 60, what


def test_a_user_was_modified_when_created_and_every_operation_says_the_same(pool: LocalUserPool) -> None:
    aws, name = boto(pool), {"UserPoolId": pool.user_pool_id}
    made = aws.admin_create_user(**name, Username="eve", TemporaryPassword=PASSWORD)["User"]
    assert made["UserCreateDate"] == made["UserLastModifiedDate"]
    listed = next(user for user in aws.list_users(**name)["Users"] if user["Username"] == "eve")
    for answer in (aws.admin_get_user(**name, Username="eve"), listed):
        for member in ("UserCreateDate", "UserLastModifiedDate"):
            assert answer[member] == made[member]


def test_a_change_moves_the_second_date_alone() -> None:
    kit = Kit()
    described(kit.pool)
    kit.clock.advance(60)
    name = {"UserPoolId": kit.pool_id}
    changed = [
        kit.aws.update_group(**name, GroupName="g", Precedence=1)["Group"],
        kit.aws.update_user_pool_client(**name, ClientId=kit.id)["UserPoolClient"],
        kit.aws.update_identity_provider(**name, ProviderName="Google")["IdentityProvider"],
    ]
    kit.aws.update_user_pool(**name)
    changed.append(kit.aws.describe_user_pool(**name)["UserPool"])
    for record in changed:
        assert record["CreationDate"] == datetime.fromtimestamp(NOW, UTC)
        assert record["LastModifiedDate"] == datetime.fromtimestamp(NOW + 60, UTC)


def test_what_a_group_was_not_given_is_not_answered() -> None:
    kit = Kit()
    name = {"UserPoolId": kit.pool_id, "GroupName": "g"}
    dates = {"CreationDate", "LastModifiedDate"}
    assert kit.aws.create_group(**name)["Group"].keys() == {*name, *dates}
    kit.admin("AdminAddUserToGroup", GroupName="g")
    asked = (
        kit.aws.get_group(**name)["Group"],
        kit.aws.list_groups(UserPoolId=kit.pool_id)["Groups"][0],
        kit.aws.admin_list_groups_for_user(UserPoolId=kit.pool_id, Username="alice")["Groups"][0],
        kit.aws.update_group(**name, Precedence=1)["Group"],
    )
    for group in asked:
        assert "Description" not in group
    assert kit.aws.update_group(**name, Description="All")["Group"]["Description"] == "All"


def test_no_answer_holds_an_empty_text(pool: LocalUserPool) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for inner in value.values() for text in texts(inner)]
        if isinstance(value, list):
            return [text for inner in value for text in texts(inner)]
        return [value] if isinstance(value, str) else []

    for what, record in described(pool).items():
        assert "" not in texts(record), what


def test_a_prefix_domain_has_no_distribution_of_ones_own() -> None:
    kit = Kit()
    assert "CloudFrontDomain" not in kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="demo")
    found = kit.aws.describe_user_pool_domain(Domain="demo")["DomainDescription"]
    arn = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]["Arn"]
    assert f":{found['AWSAccountId']}:" in arn
