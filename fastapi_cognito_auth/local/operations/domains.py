"""The domains of pools."""

from typing import Any, Final

from fastapi_cognito_auth.local import domains
from fastapi_cognito_auth.local.domains import Domain
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools

_MANAGED_LOGIN: Final = "ManagedLoginVersion"
_VERSIONS: Final = (1, 2)
_CUSTOM: Final = "CustomDomainConfig"
_ROUTING: Final = "Routing"
_CLOUDFRONT: Final = "dlocal0000000.cloudfront.net"
"""The alias target of a custom domain: a name of the form that it has."""


def _create(pools: Pools, params: dict[str, Any]) -> Result:
    plane, name = pools.get(params["UserPoolId"]), params["Domain"]
    custom = params.get(_CUSTOM)
    if custom is None:
        domains.check_prefix(name)
    else:
        domains.check_custom(name)
        domains.check_certificate(custom)
    _check_pages(plane, params, is_custom=custom is not None)
    if pools.of_domain(name) is not None:
        raise invalid_parameter("Domain already associated with another user pool.")
    if any((kept.custom is None) == (custom is None) for kept in plane.directory.domains.values()):
        raise invalid_parameter("User pool already has a domain configured.")
    if custom is not None and _custom_domains(pools) >= domains.MOST_CUSTOM:
        msg = f"An account can have {domains.MOST_CUSTOM} custom domains."
        raise ServiceError("LimitExceededException", msg)
    plane.directory.domains[name] = Domain(
        name=name, custom=custom, login_version=params.get(_MANAGED_LOGIN, 1), more=_more(params)
    )
    return _answer(plane.directory.domains[name])


def _custom_domains(pools: Pools) -> int:
    return sum(domain.custom is not None for plane in pools for domain in plane.directory.domains.values())


def _more(params: dict[str, Any]) -> dict[str, Any]:
    return {_ROUTING: params[_ROUTING]} if _ROUTING in params else {}


def _check_pages(plane: Plane, params: dict[str, Any], *, is_custom: bool) -> None:
    """Refuse a version of the pages that there is not, and what a prefix cannot have.

    Raises:
        ServiceError: it is one.
    """
    version = params.get(_MANAGED_LOGIN, 1)
    if version not in _VERSIONS:
        msg = f"{_MANAGED_LOGIN} is 1 or 2."
        raise invalid_parameter(msg)
    if version > 1 and plane.directory.config.get("UserPoolTier") == "LITE":
        msg = "Managed login is not available in the LITE pricing tier."
        raise ServiceError("FeatureUnavailableInTierException", msg)
    if not is_custom and (_ROUTING in params or _CUSTOM in params):
        msg = f"{_CUSTOM} and {_ROUTING} are supported for custom domains only."
        raise invalid_parameter(msg)


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
        _CUSTOM: dict(domain.custom or {}),
        _MANAGED_LOGIN: domain.login_version,
        **domain.more,
    }
    return {"DomainDescription": described}


def _own(plane: Plane, name: str) -> Domain:
    domain = plane.directory.domains.get(name)
    if domain is None:
        raise not_found("No such domain or user pool exists.")
    return domain


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    domain = _own(plane, params["Domain"])
    _check_pages(plane, params, is_custom=domain.custom is not None)
    if _CUSTOM in params:
        domains.check_certificate(params[_CUSTOM])
        domain.custom = params[_CUSTOM]
    domain.login_version = params.get(_MANAGED_LOGIN, domain.login_version)
    domain.more = {**domain.more, **_more(params)}
    return _answer(domain)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.domains[_own(plane, params["Domain"]).name]
    return {}


OPERATIONS: Final = {"UpdateUserPoolDomain": _update, "DeleteUserPoolDomain": _delete}
OF_ALL_POOLS: Final = {"CreateUserPoolDomain": _create, "DescribeUserPoolDomain": _describe}
