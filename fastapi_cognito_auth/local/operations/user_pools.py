"""User pools: created, described, updated and deleted."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import lambda_config, pool_rules
from fastapi_cognito_auth.local.drawn import new_pool_id
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.mfa import FIRST_FACTOR_NAMES, OTP_NAMES
from fastapi_cognito_auth.local.operations.custom_attributes import schema_of
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pool_defaults import with_defaults
from fastapi_cognito_auth.local.pool_record import FIXED_AT_CREATION, PoolRecord
from fastapi_cognito_auth.local.pools import Pools

_APART: Final = frozenset({"UserPoolId", "PoolName", "Schema", "MfaConfiguration", "UserPoolTags"})
"""Members that are kept beside the configuration."""
_SMS: Final = "SmsConfiguration"


def create(
    pools: Pools,
    params: Mapping[str, Any],
    *,
    pool_id: str | None = None,
) -> Plane:
    """Add a pool.

    Args:
        pools: where.
        params: of CreateUserPool, validated.
        pool_id: drawn unless given.

    Raises:
        ServiceError: the configuration is none that a pool can have.
    """
    mfa = params.get("MfaConfiguration", "OFF")
    _check_first_factors(params, mfa)
    pool_id = pool_id or new_pool_id(pools.region)
    now = pools.clock()
    record = PoolRecord(
        id=pool_id,
        arn=pools.arn(pool_id),
        name=params["PoolName"],
        issuer=pools.issuer(pool_id),
        config=with_defaults(_configuration(params)),
        schema=schema_of(params.get("Schema") or ()),
        mfa=mfa,
        mfa_settings=_second_factors(params, mfa),
        tags=params.get("UserPoolTags") or {},
        created_at=now,
        modified_at=now,
    )
    return pools.add(record)


def _configuration(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in _APART}


def _second_factors(params: Mapping[str, Any], mfa: str) -> dict[str, Any]:
    """Return SMS as the second factor where CreateUserPool switches MFA on: it knows no other."""
    sms = params.get(_SMS)
    return {"SmsMfaConfiguration": {_SMS: sms}} if sms and mfa != "OFF" else {}


def _check_functions(params: Mapping[str, Any]) -> None:
    lambda_config.check(params.get("LambdaConfig") or {})


def _check_first_factors(params: Mapping[str, Any], mfa: str) -> None:
    policy = (params.get("Policies") or {}).get("SignInPolicy") or {}
    factors = {*(policy.get("AllowedFirstAuthFactors") or ("PASSWORD",))}
    if not factors <= FIRST_FACTOR_NAMES:
        raise invalid_parameter("SOFTWARE_TOKEN cannot be a first factor")
    if mfa == "ON" and factors <= OTP_NAMES:
        raise invalid_parameter("MFA cannot be required where one-time passwords are the only first factors")


def describe(plane: Plane) -> dict[str, Any]:
    """Return UserPoolType."""
    directory = plane.directory
    pool = directory.pool
    domains = {
        "CustomDomain" if domain.custom else "Domain": domain.name for domain in directory.domains.values()
    }
    return {
        "Id": pool.id,
        "Name": pool.name,
        "Arn": pool.arn,
        "CreationDate": pool.created_at,
        "LastModifiedDate": pool.modified_at,
        "MfaConfiguration": pool.mfa,
        "EstimatedNumberOfUsers": len(directory.users),
        "SchemaAttributes": [dict(entry) for entry in pool.schema.values()],
        "UserPoolTags": dict(pool.tags),
        **_sms_of(pool),
        **pool.config,
        **domains,
    }


def _sms_of(pool: PoolRecord) -> dict[str, Any]:
    """Return how the pool sends text messages, which SetUserPoolMfaConfig can say too."""
    sms = (pool.mfa_settings.get("SmsMfaConfiguration") or {}).get(_SMS)
    return {_SMS: sms} if sms else {}


def _create(pools: Pools, params: dict[str, Any]) -> Result:
    if sum(1 for _ in pools) >= pool_rules.MOST_POOLS:
        msg = f"An account can have {pool_rules.MOST_POOLS} user pools."
        raise ServiceError("LimitExceededException", msg)
    pool_rules.check_new(params)
    _check_functions(params)
    return {"UserPool": describe(create(pools, params))}


def _describe(plane: Plane, _: dict[str, Any]) -> Result:
    return {"UserPool": describe(plane)}


def _list(pools: Pools, params: dict[str, Any]) -> Result:
    shown, following = page([*pools], of="pools", limit=params["MaxResults"], token=params.get("NextToken"))
    listed = [
        {
            "Id": plane.directory.pool.id,
            "Name": plane.directory.pool.name,
            "LambdaConfig": plane.directory.config["LambdaConfig"],
            "LastModifiedDate": plane.directory.pool.modified_at,
            "CreationDate": plane.directory.pool.created_at,
        }
        for plane in shown
    ]
    return {"UserPools": listed} | ({"NextToken": following} if following else {})


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace the configuration: what is left out goes back to its default, but for what cannot change."""
    pool = plane.directory.pool
    mfa = params.get("MfaConfiguration", pool.mfa)
    pool_rules.check_change(plane.directory, params)
    _check_functions(params)
    _check_first_factors(params, mfa)
    fixed = {name: pool.config[name] for name in FIXED_AT_CREATION if name in pool.config}
    pool.config = with_defaults(_configuration(params) | fixed)
    pool.mfa = mfa
    pool.mfa_settings = {**_second_factors(params, mfa), **pool.mfa_settings}
    pool.name = params.get("PoolName", pool.name)
    pool.tags = params.get("UserPoolTags", pool.tags)
    pool.modified_at = plane.clock()
    return {}


def _delete(pools: Pools, params: dict[str, Any]) -> Result:
    pool_rules.check_deletion(pools.get(params["UserPoolId"]).directory)
    pools.remove(params["UserPoolId"])
    return {}


OPERATIONS: Final = {"DescribeUserPool": _describe, "UpdateUserPool": _update}
OF_ALL_POOLS: Final = {"CreateUserPool": _create, "ListUserPools": _list, "DeleteUserPool": _delete}
