"""Tokens that were verified before, so that a signature is checked once and not per request."""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from cachetools import TLRUCache

from fastapi_cognito_auth.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.jwks import JWKSCache, Key

ClaimsT = TypeVar("ClaimsT", AccessTokenClaims, IdTokenClaims)


class VerifiedToken(Generic[ClaimsT]):
    """What verifying a token found out; its state is what a caller builds of the claims.

    Args:
        claims: verified.
        key: made the signature.
        keys: where the key is from.
        pool: the user pool's id.
        group_prefix: what stands before the pool's group names in this app.
    """

    __slots__ = ("claims", "group_prefix", "key", "keys", "pool", "principal")

    def __init__(self, claims: ClaimsT, key: Key, keys: JWKSCache, pool: str, group_prefix: str) -> None:
        self.claims: ClaimsT = claims
        self.key = key
        self.keys = keys
        self.pool = pool
        self.group_prefix = group_prefix
        self.principal: Any = None
        """Made of the claims by the layer above, once for as long as the token is remembered."""


class VerifiedTokens:
    """Remembers verified tokens by a digest until they expire, the least used making way.

    Args:
        size: how many at most; none are kept for 0.
        clock_skew: seconds that a token is accepted beyond its `exp`.
        clock: seconds since the epoch.
    """

    def __init__(self, size: int, *, clock_skew: float = 0.0, clock: Callable[[], float] = time.time) -> None:
        self._tokens: TLRUCache[bytes, VerifiedToken[Any]] = TLRUCache(
            size, ttu=lambda _, token, __: token.claims.exp + clock_skew, timer=clock
        )
        self._size = size
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def get(self, digest: bytes) -> VerifiedToken[Any] | None:
        """Return what is remembered, if the key that verified it is still one of the pool's."""
        try:
            # Without the lock: two readers do each other no harm, and a writer at worst this KeyError.
            token = self._tokens[digest]
        except KeyError:
            return None
        key = token.key
        if token.keys.known(key.kid) is not key:
            self.forget(digest)
            return None
        return token

    def remember(self, digest: bytes, token: VerifiedToken[Any]) -> None:
        """Keep a token that has just been verified."""
        if self._size:
            with self._lock:
                self._tokens[digest] = token

    def forget(self, digest: bytes) -> None:
        """Drop a token that is not good any more."""
        with self._lock:
            self._tokens.pop(digest, None)
