"""Policies on clients that are named by the address of a document."""

from typing import Any

import pytest

from fastapi_cognito_auth.local import ServiceError
from tests.local.kit import Kit, refused
from tests.older import needs

pytestmark = needs("CreateCIMDPolicy")
PATTERNS = ["https://clients.example.com/*"]


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def create(kit: Kit, **more: Any) -> Any:
    request = {
        "UserPoolId": kit.pool_id,
        "ClientId": kit.id,
        "PolicyName": "partners",
        "CacheDuration": 86_400,
        "URLPatterns": PATTERNS,
    }
    return kit.aws.create_cimd_policy(**request | more)["CIMDPolicy"]


def named(kit: Kit, policy: Any) -> dict[str, str]:
    return {"UserPoolId": kit.pool_id, "CIMDPolicyId": policy["CIMDPolicyId"]}


def test_a_policy_is_kept_changed_and_deleted(kit: Kit) -> None:
    made = create(kit)
    assert kit.aws.describe_cimd_policy(**named(kit, made))["CIMDPolicy"] == made
    kit.clock.advance(1)
    changed = kit.aws.update_cimd_policy(
        ClientId=kit.id, URLPatterns=["https://other.example.com/*"], **named(kit, made)
    )["CIMDPolicy"]
    assert (changed["PolicyName"], changed["CacheDuration"]) == ("partners", 86_400)
    assert changed["URLPatterns"] == ["https://other.example.com/*"]
    assert changed["LastModifiedDate"] > changed["CreationDate"]
    kit.aws.delete_cimd_policy(**named(kit, made))
    with refused("ResourceNotFoundException"):
        kit.aws.describe_cimd_policy(**named(kit, made))


def test_a_policy_may_leave_out_how_long_documents_are_kept(kit: Kit) -> None:
    made = kit.aws.create_cimd_policy(
        UserPoolId=kit.pool_id, ClientId=kit.id, PolicyName="partners", URLPatterns=PATTERNS
    )["CIMDPolicy"]
    assert made["CacheDuration"] == 86_400


def test_policies_come_in_pages(kit: Kit) -> None:
    made = [create(kit)["CIMDPolicyId"] for _ in range(3)]
    first = kit.aws.list_cimd_policies(UserPoolId=kit.pool_id, MaxResults=2)
    rest = kit.aws.list_cimd_policies(UserPoolId=kit.pool_id, NextToken=first["NextToken"])
    listed = [*first["CIMDPolicies"], *rest["CIMDPolicies"]]
    assert [policy["CIMDPolicyId"] for policy in listed] == made
    assert {policy["ClientId"] for policy in listed} == {kit.id}


def test_an_app_client_that_is_gone_is_not_named(kit: Kit) -> None:
    made = create(kit)
    kit.aws.delete_user_pool_client(UserPoolId=kit.pool_id, ClientId=kit.id)
    assert "ClientId" not in kit.aws.describe_cimd_policy(**named(kit, made))["CIMDPolicy"]


def test_no_document_was_fetched(kit: Kit) -> None:
    policy = named(kit, create(kit))
    assert kit.aws.list_client_metadata_urls(**policy)["ClientMetadataURLs"] == []
    with refused("CachedCIMDURLDoesNotExistException"):
        kit.aws.update_client_metadata_url_state(
            URL="https://clients.example.com/one", Action="REFRESH", **policy
        )
    with refused("ResourceNotFoundException"):
        kit.aws.list_client_metadata_urls(UserPoolId=kit.pool_id, CIMDPolicyId="0")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"URLPatterns": ["https://*/path"]}, "InvalidParameterException"),
        ({"URLPatterns": ["https://*.*/path"]}, "InvalidParameterException"),
        ({"URLPatterns": ["https://user@host/"]}, "InvalidParameterException"),
        ({"URLPatterns": ["http://clients.example.com/"]}, "InvalidParameterException"),
        ({"CacheDuration": 60}, "InvalidParameterException"),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
    ],
)
def test_what_is_no_policy_is_refused(kit: Kit, wrong: dict[str, Any], refusal: str) -> None:
    params = {
        "UserPoolId": kit.pool_id,
        "ClientId": kit.id,
        "PolicyName": "partners",
        "CacheDuration": 86_400,
        "URLPatterns": PATTERNS,
    }
    with pytest.raises(ServiceError, match=refusal):
        kit.pool.call("CreateCIMDPolicy", params | wrong)


def test_the_smallest_plan_has_no_policies(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException"):
        create(kit)
