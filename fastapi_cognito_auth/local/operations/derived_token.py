"""GetDerivedToken: a token of a user for another API, and perhaps for somebody who acts for the user.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetDerivedToken.html

Whatever the service may add to such a token, here it is the user's own with less: nothing in it is
more than in the token that it is drawn from, and it ends no later. No trigger runs.
"""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized, not_found
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.scopes import in_cognitos_order

IMPERSONATION: Final = "TOKEN_EXCHANGE_IMPERSONATION"
DELEGATION: Final = "TOKEN_EXCHANGE_DELEGATION"
"""What the ExplicitAuthFlows allow: tokens that look like the user's own, or that name who acts."""

_DROPPED: Final = frozenset({"act", "aud", "device_key"})
_ACCESS: Final = "ACCESS_TOKEN"
_TYPES: Final = ("SubjectTokenType", "ActorTokenType", "RequestedTokenType")
_PROVIDERS: Final = ("SubjectTokenProviderName", "ActorTokenProviderName")


def _derive(plane: Plane, params: dict[str, Any]) -> Result:
    client = plane.directory.client(params["ClientId"])
    if not client.has_secret(params.get("ClientSecret")):
        raise not_authorized("Invalid client secret")
    delegated = "ActorToken" in params
    if delegated != ("ActorTokenType" in params):
        raise invalid_parameter("ActorToken and ActorTokenType go together")
    if not client.allows(DELEGATION if delegated else IMPERSONATION):
        raise ServiceError("OperationNotEnabledException", "Token exchange is not enabled for the client")
    if any(params.get(name, _ACCESS) != _ACCESS for name in _TYPES) or any(
        name in params for name in _PROVIDERS
    ):
        raise ServiceError(
            "UnknownOperationException",
            "GetDerivedToken of anything but access tokens is not supported by the local user pool",
        )
    audience = _audience(plane, params)
    claims, _, _ = plane.tokens.verify_access_token(params["SubjectToken"])
    actor = plane.tokens.verify_actor(params["ActorToken"]) if delegated else None
    held = claims["scope"].split()
    wanted = params.get("Scopes") or held
    scopes = [scope for scope in dict.fromkeys(wanted) if scope in held and scope in client.oauth.scopes]
    if not scopes:
        raise invalid_parameter("The token can have none of these scopes")
    now = int(plane.clock())
    ends = min(now + client.access_seconds, claims["exp"])
    derived = {name: value for name, value in claims.items() if name not in _DROPPED} | {
        "client_id": client.id,
        "scope": " ".join(in_cognitos_order(scopes)),
        "iat": now,
        "exp": ends,
        "jti": str(uuid.uuid4()),
        **({} if audience is None else {"aud": audience}),
        **_acting(claims, actor),
    }
    return {
        "IssuedToken": plane.tokens.sign_access_token(derived),
        "IssuedTokenType": _ACCESS,
        "TokenType": "Bearer",
        "ExpiresIn": ends - now,
        "Scopes": scopes,
    }


def _acting(claims: Mapping[str, Any], actor: str | None) -> dict[str, Any]:
    """Return the `act` claim (RFC 8693 section 4.1); who acted before stays in it."""
    before = {"act": claims["act"]} if "act" in claims else {}
    return before if actor is None else {"act": {"sub": actor, **before}}


def _audience(plane: Plane, params: dict[str, Any]) -> str | None:
    audiences, resources = params.get("Audiences") or (), params.get("Resources") or ()
    if audiences and resources:
        raise invalid_parameter("Audiences and Resources exclude each other")
    for resource in resources:
        if resource not in plane.directory.resource_servers:
            msg = f"Resource server {resource} does not exist."
            raise not_found(msg)
    return next(iter((*audiences, *resources)), None)


OPERATIONS: Final = {"GetDerivedToken": _derive}
