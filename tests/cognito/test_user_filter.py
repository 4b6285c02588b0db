"""Filters of ListUsers are built: nothing that is searched for can be more than a value."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.cognito.user_filter import SEARCHABLE, build_filter, filter_of

_FILTER = re.compile(r'([a-z_:]+) (\^?=) "((?:[^"\\]|\\.)*)"', re.DOTALL)


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        ({"username": "ada"}, 'username = "ada"'),
        ({"email__startswith": "ada@"}, 'email ^= "ada@"'),
        ({"user_status": "CONFIRMED"}, 'cognito:user_status = "CONFIRMED"'),
        ({"status": "Disabled"}, 'status = "Disabled"'),
        ({"name": 'Ada "the first"'}, r'name = "Ada \"the first\""'),
        ({"name": "back\\slash"}, r'name = "back\\slash"'),
        ({"sub__startswith": ""}, 'sub ^= ""'),
    ],
)
def test_a_condition_is_written_as_cognito_wants_it(condition: dict[str, str], written: str) -> None:
    assert filter_of(condition) == written  # type: ignore[arg-type]


@given(by=st.sampled_from(SEARCHABLE), value=st.text(max_size=60), starts_with=st.booleans())
def test_what_is_searched_for_is_one_value_whatever_is_in_it(by: str, value: str, starts_with: bool) -> None:
    found = _FILTER.fullmatch(build_filter(by, value, starts_with=starts_with))  # type: ignore[arg-type]
    assert found is not None
    assert re.sub(r"\\(.)", r"\1", found[3], flags=re.DOTALL) == value
    assert (found[2] == "^=") is starts_with


@pytest.mark.parametrize(
    "condition",
    [
        {"custom:tenant": "a"},
        {"picture": "a"},
        {"email__endswith": "a"},
        {"cognito:user_status": "CONFIRMED"},
        {"__startswith": "a"},
        {"email": "a", "name": "b"},
        {"email": None},
        {"email": 1},
        {"email": "a" * 257},
        {},
    ],
)
def test_what_cognito_cannot_search_is_said_before_it_is_asked(condition: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"can search|one condition|compared|characters at most"):
        filter_of(condition)  # type: ignore[arg-type]
