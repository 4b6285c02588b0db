"""Who asks at the token endpoint (RFC 6749 section 2.3)."""

import base64
import binascii

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import TokenRefusal
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.plane import Plane


def authenticate(plane: Plane, authorization: str | None, form: Parameters, *, status: int = 400) -> Client:
    """Return the app client, which has proven its secret if it has one.

    Args:
        plane: the plane.
        authorization: the header, if there is one.
        form: the body.
        status: of a failure: the token endpoint has 400 for it, revocation 401.

    Raises:
        TokenRefusal: `invalid_client`, or `invalid_request` for two ways at once.
    """
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if authorization is not None:
        named, given = _basic(authorization, status)
        if secret is not None or client_id not in {None, named}:
            raise TokenRefusal("invalid_request")
        client_id, secret = named, given
    if client_id is None:
        raise TokenRefusal("invalid_client" if authorization else "invalid_request")
    try:
        client = plane.directory.client(client_id)
    except ServiceError:
        raise TokenRefusal("invalid_client", status) from None
    if not client.has_secret(secret):
        raise TokenRefusal("invalid_client", status)
    return client


def _basic(authorization: str, status: int) -> tuple[str, str]:
    scheme, _, credentials = authorization.partition(" ")
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        decoded = ""
    # Compared as they are, not URL-decoded: of what ids and secrets hold only a plus would need it.
    client_id, separator, secret = decoded.partition(":")
    if scheme.lower() != "basic" or not separator:
        raise TokenRefusal("invalid_client", status)
    return client_id, secret
