"""POST /oauth2/revoke: end a refresh token, and the access tokens made from it (RFC 7009)."""

from fastapi_cognito_auth.local.domain.client_authentication import authenticate
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import TokenRefusal
from fastapi_cognito_auth.local.plane import Plane


def answer(plane: Plane, authorization: str | None, form: Parameters) -> None:
    """Revoke; a token that is unknown or over is no failure.

    Raises:
        TokenRefusal: the refusal.
    """
    if not form.valid or "token" not in form:
        raise TokenRefusal("invalid_request")
    client = authenticate(plane, authorization, form, status=401)
    if not client.revocation:
        raise TokenRefusal("invalid_request")
    if form["token"].count(".") == 2:
        # A JWT has three parts, a refresh token five.
        raise TokenRefusal("unsupported_token_type")
    if not plane.tokens.revoke(client, form["token"]):
        raise TokenRefusal("invalid_client", 401)
