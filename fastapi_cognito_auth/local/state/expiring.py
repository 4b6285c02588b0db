"""Tables whose entries are dropped when their time is over, at a cost that does not grow with the table."""

import math
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from cachetools import Cache, TLRUCache

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


class Owned(Expiring[K, V]):
    """A table whose entries are somebody's, who are found without looking at those of others.

    Args:
        clock: epoch seconds.
        until: the moment from which on an entry is over; asked for when it is stored.
        owner: whose an entry is; that does not change.
    """

    def __init__(
        self, clock: Callable[[], float], until: Callable[[V], float], owner: Callable[[V], str]
    ) -> None:
        super().__init__(clock, until)
        self._owner = owner
        self._keys: dict[str, dict[K, None]] = {}

    def of(self, owner: str) -> list[V]:
        """Return somebody's entries, the oldest first."""
        entries = ((key, self.get(key)) for key in self._keys.get(owner, ()))
        return [entry for _, entry in entries if entry is not None]

    def discard_of(self, owner: str) -> None:
        """Drop somebody's entries."""
        for key in [*self._keys.get(owner, ())]:
            self.discard(key)

    def __setitem__(self, key: K, value: V) -> None:
        self.discard(key)
        super().__setitem__(key, value)
        if key in self:
            self._keys.setdefault(self._owner(value), {})[key] = None

    def __delitem__(self, key: K) -> None:
        self._let_go(key, Cache.__getitem__(self, key))
        super().__delitem__(key)

    def expire(self, time: float | None = None) -> list[tuple[K, V]]:
        """Drop what is over, and return it."""
        gone = [*super().expire(time)]
        for key, value in gone:
            self._let_go(key, value)
        return gone

    def _let_go(self, key: K, value: V) -> None:
        owner = self._owner(value)
        keys = self._keys[owner]
        del keys[key]
        if not keys:
            del self._keys[owner]
