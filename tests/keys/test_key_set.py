"""A key set holds what it says, and much that it should not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.keys.key_set import FetchError, parse_key_set
from tests.support import OTHER_SIGNER, SIGNER, Signer, b64

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()


def long_key(bits: int) -> dict[str, Any]:
    """Return a key whose modulus has so many bits; making a real pair of that length takes minutes."""
    return SIGNER.jwk(kid="long", n=b64(((1 << (bits - 1)) + 1).to_bytes((bits + 7) // 8)))


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
