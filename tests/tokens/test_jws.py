"""The strict reading of a compact JWS, beside PyJWT as the oracle."""

import asyncio
import json
import string
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import InvalidTokenError
from fastapi_cognito_auth.tokens import jws
from fastapi_cognito_auth.tokens.frozen_claims import frozen
from tests.support import CLIENT_ID, ISSUER, NOW, SIGNER, access_claims, b64, id_claims, verifier

STRICT: Any = {
    "verify_exp": False,  # the clock of the tests stands still
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,  # `client_id` is what Cognito has
    "require": ["exp", "iat", "iss", "sub", "token_use", "client_id"],
    "enforce_minimum_key_length": True,
}


def sign(header: bytes | str, payload: bytes | str) -> str:
    """Sign segments as they are, however malformed."""
    signing_input = f"{b64(header)}.{b64(payload)}"
    return f"{signing_input}.{b64(SIGNER.private_key.sign(signing_input.encode(), PKCS1v15(), SHA256()))}"


def oracle(token: str) -> dict[str, Any]:
    """Return what PyJWT takes the claims to be, or raise `PyJWTError`."""
    claims: dict[str, Any] = jwt.decode(
        token, SIGNER.private_key.public_key(), algorithms=["RS256"], issuer=ISSUER, options=STRICT
    )
    return claims


def ours(token: str) -> dict[str, Any] | None:
    """Return our claims, or `None` if the token is refused."""
    try:
        claims = asyncio.run(verifier().access_token(token))
    except InvalidTokenError:
        return None
    return claims.model_dump(mode="json", by_alias=True, exclude_unset=True)


HEADER = json.dumps({"kid": "key-1", "alg": "RS256"})
PAYLOAD = json.dumps(access_claims())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def texts(draw: st.DrawFn, good: str) -> bytes:
    """Draw JSON text near a good one: members changed, added, repeated, or bytes of it changed."""
    members = [(json.dumps(name), json.dumps(value)) for name, value in json.loads(good).items()]
    for _ in range(draw(st.integers(0, 3))):
        name = draw(
            st.sampled_from(["alg", "kid", "crit", "b64", "exp", "sub", "iss", "username", "aud"]) | st.text()
        )
        value = draw(VALUES.map(json.dumps) | st.sampled_from(["1e999", "-0", "NaN", '"\\ud800"', "{", "01"]))
        members.insert(draw(st.integers(0, len(members))), (json.dumps(name), value))
    text = "{" + ",".join(f"{name}:{value}" for name, value in members) + "}"
    raw = bytearray(draw(st.sampled_from(["", " ", "\ufeff"])).encode() + text.encode())
    for _ in range(draw(st.integers(0, 2))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw)


@given(st.just(HEADER.encode()) | texts(HEADER), st.just(PAYLOAD.encode()) | texts(PAYLOAD))
def test_what_pyjwt_refuses_is_refused(header: bytes, payload: bytes) -> None:
    token = sign(header, payload)
    claims = ours(token)
    if claims is not None:
        # Members that are null here are absent there.
        assert {k: v for k, v in oracle(token).items() if k in claims} == claims


@given(st.data())
def test_what_pyjwt_refuses_of_a_changed_token_is_refused(data: st.DataObject) -> None:
    token = list(SIGNER.sign(access_claims()))
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(token) - 1))
        token[position] = data.draw(
            st.sampled_from(["", ".", "=", "\n", "A", "+", "/", "_", token[position]])
        )
    changed = "".join(token)
    if ours(changed) is not None:
        oracle(changed)


@given(
    st.lists(st.text(min_size=1, max_size=20), max_size=4),
    st.lists(st.text("abcdefghij./-_:", min_size=1, max_size=20), max_size=6),
    st.dictionaries(st.from_regex(r"custom:[a-z]{1,20}", fullmatch=True), st.text(max_size=50), max_size=4),
    st.integers(NOW + 1, NOW + 86_340),
)
def test_what_a_pool_issues_is_accepted(
    groups: list[str], scopes: list[str], custom: dict[str, str], exp: int
) -> None:
    claims = access_claims(**{"cognito:groups": groups}, scope=" ".join(scopes), exp=exp, **custom)
    token = SIGNER.sign(claims)
    assert ours(token) == oracle(token) == claims


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "email_verified": st.booleans(),
            "name": st.text(max_size=20),
            "cognito:roles": st.lists(st.text(max_size=20), max_size=2),
            "identities": st.lists(st.fixed_dictionaries({"userId": st.text(max_size=5)}), max_size=2),
            "amr": st.lists(st.sampled_from(["pwd", "otp", "mfa"]), max_size=2),
        },
    )
)
def test_what_a_pool_says_of_a_user_is_accepted(extra: dict[str, Any]) -> None:
    claims = asyncio.run(verifier().id_token(SIGNER.sign(id_claims(**extra))))
    assert (claims.aud, claims.username) == (CLIENT_ID, "ada")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(PAYLOAD[:-1] + ', "sub": "root"}', id="a member named twice"),
        pytest.param(PAYLOAD[:-1] + ', "x": {"a": 1, "a": 2}}', id="a member named twice further in"),
        pytest.param(PAYLOAD[:-1] + ', "x": NaN}', id="NaN"),
        pytest.param(PAYLOAD[:-1] + ', "x": -Infinity}', id="infinity"),
        pytest.param(PAYLOAD[:-1] + ', "x": 1e999}', id="a number beyond all"),
        pytest.param(PAYLOAD[:-1] + ', "x": ' + "9" * 5000 + "}", id="a number that takes long to read"),
        pytest.param(PAYLOAD[:-1] + ', "x": "\\udc00"}', id="half a surrogate pair"),
        pytest.param(PAYLOAD[:-1] + ', "\\ud800": 1}', id="a name of half a surrogate pair"),
        pytest.param(PAYLOAD[:-1] + ', "x": ' + "[" * 3000 + "]" * 3000 + "}", id="nested deep"),
        pytest.param(PAYLOAD[:-1] + ', "x": ' + "[" * 32 + "]" * 32 + "}", id="nested a level too deep"),
        pytest.param(PAYLOAD[:-1] + ', "x": [' + "0," * 4095 + "0]}", id="too many items"),
        pytest.param(PAYLOAD[:-1] + ', "x": [' + "{}," * 2050 + "{}]}", id="too many objects"),
        pytest.param(
            PAYLOAD[:-1] + ', "act": ' + '{"sub":"a","act":' * 400 + "null" + "}" * 401, id="actors"
        ),
        pytest.param(PAYLOAD[:-1] + ",}", id="a trailing comma"),
        pytest.param(PAYLOAD + "{}", id="two objects"),
        pytest.param("\ufeff" + PAYLOAD, id="a byte order mark"),
        pytest.param(PAYLOAD.encode("utf-16"), id="UTF-16"),
        pytest.param(PAYLOAD.encode()[:-1] + b', "x": "\xff"}', id="not UTF-8"),
        pytest.param(PAYLOAD.encode()[:-1] + b', "x": "\xc0\xaf"}', id="overlong UTF-8"),
        pytest.param(b"", id="nothing"),
        pytest.param("null", id="null"),
    ],
)
def test_a_signed_payload_that_readers_may_read_differently_is_refused(payload: bytes | str) -> None:
    assert ours(sign(HEADER, payload)) is None


@pytest.mark.parametrize(
    "header",
    [
        pytest.param('{"kid": "key-1", "alg": "none", "alg": "RS256"}', id="two algorithms"),
        pytest.param('{"kid": "key-2", "kid": "key-1", "alg": "RS256"}', id="two keys"),
        pytest.param('{"kid": "key-1", "alg": "RS256", "b64": true}', id="b64"),
        pytest.param('{"kid": "key-1", "alg": "RS256", "crit": []}', id="crit"),
        pytest.param('{"kid": "key-1", "alg": "RS256", "x5c": []}', id="x5c"),
        pytest.param('{"kid": "key-1", "alg": "rs256"}', id="another case"),
        pytest.param('{"kid": ["key-1"], "alg": "RS256"}', id="kid is a list"),
        pytest.param('{"kid": "", "alg": "RS256"}', id="kid is empty"),
        pytest.param('{"kid": "key-1", "alg": "RS256", "x": NaN}', id="NaN"),
    ],
)
def test_a_header_that_could_mean_something_else_is_refused(header: str) -> None:
    assert ours(sign(header, PAYLOAD)) is None


def test_a_header_of_more_than_any_use_is_refused() -> None:
    assert ours(sign(HEADER[:-1] + ', "x": "' + "x" * 4096 + '"}', PAYLOAD)) is None


def nested(depth: int, open_with: str) -> str:
    """Return lists or objects within each other."""
    start, end = ("[", "]") if open_with == "[" else ('{"a":', "}")
    return start * depth + "0" + end * depth


@pytest.mark.parametrize("open_with", ["[", "{"])
def test_what_is_nested_as_deep_as_may_be_can_be_written_again(open_with: str) -> None:
    claims = asyncio.run(
        verifier().access_token(sign(HEADER, PAYLOAD[:-1] + f', "x": {nested(31, open_with)}}}'))
    )
    assert json.dumps(frozen(claims)["x"]).replace(" ", "") == nested(31, open_with)


@given(st.integers(1, 70), st.text(alphabet='[]{}",\\:', max_size=30), st.sampled_from("[{"))
def test_brackets_within_text_nest_nothing(depth: int, text: str, open_with: str) -> None:
    payload = f"{PAYLOAD[:-1]}, {json.dumps(text * 20)}: {nested(depth, open_with)}}}"
    assert (ours(sign(HEADER, payload)) is not None) is (depth < jws.DEEPEST)


def test_what_stands_side_by_side_nests_nothing() -> None:
    """Brackets that are closed count back by one, each of them."""
    beside = ", ".join(nested(2, "[") for _ in range(40))
    deep = f'{PAYLOAD[:-1]}, "x": [{beside}, {nested(31, "[")}]}}'
    assert ours(sign(HEADER, deep)) is None


def test_nothing_is_too_deep_because_much_stands_beside_it() -> None:
    beside = ", ".join(nested(2, "[") for _ in range(40))
    deep = f'{PAYLOAD[:-1]}, "x": [{beside}, {nested(30, "[")}]}}'
    assert ours(sign(HEADER, deep)) is not None


def test_as_many_items_as_may_be_are_read() -> None:
    """The object and the list count, and each of the items and members but the first."""
    items = ",".join("1" for _ in range(jws.MOST_PARTS - 2))
    assert jws.read_object(f'{{"x":[{items}],"y":1}}'.encode())["y"] == 1
    with pytest.raises(InvalidTokenError):
        jws.read_object(f'{{"x":[{items},1],"y":1}}'.encode())


def test_commas_within_text_are_no_items() -> None:
    payload = PAYLOAD[:-1] + ', "x": "' + "1," * 5000 + '"}'
    assert ours(sign(HEADER, payload)) is not None


@given(st.text(alphabet='[]{}",\\:u0d8 ', max_size=200), st.integers(1, 40))
def test_any_text_of_brackets_is_read_or_refused(text: str, times: int) -> None:
    with suppress(InvalidTokenError):
        jws.read_object((text * times).encode())


@given(
    st.lists(
        st.sampled_from(["\\\\", "\\n", "\\u0041", "\\ud83d", "\\ude00", "\\uD8FF", "\\uDC00", "u", "d83d"])
    )
)
def test_half_a_surrogate_pair_is_refused_and_a_whole_one_is_not(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        json.loads(f'"{text}"').encode()
    except UnicodeEncodeError:
        with pytest.raises(InvalidTokenError):
            jws.read_object(f'{{"x": "{text}"}}'.encode())
    else:
        assert jws.read_object(f'{{"x": "{text}"}}'.encode()) == {"x": json.loads(f'"{text}"')}


CLAIMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), CLAIMS, max_size=5), st.integers(0, 30), st.sampled_from("[{"))
def test_all_claims_of_a_token_that_is_accepted_can_be_had_and_written(
    extra: dict[str, Any], depth: int, open_with: str
) -> None:
    written = f'{json.dumps(extra | access_claims())[:-1]}, "deep": {nested(depth, open_with)}}}'
    try:
        claims = asyncio.run(verifier().access_token(sign(HEADER, written)))
    except InvalidTokenError:
        return
    assert json.loads(json.dumps(frozen(claims))) == json.loads(written)


@given(st.binary(max_size=200))
def test_a_segment_has_one_spelling(data: bytes) -> None:
    segment = b64(data).encode()
    if data:
        assert jws.decode_segment(segment) == data
    for position in range(len(segment)):
        for other in b"A_+/= \n":
            changed = segment[:position] + bytes([other]) + segment[position + 1 :]
            if changed != segment:
                with suppress(InvalidTokenError):
                    assert jws.decode_segment(changed) != data


@pytest.mark.parametrize("data", [b"\x00", b"\xfb", b"\x00\x00", b"\xff\xfb"])
def test_no_bits_that_decoding_drops_are_taken(data: bytes) -> None:
    segment = b64(data).encode()
    last = [character.encode() for character in string.ascii_letters + string.digits + "-_"]
    taken = [each for each in last if not _is_refused(segment[:-1] + each)]
    # As many last characters as there are values: four for one byte, sixteen for two.
    assert len(taken) == {1: 4, 2: 16}[len(data)]
    assert len({jws.decode_segment(segment[:-1] + each) for each in taken}) == len(taken)


def _is_refused(segment: bytes) -> bool:
    try:
        jws.decode_segment(segment)
    except InvalidTokenError:
        return True
    return False


@pytest.mark.parametrize("junk", [b"    ", b"\n\n\n\n", b"....", b"====", b"+/+/", b"\xff\xff\xff\xff"])
def test_what_is_no_base64url_is_not_passed_over(junk: bytes) -> None:
    segment = b64(b"twelve bytes").encode()
    for position in (0, 5, len(segment)):
        assert _is_refused(segment[:position] + junk + segment[position:])


def test_a_header_of_the_largest_size_is_read() -> None:
    room = 4096 * 3 // 4 - len(HEADER) - len(', "x": ""')
    header = f'{HEADER[:-1]}, "x": "{"x" * room}"}}'
    assert len(b64(header)) == 4096
    assert ours(sign(header, PAYLOAD)) is not None
    assert ours(sign(header.replace('"x": "', '"x": "xxx'), PAYLOAD)) is None


def test_a_header_without_a_key_says_what_it_has() -> None:
    with pytest.raises(InvalidTokenError) as refused:
        jws.read_header(b64(json.dumps({"kid": 7, "alg": "RS256"})).encode(), "RS256")
    assert (refused.value.claim, refused.value.found, refused.value.wanted) == ("kid", 7, "text")


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_apart_or_refused(token: bytes) -> None:
    with suppress(InvalidTokenError):
        header, payload, signing_input, signature = jws.split(token)
        assert signing_input == header + b"." + payload
        assert token == signing_input + b"." + signature


@pytest.mark.parametrize(
    ("token", "found"),
    [
        (b'"e30.e30.YQ"', "quotes around it"),
        (b"'e30.e30.YQ'", "quotes around it"),
        (b"Bearer e30.e30.YQ.YQ", "Bearer twice"),
        (b"bearer e30", "Bearer twice"),
        (b"null", "the word null"),
        (b"undefined", "the word undefined"),
        (b"[object Object]", "the word [object Object]"),
        (b"e30.YQ.YQ.YQ.YQ", "five parts, as refresh tokens have"),
        (b"e30.YQ.YQ.YQ", "4 of three parts"),
        (b"hunter2", "1 of three parts"),
        (b"e30.hunter2", "2 of three parts"),
    ],
)
def test_what_came_instead_of_a_token_is_told_without_it(token: bytes, found: str) -> None:
    with pytest.raises(InvalidTokenError) as refused:
        jws.split(token)
    assert (refused.value.claim, refused.value.found, refused.value.wanted) == ("form", found, "three parts")
