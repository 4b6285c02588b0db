"""GetClientToken: an app client signs in for itself by the API, without a domain.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
"""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane

FLOW: Final = "ALLOW_CLIENT_TOKEN_AUTH"
"""What the ExplicitAuthFlows of such a client are, and nothing beside it."""


def _get(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    if not client.secrets or not client.has_secret(params["Secret"]):
        raise not_authorized("Invalid client secret")
    if client.flows != {FLOW}:
        raise ServiceError("OperationNotEnabledException", "GetClientToken is not enabled for the client")
    allowed = [scope for scope in client.oauth.custom_scopes if scope in plane.directory.custom_scopes]
    scopes = params.get("Scopes") or allowed
    if not scopes or not {*scopes} <= {*allowed}:
        raise invalid_parameter("The client may not have these scopes")
    return {"ClientAuthenticationResult": plane.tokens.issue_to_machine(client, scopes)}


OPERATIONS: Final = {"GetClientToken": _get}
