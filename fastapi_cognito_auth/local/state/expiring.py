"""Tables whose entries are dropped when their time is over, at a cost that does not grow with the table."""

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from cachetools import Cache, TLRUCache

from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.table import Note, watch

K = TypeVar("K")
V = TypeVar("V")


class Expiring(TLRUCache[K, V]):
    """A table. Each new entry drops those that are over by then, and looks at no other.

    Args:
        clock: epoch seconds.
        until: the moment from which on an entry is over; asked for when it is stored.
        rows: what is in it already.
        note: told of every change.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        until: Callable[[V], float],
        rows: Iterable[tuple[K, V]] = (),
        note: Note | None = None,
    ) -> None:
        super().__init__(math.inf, lambda _key, value, _now: until(value), timer=clock)
        self._note: Note | None = None
        for key, value in rows:
            self[key] = value
            watch(note, key, value)
            if note is not None and key not in self:
                note(key, None)
        self._note = note

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        if self._note is not None and key in self:
            watch(self._note, key, value)
            self._note(key, value)

    def __delitem__(self, key: K) -> None:
        super().__delitem__(key)
        if self._note is not None:
            self._note(key, None)

    def expire(self, time: float | None = None) -> list[tuple[K, V]]:
        """Drop what is over, and return it."""
        gone = [*super().expire(time)]
        if self._note is not None:
            for key, _ in gone:
                self._note(key, None)
        return gone

    def discard(self, key: K) -> None:
        """Drop an entry, if it is there."""
        with suppress(KeyError):
            del self[key]

    def restore(self, key: K, value: V | None) -> None:
        """Put an entry where it was before, or take one away that was not there, and tell nobody."""
        note, self._note = self._note, None
        held = self.get(key)
        if value is None:
            self.discard(key)
        elif isinstance(held, Record) and isinstance(value, Record):
            held.become(value)
        else:
            self[key] = value
            watch(note, key, value)
        self._note = note


class Owned(Expiring[K, V]):
    """A table whose entries are somebody's, who are found without looking at those of others.

    Args:
        clock: epoch seconds.
        until: the moment from which on an entry is over; asked for when it is stored.
        owner: whose an entry is; that does not change.
        rows: what is in it already.
        note: told of every change.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        until: Callable[[V], float],
        owner: Callable[[V], str],
        rows: Iterable[tuple[K, V]] = (),
        note: Note | None = None,
    ) -> None:
        self._owner = owner
        self._keys: dict[str, dict[K, None]] = {}
        super().__init__(clock, until, rows, note)

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
        gone = super().expire(time)
        for key, value in gone:
            self._let_go(key, value)
        return gone

    def _let_go(self, key: K, value: V) -> None:
        owner = self._owner(value)
        keys = self._keys[owner]
        del keys[key]
        if not keys:
            del self._keys[owner]
