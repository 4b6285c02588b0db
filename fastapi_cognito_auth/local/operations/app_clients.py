"""App clients: created, described, updated and deleted."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local import client_rules
from fastapi_cognito_auth.local.client_defaults import with_defaults
from fastapi_cognito_auth.local.client_records import ClientRecord, ClientSecret
from fastapi_cognito_auth.local.drawn import new_client_id, new_client_secret
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane

_PUBLISHES: Final = "PublishSecretsInAWSSecretsManager"
_APART: Final = frozenset({"UserPoolId", "ClientId", "GenerateSecret", "ClientSecret", _PUBLISHES})
"""Members that are kept beside the configuration."""


def create(plane: Plane, params: Mapping[str, Any], *, client_id: str | None = None) -> ClientRecord:
    """Add an app client.

    Args:
        plane: whose.
        params: of CreateUserPoolClient, validated.
        client_id: drawn unless given.
    """
    now = plane.clock()
    secret = params.get("ClientSecret") or (new_client_secret() if params.get("GenerateSecret") else None)
    client_id = client_id or new_client_id()
    record = ClientRecord(
        id=client_id,
        config=with_defaults(_configuration(params)),
        secrets=() if secret is None else (ClientSecret.new(client_id, secret, now),),
        created_at=now,
        modified_at=now,
    )
    plane.directory.clients[record.id] = record
    return record


def _configuration(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in _APART}


def _describe(plane: Plane, record: ClientRecord) -> Result:
    secret = {"ClientSecret": record.secrets[0].value} if record.secrets else {}
    return {
        "UserPoolClient": {
            "UserPoolId": plane.directory.pool_id,
            "ClientId": record.id,
            **secret,
            **record.config,
            "LastModifiedDate": record.modified_at,
            "CreationDate": record.created_at,
        }
    }


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    if len(plane.directory.clients) >= client_rules.MOST_CLIENTS:
        msg = f"A user pool can have {client_rules.MOST_CLIENTS} app clients."
        raise ServiceError("LimitExceededException", msg)
    if params.get("GenerateSecret") and "ClientSecret" in params:
        raise invalid_parameter("Cannot generate a client secret when a ClientSecret is given.")
    has_secret = bool(params.get("GenerateSecret")) or "ClientSecret" in params
    _check(plane, params, has_secret=has_secret)
    return _describe(plane, create(plane, params))


def _check(plane: Plane, params: Mapping[str, Any], *, has_secret: bool) -> None:
    if params.get(_PUBLISHES):
        # There is no Secrets Manager here; a secret that it keeps could be read nowhere.
        raise invalid_parameter("The local user pool does not publish secrets in AWS Secrets Manager.")
    client_rules.check(plane.directory, _configuration(params), has_secret=has_secret)


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    return _describe(plane, plane.directory.client_record(params["ClientId"]))


def _update(plane: Plane, params: dict[str, Any]) -> Result:
    """Replace the configuration: what is left out goes back to its default, but for the name."""
    record = plane.directory.client_record(params["ClientId"])
    name = {"ClientName": record.config["ClientName"]}
    _check(plane, params, has_secret=bool(record.secrets))
    record.config = with_defaults(name | _configuration(params))
    record.modified_at = plane.clock()
    return _describe(plane, record)


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    plane.directory.remove_client(plane.directory.client_record(params["ClientId"]))
    return {}


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.clients.values()],
        of="clients",
        limit=params.get("MaxResults") or 60,
        token=params.get("NextToken"),
    )
    pool_id = plane.directory.pool_id
    listed = [
        {"ClientId": kept.id, "UserPoolId": pool_id, "ClientName": kept.config["ClientName"]}
        for kept in shown
    ]
    return {"UserPoolClients": listed} | ({"NextToken": following} if following else {})


OPERATIONS: Final = {
    "CreateUserPoolClient": _create,
    "DescribeUserPoolClient": _get,
    "UpdateUserPoolClient": _update,
    "DeleteUserPoolClient": _delete,
    "ListUserPoolClients": _list,
}
