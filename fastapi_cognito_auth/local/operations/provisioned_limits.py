"""How many requests a second an account has bought: kept for the account, and no request is held up here.

https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.pools import Pools

FREE: Final = {
    "ClientAuthentication": 150,
    "UserAccountRecovery": 30,
    "UserAuthentication": 120,
    "UserCreation": 50,
    "UserFederation": 25,
    "UserList": 30,
    "UserPoolClientRead": 15,
    "UserPoolClientUpdate": 15,
    "UserPoolRead": 15,
    "UserPoolResourceRead": 20,
    "UserPoolResourceUpdate": 15,
    "UserPoolUpdate": 15,
    "UserRead": 120,
    "UserResourceRead": 50,
    "UserResourceUpdate": 25,
    "UserToken": 120,
    "UserUpdate": 25,
}
"""Requests a second by category, at no charge."""
_OF_DOMAINS: Final = frozenset({"UserAuthentication", "UserFederation"})
_TIMES: Final = 10
"""How many times the free limit the account has in Service Quotas."""
_FACT: Final = "provisioned_limits"


def _category(definition: Mapping[str, Any]) -> str:
    attributes: Mapping[str, str] = definition["Attributes"]
    category = attributes.get("Category", "")
    if {*attributes} != {"Category"} or category not in FREE:
        raise invalid_parameter("LimitDefinition names no API category")
    return category


def _limits(pools: Pools) -> dict[str, int]:
    return dict(pools.facts.get(_FACT) or {})


def _answer(pools: Pools, category: str) -> Result:
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}
    provisioned = _limits(pools).get(category, FREE[category])
    return {
        "Limit": {
            "LimitDefinition": definition,
            "ProvisionedLimitValue": provisioned,
            "FreeLimitValue": FREE[category],
        }
    }


def _get(pools: Pools, params: dict[str, Any]) -> Result:
    return _answer(pools, _category(params["LimitDefinition"]))


def _update(pools: Pools, params: dict[str, Any]) -> Result:
    category, wanted = _category(params["LimitDefinition"]), params["RequestedLimitValue"]
    if category in _OF_DOMAINS and any(plane.directory.domains for plane in pools):
        msg = f"{category} cannot be adjusted for user pools with managed login"
        raise invalid_parameter(msg)
    if wanted < FREE[category]:
        msg = f"RequestedLimitValue is less than the free limit of {FREE[category]}"
        raise invalid_parameter(msg)
    if wanted > FREE[category] * _TIMES:
        msg = f"RequestedLimitValue exceeds the account's quota of {FREE[category] * _TIMES}"
        raise ServiceError("ServiceQuotaExceededException", msg)
    pools.facts[_FACT] = {**_limits(pools), category: wanted}
    return _answer(pools, category)


OF_ALL_POOLS: Final = {"GetProvisionedLimit": _get, "UpdateProvisionedLimit": _update}
