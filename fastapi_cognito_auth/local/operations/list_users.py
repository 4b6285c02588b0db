"""ListUsers."""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from fastapi_cognito_auth.local import attributes, user_filter
from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.user_filter import Wanted
from fastapi_cognito_auth.local.user_index import SEARCHED
from fastapi_cognito_auth.local.users import User

_MOST: Final = 60


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    wanted, limit = user_filter.read(params.get("Filter", "")), params.get("Limit") or _MOST
    names = params.get("AttributesToGet")
    if names is not None and (unknown := {*names} - plane.directory.schema.keys()):
        named = ", ".join(sorted(unknown))
        msg = f"One or more requested attributes do not exist in the pool schema: {named}"
        raise invalid_parameter(msg)
    query = _query(params)
    token = params.get("PaginationToken")
    shown: list[User] = []
    last = None if token is None else _last(query, token)
    for user in _candidates(plane, wanted, last):
        if wanted.fits(user):
            shown.append(user)
        if len(shown) > limit:
            break
    listed = {"Users": [_describe(user, names) for user in shown[:limit]]}
    if len(shown) > limit:
        return listed | {"PaginationToken": _token(query, shown[limit - 1])}
    return listed


def _candidates(plane: Plane, wanted: Wanted, last: int | None) -> Iterable[User]:
    """Return those who may be meant: whoever is named by what users are found by is not looked for."""
    if wanted.exactly is None or wanted.exactly[0] not in SEARCHED:
        return plane.directory.users_after(last)
    return (user for user in plane.directory.having(*wanted.exactly) if last is None or user.number > last)


def _describe(user: User, names: Iterable[str] | None) -> dict[str, Any]:
    held = user.attributes
    if names is not None:
        held = {name: value for name, value in held.items() if name in names}
    return {**user.describe(), "Attributes": attributes.to_pairs(held)}


def _query(params: dict[str, Any]) -> str:
    """Return what a token belongs to: the pages of another query have other ends."""
    asked = [params["UserPoolId"], params.get("Filter"), params.get("AttributesToGet")]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def _token(query: str, user: User) -> str:
    return base64.urlsafe_b64encode(f"{query}:{user.number}".encode()).decode()


def _last(query: str, token: str) -> int:
    """Return the number of the last user of the page before: who comes or goes meanwhile shifts nothing."""
    try:
        of, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except ValueError:
        of, number = "", ""
    if of != query or not (number.isascii() and number.isdigit() and len(number) < 16):
        raise invalid_parameter("Invalid pagination token")
    return int(number)


OPERATIONS: Final = {"ListUsers": _list}
