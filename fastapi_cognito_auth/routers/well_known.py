"""The key set and the discovery document, where Cognito has them beside its API."""

from typing import Any

from fastapi import APIRouter

from fastapi_cognito_auth.keys.jwks import JWKSCache
from fastapi_cognito_auth.keys.key_set import public_jwk


def discovery_document(issuer: str, key_set_uri: str) -> dict[str, Any]:
    """Return what tells how an issuer's tokens are verified (OpenID Connect Discovery, section 3).

    Endpoints of a managed login are not named: they are not the API's to know.

    Args:
        issuer: the `iss` of the tokens.
        key_set_uri: where the keys are.
    """
    return {
        "issuer": issuer,
        "jwks_uri": key_set_uri,
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "token"],
        "subject_types_supported": ["public"],
    }


def well_known_router(keys: JWKSCache, *, user_pool_id: str, issuer: str, key_set_uri: str) -> APIRouter:
    """Build the two endpoints of a pool.

    Args:
        keys: of the pool, as the app itself verifies with them.
        user_pool_id: of the pool.
        issuer: of its tokens.
        key_set_uri: where the app has the keys from.
    """
    # Nothing for people to try out, and nothing that a body is needed for.
    router = APIRouter(prefix=f"/{user_pool_id}/.well-known", include_in_schema=False)
    document = discovery_document(issuer, key_set_uri)

    @router.get("/jwks.json")
    async def key_set() -> dict[str, object]:
        """Return the keys that verify the pool's tokens."""
        return {"keys": [public_jwk(key) for key in await keys.all()]}

    @router.get("/openid-configuration")
    async def discovery() -> dict[str, object]:
        """Return the metadata of the issuer."""
        return document

    return router
