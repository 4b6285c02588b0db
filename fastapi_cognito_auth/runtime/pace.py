"""How often the log says that something goes on failing."""

import time
from collections.abc import Callable
from typing import Any, Final

_PAUSE: Final = 60.0  # seconds between two lines of the log


class Pace:
    """Says something once a minute, however often it comes about; its state is when that was, and how often.

    Args:
        log: writes a line, such as `logger.warning`.
        words: of the line, as `logging` formats them; the last of the values is how often so far.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self, log: Callable[..., None], words: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = log
        self._words = words
        self._clock = clock
        self._quiet_until = float("-inf")
        self._times = 0

    def met(self, *values: Any) -> None:
        """Take note that it came about once more.

        Args:
            values: for the words, but for how often.
        """
        self._times += 1
        now = self._clock()
        if now >= self._quiet_until:
            self._quiet_until = now + _PAUSE
            self._log(self._words, *values, self._times)
