"""What was made a moment ago, to be had once more without making it."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from fastapi_cognito_auth.runtime.forks import in_each_process

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Remembers values for one or two periods; its state is two generations of them.

    When a period ends, or is full, the newer generation takes the place of the older. So looking
    something up costs no more than a dictionary does, and what is in use is made anew now and then.
    What nobody asks for stays until something else comes.

    Args:
        most: values of one generation.
        period: seconds.
        clock: seconds since some moment, that never go back.
    """

    def __init__(self, most: int, period: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._period = period
        self._clock = clock
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._older: dict[Key, Value] = {}
        self._newer: dict[Key, Value] = {}
        self._period_ends = 0.0
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return what is remembered."""
        # Reading changes nothing, and so needs no lock; and what is not there has no age.
        value = self._newer.get(key)
        if value is None:
            value = self._older.get(key)
        if value is None or self._clock() < self._period_ends:
            return value
        with self._lock:
            self._make_room(self._clock())
        return self._newer.get(key, self._older.get(key))

    def put(self, key: Key, value: Value) -> None:
        """Remember a value."""
        with self._lock:
            self._make_room(self._clock())
            self._newer[key] = value

    def _make_room(self, now: float) -> None:
        # Another thread may have been faster, and to do it twice would lose both generations.
        if now >= self._period_ends or len(self._newer) >= self._most:
            # After a pause both are too old.
            self._older = self._newer if now < self._period_ends + self._period else {}
            self._newer = {}
            self._period_ends = now + self._period
