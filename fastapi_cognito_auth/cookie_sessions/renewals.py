"""Renewals of a moment ago, for the requests that were under way with what was renewed."""

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from cachetools import TTLCache

from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.runtime.forks import in_each_process

_MOST: Final = 4096
_REMEMBERED: Final = 60.0
"""Seconds: as long as a rotated refresh token can be good for at most."""

_PAUSE: Final = 5.0
"""Seconds after a refresh that failed until the next one is tried."""


class Renewals:
    """Remembers by the old ticket what became of it; its state is the last minute.

    A page sends many requests at once, and those that come after a refresh has ended still carry the
    cookie of before it.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()
        self._renewed: TTLCache[bytes, Kept] = TTLCache(_MOST, _REMEMBERED, self._clock)
        self._ended: TTLCache[bytes, None] = TTLCache(_MOST, _REMEMBERED, self._clock)
        self._failed: TTLCache[bytes, None] = TTLCache(_MOST, _PAUSE, self._clock)

    def after(self, ticket: str) -> Kept | None:
        """Return what a ticket was renewed to, unless that has ended."""
        with self._lock:
            kept = self._renewed.get(digest(ticket))
            return None if kept is None or digest(kept.ticket) in self._ended else kept

    def has_ended(self, ticket: str) -> bool:
        """Tell whether the session of a ticket was ended by this worker a moment ago."""
        with self._lock:
            return digest(ticket) in self._ended

    def has_failed(self, ticket: str) -> bool:
        """Tell whether a refresh failed a moment ago."""
        with self._lock:
            return digest(ticket) in self._failed

    def renewed(self, ticket: str, kept: Kept) -> None:
        """Take note of a renewal."""
        with self._lock:
            self._renewed[digest(ticket)] = kept

    def failed(self, ticket: str) -> None:
        """Take note of a refresh that failed."""
        with self._lock:
            self._failed[digest(ticket)] = None

    def ended(self, ticket: str) -> None:
        """Take note of an end."""
        with self._lock:
            self._ended[digest(ticket)] = None


def digest(ticket: str) -> bytes:
    """Return what stands for a ticket where the ticket itself must not."""
    return hashlib.sha256(ticket.encode()).digest()
