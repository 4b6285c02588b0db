"""Administration by pages: a pool of ten thousand users."""

from collections.abc import Iterator

import pytest

from tests.pages.admin_kit import USERS, Office


@pytest.fixture(scope="module")
def crowded() -> Iterator[tuple[Office, list[str]]]:
    """Return an app with many users, and what its pool is asked for."""
    office, asked = Office(), list[str]()
    for number in range(10_000):
        # Without what an operation costs.
        office.pool._plane.directory.add_user(f"user-{number}", {"name": f"User {number}"}, "CONFIRMED")
    call = office.pool.call

    def noting(operation: str, params: dict[str, object]) -> dict[str, object]:
        asked.append(operation)
        return call(operation, params)

    office.pool.call = noting  # type: ignore[method-assign]
    yield office, asked
    office.pool.call = call  # type: ignore[method-assign]


def test_each_page_of_ten_thousand_users_takes_one_call(crowded: tuple[Office, list[str]]) -> None:
    office, asked = crowded
    page = office.open(USERS)
    for _ in range(3):
        asked.clear()
        page = office.open(page.links["Next page"])
        assert len(page.texts["tr"]) == 61
        assert asked.count("ListUsers") == 1


def test_one_of_ten_thousand_users_is_found_by_one_call(crowded: tuple[Office, list[str]]) -> None:
    office, asked = crowded
    asked.clear()
    page = office.open(f"{USERS}?by=username&how=equals&q=user-9999")
    assert "user-9999" in page.links
    assert asked.count("ListUsers") == 1


def test_a_page_of_ten_thousand_users_is_as_large_as_any(crowded: tuple[Office, list[str]]) -> None:
    office, _ = crowded
    assert len(office.open(USERS).response.content) < 60_000
