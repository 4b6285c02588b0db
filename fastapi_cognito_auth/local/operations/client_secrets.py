"""The secrets of an app client: two at once, while the app goes over from one to the other."""

import hmac
from dataclasses import replace
from typing import Any, Final

from fastapi_cognito_auth.local.client_records import ClientRecord, ClientSecret
from fastapi_cognito_auth.local.drawn import new_client_secret
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

MOST: Final = 2


def _confidential(plane: Plane, params: dict[str, Any]) -> ClientRecord:
    record = plane.directory.client_record(params["ClientId"])
    if not record.secrets:
        msg = f"App client {record.id} is not configured for secret"
        raise invalid_parameter(msg)
    return record


def _described(secret: ClientSecret) -> dict[str, Any]:
    return {"ClientSecretId": secret.id, "ClientSecretCreateDate": secret.created_at}


def _add(plane: Plane, params: dict[str, Any]) -> Result:
    record = _confidential(plane, params)
    if len(record.secrets) >= MOST:
        msg = f"Client secrets cannot exceed limit of {MOST} secrets."
        raise ServiceError("LimitExceededException", msg)
    given: str | None = params.get("ClientSecret")
    if given is not None and any(
        hmac.compare_digest(known.value.encode(), given.encode()) for known in record.secrets
    ):
        # With two of one value, deleting one would change nothing.
        raise invalid_parameter("The app client has this client secret already")
    secret = _named_apart(ClientSecret.new(record.id, given or new_client_secret(), plane.clock()), record)
    record.secrets = (*record.secrets, secret)
    # Only who has drawn it can tell it.
    value = {} if given is not None else {"ClientSecretValue": secret.value}
    return {"ClientSecretDescriptor": {**_described(secret), **value}}


def _named_apart(secret: ClientSecret, record: ClientRecord) -> ClientSecret:
    """Return a secret whose id no other of the app client has: two can be of one second."""
    taken = {known.id for known in record.secrets}
    while secret.id in taken:
        name, _, second = secret.id.rpartition("--")
        secret = replace(secret, id=f"{name}--{int(second) + 1}")
    return secret


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    record = plane.directory.client_record(params["ClientId"])
    return {"ClientSecrets": [_described(secret) for secret in record.secrets]}


def _delete(plane: Plane, params: dict[str, Any]) -> Result:
    record = _confidential(plane, params)
    kept = tuple(secret for secret in record.secrets if secret.id != params["ClientSecretId"])
    if len(kept) == len(record.secrets):
        raise not_found("Client secret does not exist.")
    if not kept:
        raise invalid_parameter("The last secret of an app client cannot be deleted")
    record.secrets = kept
    return {}


OPERATIONS: Final = {
    "AddUserPoolClientSecret": _add,
    "ListUserPoolClientSecrets": _list,
    "DeleteUserPoolClientSecret": _delete,
}
