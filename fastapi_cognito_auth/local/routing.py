"""Which pool a request is about: what it names it by, in the order in which that is unmistakable."""

from collections.abc import Mapping
from typing import Any

from fastapi_cognito_auth.local.errors import invalid_session, not_authorized, not_found
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pools import Pools
from fastapi_cognito_auth.local.tokens import Tokens


def pool_of(pools: Pools, params: Mapping[str, Any]) -> Plane:
    """Return the pool of a validated request.

    A token or session of no pool goes to any: each looks itself whether it is one of its own.

    Raises:
        ServiceError: the id names no pool.
    """
    if "UserPoolId" in params:
        return pools.get(params["UserPoolId"])
    if "ClientId" in params:
        return pools.of_client(params["ClientId"])
    if "ResourceArn" in params:
        return _of_arn(pools, params["ResourceArn"])
    named = pools.of_session(params.get("Session", ""))
    if "AccessToken" in params:
        named = pools.of_issuer(Tokens.unverified_claims(params["AccessToken"]).get("iss"))
    plane = named or next(iter(pools), None)
    if plane is None and "AccessToken" in params:
        raise not_authorized("Invalid Access Token")
    if plane is None and "Session" in params:
        raise invalid_session()
    if plane is None:
        raise not_found("There is no user pool.")
    return plane


def _of_arn(pools: Pools, arn: str) -> Plane:
    for plane in pools:
        if plane.directory.pool.arn == arn:
            return plane
    msg = f"User pool {arn.rpartition('/')[2]} does not exist."
    raise not_found(msg)
