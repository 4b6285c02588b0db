"""Replicas in other Regions: asked for and shown, and never there, as there is but one Region here."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import feature_plans
from fastapi_cognito_auth.local.errors import invalid_parameter, not_found
from fastapi_cognito_auth.local.operations import tags
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.replicas import Replica
from fastapi_cognito_auth.settings.regions import REGIONS

_PAGE: Final = 60


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    directory, region = plane.directory, params["RegionName"]
    feature_plans.check(directory.config, "ESSENTIALS", "Multi-Region replication")
    if region not in REGIONS:
        msg = f"{region} is no Region"
        raise invalid_parameter(msg)
    if region == directory.region or region in directory.replicas:
        msg = f"The user pool is in the Region {region} already"
        raise invalid_parameter(msg)
    given: dict[str, str] = params.get("UserPoolTags") or {}
    tags.check(given)
    arn = directory.pool.arn.replace(f":{directory.region}:", f":{region}:", 1)
    replica = Replica(region=region, arn=arn, tags=given)
    directory.replicas[region] = replica
    return {"UserPoolReplica": replica.describe()}


def _own(plane: Plane, params: Mapping[str, Any]) -> Replica:
    region = params["RegionName"]
    if region == plane.directory.region:
        raise invalid_parameter("The primary replica is the user pool itself")
    replica = plane.directory.replicas.get(region)
    if replica is None:
        msg = f"The user pool has no replica in {region}."
        raise not_found(msg)
    return replica


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    """Refuse: what is being created can be switched neither on nor off."""
    replica = _own(plane, params)
    msg = f"The replica cannot be updated. Its status is {replica.status}"
    raise invalid_parameter(msg)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    replica = _own(plane, params)
    del plane.directory.replicas[replica.region]
    return {"UserPoolReplica": replica.describe() | {"Status": "DELETING"}}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    directory = plane.directory
    primary = {
        "RegionName": directory.region,
        "Status": "ACTIVE",
        "Role": "PRIMARY",
        "UserPoolArn": directory.pool.arn,
    }
    replicas = [primary, *(replica.describe() for replica in directory.replicas.values())]
    shown, following = page(replicas, of="replicas", limit=_PAGE, token=params.get("NextToken"))
    return {"UserPoolReplicas": shown} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "CreateUserPoolReplica": _create,
    "UpdateUserPoolReplica": _update,
    "DeleteUserPoolReplica": _delete,
    "ListUserPoolReplicas": _list,
}
