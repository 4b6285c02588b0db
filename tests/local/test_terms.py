"""Terms of use and privacy policies of app clients."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused
from tests.older import needs

pytestmark = needs("DescribeTermsByClient")
LINKS = {"cognito:default": "https://example.com/terms", "cognito:german": "https://example.com/agb"}


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def create(kit: Kit, name: str = "terms-of-use", **more: Any) -> Any:
    request = {
        "UserPoolId": kit.pool_id,
        "ClientId": kit.id,
        "TermsName": name,
        "TermsSource": "LINK",
        "Enforcement": "NONE",
        "Links": LINKS,
    }
    return kit.aws.create_terms(**request | more)["Terms"]


def test_terms_are_kept_and_found_by_their_app_client(kit: Kit) -> None:
    made = create(kit)
    assert made["Links"] == LINKS
    by_id = {"UserPoolId": kit.pool_id, "TermsId": made["TermsId"]}
    by_client = {"UserPoolId": kit.pool_id, "ClientId": kit.id}
    assert kit.aws.describe_terms(**by_id)["Terms"] == made
    assert kit.aws.describe_terms_by_client(TermsName="terms-of-use", **by_client)["Terms"] == made
    with refused("ResourceNotFoundException"):
        kit.aws.describe_terms_by_client(TermsName="privacy-policy", **by_client)
    kit.aws.delete_terms(**by_id)
    with refused("ResourceNotFoundException"):
        kit.aws.describe_terms(**by_id)


def test_an_update_changes_what_it_names(kit: Kit) -> None:
    made = create(kit)
    named = {"UserPoolId": kit.pool_id, "TermsId": made["TermsId"]}
    kit.clock.advance(1)
    links = {"cognito:default": "https://example.com/new"}
    changed = kit.aws.update_terms(Links=links, **named)["Terms"]
    assert (changed["TermsName"], changed["Links"]) == ("terms-of-use", links)
    assert changed["LastModifiedDate"] > changed["CreationDate"]
    assert kit.aws.update_terms(TermsName="privacy-policy", **named)["Terms"]["Links"] == links


def test_an_app_client_has_each_terms_once(kit: Kit) -> None:
    create(kit)
    other = create(kit, "privacy-policy")
    with refused("TermsExistsException"):
        create(kit)
    with refused("TermsExistsException"):
        kit.aws.update_terms(UserPoolId=kit.pool_id, TermsId=other["TermsId"], TermsName="terms-of-use")


def test_terms_come_in_pages(kit: Kit) -> None:
    made = [create(kit)["TermsId"], create(kit, "privacy-policy")["TermsId"]]
    first = kit.aws.list_terms(UserPoolId=kit.pool_id, MaxResults=1)
    rest = kit.aws.list_terms(UserPoolId=kit.pool_id, NextToken=first["NextToken"])
    assert [terms["TermsId"] for terms in first["Terms"] + rest["Terms"]] == made


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"Links": {"cognito:default": "javascript:alert(1)"}}, "InvalidParameterException"),
        ({"Links": {}}, "InvalidParameterException"),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
        ({"TermsName": "imprint"}, "InvalidParameterException"),
    ],
)
def test_what_are_no_terms_is_refused(kit: Kit, wrong: dict[str, Any], refusal: str) -> None:
    with refused(refusal):
        create(kit, **wrong)
