"""A table of what is over one day: only time shrinks it, and each entry costs the same."""

from fastapi_cognito_auth.local.expiring import Expiring
from tests.local.kit import Clock


def test_an_entry_is_there_until_its_time() -> None:
    clock = Clock()
    table: Expiring[str, float] = Expiring(clock, lambda until: until)
    table["a"] = clock.now + 10
    clock.advance(9)
    assert table.get("a")
    clock.advance(1)
    assert table.get("a") is None


def test_a_new_entry_drops_what_is_over_and_looks_at_nothing_else() -> None:
    clock = Clock()
    asked: list[float] = []

    def until(value: float) -> float:
        asked.append(value)
        return value

    table: Expiring[int, float] = Expiring(clock, until)
    for number in range(100):
        table[number] = clock.now + 10 + number
    clock.advance(15)
    asked.clear()
    table[100] = clock.now + 1000
    assert sorted(table.keys()) == [*range(6, 101)]
    assert len(asked) == 1


def test_an_entry_that_is_replaced_lives_as_long_as_the_new_one() -> None:
    clock = Clock()
    table: Expiring[str, float] = Expiring(clock, lambda until: until)
    table["a"] = clock.now + 10
    table["a"] = clock.now + 20
    clock.advance(15)
    table["b"] = clock.now + 10
    assert {*table} == {"a", "b"}


def test_what_is_not_there_can_be_discarded() -> None:
    clock = Clock()
    table: Expiring[str, float] = Expiring(clock, lambda until: until)
    table["a"] = clock.now + 10
    clock.advance(10)
    table.discard("a")
    table.discard("b")
    assert not table


def test_entries_are_discarded_by_what_they_hold() -> None:
    clock = Clock()
    table: Expiring[str, float] = Expiring(clock, lambda until: until)
    table["a"], table["b"] = clock.now + 1, clock.now + 2
    table.discard_if(lambda until: until == clock.now + 1)
    assert {*table} == {"b"}
