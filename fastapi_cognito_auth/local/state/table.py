"""Tables of records, which tell of what changes in them."""

from collections import UserDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from fastapi_cognito_auth.local.state.record import Record

K = TypeVar("K")
V = TypeVar("V")

Note = Callable[[Any, Any], None]
"""Told of a key and the record that was put there or has changed there; `None` for one that is gone."""


def watch(note: Note | None, key: Any, value: Any) -> None:
    """Have the changes of a record told, if it is one that changes."""
    if note is not None and isinstance(value, Record):
        value.watch(partial(note, key, value))


class Table(UserDict[K, V]):
    """A table, in the order in which its records came.

    Args:
        rows: what is in it already.
        note: told of every change.
    """

    def __init__(self, rows: Iterable[tuple[K, V]] = (), note: Note | None = None) -> None:
        super().__init__()
        self._note = note
        self._before: Note | None = None
        for key, value in rows:
            self.restore(key, value)

    def guard(self, before: Note) -> None:
        """Have somebody told before each change of a key and of what is there; None for nothing."""
        self._before = before
        for key, value in self.items():
            self._guard(key, value)

    def _guard(self, key: K, value: V) -> None:
        if self._before is not None and isinstance(value, Record):
            value.guard(partial(self._before, key, value))

    def __setitem__(self, key: K, value: V) -> None:
        if self._before is not None:
            self._before(key, self.data.get(key))
        super().__setitem__(key, value)
        watch(self._note, key, value)
        self._guard(key, value)
        if self._note is not None:
            self._note(key, value)

    def __delitem__(self, key: K) -> None:
        if self._before is not None:
            self._before(key, self.data.get(key))
        super().__delitem__(key)
        if self._note is not None:
            self._note(key, None)

    def restore(self, key: K, value: V | None) -> None:
        """Put a record where it was before, or take one away that was not there, and tell nobody."""
        if value is None:
            self.data.pop(key, None)
            return
        held = self.data.get(key)
        if isinstance(held, Record) and isinstance(value, Record):
            # Others know it too.
            held.become(value)
        else:
            self.data[key] = value
            watch(self._note, key, value)
            self._guard(key, value)
