"""A key set holds what it says, and much that it should not."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.keys.key_set import FetchError, parse_key_set, public_jwk
from tests.support import OTHER_SIGNER, SIGNER, Signer, b64

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()


def long_key(bits: int) -> dict[str, Any]:
    """Return a key whose modulus has so many bits; making a real pair of that length takes minutes."""
    return SIGNER.jwk(kid="long", n=b64(((1 << (bits - 1)) + 1).to_bytes((bits + 7) // 8)))


def even(number: str) -> str:
    """Return a number in base64url without its last bit."""
    octets = bytearray(base64.urlsafe_b64decode(number + "=="))
    octets[-1] &= 0xFE
    return b64(bytes(octets))


def with_spare_bits(number: str) -> str:
    """Change the last character in bits that decoding drops."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return number[:-1] + alphabet[alphabet.index(number[-1]) ^ 1]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(SIGNER.jwk(kid="bad", kty="EC"), id="another type"),
        pytest.param(SIGNER.jwk(kid="bad", use="enc"), id="for encryption"),
        pytest.param(SIGNER.jwk(kid="bad", alg="RS512"), id="another algorithm"),
        pytest.param(SIGNER.jwk(kid="bad", alg="HS256"), id="a symmetric algorithm"),
        pytest.param({"kty": "oct", "kid": "bad", "alg": "RS256", "k": "c2VjcmV0"}, id="a shared secret"),
        pytest.param(SIGNER.jwk(kid="bad", n="!"), id="not base64"),
        pytest.param(SIGNER.jwk(kid="bad", n=7), id="n is a number"),
        pytest.param({**SIGNER.jwk(kid="bad"), "e": "AA"}, id="exponent zero"),
        pytest.param({**SIGNER.jwk(kid="bad"), "e": "AQ"}, id="exponent one"),
        pytest.param({**SIGNER.jwk(kid="bad"), "e": "AQAA"}, id="even exponent"),
        pytest.param(SIGNER.jwk(kid="bad", n=even(KEY["n"])), id="even modulus"),
        pytest.param(SIGNER.jwk(kid="bad", n=""), id="empty n"),
        pytest.param(SIGNER.jwk(kid="bad", n=KEY["n"] + "=="), id="padded n"),
        pytest.param(SIGNER.jwk(kid="bad", n=KEY["n"] + "\n"), id="n and a line end"),
        pytest.param(
            SIGNER.jwk(kid="bad", n=KEY["n"][:9] + "!" + KEY["n"][9:]), id="n and what is no base64"
        ),
        pytest.param(SIGNER.jwk(kid="bad", n=KEY["n"] + "é"), id="n and what is not ASCII"),
        pytest.param(SIGNER.jwk(kid="bad", n=with_spare_bits(KEY["n"])), id="another spelling of n"),
        pytest.param({**SIGNER.jwk(kid="bad"), "e": "AQAB===="}, id="padded e"),
        pytest.param(SIGNER.jwk(kid="bad", key_ops=["encrypt"]), id="key_ops without verify"),
        pytest.param(SIGNER.jwk(kid="bad", key_ops=[]), id="no key_ops"),
        pytest.param(SIGNER.jwk(kid="bad", key_ops="verify"), id="key_ops is no list"),
        pytest.param(SIGNER.jwk(kid="bad", use="enc", key_ops=["verify"]), id="use against key_ops"),
        pytest.param(SIGNER.jwk(kid="bad", use=None), id="use is null"),
        pytest.param({"kty": "RSA", "kid": "bad", "alg": "RS256"}, id="no n and e"),
        pytest.param({**SIGNER.jwk(), "kid": 5}, id="kid is a number"),
        pytest.param({**SIGNER.jwk(), "kid": ""}, id="kid is empty"),
        pytest.param({**SIGNER.jwk(), "kid": "k" * 257}, id="kid is too long"),
        pytest.param(Signer("bad", bits=1024).jwk(), id="too short"),
        pytest.param(long_key(8193), id="too long"),
    ],
)
def test_one_bad_key_among_good_ones_is_left_out(bad: dict[str, Any]) -> None:
    found = parse_key_set(json.dumps({"keys": [bad, OTHER_KEY]}).encode())
    assert list(found) == ["key-2"]


def test_a_key_that_may_verify_among_other_things_is_kept() -> None:
    found = parse_key_set(json.dumps({"keys": [SIGNER.jwk(key_ops=["sign", "verify"])]}).encode())
    assert list(found) == ["key-1"]


def test_a_broken_key_is_logged_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    parse_key_set(json.dumps({"keys": [SIGNER.jwk(kid="bad\n", n=even(KEY["n"])), OTHER_KEY]}).encode())
    assert caplog.messages == [r"ignoring a broken key of the key set: 'bad\n'"]


def test_the_longest_key_has_8192_bits() -> None:
    found = parse_key_set(json.dumps({"keys": [long_key(8192)]}).encode())
    assert found["long"].public_key.key_size == 8192


def test_two_keys_with_one_kid_are_both_left_out() -> None:
    twin = OTHER_SIGNER.jwk(kid="key-1")
    found = parse_key_set(json.dumps({"keys": [KEY, twin, OTHER_KEY]}).encode())
    assert list(found) == ["key-2"]


def test_a_private_key_in_the_set_is_read_as_its_public_half() -> None:
    found = parse_key_set(json.dumps({"keys": [SIGNER.jwk(d="AQAB", p="AQ", q="AQ")]}).encode())
    assert found["key-1"].public_key.public_numbers() == SIGNER.private_key.public_key().public_numbers()


@given(
    st.binary(max_size=100) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_answer_is_read_or_refused(answer: bytes) -> None:
    with pytest.raises(FetchError):
        parse_key_set(answer)


def test_a_key_is_written_as_it_was_read_and_without_what_nobody_needs() -> None:
    key = parse_key_set(json.dumps({"keys": [{**KEY, "x5t": "thumb"}]}).encode())["key-1"]
    assert public_jwk(key) == {name: KEY[name] for name in ("alg", "e", "kid", "kty", "n", "use")}
