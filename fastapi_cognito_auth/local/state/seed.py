"""What a local pool was asked for when it was last started, in a file that is there already.

The file goes before what is asked for now: else a restart would undo what was done meanwhile. But
what is asked for in another way than last time is meant, unless it is what nobody has to ask for.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

T = TypeVar("T")
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


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

    def changes(
        self, what: str, given: Mapping[str, Any], unsaid: Mapping[str, Any] = NOTHING
    ) -> dict[str, Any]:
        """Return the members that are given in another way than last time.

        Args:
            what: of what kind.
            given: all of them; one that is left out is as it was.
            unsaid: what is given where nobody says anything, which is as it was too.
        """
        last = self[what]
        if last is None:
            self[what] = dict(given)
            return dict(given)
        changed = {
            name: value
            for name, value in given.items()
            if last.get(name) != value and (name not in unsaid or unsaid[name] != value)
        }
        self[what] = {**last, **changed}
        return changed

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
