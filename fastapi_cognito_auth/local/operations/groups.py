"""Groups and their members."""

from typing import Any, Final

from fastapi_cognito_auth.local import attributes
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane

_MOST: Final = 60
MOST_GROUPS: Final = 10_000
"""Groups of a pool."""
MOST_OF_A_USER: Final = 100
_HIGHEST_PRECEDENCE: Final = 2**31 - 1
_MEMBERS: Final = {"Description": "description", "RoleArn": "role_arn", "Precedence": "precedence"}


def _given(params: dict[str, Any]) -> dict[str, Any]:
    if params.get("Precedence", 0) > _HIGHEST_PRECEDENCE:
        msg = f"Precedence is at most {_HIGHEST_PRECEDENCE}."
        raise invalid_parameter(msg)
    return {field: params[name] for name, field in _MEMBERS.items() if name in params}


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    if len(plane.directory.groups) >= MOST_GROUPS and params["GroupName"] not in plane.directory.groups:
        msg = f"A user pool can have {MOST_GROUPS} groups."
        raise ServiceError("LimitExceededException", msg)
    group = plane.directory.add_group(params["GroupName"], **_given(params))
    return {"Group": group.describe(plane.directory.pool_id)}


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    return {"Group": plane.directory.group(params["GroupName"]).describe(plane.directory.pool_id)}


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    group = plane.directory.group(params["GroupName"])
    for field, value in _given(params).items():
        setattr(group, field, value)
    group.modified_at = plane.clock()
    return {"Group": group.describe(plane.directory.pool_id)}


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    plane.directory.remove_group(plane.directory.group(params["GroupName"]))
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    groups, pool_id = [*plane.directory.groups.values()], plane.directory.pool_id
    limit, token = params.get("Limit") or _MOST, params.get("NextToken")
    shown, following = page(groups, of="groups", limit=limit, token=token)
    return {"Groups": [group.describe(pool_id) for group in shown], **_following(following)}


def _groups_of(plane: Plane, params: dict[str, Any]) -> Result:
    user, pool_id = user_of(plane, params), plane.directory.pool_id
    shown, following = page(
        plane.directory.groups_of(user),
        of=f"groups:{user.sub}",
        limit=params.get("Limit") or _MOST,
        token=params.get("NextToken"),
    )
    return {"Groups": [group.describe(pool_id) for group in shown], **_following(following)}


def _members(plane: Plane, params: dict[str, Any]) -> Result:
    group = plane.directory.group(params["GroupName"])
    shown, following = page(
        [*plane.directory.members(group.name)],
        of=f"members:{group.name}",
        limit=params.get("Limit") or _MOST,
        token=params.get("NextToken"),
    )
    users = [{**user.describe(), "Attributes": attributes.to_pairs(user.attributes)} for user in shown]
    return {"Users": users, **_following(following)}


def _following(token: str | None) -> dict[str, str]:
    return {} if token is None else {"NextToken": token}


def _join(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    group = plane.directory.group(params["GroupName"])
    if len(user.groups) >= MOST_OF_A_USER and group.name not in user.groups:
        msg = f"A user can be in {MOST_OF_A_USER} groups."
        raise invalid_parameter(msg)
    plane.directory.join(user, group.name)
    return {}


def _leave(plane: Plane, params: dict[str, Any]) -> Result:
    user = user_of(plane, params)
    plane.directory.leave(user, plane.directory.group(params["GroupName"]).name)
    return {}


OPERATIONS: Final = {
    "CreateGroup": _create,
    "GetGroup": _get,
    "UpdateGroup": _update,
    "DeleteGroup": _delete,
    "ListGroups": _list,
    "AdminListGroupsForUser": _groups_of,
    "ListUsersInGroup": _members,
    "AdminAddUserToGroup": _join,
    "AdminRemoveUserFromGroup": _leave,
}
