"""Tables of records, which tell of what changes in them."""

from collections import UserDict
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from fastapi_cognito_auth.local.state.record import Record

K = TypeVar("K")
V = TypeVar("V")

Note = Callable[[K, V | None], None]
"""Told of a record that was put under a key or has changed there; of `None` when it is gone."""


class Table(UserDict[K, V]):
    """A table, in the order in which its records came.

    Args:
        note: told of every change.
    """

    def __init__(self, note: Note[K, V] | None = None) -> None:
        super().__init__()
        self._note = note

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        if self._note is not None:
            if isinstance(value, Record):
                value.watch(partial(self._note, key, value))
            self._note(key, value)

    def __delitem__(self, key: K) -> None:
        value = self.data[key]
        super().__delitem__(key)
        if self._note is not None:
            if isinstance(value, Record):
                value.watch(None)
            self._note(key, None)
