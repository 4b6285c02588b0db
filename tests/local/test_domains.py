"""Domains of pools: prefixes and names of one's own, each of one pool."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused

CERTIFICATE = {"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x"}


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def create(kit: Kit, domain: str, *, pool_id: str | None = None, **more: Any) -> Any:
    return kit.aws.create_user_pool_domain(UserPoolId=pool_id or kit.pool_id, Domain=domain, **more)


def describe(kit: Kit, domain: str) -> Any:
    return kit.aws.describe_user_pool_domain(Domain=domain)["DomainDescription"]


def other_pool(kit: Kit) -> str:
    pool_id: str = kit.aws.create_user_pool(PoolName="other")["UserPool"]["Id"]
    return pool_id


def test_a_prefix_has_no_alias_target_and_is_described(kit: Kit) -> None:
    assert "CloudFrontDomain" not in create(kit, "my-app", ManagedLoginVersion=2)
    described = describe(kit, "my-app")
    assert (described["UserPoolId"], described["Status"]) == (kit.pool_id, "ACTIVE")
    assert (described["ManagedLoginVersion"], len(described["AWSAccountId"])) == (2, 12)
    assert described["Version"]


def test_a_domain_of_ones_own_has_dots_and_an_alias_target(kit: Kit) -> None:
    answer = create(kit, "auth.example.com", CustomDomainConfig=CERTIFICATE)
    assert answer["CloudFrontDomain"].endswith(".cloudfront.net")
    assert describe(kit, "auth.example.com")["CustomDomainConfig"] == CERTIFICATE
    pool = kit.aws.describe_user_pool(UserPoolId=kit.pool_id)["UserPool"]
    assert pool["CustomDomain"] == "auth.example.com"


@pytest.mark.parametrize("domain", ["my-aws-app", "cognito", "amazon-shop"])
def test_a_prefix_has_none_of_the_services_words(kit: Kit, domain: str) -> None:
    word = next(word for word in ("aws", "amazon", "cognito") if word in domain.split("-"))
    with refused("InvalidParameterException", f"Domain cannot contain reserved word: {word}"):
        create(kit, domain)


def test_a_longer_word_may_begin_like_one_of_them(kit: Kit) -> None:
    create(kit, "my-awsome-app")


def test_a_prefix_has_no_dots(kit: Kit) -> None:
    with refused("InvalidParameterException"):
        create(kit, "auth.example.com")


@pytest.mark.parametrize("domain", ["example.com", "auth", "auth..com", "auth.-x.com"])
def test_a_domain_of_ones_own_is_below_one(kit: Kit, domain: str) -> None:
    with refused("InvalidParameterException"):
        create(kit, domain, CustomDomainConfig=CERTIFICATE)


def test_the_certificate_is_of_the_region_that_serves_domains(kit: Kit) -> None:
    elsewhere = {"CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}
    with refused("InvalidParameterException"):
        create(kit, "auth.example.com", CustomDomainConfig=elsewhere)
    create(kit, "auth.example.com", CustomDomainConfig=CERTIFICATE)
    with refused("InvalidParameterException"):
        kit.aws.update_user_pool_domain(
            UserPoolId=kit.pool_id, Domain="auth.example.com", CustomDomainConfig=elsewhere
        )


def test_a_domain_that_is_taken_is_not_given_away(kit: Kit) -> None:
    create(kit, "my-app")
    with refused("InvalidParameterException", "Domain already associated with another user pool."):
        create(kit, "my-app", pool_id=other_pool(kit))
    assert describe(kit, "my-app")["UserPoolId"] == kit.pool_id


def test_a_pool_has_one_prefix_and_one_domain_of_its_own(kit: Kit) -> None:
    create(kit, "my-app")
    create(kit, "auth.example.com", CustomDomainConfig=CERTIFICATE)
    with refused("InvalidParameterException", "User pool already has a domain configured."):
        create(kit, "another")
    with refused("InvalidParameterException", "User pool already has a domain configured."):
        create(kit, "login.example.com", CustomDomainConfig=CERTIFICATE)


def test_an_account_has_four_domains_of_its_own(kit: Kit) -> None:
    for number in range(4):
        create(kit, f"a{number}.example.com", pool_id=other_pool(kit), CustomDomainConfig=CERTIFICATE)
    with refused("LimitExceededException"):
        create(kit, "auth.example.com", CustomDomainConfig=CERTIFICATE)


@pytest.mark.parametrize("operation", ["update_user_pool_domain", "delete_user_pool_domain"])
def test_the_domain_of_another_pool_is_nobodys_to_change(kit: Kit, operation: str) -> None:
    create(kit, "my-app")
    with refused("ResourceNotFoundException", "No such domain or user pool exists."):
        getattr(kit.aws, operation)(UserPoolId=other_pool(kit), Domain="my-app")
    assert describe(kit, "my-app")["UserPoolId"] == kit.pool_id


def test_the_pages_of_a_domain_are_changed_and_a_prefix_stays_one(kit: Kit) -> None:
    create(kit, "my-app")
    name = {"UserPoolId": kit.pool_id, "Domain": "my-app"}
    assert kit.aws.update_user_pool_domain(**name, ManagedLoginVersion=2)["ManagedLoginVersion"] == 2
    assert describe(kit, "my-app")["ManagedLoginVersion"] == 2
    with refused("InvalidParameterException"):
        kit.aws.update_user_pool_domain(**name, CustomDomainConfig=CERTIFICATE)
    with refused("InvalidParameterException"):
        kit.aws.update_user_pool_domain(**name, ManagedLoginVersion=3)


def test_a_pool_of_the_lite_plan_has_the_classic_pages(kit: Kit) -> None:
    kit.aws.update_user_pool(UserPoolId=kit.pool_id, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException"):
        create(kit, "my-app", ManagedLoginVersion=2)
    create(kit, "my-app")


def test_a_deleted_domain_is_free_and_described_as_nothing(kit: Kit) -> None:
    create(kit, "my-app")
    kit.aws.delete_user_pool_domain(UserPoolId=kit.pool_id, Domain="my-app")
    assert describe(kit, "my-app") == {}
    create(kit, "my-app", pool_id=other_pool(kit))
