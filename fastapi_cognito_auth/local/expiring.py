"""Tables whose entries are dropped when their time is over, at a cost that does not grow with the table."""

import math
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from cachetools import TLRUCache

K = TypeVar("K")
V = TypeVar("V")


class Expiring(TLRUCache[K, V]):
    """A table, empty at first. Each new entry drops those that are over by then, and looks at no other.

    Args:
        clock: epoch seconds.
        until: the moment from which on an entry is over; asked for when it is stored.
    """

    def __init__(self, clock: Callable[[], float], until: Callable[[V], float]) -> None:
        super().__init__(math.inf, lambda _key, value, _now: until(value), timer=clock)

    def discard(self, key: K) -> None:
        """Drop an entry, if it is there."""
        with suppress(KeyError):
            del self[key]

    def discard_if(self, matches: Callable[[V], bool]) -> None:
        """Drop the entries that match."""
        for key in [key for key, value in self.items() if matches(value)]:
            self.discard(key)
