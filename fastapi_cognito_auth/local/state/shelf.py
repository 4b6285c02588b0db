"""Where the tables of a pool come from: memory alone, or memory in front of a book."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from fastapi_cognito_auth.local.state.expiring import Expiring, Owned
from fastapi_cognito_auth.local.state.table import Note, Table


class Book(Protocol):
    """Where the records of all pools are written down."""

    def rows(self, shelf: str, table: str) -> Iterable[tuple[Any, Any]]:
        """Return the keys and records of a table, in the order in which they came."""
        ...

    def note(self, shelf: str, table: str) -> Note:
        """Return what has to be told of the changes of a table."""
        ...

    def register(self, shelf: str, table: str, made: Any) -> None:
        """Take a table that can be restored to what is written."""
        ...


class Shelf:
    """Makes the tables of one pool, each under a name of its own.

    Args:
        clock: epoch seconds, for what has an end.
        name: of the shelf.
        book: where its records are written down; they are in memory alone without one.
    """

    def __init__(self, clock: Callable[[], float], name: str = "", book: Book | None = None) -> None:
        self.clock = clock
        self._name = name
        self._book = book

    def _filled(self, name: str, make: Callable[[Iterable[tuple[Any, Any]], Note | None], Any]) -> Any:
        if self._book is None:
            return make((), None)
        table = make(self._book.rows(self._name, name), self._book.note(self._name, name))
        self._book.register(self._name, name, table)
        return table

    def table(self, name: str) -> Table[Any, Any]:
        """Make a table, in the order in which its records came."""
        table: Table[Any, Any] = self._filled(name, Table)
        return table

    def expiring(self, name: str, until: Callable[[Any], float]) -> Expiring[Any, Any]:
        """Make a table whose entries have an end.

        Args:
            name: of the table.
            until: the moment from which on an entry is over.
        """
        table: Expiring[Any, Any] = self._filled(
            name, lambda rows, note: Expiring(self.clock, until, rows, note)
        )
        return table

    def owned(self, name: str, until: Callable[[Any], float], owner: Callable[[Any], str]) -> Owned[Any, Any]:
        """Make a table whose entries have an end and are somebody's.

        Args:
            name: of the table.
            until: the moment from which on an entry is over.
            owner: whose an entry is.
        """
        table: Owned[Any, Any] = self._filled(
            name, lambda rows, note: Owned(self.clock, until, owner, rows, note)
        )
        return table
