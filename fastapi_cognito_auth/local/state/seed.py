"""What a local pool was asked for when it was last started, in a file that is there already.

The file goes before what is asked for now: else a restart would undo what was done meanwhile. But
what is asked for in another way than last time is meant.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

T = TypeVar("T")


class Seed:
    """The last start.

    Args:
        facts: where it is kept.
    """

    def __init__(self, facts: MutableMapping[str, Any]) -> None:
        self._facts = facts

    def __getitem__(self, what: str) -> Any:
        return self._facts.get(f"seed:{what}")

    def __setitem__(self, what: str, value: Any) -> None:
        self._facts[f"seed:{what}"] = value

    def clear(self) -> None:
        """Forget it: there is nothing that it made any more."""
        for fact in [name for name in self._facts if name.startswith("seed:")]:
            del self._facts[fact]

    def changes(self, what: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        """Return the members that are given in another way than last time, and those that are gone."""
        last = self[what] or {}
        self[what] = dict(given)
        changed = {name: value for name, value in given.items() if name not in last or last[name] != value}
        return changed, frozenset(last.keys() - given.keys())

    def new(self, what: str, given: Iterable[T], name: Any = str) -> list[T]:
        """Return those that were never given before.

        Args:
            what: of what kind.
            given: all of them.
            name: returns by what one is known.
        """
        known = self[what] or ()
        items = {name(item): item for item in given}
        self[what] = tuple(dict.fromkeys((*known, *items)))
        return [item for key, item in items.items() if key not in known]
