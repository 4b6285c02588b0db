"""What a browser can do to what it keeps for the app: nothing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from tests.support import SECRET_KEY

OTHER_KEY = "another key, which is as long as it has to be"
PLACE = "__Host-session"
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BOX = Box([SECRET_KEY])


@given(st.binary(max_size=500))
def test_what_was_closed_opens(value: bytes) -> None:
    assert BOX.open(BOX.close(value, PLACE), PLACE) == value


def test_a_value_never_looks_the_same_twice_and_shows_nothing() -> None:
    first, second = BOX.close(b"secret" * 5, PLACE), BOX.close(b"secret" * 5, PLACE)
    assert first != second
    assert b"secret" not in base64.urlsafe_b64decode(first + "==")


def test_it_opens_in_its_own_place_alone() -> None:
    with pytest.raises(BrokenBoxError):
        BOX.open(BOX.close(b"value", PLACE), "session")


def test_a_box_of_another_app_is_told_from_a_forged_one() -> None:
    with pytest.raises(ForeignBoxError):
        Box([OTHER_KEY]).open(BOX.close(b"value", PLACE), PLACE)


def test_an_older_key_opens_and_the_newest_closes() -> None:
    both = Box([OTHER_KEY, SECRET_KEY])
    assert both.open(BOX.close(b"value", PLACE), PLACE) == b"value"
    assert Box([OTHER_KEY]).open(both.close(b"value", PLACE), PLACE) == b"value"
    with pytest.raises(ForeignBoxError):
        BOX.open(both.close(b"value", PLACE), PLACE)


@given(st.data())
def test_no_changed_bit_opens(data: st.DataObject) -> None:
    closed = BOX.close(b"value", PLACE)
    raw = bytearray(base64.urlsafe_b64decode(closed + "=" * (-len(closed) % 4)))
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((BrokenBoxError, ForeignBoxError)):
        BOX.open(base64.urlsafe_b64encode(bytes(raw)).decode(), PLACE)


@pytest.mark.parametrize("length", range(1, 7))
def test_a_value_has_one_spelling(length: int) -> None:
    closed = BOX.close(b"v" * length, PLACE)
    last = [f"{closed[:-1]}{sign}{end}" for sign in f"{BASE64URL}+/" for end in ("", "=", "==")]
    others = {*last, closed.replace("-", "+").replace("_", "/"), f"{closed}\n", f" {closed}"} - {closed}
    for other in others:
        with pytest.raises((BrokenBoxError, ForeignBoxError)):
            BOX.open(other, PLACE)


@given(st.text(max_size=100) | st.integers(0, 49).map(lambda length: BOX.close(b"value", PLACE)[:length]))
def test_nonsense_and_beginnings_do_not_open(text: str) -> None:
    with pytest.raises((BrokenBoxError, ForeignBoxError)):
        BOX.open(text, PLACE)
