"""Access tokens for calling others: asked for once, and kept until shortly before they end."""

import threading
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Final, Generic, NamedTuple, TypeVar

from cachetools import LRUCache

from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

Key = TypeVar("Key", bound=Hashable)

_RENEWED_BEFORE: Final = 60.0
_SPARED: Final = 10.0
"""Seconds before the end: from when on another is asked for beside, and from when on one waits for it."""

_BETWEEN_FAILURES: Final = 5.0
"""Seconds until the next one is asked for again, while there is a token that is good."""

_BETWEEN_REFUSALS: Final = 60.0
"""Seconds between two tokens that are asked for because a server refused one; the pool counts each."""


class Issued(NamedTuple):
    """A token that has just been issued."""

    token: str
    expires_at: float
    """Seconds since the epoch, by the token's own `exp`."""

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"Issued(expires_at={self.expires_at})"


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    renewed_from: float
    good_until: float
    refused_at: float | None
    """When a server refused the one before it."""


class KeptTokens(Generic[Key]):
    """Keeps tokens by what they were asked for; its state is those tokens.

    One request for a token runs at a time for each key and event loop, and whoever asks meanwhile
    waits for it. In the last minute a token is still given out while the next one is asked for, so
    a pool that does not answer for a moment is not noticed. A forked child asks for its own.

    Args:
        most: how many are kept; the one that was not used for the longest time is dropped.
        clock: seconds since the epoch.
    """

    def __init__(self, *, most: int, clock: Callable[[], float] = wall_clock) -> None:
        self._most = most
        self._clock = clock
        self._flights: SingleFlight[Key, _Kept] = SingleFlight()
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._tokens: LRUCache[Key, _Kept] = LRUCache(self._most)
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    async def get(self, key: Key, issue: Callable[[], Awaitable[Issued]]) -> str:
        """Return a token that is good for some seconds more.

        Args:
            key: what it is for.
            issue: asks for another; what it raises is raised.
        """
        kept, now = self._known(key), self._clock()
        if kept is None or now >= kept.good_until:
            return (await self._flights.run(key, lambda: self._keep(key, issue))).token
        if now >= kept.renewed_from:
            with self._lock:
                if self._tokens.get(key) is kept:
                    self._tokens[key] = replace(kept, renewed_from=now + _BETWEEN_FAILURES)
            self._flights.start(key, lambda: self._keep(key, issue))
        return kept.token

    async def instead_of(self, refused: str, key: Key, issue: Callable[[], Awaitable[Issued]]) -> str | None:
        """Return another token for one that a server has refused, or `None` if that would not help.

        A server that refuses a new token as well would refuse the next one, too: within a minute
        there is one new token, however many requests are refused.

        Args:
            refused: the token.
            key: what it is for.
            issue: asks for another; what it raises is raised.
        """
        kept, now = self._known(key), self._clock()
        if kept is not None and kept.token != refused and now < kept.good_until:
            return kept.token
        if (
            kept is not None
            and kept.refused_at is not None
            and 0 <= now - kept.refused_at < _BETWEEN_REFUSALS
        ):
            return None
        return (await self._flights.run(key, lambda: self._keep(key, issue, refused_at=now))).token

    def _known(self, key: Key) -> _Kept | None:
        with self._lock:
            return self._tokens.get(key)

    async def _keep(
        self, key: Key, issue: Callable[[], Awaitable[Issued]], *, refused_at: float | None = None
    ) -> _Kept:
        issued = await issue()
        life = issued.expires_at - self._clock()
        kept = _Kept(
            issued.token,
            issued.expires_at - min(_RENEWED_BEFORE, life / 5),
            issued.expires_at - min(_SPARED, life / 10),
            refused_at,
        )
        with self._lock:
            self._tokens[key] = kept
        return kept
