"""fastapi-cloudauth's verifier of access tokens, with keys at hand instead of fetched at import."""

from typing import Any

from fastapi_cloudauth.base import ScopedAuth
from fastapi_cloudauth.cognito import CognitoExtraVerifier
from fastapi_cloudauth.verification import JWKS
from jose import jwk

from benchmarks.material import Material


def cognito(material: Material) -> Any:
    """Build what `fastapi_cloudauth.cognito.Cognito` builds."""
    client_id, issuer = material.pool["client_id"], material.pool["issuer"]
    return ScopedAuth(
        JWKS(fixed_keys={member["kid"]: jwk.construct(member) for member in material.jwks["keys"]}),
        audience=client_id,
        issuer=issuer,
        scope_key="cognito:groups",
        extra=CognitoExtraVerifier(client_id=client_id, issuer=issuer, token_use={"access"}),
    )
