"""What records were before each change, for a time: so tables can be seen as they were at a moment."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.table import Table

KEPT_SECONDS: Final = 14 * 86_400
"""The longest that any feature plan recovers."""
Entry = tuple[float, str, Any, tuple[Any, ...]]
"""When, in which table, under which key, and what was there until then, if anything."""
_SINCE: Final = "since"


class History:
    """The changes of some tables, the oldest first. What did not change takes no room.

    Args:
        clock: epoch seconds.
        log: the changes, by a running number.
        facts: since when there are any.
    """

    def __init__(self, clock: Callable[[], float], log: Table[int, Entry], facts: Table[str, float]) -> None:
        self.tables: dict[str, Table[Any, Any]] = {}
        self._clock = clock
        self._log = log
        self.since: float = facts.setdefault(_SINCE, clock())
        self._written_at = -1.0
        self._written: dict[tuple[str, Any], int] = {}

    def follow(self, name: str, table: Table[Any, Any]) -> None:
        """Keep the changes of a table from now on."""
        self.tables[name] = table
        table.guard(partial(self._note, name))

    def _note(self, name: str, key: Any, old: Any) -> None:
        now = self._clock()
        if now != self._written_at:
            self._written_at, self._written = now, {}
        if self._written.get((name, key)) in self._log:
            # One change writes several attributes; what was before it is kept, unless it was taken back.
            return
        held = old.copy() if isinstance(old, Record) else old
        number = 1 + next(reversed(self._log.data), 0)
        self._written[name, key] = number
        self._log[number] = (now, name, key, () if old is None else (held,))
        self._drop_old(now - KEPT_SECONDS)

    def _drop_old(self, before: float) -> None:
        while True:
            number = next(iter(self._log))
            if self._log[number][0] >= before:
                return
            del self._log[number]

    def before(self, moment: float) -> dict[str, dict[Any, Any]]:
        """Return, by table and key, what has changed after a moment, as it was then; None for nothing."""
        changed: dict[str, dict[Any, Any]] = {name: {} for name in self.tables}
        for number in reversed(self._log.data):
            at, name, key, old = self._log[number]
            if at <= moment:
                break
            changed[name][key] = old[0] if old else None
        return changed
