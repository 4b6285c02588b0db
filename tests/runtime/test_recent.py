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


def test_there_are_no_more_than_two_generations() -> None:
    values = recent(most=2)
    for number, name in enumerate("abcde"):
        values.put(name, number)
    assert [values.get(name) for name in "abcde"] == [None, None, 2, 3, 4]
