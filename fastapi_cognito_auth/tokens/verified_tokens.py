"""Tokens that were verified before, so that a signature is checked once and not per request."""

import random
import threading
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from fastapi_cognito_auth.keys.key_set import Key
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.issuing_pool import IssuingPool

ClaimsT = TypeVar("ClaimsT", AccessTokenClaims, IdTokenClaims)

_LOOKED_AT: Final = 8
"""How many are drawn where one must make way: enough to find one that has expired, if many have."""


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
    """Remembers verified tokens by a digest, one that has expired making way, or any.

    A token is remembered from its second use on: of one that never comes again only the digest is
    kept, so that a flood of new tokens costs no memory to speak of and takes nobody's place. Where
    there is no room left, a few are drawn, and one that has expired makes way, or if there is none
    among them the last. By age or by use all would be lost to tokens that come in turn and are a few
    more than there is room for: each would make way just before it comes again.

    Args:
        size: how many at most; none are kept for 0.
        clock_skew: seconds that a token is accepted beyond its `exp`.
        clock: seconds since the epoch.
        chance: draws; what it draws is no secret.
    """

    def __init__(
        self,
        size: int,
        *,
        clock_skew: float,
        clock: Callable[[], float] = wall_clock,
        chance: random.Random | None = None,
    ) -> None:
        self._size = size
        self._clock_skew = clock_skew
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 - it saves work, and guards nothing
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # In a child as well: a fork may come in the middle of a change.
        self._tokens: dict[bytes, VerifiedToken[Any]] = {}
        # Their digests, to draw from, and where each is among them.
        self._digests: list[bytes] = []
        self._places: dict[bytes, int] = {}
        # Two generations: when the newer is full it takes the place of the older.
        self._used_once: set[bytes] = set()
        self._used_once_before: set[bytes] = set()
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def get(self, digest: bytes) -> VerifiedToken[Any] | None:
        """Return what is remembered, unless it has expired or its key is not the pool's any more."""
        # Reading changes nothing, and so needs no lock.
        token = self._tokens.get(digest)
        if token is None:
            return None
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
                self._enter(digest, token)
                return
            if len(self._used_once) >= self._size:
                self._used_once_before, self._used_once = self._used_once, set()
            self._used_once.add(digest)

    def forget(self, digest: bytes) -> None:
        """Drop a token that is not good any more."""
        with self._lock:
            if digest in self._tokens:
                self._drop(digest)

    def _enter(self, digest: bytes, token: VerifiedToken[Any]) -> None:
        # Another thread may have verified it at the same time.
        if digest not in self._tokens:
            if len(self._digests) >= self._size:
                self._make_room()
            self._places[digest] = len(self._digests)
            self._digests.append(digest)
        self._tokens[digest] = token

    def _make_room(self) -> None:
        ended = self._clock() - self._clock_skew
        for drawn in self._chance.choices(self._digests, k=_LOOKED_AT):
            if self._tokens[drawn].claims.exp <= ended:
                break
        self._drop(drawn)

    def _drop(self, digest: bytes) -> None:
        del self._tokens[digest]
        # The last takes its place, so that dropping one of many costs no more than one of few.
        place, last = self._places.pop(digest), self._digests.pop()
        if last != digest:
            self._digests[place], self._places[last] = last, place
