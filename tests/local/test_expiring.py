"""A table of what is over one day: only time shrinks it, and each entry costs the same."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.local.state.expiring import Expiring, Owned
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


class Entry(NamedTuple):
    owner: str
    until: float


def table_of(clock: Clock, asked: list[Entry]) -> Owned[int, Entry]:
    def owner(entry: Entry) -> str:
        asked.append(entry)
        return entry.owner

    return Owned(clock, lambda entry: entry.until, owner)


def test_somebodys_entries_are_found_and_discarded_without_a_look_at_those_of_others() -> None:
    clock, asked = Clock(), list[Entry]()
    table = table_of(clock, asked)
    for number in range(100):
        table[number] = Entry("ada" if number in {7, 70} else f"user{number}", clock.now + 10)
    asked.clear()
    assert table.of("ada") == [table[7], table[70]]
    table.discard_of("ada")
    table.discard_of("nobody")
    assert [entry.owner for entry in asked] == ["ada", "ada"]
    assert sorted(table) == [number for number in range(100) if number not in {7, 70}]
    assert table.of("ada") == []


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("ab"), st.integers(-1, 3), st.integers(0, 2))))
def test_what_the_owners_have_is_what_the_table_has(
    steps: list[tuple[int, str, int, int]],
) -> None:
    """Whatever is replaced by an entry of somebody else, is over, or comes too late."""
    clock = Clock()
    table = table_of(clock, [])
    for key, owner, life, wait in steps:
        if life == 3:
            table.discard(key)
        else:
            table[key] = Entry(owner, clock.now + life)
        clock.advance(wait)
        held = [*table.values()]
        for name in "ab":
            assert sorted(table.of(name)) == sorted(entry for entry in held if entry.owner == name)
    clock.advance(10)
    table.expire()
    assert not table._keys
