"""The tags of a user pool."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

MOST: Final = 50


def check(tags: dict[str, str]) -> None:
    """Refuse tags that no pool can have.

    Raises:
        ServiceError: there are too many, or a key begins as those of AWS do.
    """
    if len(tags) > MOST:
        msg = f"A user pool can have {MOST} tags"
        raise invalid_parameter(msg)
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid_parameter("Tag keys that begin with aws: are reserved")


def _tag(plane: Plane, params: dict[str, Any]) -> Result:
    pool = plane.directory.pool
    tags = {**pool.tags, **params["Tags"]}
    check(tags)
    pool.tags = tags
    return {}


def _untag(plane: Plane, params: dict[str, Any]) -> Result:
    pool, gone = plane.directory.pool, {*params["TagKeys"]}
    pool.tags = {key: value for key, value in pool.tags.items() if key not in gone}
    return {}


def _list(plane: Plane, _: dict[str, Any]) -> Result:
    return {"Tags": dict(plane.directory.pool.tags)}


OPERATIONS: Final = {"TagResource": _tag, "UntagResource": _untag, "ListTagsForResource": _list}
