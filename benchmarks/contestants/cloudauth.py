"""fastapi-cloudauth's verifier of access tokens, with keys at hand or from an address."""

from typing import Any

from fastapi_cloudauth.base import ScopedAuth
from fastapi_cloudauth.cognito import CognitoExtraVerifier
from fastapi_cloudauth.verification import JWKS
from jose import jwk

from benchmarks.material import Material


def cognito(material: Material) -> Any:
    """Build what `fastapi_cloudauth.cognito.Cognito` builds, with keys at hand instead of fetched."""
    keys = JWKS(fixed_keys={member["kid"]: jwk.construct(member) for member in material.jwks["keys"]})
    return cognito_of(keys, client_id=material.pool["client_id"], issuer=material.pool["issuer"])


def cognito_of(keys: JWKS, *, client_id: str, issuer: str) -> Any:
    """Build what `fastapi_cloudauth.cognito.Cognito` builds."""
    return ScopedAuth(
        keys,
        audience=client_id,
        issuer=issuer,
        scope_key="cognito:groups",
        extra=CognitoExtraVerifier(client_id=client_id, issuer=issuer, token_use={"access"}),
    )
