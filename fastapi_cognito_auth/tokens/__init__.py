"""Is this token good? No FastAPI, no boto3, and no I/O once the keys are known."""

from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, Actor, AlbClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.verifier import TokenVerifier

__all__ = ["AccessTokenClaims", "Actor", "AlbClaims", "IdTokenClaims", "TokenVerifier"]
