"""Contestants take turns: A B C, A B C, ...

A slow moment of the machine then falls on all of them. A ratio is of two contestants in one round, and
what counts is the median of the rounds: what happens in one alone does not. How far apart the rounds
are says how much a median is worth.
"""

from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple


class Sample(NamedTuple):
    """What one turn took, in seconds for each unit of work."""

    wall: float
    cpu: float


class Series:
    """The samples of one contestant, one for each round."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    @property
    def wall(self) -> float:
        """The median of the elapsed seconds."""
        return median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """The median of the processor's seconds."""
        return median(sample.cpu for sample in self.samples)

    def cpu_ratios(self, floor: "Series") -> list[float]:
        """Return how many times the processor time of another contestant this one takes, by round."""
        return [a.cpu / b.cpu for a, b in zip(self.samples, floor.samples, strict=True)]

    def cpu_ratio(self, floor: "Series") -> float:
        """Return the median of those."""
        return median(self.cpu_ratios(floor))

    def rates(self, other: "Series") -> list[float]:
        """Return how many times as much as another contestant this one does in a second, by round."""
        return [b.wall / a.wall for a, b in zip(self.samples, other.samples, strict=True)]

    def rate(self, other: "Series") -> float:
        """Return the median of those."""
        return median(self.rates(other))


Turn = Callable[[int], Sample]
"""Does one contestant's work of a round, given the round's number."""


def interleave(contestants: Mapping[str, Turn], rounds: int) -> dict[str, Series]:
    """Let contestants take turns; a first round warms up and does not count."""
    found = {name: Series() for name in contestants}
    for number in range(rounds + 1):
        for name, turn in contestants.items():
            sample = turn(number)
            if number > 0:
                found[name].samples.append(sample)
    return found


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
