"""JSON from outside: what is read is small, shallow and text."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.formats import untrusted_json
from fastapi_cognito_auth.formats.untrusted_json import DEEPEST, MOST_VALUES, UntrustedTextError

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=16,
)


def kind_of(body: bytes | str) -> str:
    with pytest.raises(UntrustedTextError) as caught:
        untrusted_json.read(body)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return caught.value.kind


@given(VALUES)
def test_honest_json_is_read_as_json_reads_it(value: object) -> None:
    assert untrusted_json.read(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=64))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    with suppress(UntrustedTextError):
        untrusted_json.read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'"\xed\xa0\x80"',
        '"a"'.encode("utf-16"),
        b"NaN",
        b"[-Infinity]",
        b"1e999",
        b"9" * 5000,
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_in_utf_8_is_refused(body: bytes) -> None:
    assert kind_of(body) == "json_invalid"


def test_a_value_may_be_nested_as_deep_as_any_request_is() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert untrusted_json.read(deep)
    assert kind_of(f"[{deep}]") == "json_too_deep"


def test_members_and_items_are_counted_together() -> None:
    half = MOST_VALUES // 2
    values = {"a": [0] * (half - 1), "b": dict.fromkeys(map(str, range(half - 1)), 0)}
    assert untrusted_json.read(json.dumps(values)) == values
    assert kind_of(json.dumps(values | {"c": 0})) == "json_too_many_values"


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "b": 2, "a": 1}',
        r'{"a": 1, "\u0061": 2}',
        '{"": 1, "": 2}',
        '[{"a": {"b": [{"c": 1, "c": 2}]}}]',
        '{"a": {}, "a": {}}',
    ],
)
def test_an_object_names_each_member_once(body: str) -> None:
    """RFC 8259 section 4: which of them counts is up to who reads."""
    assert kind_of(body) == "json_member_twice"


def test_objects_beside_each_other_may_name_the_same() -> None:
    assert untrusted_json.read('[{"a": {"a": 1}}, {"a": 2}]') == [{"a": {"a": 1}}, {"a": 2}]


FULL = {
    "objects": ("[" + ",".join(["{}"] * 40_000) + "]", "json_too_many_values"),
    "objects of one member": ("[" + ",".join(['{"":0}'] * 18_000) + "]", "json_too_many_values"),
    "objects in each other": ('{"a":' * 900 + "{}" + "}" * 900, "json_too_deep"),
    "members": ("{" + ",".join(f'"{number}":0' for number in range(14_000)) + "}", "json_too_many_values"),
    "one name": ("{" + ",".join(['"":0'] * 25_000) + "}", "json_too_many_values"),
}


@pytest.mark.parametrize(("body", "kind"), FULL.values(), ids=FULL.keys())
def test_a_body_full_of_objects_is_refused_for_their_number(body: str, kind: str) -> None:
    assert kind_of(body) == kind


def test_no_more_fractions_are_parsed_than_values_are_allowed() -> None:
    assert kind_of("[" + ",".join(["1.5"] * (MOST_VALUES + 1)) + "]") == "json_invalid"


@pytest.mark.parametrize("text", [r"\ud800", r"\udfff\ud800", r"\u0000", r"a\u0000b"])
@pytest.mark.parametrize("shape", ['"%s"', '{"%s": 1}', '{"a": [{"b": "%s"}]}', '{"a": {"%s": "b"}}'])
def test_half_characters_and_nul_are_found_wherever_they_are(shape: str, text: str) -> None:
    assert kind_of(shape % text) == "text_invalid"


def test_a_pair_of_escaped_halves_is_a_character() -> None:
    assert untrusted_json.read(rb'"\ud83d\ude00"') == "\N{GRINNING FACE}"


def test_an_error_repeats_nothing_of_what_was_sent() -> None:
    with pytest.raises(UntrustedTextError) as caught:
        untrusted_json.read(r'{"password": "secret\ud800"}')
    assert "secret" not in f"{caught.value!r}{caught.value}"
