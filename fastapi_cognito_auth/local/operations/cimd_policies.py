"""Client ID metadata documents: their policies are kept, and no document is fetched here."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import feature_plans
from fastapi_cognito_auth.local.cimd_policies import CimdPolicy
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane

_PAGE: Final = 60
_MOST: Final = 100
"""Policies of a pool."""

_CACHED: Final = 86_400
"""Seconds for which a document is kept where nothing is said: the fewest there are. The default of the
service is not documented."""


def _checked_patterns(patterns: list[str]) -> tuple[str, ...]:
    for pattern in patterns:
        host = pattern.removeprefix("https://").partition("/")[0]
        if not host.strip("*.") or "@" in host:
            # A wildcard for the whole host would let everybody in.
            raise invalid_parameter("A URL pattern names a host")
    return tuple(patterns)


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    directory = plane.directory
    feature_plans.check(directory.config, "ESSENTIALS", "A CIMD policy")
    client_id = directory.client_record(params["ClientId"]).id
    patterns = _checked_patterns(params["URLPatterns"])
    if len(directory.cimd_policies) >= _MOST:
        raise ServiceError("LimitExceededException", f"A user pool can have {_MOST} CIMD policies")
    now = plane.clock()
    policy = CimdPolicy(
        id=secrets.token_hex(16),
        client_id=client_id,
        name=params["PolicyName"],
        seconds=params.get("CacheDuration", _CACHED),
        patterns=patterns,
        created_at=now,
        modified_at=now,
    )
    directory.cimd_policies[policy.id] = policy
    return _answer(plane, policy)


def _answer(plane: Plane, policy: CimdPolicy) -> Result:
    return {"CIMDPolicy": policy.describe(plane.directory.pool_id, plane.directory.clients)}


def _own(plane: Plane, params: Mapping[str, Any]) -> CimdPolicy:
    policy = plane.directory.cimd_policies.get(params["CIMDPolicyId"])
    if policy is None:
        raise not_found("CIMD policy does not exist.")
    return policy


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    policy = _own(plane, params)
    client_id = plane.directory.client_record(params["ClientId"]).id
    patterns = _checked_patterns(params["URLPatterns"])
    policy.client_id, policy.patterns = client_id, patterns
    policy.name = params.get("PolicyName", policy.name)
    policy.seconds = params.get("CacheDuration", policy.seconds)
    policy.modified_at = plane.clock()
    return _answer(plane, policy)


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params))


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.cimd_policies[_own(plane, params).id]
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.cimd_policies.values()],
        of="cimd-policies",
        limit=params.get("MaxResults") or _PAGE,
        token=params.get("NextToken"),
    )
    listed = [policy.summary(plane.directory.clients) for policy in shown]
    return {"CIMDPolicies": listed} | ({"NextToken": following} if following else {})


def _list_urls(plane: Plane, params: dict[str, Any]) -> Result:
    """Return none: the domain here takes no client that is named by an address."""
    _own(plane, params)
    return {"ClientMetadataURLs": []}


def _update_url(plane: Plane, params: dict[str, Any]) -> Result:
    _own(plane, params)
    msg = "No document of this address is cached"
    raise ServiceError("CachedCIMDURLDoesNotExistException", msg)


OPERATIONS: Final = {
    "CreateCIMDPolicy": _create,
    "UpdateCIMDPolicy": _update,
    "DescribeCIMDPolicy": _describe,
    "DeleteCIMDPolicy": _delete,
    "ListCIMDPolicies": _list,
    "ListClientMetadataURLs": _list_urls,
    "UpdateClientMetadataURLState": _update_url,
}
