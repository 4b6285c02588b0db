"""The time as an operation sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi_cognito_auth.runtime.forks import in_each_process


class Moment:
    """A clock that stands still while an operation runs: all that one change writes has one time.

    Args:
        clock: epoch seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # An operation of the parent's does not end in a child.
        self._held: float | None = None

    def __call__(self) -> float:
        """Return the time of the operation under way, else of the clock, in the milliseconds of dates."""
        return round(self._clock(), 3) if self._held is None else self._held

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let time stand still; an operation inside of another keeps the other's time."""
        outer = self._held
        self._held = self()
        try:
            yield
        finally:
            self._held = outer

    def let_go(self) -> None:
        """Let time go on, in a process that was forked while another thread held it."""
        self._held = None
