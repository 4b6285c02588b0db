"""A file in which the state of local pools is written down: SQLite, one row for each record.

https://www.sqlite.org/lockingv3.html and https://www.sqlite.org/wal.html: one process has it at a time,
and what was written when a process is killed is there for the next.
"""

import errno
import os
import sqlite3
import stat
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from fastapi_cognito_auth.local.state.codec import dumps, loads
from fastapi_cognito_auth.local.state.table import Note
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent

APPLICATION_ID: Final = 0x46434150
"""Says in the file's header whose it is."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
VERSION: Final = 1
"""Of what is in it; a file of a newer one is left alone."""
_SMALLEST: Final = 512
"""Bytes of the smallest database that is not empty: one page."""
_PATIENCE: Final = 5.0
"""Seconds to wait for another process that is about to end, such as before a reload."""
_TABLE: Final = """
CREATE TABLE records (
    number INTEGER PRIMARY KEY, shelf TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (shelf, name, key)
)
"""
_READ: Final = "SELECT key, body FROM records WHERE shelf = ? AND name = ? ORDER BY number"
_READ_ONE: Final = "SELECT body FROM records WHERE shelf = ? AND name = ? AND key = ?"
_WRITE: Final = (
    "INSERT INTO records (shelf, name, key, body) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (shelf, name, key) DO UPDATE SET body = excluded.body"
)
_DROP: Final = "DELETE FROM records WHERE shelf = ? AND name = ? AND key = ?"


class StateFileError(ValueError):
    """A state file cannot be read or written; what is in it is as it was."""


class StateFile:
    """The file. Changes are collected, and written together by `commit`.

    Args:
        path: of the file, which is made unless it is there.
        demand: refuses, by a `ValueError`, a key and a record that are none of a table's own.

    Raises:
        StateFileError: it is damaged, of a newer version or of something else, in use, or out of reach.
    """

    def __init__(
        self, path: str | os.PathLike[str], demand: Callable[[str, Any, Any], None] = lambda *_: None
    ) -> None:
        # Some names that are not absolute mean memory to SQLite, and a link leads to the file itself.
        self._path = Path(os.path.realpath(path))
        self._demand = demand
        self._changes: dict[tuple[str, str, Any], Any] = {}
        self._tables: dict[tuple[str, str], Any] = {}
        self._forgotten: set[str] = set()
        self._lost = "closed"
        self._new = False
        self._connection: sqlite3.Connection | None = self._open()
        self._close = weakref.finalize(self, self._connection.close)
        in_each_child(self._start_anew)

    def _start_anew(self) -> None:
        # A connection of SQLite is not to be carried across a fork, and the file is the parent's.
        leave_to_the_parent(self._connection)
        self._close.detach()
        self._connection = None
        self._lost = "of the process that this one was forked from"

    def _open(self) -> sqlite3.Connection:
        try:
            self._make()
            connection = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as exc:
            msg = f"the state file {self._path} cannot be opened: {exc}"
            raise StateFileError(msg) from exc
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Before the log is asked for, which would be written into the header of whatever is there.
            connection.execute("BEGIN EXCLUSIVE")
            self._prepare(connection)
            self._close_to_others()
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        except (sqlite3.Error, StateFileError) as exc:
            connection.close()
            if isinstance(exc, StateFileError):
                raise
            raise StateFileError(self._in_words(exc)) from exc
        return connection

    def _make(self) -> None:
        """Make the file unless it is there.

        One that is there is not opened: its locks would be gone when that is closed, whoever has them in
        this process (https://www.sqlite.org/howtocorrupt.html, section 2.2).

        Raises:
            OSError: it cannot be made, or is none to read and to write.
        """
        try:
            # With nobody else's rights from the first byte on: there are keys and secrets in it.
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if not self._path.is_file():
                raise OSError(errno.EINVAL, "Not a file") from None
            if not os.access(self._path, os.R_OK | os.W_OK):
                raise OSError(errno.EACCES, os.strerror(errno.EACCES)) from None

    def _close_to_others(self) -> None:
        """Take the rights on a file that was there away from everybody else."""
        for path in (self._path, Path(f"{self._path}-wal")):
            if os.name == "posix" and path.exists() and path.stat().st_mode & _OTHERS:
                try:
                    path.chmod(0o600)
                except PermissionError as exc:
                    msg = (
                        f"the state file {self._path} may be read by others, and is not this user's to change"
                    )
                    raise StateFileError(msg) from exc

    def _in_words(self, exc: sqlite3.Error) -> str:
        if "locked" in str(exc):
            return f"the state file {self._path} is in use by another process"
        return f"the state file {self._path} is damaged, or none of a local user pool: {exc}"

    def _prepare(self, connection: sqlite3.Connection) -> None:
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        size = self._path.stat().st_size
        if not size:
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            self._new = True
        elif size < _SMALLEST:
            # SQLite takes it for empty, and would write over it.
            msg = f"{self._path} is no state file of a local user pool"
            raise StateFileError(msg)
        elif not tables and owner in {0, APPLICATION_ID}:
            msg = (
                f"the state file {self._path} has nothing in it: it may be a copy that was made without the"
                f" {self._path.name}-wal beside it; to start anew, delete it"
            )
            raise StateFileError(msg)
        elif owner != APPLICATION_ID:
            msg = f"{self._path} is no state file of a local user pool"
            raise StateFileError(msg)
        elif version != VERSION:
            msg = f"the state file {self._path} is of another version: {version}, this one reads {VERSION}"
            raise StateFileError(msg)

    def rows(self, shelf: str, table: str) -> Iterator[tuple[Any, Any]]:
        """Yield the keys and records of a table, in the order in which they came.

        Raises:
            StateFileError: the file is damaged.
        """
        try:
            for key, body in self._held().execute(_READ, (shelf, table)):
                found, held = loads(key), loads(body)
                hash(found)
                self._demand(table, found, held)
                yield found, held
        except sqlite3.Error as exc:
            raise StateFileError(self._in_words(exc)) from exc
        except (ValueError, TypeError) as exc:
            raise self.damaged(table) from exc

    def damaged(self, what: str) -> StateFileError:
        """Return the error for a file that holds what it cannot hold.

        Args:
            what: is wrong with it, or the table.
        """
        return StateFileError(f"the state file {self._path} is damaged, or of another version: {what}")

    def note(self, shelf: str, table: str) -> Note:
        """Return what has to be told of the changes of a table."""
        return partial(self._note, shelf, table)

    def register(self, shelf: str, table: str, made: Any) -> None:
        """Take a table that can be restored to what is written."""
        self._tables[shelf, table] = made

    def _note(self, shelf: str, table: str, key: Any, value: Any) -> None:
        self._changes[shelf, table, key] = value

    def forget(self, shelf: str) -> None:
        """Have all tables of a shelf dropped; they themselves stay as they are."""
        for (kept, name), table in self._tables.items():
            if kept == shelf:
                self._changes |= {(kept, name, key): None for key in table}
        self._forgotten.add(shelf)

    def commit(self) -> None:
        """Write all changes, or none.

        Raises:
            StateFileError: they cannot be written; the tables are as they were before.
        """
        if not self._changes:
            return
        try:
            self._write()
            if self._new:
                # A copy of the file alone then has a pool in it, and is never taken for a new one.
                self.checkpoint()
                self._new = False
        except (sqlite3.Error, StateFileError, TypeError) as exc:
            self._restore()
            msg = f"the state file {self._path} cannot be written: {exc}"
            raise StateFileError(msg) from exc
        else:
            self._tables = {
                where: table for where, table in self._tables.items() if where[0] not in self._forgotten
            }
        finally:
            self._changes.clear()
            self._forgotten.clear()

    def _write(self) -> None:
        connection = self._held()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for (shelf, table, key), value in self._changes.items():
                where = (shelf, table, dumps(key))
                if value is None:
                    connection.execute(_DROP, where)
                else:
                    connection.execute(_WRITE, (*where, dumps(value)))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _restore(self) -> None:
        if self._connection is None:
            return
        for shelf, name, key in self._changes:
            table = self._tables.get((shelf, name))
            if table is not None:
                row = self._connection.execute(_READ_ONE, (shelf, name, dumps(key))).fetchone()
                table.restore(key, None if row is None else loads(row[0]))

    def checkpoint(self) -> None:
        """Bring what is in the `-wal` file beside it into the file itself.

        Where that cannot be done it stays in the other one, and is read from there.
        """
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Refuse to go on without the file: what is in memory may have been changed by whoever has it.

        Raises:
            StateFileError: it is closed, or this process was forked from the one that has it.
        """
        self._held()

    def _held(self) -> sqlite3.Connection:
        if self._connection is None:
            msg = f"the state file {self._path} is {self._lost}"
            raise StateFileError(msg)
        return self._connection

    def close(self) -> None:
        """Let go of the file; what is not committed is lost."""
        self._close()
        self._connection = None
