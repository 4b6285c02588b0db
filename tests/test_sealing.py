"""What a client can do to a sealed value: nothing."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import InvalidSessionError
from fastapi_cognito_auth.sealing import Sealer
from tests.support import SECRET_KEY, Clock

VALUE = {"username": "ada"}


def test_a_sealed_value_opens() -> None:
    sealer = Sealer([SECRET_KEY])
    assert sealer.open("challenge", sealer.seal("challenge", VALUE), max_age=60) == VALUE


def test_any_worker_with_the_key_opens() -> None:
    sealed = Sealer([SECRET_KEY]).seal("challenge", VALUE)
    assert Sealer([SECRET_KEY]).open("challenge", sealed, max_age=60) == VALUE


def test_an_older_key_still_opens_after_rotation() -> None:
    sealed = Sealer([SECRET_KEY]).seal("challenge", VALUE)
    assert Sealer(["the new key", SECRET_KEY]).open("challenge", sealed, max_age=60) == VALUE


def test_the_newest_key_seals() -> None:
    sealed = Sealer(["the new key", SECRET_KEY]).seal("challenge", VALUE)
    assert Sealer(["the new key"]).open("challenge", sealed, max_age=60) == VALUE


def test_a_retired_key_does_not_open() -> None:
    sealed = Sealer([SECRET_KEY]).seal("challenge", VALUE)
    with pytest.raises(InvalidSessionError):
        Sealer(["the new key"]).open("challenge", sealed, max_age=60)


def test_a_value_sealed_for_one_purpose_opens_for_no_other() -> None:
    sealer = Sealer([SECRET_KEY])
    with pytest.raises(InvalidSessionError):
        sealer.open("challenge", sealer.seal("state", VALUE), max_age=60)


def test_a_sealed_value_expires() -> None:
    clock = Clock()
    sealer = Sealer([SECRET_KEY], clock=clock)
    sealed = sealer.seal("challenge", VALUE)
    clock.advance(61)
    with pytest.raises(InvalidSessionError):
        sealer.open("challenge", sealed, max_age=60)


def test_a_sealed_value_opens_until_its_last_second() -> None:
    clock = Clock()
    sealer = Sealer([SECRET_KEY], clock=clock)
    sealed = sealer.seal("challenge", VALUE)
    clock.advance(60)
    assert sealer.open("challenge", sealed, max_age=60) == VALUE


def test_a_seal_is_an_hmac_with_sha_256_of_a_key_for_its_purpose() -> None:
    sealed = Sealer([SECRET_KEY]).seal("challenge", VALUE)
    text, _, seal = sealed.rpartition(".")
    key = hmac.digest(SECRET_KEY.encode(), b"fastapi_cognito_auth.challenge", "sha256")
    assert base64.urlsafe_b64decode(seal + "=") == hmac.digest(key, text.encode(), "sha256")


def test_a_worker_whose_clock_is_behind_opens() -> None:
    ahead, behind = Clock(100.001), Clock(99.999)
    sealed = Sealer([SECRET_KEY], clock=ahead).seal("challenge", VALUE)
    assert Sealer([SECRET_KEY], clock=behind).open("challenge", sealed, max_age=60) == VALUE


SEALED = Sealer([SECRET_KEY]).seal("challenge", VALUE)


@given(st.data())
def test_no_changed_character_opens(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(SEALED) - 1))
    character = data.draw(st.characters(exclude_characters=SEALED[position], max_codepoint=127))
    changed = SEALED[:position] + character + SEALED[position + 1 :]
    sealer = Sealer([SECRET_KEY])
    with pytest.raises(InvalidSessionError):
        sealer.open("challenge", changed, max_age=60)


@pytest.mark.parametrize("more", ["=", "==", "é", "\n", " ", "\ud800", "\x00", "."])
def test_what_is_added_does_not_open(more: str) -> None:
    """A list keyed by the text of a seal must not be got around."""
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).open("challenge", SEALED + more, max_age=60)


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).open("challenge", "\ud800" + SEALED, max_age=60)


@given(st.text())
def test_any_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).open("challenge", text, max_age=60)


def test_a_hidden_value_is_revealed() -> None:
    sealer = Sealer([SECRET_KEY])
    assert sealer.reveal("device", sealer.hide("device", VALUE)) == VALUE


def test_a_hidden_value_cannot_be_read() -> None:
    assert "ada" not in Sealer([SECRET_KEY]).hide("device", VALUE)


def test_an_older_key_still_reveals_after_rotation() -> None:
    hidden = Sealer([SECRET_KEY]).hide("device", VALUE)
    assert Sealer(["the new key", SECRET_KEY]).reveal("device", hidden) == VALUE


def test_the_newest_key_hides() -> None:
    hidden = Sealer(["the new key", SECRET_KEY]).hide("device", VALUE)
    assert Sealer(["the new key"]).reveal("device", hidden) == VALUE


@pytest.mark.parametrize("purpose", ["device", "challenge"])
def test_neither_another_key_nor_another_purpose_reveals(purpose: str) -> None:
    hidden = Sealer([SECRET_KEY]).hide("device", VALUE)
    key = "the new key" if purpose == "device" else SECRET_KEY
    with pytest.raises(InvalidSessionError):
        Sealer([key]).reveal(purpose, hidden)


@given(st.text())
def test_any_text_is_not_revealed_and_never_crashes(text: str) -> None:
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).reveal("device", text)


HIDDEN = Sealer([SECRET_KEY]).hide("device", VALUE)


@given(st.data())
def test_no_changed_character_is_revealed(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(HIDDEN) - 1))
    character = data.draw(st.characters(exclude_characters=HIDDEN[position], max_codepoint=127))
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).reveal("device", HIDDEN[:position] + character + HIDDEN[position + 1 :])


@pytest.mark.parametrize("more", ["=", "====", "é", "\n", " ", "\ud800", "\x00", "!"])
def test_what_is_added_is_not_revealed(more: str) -> None:
    with pytest.raises(InvalidSessionError):
        Sealer([SECRET_KEY]).reveal("device", HIDDEN + more)
