"""A list in the memory of one worker."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from fastapi_cognito_auth.revocation.names import is_sign_in
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.forks import in_each_process

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_PAUSE: Final = 60.0  # seconds between two lines of the log


class _Entry(NamedTuple):
    upto: int
    until: float


class InProcessStore:
    """Keeps names in memory, the oldest revocation first; its state is those names, and one second.

    Memory is bounded, and what is needed is never forgotten: where the oldest entry has to go, all
    tokens as old as what it revoked are refused with it (`floor`). Tokens of an hour are not
    touched by that unless the list fills up within an hour; then their bearers must refresh early.
    Where that entry is a sign-in, all sign-ins that began before it ended are refused too, with
    what is refreshed of them, for as long as that entry would have lived: their users sign in again.

    Args:
        capacity: how many names are kept; each takes about 400 bytes.
        clock: seconds since the epoch.
    """

    shared = False

    def __init__(self, *, capacity: int = 100_000, clock: Callable[[], float] = wall_clock) -> None:
        self._capacity = capacity
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        in_each_process(self._start_anew)
        self._quiet_until = float("-inf")
        self.floor: int = -1
        """Every token issued at or before this second is refused; -1 for none."""
        self._dropped_sign_ins = _Entry(-1, 0)

    def _start_anew(self) -> None:
        # The names stay in a child: what is revoked must not be forgotten.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def sign_in_floor(self) -> int:
        """Every sign-in begun at or before this second is refused; -1 for none."""
        upto, until = self._dropped_sign_ins
        return upto if upto >= 0 and self._clock() < until else -1

    async def find(self, user: str, names: Sequence[str]) -> tuple[int, bool]:
        """Look names up. Never waits."""
        # Without the lock: what is dropped raises the floors before it goes, and is looked for before.
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
        name, dropped = next(iter(self._entries.items()))
        self.floor = max(self.floor, dropped.upto)
        if is_sign_in(name):
            before = self._dropped_sign_ins
            self._dropped_sign_ins = _Entry(max(before.upto, dropped.upto), max(before.until, dropped.until))
        self._entries.popitem(last=False)
        if now >= self._quiet_until:
            logger.error(
                "the list of revocations is full: refusing every token issued until %d,"
                " and every sign-in begun until %d",
                self.floor,
                self.sign_in_floor,
            )
            self._quiet_until = now + _PAUSE
