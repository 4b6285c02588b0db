"""POST /oauth2/token: a code, a refresh token or an app client's own secret in exchange for tokens.

https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any, Final

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.domain.authorization_codes import AuthorizationCode, AuthorizationCodes
from fastapi_cognito_auth.local.domain.authorization_request import is_resource
from fastapi_cognito_auth.local.domain.client_authentication import authenticate
from fastapi_cognito_auth.local.domain.parameters import Parameters
from fastapi_cognito_auth.local.domain.refusals import TokenRefusal
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User

Grant = Callable[[Plane, AuthorizationCodes, Client, Parameters], dict[str, Any]]
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def answer(
    plane: Plane, codes: AuthorizationCodes, authorization: str | None, form: Parameters
) -> dict[str, Any]:
    """Return the tokens as RFC 6749 section 5.1 names them.

    Raises:
        TokenRefusal: the refusal.
    """
    if not form.valid or "grant_type" not in form:
        raise TokenRefusal("invalid_request")
    grant = _GRANTS.get(form["grant_type"])
    if grant is None:
        raise TokenRefusal("unsupported_grant_type")
    client = authenticate(plane, authorization, form)
    try:
        issued = grant(plane, codes, client, form)
    except ServiceError:
        # The user is gone or disabled, the refresh token is over, or a trigger refuses.
        raise TokenRefusal("invalid_grant") from None
    members = {
        "id_token": "IdToken",
        "access_token": "AccessToken",
        "refresh_token": "RefreshToken",
        "expires_in": "ExpiresIn",
        "token_type": "TokenType",
    }
    return {name: issued[member] for name, member in members.items() if member in issued}


def _required(form: Parameters, *names: str) -> list[str]:
    if any(name not in form for name in names):
        raise TokenRefusal("invalid_request")
    return [form[name] for name in names]


def _with_code(plane: Plane, codes: AuthorizationCodes, client: Client, form: Parameters) -> dict[str, Any]:
    if "code" not in client.oauth.flows:
        raise TokenRefusal("unauthorized_client")
    text, redirect_uri = _required(form, "code", "redirect_uri")
    code = codes.find(text)
    if code is None or code.client_id != client.id:
        raise TokenRefusal("invalid_grant")
    if code.challenge is not None and "code_verifier" not in form:
        raise TokenRefusal("invalid_request")
    if code.used:
        # Somebody has it who should not: what was made from it ends (RFC 6749 section 4.1.2).
        if code.event_id is not None:
            plane.tokens.end_grant(code.event_id)
        raise TokenRefusal("invalid_grant")
    # From here on every failure costs the code, so that nobody can try again.
    code.used = True
    user = plane.directory.by_sub(code.sub)
    if (
        code.expires_at <= plane.clock()
        or redirect_uri != code.redirect_uri
        or not _is_proven(code, form.get("code_verifier"))
        or user is None
        or not user.enabled
    ):
        raise TokenRefusal("invalid_grant")
    issued = plane.tokens.sign_in(client, user, methods=code.methods, authorization=code.authorization)
    _, _, grant = plane.tokens.verify_access_token(issued["AccessToken"])
    code.event_id = grant.event_id
    return issued


def _is_proven(code: AuthorizationCode, verifier: str | None) -> bool:
    """Check the code verifier (RFC 7636 section 4.6); one for no challenge was taken from elsewhere."""
    if code.challenge is None or verifier is None:
        return code.challenge is None and verifier is None
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return bool(_VERIFIER.fullmatch(verifier)) and hmac.compare_digest(digest, code.challenge.encode())


def _with_refresh_token(
    plane: Plane, _: AuthorizationCodes, client: Client, form: Parameters
) -> dict[str, Any]:
    (refresh_token,) = _required(form, "refresh_token")
    if "client_credentials" in client.oauth.flows:
        raise TokenRefusal("unauthorized_client")
    wanted = {*form.get("scope", "").split()}

    def admit(_: User) -> None:
        """Let nobody have more than before; the client has proven its secret already."""
        if not wanted <= {*plane.tokens.scopes_of(refresh_token)}:
            raise TokenRefusal("invalid_scope")

    return plane.tokens.refresh(client, refresh_token, admit=admit, at_domain=True)


def _with_secret(plane: Plane, _: AuthorizationCodes, client: Client, form: Parameters) -> dict[str, Any]:
    defined, flows = plane.directory.custom_scopes, client.oauth.flows
    wanted = None if "scope" not in form else [scope for scope in form["scope"].split() if scope in defined]
    if "client_credentials" not in flows or not client.secrets:
        unknown = not flows if wanted is None else not wanted
        raise TokenRefusal("invalid_scope" if unknown else "invalid_grant")
    if wanted is None:
        wanted = [scope for scope in client.oauth.custom_scopes if scope in defined]
    if not wanted:
        raise TokenRefusal("invalid_scope")
    if not {*wanted} <= {*client.oauth.scopes}:
        raise TokenRefusal("invalid_grant")
    resource = form.get("resource")
    if resource is not None and not is_resource(resource):
        raise TokenRefusal("invalid_request")
    return plane.tokens.issue_to_machine(client, wanted, resource=resource)


_GRANTS: Final[dict[str, Grant]] = {
    "authorization_code": _with_code,
    "refresh_token": _with_refresh_token,
    "client_credentials": _with_secret,
}
