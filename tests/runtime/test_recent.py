"""What is remembered for a moment, and no longer."""

import pytest

from fastapi_cognito_auth.runtime.recent import Recent
from tests.support import Clock


def recent(most: int = 2, clock: Clock | None = None) -> Recent[str, int]:
    return Recent(most, 30.0, clock or Clock())


def test_a_value_is_remembered() -> None:
    values = recent()
    assert values.get("a") is None
    values.put("a", 1)
    assert values.get("a") == 1


@pytest.mark.parametrize(("after", "expected"), [(29, 1), (30, 1), (59, 1), (60, None), (600, None)])
def test_a_value_is_forgotten_after_two_periods_however_it_is_used(after: int, expected: int | None) -> None:
    clock = Clock()
    values = recent(clock=clock)
    values.get("a")
    values.put("a", 1)
    for _ in range(after):
        clock.advance(1)
        values.get("a")
    assert values.get("a") == expected


def test_a_pause_of_two_periods_forgets_everything() -> None:
    clock = Clock()
    values = recent(clock=clock)
    values.get("a")
    values.put("a", 1)
    clock.advance(60)
    assert values.get("a") is None


def test_a_value_is_remembered_whose_coming_is_the_first_thing_that_happens() -> None:
    values = recent()
    values.put("a", 1)
    assert values.get("a") == 1


class Overtaken:
    """A lock that another thread had a moment ago, and did then what this one is about to do."""

    def __init__(self, values: Recent[str, int]) -> None:
        self._values, self._lock = values, values._lock

    def __enter__(self) -> None:
        self._values._lock = self._lock
        self._values.get("b")
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_threads_that_find_a_period_over_at_once_forget_no_value_too_early() -> None:
    clock = Clock()
    values = recent(clock=clock)
    values.put("a", 1)
    clock.advance(30)
    values._lock = Overtaken(values)  # type: ignore[assignment]
    assert values.get("a") == 1


def test_there_are_no_more_than_two_generations() -> None:
    values = recent(most=2)
    for number, name in enumerate("abcde"):
        values.put(name, number)
    assert [values.get(name) for name in "abcde"] == [None, None, 2, 3, 4]
