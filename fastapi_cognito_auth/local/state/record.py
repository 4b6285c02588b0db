"""Records: what a table holds and what may change in it."""

from collections.abc import Callable
from typing import Any

from fastapi_cognito_auth.local.state.codec import kept


class Record:
    """The base of records that change: a table hears of it when an attribute is set.

    So what an attribute holds is replaced, never changed in place.
    """

    def __init_subclass__(cls) -> None:
        kept(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        on_change = self.__dict__.get("_on_change")
        if on_change is not None:
            on_change()

    def watch(self, on_change: Callable[[], None] | None) -> None:
        """Have somebody told of each change from now on; `None` leaves the record alone."""
        object.__setattr__(self, "_on_change", on_change)

    def become(self, other: "Record") -> None:
        """Take over what another record of the class says, and tell nobody."""
        on_change = self.__dict__.get("_on_change")
        self.__dict__.update(other.__dict__)
        self.watch(on_change)
