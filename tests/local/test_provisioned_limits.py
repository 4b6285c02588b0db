"""What an account has bought of requests a second: one number for all its pools."""

from typing import Any

import pytest

from tests.local.kit import Kit, refused
from tests.older import needs

pytestmark = needs("UpdateProvisionedLimit")


@pytest.fixture
def kit() -> Kit:
    return Kit(users=())


def definition(category: str, **more: str) -> dict[str, Any]:
    return {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category, **more}}


def limits(answer: Any) -> tuple[int, int]:
    return answer["Limit"]["ProvisionedLimitValue"], answer["Limit"]["FreeLimitValue"]


def update(kit: Kit, category: str, value: int) -> Any:
    return kit.aws.update_provisioned_limit(LimitDefinition=definition(category), RequestedLimitValue=value)


def test_a_limit_is_free_until_more_is_bought(kit: Kit) -> None:
    asked = {"LimitDefinition": definition("UserAuthentication")}
    assert limits(kit.aws.get_provisioned_limit(**asked)) == (120, 120)
    assert limits(update(kit, "UserAuthentication", 200)) == (200, 120)
    assert limits(kit.aws.get_provisioned_limit(**asked)) == (200, 120)
    assert limits(update(kit, "UserAuthentication", 120)) == (120, 120)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [(119, "InvalidParameterException"), (1201, "ServiceQuotaExceededException")],
)
def test_a_limit_has_bounds(kit: Kit, value: int, refusal: str) -> None:
    with refused(refusal):
        update(kit, "UserAuthentication", value)


def test_pools_with_a_domain_take_no_more_sign_ins(kit: Kit) -> None:
    kit.aws.create_user_pool_domain(UserPoolId=kit.pool_id, Domain="my-app")
    with refused("InvalidParameterException"):
        update(kit, "UserAuthentication", 200)
    assert limits(update(kit, "UserRead", 200)) == (200, 120)


@pytest.mark.parametrize("wrong", [definition("Everything"), definition("UserRead", More="x")])
def test_what_is_no_category_has_no_limit(kit: Kit, wrong: Any) -> None:
    with refused("InvalidParameterException"):
        kit.aws.get_provisioned_limit(LimitDefinition=wrong)
