"""Tokens that were verified before, so that a signature is checked once and not per request."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from cachetools import FIFOCache

from fastapi_cognito_auth.keys.key_set import Key
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.issuing_pool import IssuingPool

ClaimsT = TypeVar("ClaimsT", AccessTokenClaims, IdTokenClaims)


class VerifiedToken(Generic[ClaimsT]):
    """What verifying a token found out; its state is what a caller builds of the claims.

    Args:
        claims: verified.
        key: made the signature.
        pool: issued it.
    """

    __slots__ = ("claims", "key", "pool", "principal")

    def __init__(self, claims: ClaimsT, key: Key, pool: IssuingPool) -> None:
        self.claims: ClaimsT = claims
        self.key: Key = key
        self.pool: IssuingPool = pool
        self.principal: Any = None
        """Made of the claims by the layer above, once for as long as the token is remembered."""


class VerifiedTokens:
    """Remembers verified tokens by a digest, the oldest making way.

    A token is remembered from its second use on: of one that never comes again only the digest is
    kept, so that a flood of new tokens costs no memory to speak of and takes nobody's place. The
    oldest is the one that expires first, or nearly; if it is still in use, its next use but one
    brings it back.

    Args:
        size: how many at most; none are kept for 0.
        clock_skew: seconds that a token is accepted beyond its `exp`.
        clock: seconds since the epoch.
    """

    def __init__(self, size: int, *, clock_skew: float, clock: Callable[[], float] = wall_clock) -> None:
        self._size = size
        self._clock_skew = clock_skew
        self._clock = clock
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # In a child as well: a fork may come in the middle of a change.
        self._tokens: FIFOCache[bytes, VerifiedToken[Any]] = FIFOCache(self._size)
        # Two generations: when the newer is full it takes the place of the older.
        self._used_once: set[bytes] = set()
        self._used_once_before: set[bytes] = set()
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def get(self, digest: bytes) -> VerifiedToken[Any] | None:
        """Return what is remembered, unless it has expired or its key is not the pool's any more."""
        # Reading changes nothing, and so needs no lock.
        if digest not in self._tokens:
            return None
        try:
            token = self._tokens[digest]
        except KeyError:
            return None  # dropped in between
        # As `is_good`, written out: every request comes by here, and a call costs it one part in thirty.
        key = token.key
        if self._clock() < token.claims.exp + self._clock_skew and token.pool.keys.known(key.kid) is key:
            return token
        self.forget(digest)
        return None

    def is_good(self, token: VerifiedToken[Any]) -> bool:
        """Tell whether a token need not be verified again: it has not expired, and its key is the pool's."""
        key = token.key
        return (
            self._size > 0
            and self._clock() < token.claims.exp + self._clock_skew
            and token.pool.keys.known(key.kid) is key
        )

    def remember(self, digest: bytes, token: VerifiedToken[Any]) -> None:
        """Keep a token that has just been verified, if that happens to it for the second time."""
        if not self._size:
            return
        with self._lock:
            if digest in self._used_once or digest in self._used_once_before:
                self._tokens[digest] = token
                return
            if len(self._used_once) >= self._size:
                self._used_once_before, self._used_once = self._used_once, set()
            self._used_once.add(digest)

    def forget(self, digest: bytes) -> None:
        """Drop a token that is not good any more."""
        with self._lock:
            self._tokens.pop(digest, None)
