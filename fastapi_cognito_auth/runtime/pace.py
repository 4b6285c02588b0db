"""How often the log says that something goes on failing."""

import time
from collections.abc import Callable
from typing import Final

_PAUSE: Final = 60.0  # seconds between two lines of the log


class Pace:
    """Lets something be said once a minute; its state is when that was, and how often it came about.

    Args:
        clock: seconds from any start, never going back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_until = float("-inf")
        self._times = 0

    def times(self) -> int | None:
        """Count once more; return how often it came about so far if that is to be said, or `None`."""
        self._times += 1
        now = self._clock()
        if now < self._quiet_until:
            return None
        self._quiet_until = now + _PAUSE
        return self._times
