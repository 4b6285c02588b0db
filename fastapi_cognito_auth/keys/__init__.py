"""The public keys that tokens are verified with: fetched seldom, kept through outages."""

from fastapi_cognito_auth.keys.jwks import Fetch, FetchError, JWKSCache, KeySetStatus

__all__ = ["Fetch", "FetchError", "JWKSCache", "KeySetStatus"]
