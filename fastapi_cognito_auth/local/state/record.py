"""Records: what a table holds and what may change in it."""

from collections.abc import Callable
from typing import Any, Self

from fastapi_cognito_auth.local.state.codec import kept


class Record:
    """The base of records that change: a table hears of it when an attribute is set.

    So what an attribute holds is replaced, never changed in place.
    """

    def __init_subclass__(cls) -> None:
        kept(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        before_change = self.__dict__.get("_before_change")
        if before_change is not None:
            before_change()
        object.__setattr__(self, name, value)
        on_change = self.__dict__.get("_on_change")
        if on_change is not None:
            on_change()

    def watch(self, on_change: Callable[[], None] | None) -> None:
        """Have somebody told of each change from now on; `None` leaves the record alone."""
        object.__setattr__(self, "_on_change", on_change)

    def guard(self, before_change: Callable[[], None]) -> None:
        """Have somebody told before each change from now on."""
        object.__setattr__(self, "_before_change", before_change)

    def copy(self) -> Self:
        """Return what it says now, of which nobody is told anything."""
        copied = object.__new__(type(self))
        hooks = {"_on_change", "_before_change"}
        copied.__dict__.update({name: held for name, held in self.__dict__.items() if name not in hooks})
        return copied

    def become(self, other: "Record") -> None:
        """Take over what another record of the class says, and tell nobody."""
        on_change = self.__dict__.get("_on_change")
        self.__dict__.update(other.__dict__)
        self.watch(on_change)
