"""Tokens refused before: what is saved, what is asked all the same, and what nobody can do with it."""

import asyncio
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from fastapi_cognito_auth import exceptions as errors
from fastapi_cognito_auth.keys.key_set import Key
from fastapi_cognito_auth.tokens.refused_tokens import _MOST
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from tests.support import (
    NOW,
    OTHER_SIGNER,
    SIGNER,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
    issuing_pool,
)

GOOD = SIGNER.sign(access_claims())
FORGED = OTHER_SIGNER.sign(access_claims(), kid="key-1")
EXPIRED = SIGNER.sign(access_claims(exp=NOW - 10))


class CountedKey:
    """A public key, and how many signatures it was asked about."""

    def __init__(self, key: RSAPublicKey) -> None:
        self._key = key
        self.asked = 0

    def verify(self, *signed: Any) -> None:
        self.asked += 1
        self._key.verify(*signed)

    def public_numbers(self) -> Any:
        return self._key.public_numbers()


class House:
    """A verifier over one pool, whose key counts."""

    def __init__(self, **options: Any) -> None:
        self.server, self.clock = KeyServer(SIGNER.jwk()), Clock()
        self.pool = issuing_pool(self.server, self.clock)
        self.judge = TokenVerifier([self.pool], clock_skew=10, clock=self.clock, **options)
        asyncio.run(self.pool.keys.refresh())
        known = self.pool.keys.known("key-1")
        assert known is not None
        self.key = CountedKey(known.public_key)
        self.pool.keys._keys = {"key-1": Key("key-1", cast(RSAPublicKey, self.key))}

    def refusal(self, token: str, kind: str = "access_token") -> errors.InvalidTokenError:
        with pytest.raises(errors.InvalidTokenError) as refused:
            asyncio.run(getattr(self.judge, kind)(token))
        return refused.value


def told(error: errors.CognitoAuthError) -> tuple[Any, ...]:
    said = (type(error), error.status_code, error.detail, error.headers, error.message, error.args)
    about = (error.claim, error.found, error.wanted)
    return (*said, *about, error.__cause__, error.__suppress_context__ or error.__context__ is None)


@pytest.mark.parametrize("token", [FORGED, EXPIRED], ids=["forged", "expired"])
def test_a_bad_token_costs_one_signature_however_often_it_comes(token: str) -> None:
    house = House()
    for _ in range(5):
        house.refusal(token)
    assert house.key.asked == 1


@pytest.mark.parametrize("token", [FORGED, EXPIRED], ids=["forged", "expired"])
def test_a_bad_token_is_refused_again_in_the_same_words(token: str) -> None:
    house = House()
    first, again = house.refusal(token), house.refusal(token)
    assert told(again) == told(first)


@pytest.mark.parametrize("token", [FORGED, EXPIRED], ids=["forged", "expired"])
def test_each_request_gets_an_error_of_its_own(token: str) -> None:
    house = House()
    raised = [house.refusal(token) for _ in range(3)]
    assert len({id(error) for error in raised}) == 3


def test_how_late_it_is_is_told_anew_each_time() -> None:
    house = House()
    house.refusal(EXPIRED)
    house.clock.advance(50)
    assert house.refusal(EXPIRED).wanted == f"after {NOW + 50}"


def test_an_expired_token_is_good_again_when_the_clock_is_set_back() -> None:
    house = House()
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    house.clock.advance(70)
    house.refusal(token)
    house.clock.advance(-1)
    assert asyncio.run(house.judge.access_token(token)).username == "ada"


def test_an_expired_token_that_was_good_again_is_refused_when_it_ends_once_more() -> None:
    house = House()
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    house.clock.advance(70)
    house.refusal(token)
    house.clock.advance(-1)
    for _ in range(3):
        asyncio.run(house.judge.access_token(token))
    house.clock.advance(1)
    assert type(house.refusal(token)) is errors.TokenExpiredError


def test_a_signature_that_was_wrong_is_right_once_the_pool_has_its_key() -> None:
    house = House()
    house.refusal(FORGED)
    house.server.keys = [OTHER_SIGNER.jwk(kid="key-1")]
    asyncio.run(house.pool.keys.refresh())
    assert asyncio.run(house.judge.access_token(FORGED)).username == "ada"


def test_an_expired_token_of_a_key_that_is_withdrawn_is_refused_for_its_key() -> None:
    house = House()
    house.refusal(EXPIRED)
    house.server.keys = [OTHER_SIGNER.jwk()]
    asyncio.run(house.pool.keys.refresh())
    assert type(house.refusal(EXPIRED)) is errors.InvalidSignatureError


def test_an_expired_token_of_the_wrong_kind_is_refused_for_its_kind() -> None:
    house = House()
    house.refusal(EXPIRED)
    assert type(house.refusal(EXPIRED, "id_token")) is errors.InvalidTokenUseError


def test_an_expired_id_token_is_remembered_as_one() -> None:
    house = House()
    token = SIGNER.sign(id_claims(exp=NOW - 10))
    refused = [house.refusal(token, kind) for kind in ("id_token", "access_token", "id_token")]
    assert [type(error) for error in refused] == [
        errors.TokenExpiredError,
        errors.InvalidTokenUseError,
        errors.TokenExpiredError,
    ]


def test_what_an_app_refuses_is_asked_again() -> None:
    accepts = False
    house = House(check_claims=lambda _claims: accepts)
    house.refusal(GOOD)
    accepts = True
    assert asyncio.run(house.judge.access_token(GOOD)).username == "ada"


def test_a_token_of_the_future_is_good_when_its_time_has_come() -> None:
    house = House()
    token = SIGNER.sign(access_claims(nbf=NOW + 60))
    house.refusal(token)
    house.clock.advance(60)
    assert asyncio.run(house.judge.access_token(token)).username == "ada"


def test_where_nothing_shall_be_remembered_a_bad_token_is_judged_each_time() -> None:
    house = House(cache_size=0)
    for token in (FORGED, EXPIRED):
        for _ in range(3):
            house.refusal(token)
    assert house.key.asked == 6


def test_a_flood_of_bad_tokens_takes_no_place_of_a_good_one() -> None:
    house = House(cache_size=4)
    for _ in range(2):
        asyncio.run(house.judge.access_token(GOOD))
    for number in range(20):
        house.refusal(SIGNER.sign(access_claims(exp=NOW - 10, jti=str(number))))
    asked = house.key.asked
    asyncio.run(house.judge.access_token(GOOD))
    assert house.key.asked == asked


@pytest.mark.parametrize("size", [4, 1_000_000])
def test_a_flood_of_bad_tokens_fills_no_memory(size: int) -> None:
    house = House(cache_size=size)
    refused = house.judge._refused
    known = house.pool.keys.known("key-1")
    assert known is not None
    for number in range(3 * _MOST):
        refused.wrong_signature(number.to_bytes(32), known, house.pool)
    assert len(refused._why._newer) + len(refused._why._older) <= 2 * min(size, _MOST)


def test_bad_tokens_are_remembered_by_a_digest_and_not_in_clear() -> None:
    house = House()
    house.refusal(FORGED)
    why = house.judge._refused._why
    assert [len(digest) for digest in why._newer] == [32]
    assert FORGED.rpartition(".")[2] not in repr(vars(why))
