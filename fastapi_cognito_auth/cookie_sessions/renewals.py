"""What became of sessions lately, for the requests that were under way meanwhile."""

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from cachetools import TTLCache

from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.recent import Recent

_MOST: Final = 4096
_REMEMBERED: Final = 60.0
"""Seconds at least: as long as a rotated refresh token can be good for at most."""

_MOST_ENDED: Final = 16_384
_ENDED: Final = 3600.0
"""Seconds at least: a request may be answered long after its session has ended, and the access token that
came with it is good for as long unless the app client says otherwise."""

_MOST_NAMES: Final = 256
_PERIOD: Final = 10.0
"""Seconds in which a ticket, which is long, is hashed once."""

_PAUSE: Final = 5.0
"""Seconds after a refresh that failed until the next one is tried."""


class Renewals:
    """Remembers what became of tickets and sessions; its state is what this worker did lately.

    A page sends many requests at once, and those that come after a refresh has ended still carry the
    cookie of before it. And what is under way when a session ends must not bring it back.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._names: Recent[str, bytes] = Recent(_MOST_NAMES, _PERIOD)
        self._renewed: Recent[bytes, Kept] = Recent(_MOST, _REMEMBERED, clock)
        self._ended: Recent[bytes | str, bool] = Recent(_MOST_ENDED, _ENDED, clock)
        self._newest: Recent[str, bytes] = Recent(_MOST_ENDED, _ENDED, clock)
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()
        self._failed: TTLCache[bytes, None] = TTLCache(_MOST, _PAUSE, self._clock)

    def of(self, ticket: str) -> tuple[bool, Kept | None]:
        """Tell whether this worker has ended the session of a ticket lately, and what it was renewed to."""
        name = self.name(ticket)
        return self._ended.get(name) is not None, self._renewed.get(name)

    def has_ended(self, identity: str) -> bool:
        """Tell whether this worker has ended a session lately, by whatever ticket."""
        return self._ended.get(identity) is not None

    def was_replaced(self, ticket: str) -> bool:
        """Tell whether the browser that had a ticket has another session instead."""
        return self._ended.get(self.name(ticket)) or False

    def has_failed(self, ticket: str) -> bool:
        """Tell whether a refresh failed a moment ago."""
        with self._lock:
            return self.name(ticket) in self._failed

    def is_newest(self, kept: Kept) -> bool:
        """Tell whether this worker has given the browser no other ticket for a session lately."""
        newest = self._newest.get(kept.session.identity)
        return newest is None or newest == self.name(kept.ticket)

    def wrote(self, kept: Kept) -> None:
        """Take note of the ticket that a browser gets for a session."""
        self._newest.put(kept.session.identity, self.name(kept.ticket))

    def renewed(self, ticket: str, kept: Kept) -> None:
        """Take note of a renewal, for those who come with the ticket of before it."""
        self._renewed.put(self.name(ticket), kept)

    def failed(self, ticket: str) -> None:
        """Take note of a refresh that failed."""
        with self._lock:
            self._failed[self.name(ticket)] = None

    def ended(self, ticket: str, identity: str | None = None, *, replaced: bool = False) -> None:
        """Take note of an end.

        Args:
            ticket: what the browser had for it.
            identity: of the session, if that is known.
            replaced: whether the browser has another session instead.
        """
        name = self.name(ticket)
        with self._lock:
            self._ended.put(name, replaced or self._ended.get(name) or False)
        if identity is not None:
            self._ended.put(identity, value=False)

    def name(self, ticket: str) -> bytes:
        """Return what stands for a ticket where it must not stand itself."""
        name = self._names.get(ticket)
        if name is None:
            name = hashlib.sha256(ticket.encode()).digest()
            self._names.put(ticket, name)
        return name
