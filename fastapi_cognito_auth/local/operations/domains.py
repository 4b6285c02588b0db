"""The domains of pools."""

from typing import Any, Final

from fastapi_cognito_auth.local.domains import Domain
from fastapi_cognito_auth.local.errors import invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools

_MANAGED_LOGIN: Final = "ManagedLoginVersion"
_CLOUDFRONT: Final = "dlocal0000000.cloudfront.net"
"""The alias target of a custom domain: a name of the form that it has."""


def _create(pools: Pools, params: dict[str, Any]) -> Result:
    plane, name = pools.get(params["UserPoolId"]), params["Domain"]
    if pools.of_domain(name) is not None:
        raise invalid_parameter("Domain already associated with another user pool.")
    custom = params.get("CustomDomainConfig")
    if any((kept.custom is None) == (custom is None) for kept in plane.directory.domains.values()):
        raise invalid_parameter("User pool already has a domain configured.")
    plane.directory.domains[name] = Domain(
        name=name, custom=custom, login_version=params.get(_MANAGED_LOGIN, 1)
    )
    return _answer(plane.directory.domains[name])


def _answer(domain: Domain) -> Result:
    target = {"CloudFrontDomain": _CLOUDFRONT} if domain.custom else {}
    return {_MANAGED_LOGIN: domain.login_version, **target}


def _describe(pools: Pools, params: dict[str, Any]) -> Result:
    """Describe a domain; one that is not there has an empty description."""
    plane = pools.of_domain(params["Domain"])
    if plane is None:
        return {"DomainDescription": {}}
    domain = plane.directory.domains[params["Domain"]]
    described = {
        "UserPoolId": plane.directory.pool_id,
        "AWSAccountId": pools.account_id,
        "Domain": domain.name,
        "S3Bucket": "aws-cognito-prod-local",
        "CloudFrontDistribution": _CLOUDFRONT,
        "Version": "1",
        "Status": "ACTIVE",
        "CustomDomainConfig": dict(domain.custom or {}),
        _MANAGED_LOGIN: domain.login_version,
    }
    return {"DomainDescription": described}


def _own(plane: Plane, name: str) -> Domain:
    domain = plane.directory.domains.get(name)
    if domain is None:
        raise not_found("No such domain or user pool exists.")
    return domain


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    domain = _own(plane, params["Domain"])
    domain.custom = params.get("CustomDomainConfig", domain.custom)
    domain.login_version = params.get(_MANAGED_LOGIN, domain.login_version)
    return _answer(domain)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.domains[_own(plane, params["Domain"]).name]
    return {}


OPERATIONS: Final = {"UpdateUserPoolDomain": _update, "DeleteUserPoolDomain": _delete}
OF_ALL_POOLS: Final = {"CreateUserPoolDomain": _create, "DescribeUserPoolDomain": _describe}
