"""Tokens that were refused before for what no later try can mend: refusing them again costs little."""

from collections.abc import Callable
from typing import Final, NamedTuple

from fastapi_cognito_auth.exceptions import InvalidSignatureError, InvalidTokenError, TokenExpiredError
from fastapi_cognito_auth.keys.key_set import Key
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.recent import Recent
from fastapi_cognito_auth.tokens.issuing_pool import Claims, IssuingPool

_MOST: Final = 2048
"""Of one generation, of which there are two; some 220 bytes each."""

_PERIOD: Final = 300.0
"""Seconds after which a refusal is found out anew, sooner or later: nothing here is for ever."""


class _WrongSignature(NamedTuple):
    key: Key
    pool: IssuingPool


class _Expired(NamedTuple):
    key: Key
    pool: IssuingPool
    exp: int
    kind: type[Claims]


class RefusedTokens:
    """Remembers by a digest why a token was refused, if that can be told again without reading it.

    Those are two reasons. A signature that is wrong by a key stays so for as long as that very key is
    the pool's. A token with a good signature whose end has passed has only to be held against the clock,
    which may have been set back. Whatever may turn out otherwise next time is found out next time.

    It takes no place of a token that is good, and a flood of bad ones pushes out bad ones alone.

    Args:
        size: how many at most; none are kept for 0, and never more than some thousands.
        clock_skew: seconds that a token is accepted beyond its `exp`.
        clock: seconds since the epoch.
    """

    def __init__(self, size: int, *, clock_skew: float, clock: Callable[[], float] = wall_clock) -> None:
        self._size = size
        self._clock_skew = clock_skew
        self._clock = clock
        self._why: Recent[bytes, _WrongSignature | _Expired] = Recent(min(size, _MOST), _PERIOD)

    def again(self, digest: bytes, kind: type[Claims]) -> InvalidTokenError | None:
        """Return the error for a token that is bad as it was before; nothing where it must be looked at.

        Args:
            digest: of the token.
            kind: the claims that are asked for; what comes first of several faults goes by it.
        """
        why = self._why.get(digest)
        # As for a good token: by another key, or by none, the answer would be another one.
        if why is None or why.pool.keys.known(why.key.kid) is not why.key:
            return None
        # An error is made for each request: it gathers a traceback, a context and notes.
        if isinstance(why, _WrongSignature):
            return _wrong_signature(why.key)
        now = self._clock()
        if why.kind is kind and now >= why.exp + self._clock_skew:
            return _expired(why.exp, now)
        return None

    def wrong_signature(self, digest: bytes, key: Key, pool: IssuingPool) -> InvalidSignatureError:
        """Remember that a signature is not the one of a key, and return the error for it."""
        self._remember(digest, _WrongSignature(key, pool))
        return _wrong_signature(key)

    def expired(self, digest: bytes, claims: Claims, key: Key, pool: IssuingPool) -> TokenExpiredError:
        """Remember that a token has expired, and return the error for it.

        Args:
            digest: of the token.
            claims: verified, and of the kind that was asked for.
            key: made the signature.
            pool: issued it.
        """
        self._remember(digest, _Expired(key, pool, claims.exp, type(claims)))
        return _expired(claims.exp, self._clock())

    def _remember(self, digest: bytes, why: _WrongSignature | _Expired) -> None:
        if self._size:
            self._why.put(digest, why)


def _wrong_signature(key: Key) -> InvalidSignatureError:
    return InvalidSignatureError().about("kid", found=key.kid, wanted="a signature of this key")


def _expired(exp: int, now: float) -> TokenExpiredError:
    return TokenExpiredError().about("exp", found=exp, wanted=f"after {now:.0f}")
