"""GetTokensFromRefreshToken, RevokeToken and GlobalSignOut."""

from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, not_authorized
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User


def _get_tokens(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])

    def admit(_: User) -> None:
        if not client.has_secret(params.get("ClientSecret")):
            msg = f"Unable to verify secret hash for client {client.id}"
            raise not_authorized(msg)

    result = plane.tokens.refresh(
        client, params["RefreshToken"], device_key=params.get("DeviceKey"), admit=admit
    )
    return {"AuthenticationResult": result}


def _revoke(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    if not client.has_secret(params.get("ClientSecret")):
        raise ServiceError("UnauthorizedException", "Invalid client secret")
    if not client.revocation:
        raise ServiceError("UnsupportedOperationException", "Token revocation is not enabled for the client")
    token = params["Token"]
    if token.count(".") == 2:
        # A JWT has three parts, a refresh token five.
        raise ServiceError("UnsupportedTokenTypeException", "Unsupported token type")
    # RevokeAssociatedSessions is about a parent SSO session, which a sign-in by the API does not have.
    if not plane.tokens.revoke(client, token):
        raise ServiceError("UnauthorizedException", "The token was not issued to this client")
    return {}


def _global_sign_out(plane: Plane, params: dict[str, Any]) -> Result:
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    plane.sign_out(user)
    return {}


OPERATIONS: Final = {
    "GetTokensFromRefreshToken": _get_tokens,
    "RevokeToken": _revoke,
    "GlobalSignOut": _global_sign_out,
}
