"""How much is measured."""

from dataclasses import dataclass
from typing import TypeVar

from benchmarks.environments import Rivals

_Amount = TypeVar("_Amount", int, float)


@dataclass(frozen=True)
class Plan:
    """What a run includes.

    Args:
        quick: a few rounds, to see that it works; the numbers mean little.
        rivals: where other libraries live; `None` leaves them out.
        tokens: how many distinct tokens the memory is measured over.
    """

    quick: bool
    rivals: Rivals | None
    tokens: int

    def amount(self, whole: _Amount, quick: _Amount) -> _Amount:
        """Return how much of something this run does."""
        return quick if self.quick else whole
