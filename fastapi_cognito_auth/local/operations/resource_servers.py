"""Resource servers and their scopes."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ResourceServer

_MOST: Final = 50
MOST_SERVERS: Final = 25
"""Resource servers of a pool."""


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    identifier = params["Identifier"]
    if identifier in plane.directory.servers:
        msg = f"{identifier} already exists in user pool {plane.directory.pool_id}."
        raise invalid_parameter(msg)
    if len(plane.directory.servers) >= MOST_SERVERS:
        msg = f"A user pool can have {MOST_SERVERS} resource servers."
        raise ServiceError("LimitExceededException", msg)
    server = ResourceServer(identifier=identifier, name=params["Name"], scopes=_scopes(params))
    plane.directory.servers[identifier] = server
    return _answer(plane, server)


def _scopes(params: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Return the scopes of a request.

    Raises:
        ServiceError: two have one name.
    """
    scopes = tuple(params.get("Scopes") or ())
    if len({scope["ScopeName"] for scope in scopes}) < len(scopes):
        raise invalid_parameter("Scope names must be unique within a resource server.")
    return scopes


def _answer(plane: Plane, server: ResourceServer) -> Result:
    return {"ResourceServer": server.describe(plane.directory.pool_id)}


def _own(plane: Plane, identifier: str) -> ResourceServer:
    server = plane.directory.servers.get(identifier)
    if server is None:
        raise not_found("Resource server does not exist.")
    return server


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params["Identifier"]))


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace name and scopes; scopes that are left out are gone."""
    server = _own(plane, params["Identifier"])
    scopes = _scopes(params)
    server.name = params["Name"]
    server.scopes = scopes
    return _answer(plane, server)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    del plane.directory.servers[_own(plane, params["Identifier"]).identifier]
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.servers.values()],
        of="servers",
        limit=params.get("MaxResults") or _MOST,
        token=params.get("NextToken"),
    )
    listed = [server.describe(plane.directory.pool_id) for server in shown]
    return {"ResourceServers": listed} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "CreateResourceServer": _create,
    "DescribeResourceServer": _describe,
    "UpdateResourceServer": _update,
    "DeleteResourceServer": _delete,
    "ListResourceServers": _list,
}
