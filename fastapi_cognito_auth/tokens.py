"""Is this token good? One fixed order of checks, after RFC 7515, 7519 and 8725.

size -> header -> key by `kid` -> algorithm -> signature -> `exp`, `nbf`, `iat` -> `iss` ->
`token_use` -> `client_id` of an access token, `aud` of an ID token. The first failure raises its
own error, nothing is decided on what is not verified, and a missing claim is a refusal.
PyJWT does the JOSE work, behind this module alone.
"""

import re
import time
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

import jwt
from jwt.types import Options
from pydantic import ValidationError

from fastapi_cognito_auth.claims import LAST_SECOND, AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.exceptions import (
    InvalidClientError,
    InvalidIssuerError,
    InvalidSignatureError,
    InvalidTokenError,
    InvalidTokenUseError,
    TokenExpiredError,
)
from fastapi_cognito_auth.jwks import ALGORITHM, JWKSCache

LARGEST_TOKEN: Final = 16 * 1024
"""Bytes; more than any header that servers let through, checked before any work."""

_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""The compact form, strictly: three segments of base64url without padding (RFC 7515 section 7.1)."""

_SIGNATURE_ONLY: Final[Options] = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_iss": False,
    "verify_aud": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""PyJWT checks the signature; claims are checked here, by our clock and with errors of our own."""

_REFUSED_HEADERS: Final = frozenset({"crit", "b64", "jku", "jwk", "x5u", "x5c"})
"""Headers that would change what is verified, or with which key (RFC 8725 sections 3.1 and 3.10)."""

_Claims = TypeVar("_Claims", AccessTokenClaims, IdTokenClaims)


class TokenVerifier:
    """Verifies Cognito's tokens for one user pool.

    Args:
        keys: the pool's keys.
        issuers: the accepted values of `iss`.
        client_ids: the app clients whose tokens are accepted.
        clock_skew: seconds by which clocks may differ.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        keys: JWKSCache,
        *,
        issuers: Collection[str],
        client_ids: Collection[str],
        clock_skew: float = 10.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuers = frozenset(issuers)
        self._client_ids = frozenset(client_ids)
        self._clock_skew = clock_skew
        self._clock = clock

    async def access_token(self, token: str) -> AccessTokenClaims:
        """Verify an access token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token's key is unknown and the key set cannot be fetched.
        """
        payload = await self._verify(token, "access")
        claims = _shaped(AccessTokenClaims, payload)
        if claims.client_id not in self._client_ids:
            raise InvalidClientError
        return claims

    async def id_token(self, token: str) -> IdTokenClaims:
        """Verify an ID token.

        Raises:
            InvalidTokenError: a subclass that says which check failed.
            KeysUnavailableError: the token's key is unknown and the key set cannot be fetched.
        """
        payload = await self._verify(token, "id")
        claims = _shaped(IdTokenClaims, payload)
        if claims.aud not in self._client_ids:
            raise InvalidClientError
        return claims

    async def _verify(self, token: str, token_use: str) -> dict[str, Any]:
        if len(token) > LARGEST_TOKEN:
            raise InvalidTokenError("The token is too large.")
        key = await self._keys.key(_unverified_kid(token))
        try:
            payload: dict[str, Any] = jwt.decode(
                token, key.public_key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY
            )
        except jwt.InvalidSignatureError:
            raise InvalidSignatureError from None
        except jwt.PyJWTError as exc:
            raise InvalidTokenError("The token is malformed.") from exc
        self._check_time(payload)
        issuer = payload.get("iss")
        if not isinstance(issuer, str) or issuer not in self._issuers:
            raise InvalidIssuerError
        if payload.get("token_use") != token_use:
            msg = f"The token has the wrong token_use; this needs {token_use}."
            raise InvalidTokenUseError(msg)
        return payload

    def _check_time(self, payload: dict[str, Any]) -> None:
        now = self._clock()
        if now >= _numeric_date(payload, "exp") + self._clock_skew:
            raise TokenExpiredError
        if "nbf" in payload and now < _numeric_date(payload, "nbf") - self._clock_skew:
            raise InvalidTokenError("The token is not valid yet.")
        if now < _numeric_date(payload, "iat") - self._clock_skew:
            raise InvalidTokenError("The token was issued in the future.")


def _unverified_kid(token: str) -> str:
    """Read which key claims to have signed; nothing else of the header is taken from it."""
    if _COMPACT.fullmatch(token) is None:
        raise InvalidTokenError("The token is malformed.")
    try:
        unverified_header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as exc:
        raise InvalidTokenError("The token is malformed.") from exc
    if unverified_header.get("alg") != ALGORITHM or not unverified_header.keys().isdisjoint(_REFUSED_HEADERS):
        raise InvalidTokenError("The token is not signed in the way of this user pool.")
    kid = unverified_header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise InvalidTokenError("The token does not name its key.")
    return kid


def _numeric_date(payload: dict[str, Any], name: str) -> int:
    value = payload.get(name)
    # bool is an int in Python.
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        msg = f"The token has no valid {name}."
        raise InvalidTokenError(msg)
    return value


def _shaped(model: type[_Claims], payload: dict[str, Any]) -> _Claims:
    try:
        return model.model_validate(payload)
    except ValidationError as exc:
        names = ", ".join(sorted({str(error["loc"][0]) for error in exc.errors(include_input=False)}))
        msg = f"The token lacks a valid {names}."
        raise InvalidTokenError(msg) from None
