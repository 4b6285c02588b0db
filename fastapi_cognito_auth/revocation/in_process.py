"""A list in the memory of one worker."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

logger = logging.getLogger("fastapi_cognito_auth")

_PAUSE: Final = 60.0  # seconds between two lines of the log


class _Entry(NamedTuple):
    upto: int
    until: float


class InProcessStore:
    """Keeps names in memory, the oldest revocation first; its state is those names, and one second.

    Memory is bounded, and what is needed is never forgotten: where the oldest entry has to go, all
    tokens as old as what it revoked are refused with it (`floor`). Tokens of an hour are not
    touched by that unless the list fills up within an hour; then their bearers must refresh early.

    Args:
        capacity: how many names are kept; each takes about 400 bytes.
        clock: seconds since the epoch.
    """

    shared = False

    def __init__(self, *, capacity: int = 100_000, clock: Callable[[], float] = time.time) -> None:
        self._capacity = capacity
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._quiet_until = float("-inf")
        self.floor = -1
        """Every token issued at or before this second is refused; -1 for none."""

    def __len__(self) -> int:
        return len(self._entries)

    async def find(self, user: str, names: Sequence[str]) -> tuple[int, bool]:
        """Look names up. Never waits."""
        # Without the lock: what is dropped raises the floor before it goes, and is looked for before.
        entry = self._entries.get(user)
        denied = any(map(self._entries.__contains__, names))
        floor = self.floor
        return (floor if entry is None or entry.upto < floor else entry.upto), denied

    async def deny(self, name: str, upto: int, life: int) -> None:
        """Put a name on the list. Never waits."""
        now = self._clock()
        with self._lock:
            self._forget_what_has_expired(now)
            old = self._entries.get(name, _Entry(-1, 0))
            self._entries[name] = _Entry(max(old.upto, upto), max(old.until, now + life))
            # So that the front is what was revoked first.
            self._entries.move_to_end(name)
            if len(self._entries) > self._capacity:
                self._make_room(now)

    def _forget_what_has_expired(self, now: float) -> None:
        entries = self._entries
        while entries and next(iter(entries.values())).until <= now:
            entries.popitem(last=False)

    def _make_room(self, now: float) -> None:
        self.floor = max(self.floor, next(iter(self._entries.values())).upto)
        self._entries.popitem(last=False)
        if now >= self._quiet_until:
            logger.error("the list of revocations is full: refusing every token issued until %d", self.floor)
            self._quiet_until = now + _PAUSE
