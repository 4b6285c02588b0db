"""What the verifier accepts, and every token that it must refuse."""

import asyncio
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth import exceptions as errors
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from tests.support import (
    CLIENT_ID,
    ISSUER,
    NOW,
    OTHER_SIGNER,
    SIGNER,
    UPDATED_ISSUER,
    Clock,
    KeyServer,
    access_claims,
    b64,
    id_claims,
    issuing_pool,
    verifier,
)


def verify(token: str, clock: Clock | None = None) -> AccessTokenClaims:
    return asyncio.run(verifier(clock=clock).access_token(token))


def test_a_token_of_the_pool_gives_its_claims() -> None:
    claims = verify(SIGNER.sign(access_claims(**{"cognito:groups": ["analysts"]})))
    assert (claims.username, claims.groups, claims.client_id) == ("ada", ("analysts",), CLIENT_ID)


def test_the_updated_issuer_is_accepted() -> None:
    assert verify(SIGNER.sign(access_claims(iss=UPDATED_ISSUER))).iss == UPDATED_ISSUER


def test_an_id_token_gives_its_claims() -> None:
    claims = asyncio.run(verifier().id_token(SIGNER.sign(id_claims())))
    assert (claims.username, claims.email) == ("ada", "ada@example.com")


def test_an_id_token_with_at_hash_is_accepted() -> None:
    """Managed login adds `at_hash` (OpenID Connect Core 3.1.3.6)."""
    claims = asyncio.run(verifier().id_token(SIGNER.sign(id_claims(at_hash="MTIzNDU2Nzg5MDEyMzQ1Ng"))))
    assert claims.extra()["at_hash"] == "MTIzNDU2Nzg5MDEyMzQ1Ng"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"exp": NOW - 10}, errors.TokenExpiredError, id="expired"),
        pytest.param({"exp": None}, errors.InvalidTokenError, id="without exp lives not for ever"),
        pytest.param({"exp": str(NOW + 60)}, errors.InvalidTokenError, id="exp is a string"),
        pytest.param({"exp": NOW + 60.5}, errors.InvalidTokenError, id="exp is a float"),
        pytest.param({"exp": True}, errors.InvalidTokenError, id="exp is a boolean"),
        pytest.param({"exp": 10**400}, errors.InvalidTokenError, id="exp is beyond any calendar"),
        pytest.param({"exp": float("inf")}, errors.InvalidTokenError, id="exp is infinite"),
        pytest.param({"exp": NOW + 10**9}, errors.InvalidTokenError, id="exp is in the far future"),
        pytest.param({"exp": NOW + 86_341}, errors.InvalidTokenError, id="lives longer than a day"),
        pytest.param({"exp": -1}, errors.InvalidTokenError, id="exp is negative"),
        pytest.param({"nbf": NOW + 11}, errors.InvalidTokenError, id="not valid yet"),
        pytest.param({"nbf": "soon"}, errors.InvalidTokenError, id="nbf is a string"),
        pytest.param({"iat": NOW + 11}, errors.InvalidTokenError, id="issued in the future"),
        pytest.param({"iat": None}, errors.InvalidTokenError, id="without iat"),
        pytest.param({"auth_time": NOW + 11}, errors.InvalidTokenError, id="signed in in the future"),
        pytest.param({"auth_time": 10**400}, errors.InvalidTokenError, id="auth_time is beyond any calendar"),
        pytest.param({"iss": None}, errors.InvalidIssuerError, id="without iss"),
        pytest.param({"iss": "https://evil.example"}, errors.InvalidIssuerError, id="another issuer"),
        pytest.param(
            {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_OTHER"},
            errors.InvalidIssuerError,
            id="another pool",
        ),
        pytest.param({"iss": ["https://evil.example"]}, errors.InvalidIssuerError, id="iss is a list"),
        pytest.param({"token_use": None}, errors.InvalidTokenUseError, id="without token_use"),
        pytest.param({"token_use": "id"}, errors.InvalidTokenUseError, id="another token_use"),
        pytest.param({"client_id": "another"}, errors.InvalidClientError, id="another app client"),
        pytest.param({"client_id": None}, errors.InvalidTokenError, id="without client_id"),
        pytest.param({"client_id": [CLIENT_ID]}, errors.InvalidTokenError, id="client_id is a list"),
        pytest.param({"client_id": None, "aud": CLIENT_ID}, errors.InvalidTokenError, id="aud for client_id"),
        pytest.param({"sub": None}, errors.InvalidTokenError, id="without sub"),
        pytest.param({"sub": ""}, errors.InvalidTokenError, id="empty sub"),
        pytest.param({"sub": 7}, errors.InvalidTokenError, id="sub is a number"),
        pytest.param({"cognito:groups": "admins"}, errors.InvalidTokenError, id="groups are a string"),
        pytest.param({"cognito:groups": [1]}, errors.InvalidTokenError, id="a group is a number"),
        pytest.param({"scope": ["a"]}, errors.InvalidTokenError, id="scope is a list"),
        pytest.param({"username": 1}, errors.InvalidTokenError, id="username is a number"),
    ],
)
def test_wrong_claim_is_refused(changes: dict[str, Any], error: type[errors.CognitoAuthError]) -> None:
    # PyJWT itself refuses to sign some of these, so the payload is signed as it is.
    payload = json.dumps(access_claims(**changes)).encode()
    token = jwt.PyJWS().encode(payload, SIGNER.private_key, algorithm="RS256", headers={"kid": "key-1"})
    with pytest.raises(error) as refused:
        verify(token)
    assert refused.value.status_code == 401


@pytest.mark.parametrize("name", ["iat", "nbf", "auth_time"])
def test_the_clock_of_the_pool_may_be_a_little_ahead(name: str) -> None:
    verify(SIGNER.sign(access_claims(**{name: NOW + 10})))


@pytest.mark.parametrize(
    ("changes", "claim", "found", "wanted"),
    [
        ({"exp": NOW - 10}, "exp", NOW - 10, f"after {NOW}"),
        ({"exp": NOW + 86_341}, "exp", NOW + 86_341, f"{NOW + 86_340} at most"),
        ({"nbf": NOW + 11}, "nbf", NOW + 11, f"{NOW} at most"),
        ({"iat": NOW + 11}, "iat", NOW + 11, f"{NOW} at most"),
        ({"auth_time": NOW + 11}, "auth_time", NOW + 11, f"{NOW} at most"),
        ({"client_id": "other"}, "client_id", "other", frozenset({CLIENT_ID})),
        ({"aud": ["other"]}, "aud", {"other"}, frozenset({"notes"})),
        ({"token_use": "id"}, "token_use", "id", "access"),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_wanted(
    changes: dict[str, Any], claim: str, found: Any, wanted: Any
) -> None:
    token = SIGNER.sign(access_claims(**changes))
    with pytest.raises(errors.InvalidTokenError) as refused:
        asyncio.run(verifier(resources=["notes"]).access_token(token))
    assert (refused.value.claim, refused.value.found, refused.value.wanted) == (claim, found, wanted)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nbf", "The token is not valid yet."),
        ("iat", "The token was issued in the future."),
        ("auth_time", "The token is of a sign-in in the future."),
    ],
)
def test_what_lies_in_the_future_is_called_by_its_name(name: str, message: str) -> None:
    with pytest.raises(errors.InvalidTokenError) as refused:
        verify(SIGNER.sign(access_claims(**{name: NOW + 11})))
    assert refused.value.message == message


async def _never_true(claims: Any) -> bool:
    return True


def test_a_check_that_is_a_coroutine_function_is_refused_by_its_name() -> None:
    pool = issuing_pool(KeyServer(SIGNER.jwk()), Clock())
    with pytest.raises(errors.ConfigurationError, match=r"^check_claims must be a plain function"):
        TokenVerifier([pool], check_claims=_never_true)  # type: ignore[arg-type]
    with pytest.raises(errors.ConfigurationError, match=r"^accept_client must be a plain function"):
        TokenVerifier([replace(pool, accept_client=_never_true)])  # type: ignore[arg-type]


def test_a_refused_issuer_is_told_beside_those_of_the_pool() -> None:
    with pytest.raises(errors.InvalidIssuerError) as refused:
        verify(SIGNER.sign(access_claims(iss="https://evil.example")))
    assert (refused.value.claim, refused.value.found) == ("iss", "https://evil.example")
    assert set(refused.value.wanted) == {ISSUER, UPDATED_ISSUER}


def test_a_token_that_is_not_shaped_as_it_should_names_the_claims() -> None:
    with pytest.raises(errors.InvalidTokenError) as refused:
        verify(SIGNER.sign(access_claims(scope=["openid"], username=7)))
    assert refused.value.message == "The token lacks a valid scope, username."


def test_a_token_may_live_for_a_whole_day() -> None:
    claims = access_claims(iat=NOW, exp=NOW + 86_400)
    assert verify(SIGNER.sign(claims)).exp == NOW + 86_400


def test_an_id_token_of_a_sign_in_in_the_future_is_refused() -> None:
    with pytest.raises(errors.InvalidTokenError):
        asyncio.run(verifier().id_token(SIGNER.sign(id_claims(auth_time=NOW + 11))))


def test_an_id_token_is_no_access_token() -> None:
    with pytest.raises(errors.InvalidTokenUseError):
        verify(SIGNER.sign(id_claims()))


def test_an_access_token_is_no_id_token() -> None:
    with pytest.raises(errors.InvalidTokenUseError):
        asyncio.run(verifier().id_token(SIGNER.sign(access_claims())))


def test_an_id_token_of_another_client_is_refused() -> None:
    with pytest.raises(errors.InvalidClientError):
        asyncio.run(verifier().id_token(SIGNER.sign(id_claims(aud="another"))))


def test_expiry_follows_the_clock() -> None:
    clock = Clock()
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    verify(token, clock)
    clock.advance(70)
    with pytest.raises(errors.TokenExpiredError):
        verify(token, clock)


def test_a_token_of_another_issuer_costs_no_fetch() -> None:
    """The issuer says whose key is asked for, so a pool that is not declared is asked nothing."""
    server = KeyServer(SIGNER.jwk())
    with pytest.raises(errors.InvalidIssuerError):
        asyncio.run(verifier(server).access_token(SIGNER.sign(access_claims(iss="https://evil.example"))))
    assert server.fetches == 0


def test_a_forged_and_expired_token_is_called_forged() -> None:
    """Nothing is decided on claims that are not verified."""
    forged = OTHER_SIGNER.sign(access_claims(exp=NOW - 60), kid="key-1")
    with pytest.raises(errors.InvalidSignatureError):
        verify(forged)


def with_header(**header: Any) -> str:
    head = b64(json.dumps({"kid": "key-1", **header}))
    return f"{head}.{b64(json.dumps(access_claims()))}."


def hs256_with_the_public_key() -> str:
    """Sign with the public key as if it were a shared secret (RFC 8725 section 2.1)."""
    pem = SIGNER.private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signing_input = with_header(alg="HS256", typ="JWT").rstrip(".")
    return f"{signing_input}.{b64(hmac.digest(pem, signing_input.encode(), 'sha256'))}"


def other_algorithm(algorithm: str) -> str:
    return jwt.encode(access_claims(), SIGNER.private_key, algorithm=algorithm, headers={"kid": "key-1"})


GOOD = SIGNER.sign(access_claims())
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def with_spare_bits(segment: str) -> str:
    """Change the last character in bits that decoding drops."""
    return segment[:-1] + ALPHABET[ALPHABET.index(segment[-1]) ^ 1]


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("nonsense", id="one segment"),
        pytest.param("a.b", id="two segments"),
        pytest.param("a.b.c.d.e", id="five segments"),
        pytest.param("..", id="empty segments"),
        pytest.param(with_header(alg="none"), id="alg none"),
        pytest.param(with_header(alg="nOnE"), id="alg none in another case"),
        pytest.param(with_header(), id="no alg"),
        pytest.param(with_header(alg="RS256"), id="no signature"),
        pytest.param(with_header(alg=["RS256"]), id="alg is a list"),
        pytest.param(hs256_with_the_public_key(), id="HS256 with the public key"),
        pytest.param(other_algorithm("RS384"), id="RS384"),
        pytest.param(other_algorithm("PS256"), id="PS256"),
        pytest.param(SIGNER.sign(access_claims(), kid=None), id="no kid"),
        pytest.param(SIGNER.sign(access_claims(), jwk=OTHER_SIGNER.jwk()), id="embedded jwk"),
        pytest.param(SIGNER.sign(access_claims(), jku="https://evil.example"), id="jku"),
        pytest.param(SIGNER.sign(access_claims(), x5u="https://evil.example"), id="x5u"),
        pytest.param(SIGNER.sign(access_claims(), crit=["exp"]), id="crit"),
        pytest.param(OTHER_SIGNER.sign(access_claims(), kid="key-1"), id="another key under a known kid"),
        pytest.param(OTHER_SIGNER.sign(access_claims()), id="unknown kid"),
        pytest.param(f"{HEAD}.{b64(json.dumps(access_claims(sub='root')))}.{SIGNATURE}", id="other claims"),
        pytest.param(f"{HEAD}.{PAYLOAD}.{SIGNATURE[:-4]}", id="cut signature"),
        pytest.param(f"{HEAD}.{PAYLOAD}.{SIGNATURE}==", id="padded signature"),
        pytest.param(f"{HEAD}.{PAYLOAD}.{with_spare_bits(SIGNATURE)}", id="malleable signature"),
        pytest.param(f"{HEAD}.{PAYLOAD}.AA", id="short signature"),
        pytest.param(f"{HEAD}.{PAYLOAD}.AAAAA", id="impossible length"),
        pytest.param(f"{HEAD}.{PAYLOAD}.{b64(bytes(256))}", id="signature of zeros"),
        pytest.param(f" {GOOD}", id="leading space"),
        pytest.param(f"{GOOD}\n", id="trailing newline"),
        pytest.param(GOOD.replace(".", ". "), id="inner space"),
        pytest.param("é" + GOOD, id="not ASCII"),
        pytest.param("\ud800" + GOOD, id="lone surrogate"),
        pytest.param(f"{b64('[]')}.{PAYLOAD}.{SIGNATURE}", id="header is a list"),
        pytest.param(f"{b64('{' * 5000)}.{PAYLOAD}.{SIGNATURE}", id="nested header"),
        pytest.param(f"{b64(bytes([0xFF, 0xFE]))}.{PAYLOAD}.{SIGNATURE}", id="header is not UTF-8"),
        pytest.param(
            jwt.PyJWS().encode(b"[]", SIGNER.private_key, algorithm="RS256", headers={"kid": "key-1"}),
            id="payload is a list",
        ),
        pytest.param(
            jwt.PyJWS().encode(b"{", SIGNER.private_key, algorithm="RS256", headers={"kid": "key-1"}),
            id="payload is not JSON",
        ),
        pytest.param(SIGNER.sign(access_claims(padding="x" * 30_000)), id="too large"),
    ],
)
def test_attack_is_refused_with_401(token: str) -> None:
    with pytest.raises(errors.InvalidTokenError) as refused:
        verify(token)
    assert refused.value.status_code == 401


def test_a_token_over_the_size_cap_costs_no_fetch() -> None:
    server = KeyServer(SIGNER.jwk())
    with pytest.raises(errors.InvalidTokenError):
        asyncio.run(verifier(server).access_token("x" * 32_769))
    assert server.fetches == 0


def test_a_token_that_cognito_issues_at_its_limits_is_accepted() -> None:
    """A user is in 100 groups at most, with names of 128 characters."""
    groups = [f"{number:03d}" + "g" * 125 for number in range(100)]
    claims = verify(SIGNER.sign(access_claims(**{"cognito:groups": groups})))
    assert claims.groups == tuple(groups)


def test_a_token_over_the_limit_of_the_app_says_so() -> None:
    with pytest.raises(errors.TokenTooLargeError) as refused:
        asyncio.run(verifier(max_token_size=len(GOOD) - 1).access_token(GOOD))
    assert (refused.value.status_code, refused.value.code) == (401, "token_too_large")


def test_a_token_just_within_the_limit_of_the_app_is_accepted() -> None:
    assert asyncio.run(verifier(max_token_size=len(GOOD)).access_token(GOOD)).username == "ada"


def test_a_token_is_not_called_invalid_while_keys_are_unavailable() -> None:
    server = KeyServer()
    server.down = True
    with pytest.raises(errors.KeysUnavailableError) as refused:
        asyncio.run(verifier(server).access_token(GOOD))
    assert refused.value.status_code == 503


@given(st.text(max_size=200))
def test_any_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(errors.InvalidTokenError):
        verify(text)


@given(st.data())
def test_no_changed_character_is_accepted(data: st.DataObject) -> None:
    """A signature is malleable nowhere: each character of the token counts."""
    position = data.draw(st.integers(0, len(GOOD) - 1))
    character = data.draw(st.characters(exclude_characters=GOOD[position], max_codepoint=127))
    with pytest.raises(errors.InvalidTokenError):
        verify(GOOD[:position] + character + GOOD[position + 1 :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from(sorted(access_claims())),
)
def test_any_value_of_a_signed_claim_is_accepted_or_refused_with_401(value: Any, name: str) -> None:
    payload = json.dumps({**access_claims(), name: value}).encode()
    token = jwt.PyJWS().encode(payload, SIGNER.private_key, algorithm="RS256", headers={"kid": "key-1"})
    with suppress(errors.InvalidTokenError):
        verify(token)
