"""When a key that is not known is worth a fetch, however many forged tokens name other ones.

A forged token may name any `kid`, so what unknown ones cost must be bounded; a key that the pool
rotated in must be found all the same. What tells them apart is that a key in use is named again
and again, by every client and by every try. So a `kid` named for the first time has a small
allowance, and one that is named again a larger one:

- A flood of ever new names leaves the larger allowance alone. It costs one fetch in 15 seconds,
  and a rotated key is found when it is named the second time.
- A flood that names each `kid` twice uses up the larger allowance: three fetches at once, and one
  more each second. Any of them shows the rotated key, so it is found within about a second.
- A flood of the same names costs one fetch in a cool-down: a fetch answers for every `kid` that
  was named before it.

In no time span of w seconds are there more than 3 + w fetches for unknown keys.

A `kid` for which there is no fetch left is in all likelihood one that the pool does not have, if the
pool was asked less than `FIRST_NAMED_EVERY` seconds ago: in a flood it always was, unless that failed.
Requests are refused by that. With a key that came in those seconds it is the first that is refused,
and the next has it looked for.
"""

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from cachetools import FIFOCache

from fastapi_cognito_auth.runtime.forks import in_each_process

FIRST_NAMED_EVERY: Final = 15
"""Seconds after which there may be another fetch for a `kid` that is named for the first time."""

MOST_KIDS: Final = 16_384
"""How many unknown kids are remembered; the oldest is forgotten first."""


class Asked(NamedTuple):
    """What is known about a `kid` that no key has."""

    before: int
    """How many fetches had begun when it was first asked for: a later one answers for it."""

    again: bool
    """Whether it was asked for before."""


class Allowance:
    """A token bucket; its state is how much is left, and since when.

    Args:
        burst: how much may be taken at once.
        refill: seconds after which there is one more.
        clock: seconds from any start, never going back.
    """

    def __init__(self, *, burst: int, refill: float, clock: Callable[[], float]) -> None:
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def left(self) -> bool:
        """Tell whether there is one to take."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) / self._refill)
        self._at = now
        return self._left >= 1

    def take(self) -> None:
        """Take one that is left."""
        self._left -= 1


class UnknownKids:
    """Remembers which unknown kids were asked for, and how many fetches they have cost."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._fetches = Allowance(burst=3, refill=1, clock=clock)
        self._first_asked = Allowance(burst=1, refill=FIRST_NAMED_EVERY, clock=clock)
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # By their hashes: a name has a length that others choose.
        self._before: FIFOCache[int, int] = FIFOCache(MOST_KIDS)
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def ask(self, kid: str, begun: int) -> Asked:
        """Remember that a `kid` is asked for, when so many fetches have begun."""
        with self._lock:
            before = self._before.get(hash(kid))
            if before is not None:
                return Asked(before, again=True)
            self._before[hash(kid)] = begun
            return Asked(begun, again=False)

    def may_fetch(self, *, again: bool) -> bool:
        """Take from the allowance; false if there is none left."""
        with self._lock:
            if not self._fetches.left() or not (again or self._first_asked.left()):
                return False
            self._fetches.take()
            if not again:
                self._first_asked.take()
            return True
