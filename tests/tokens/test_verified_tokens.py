"""Tokens seen before: what is saved, and what is asked all the same."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from fastapi_cognito_auth import exceptions as errors
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims, IdTokenClaims
from fastapi_cognito_auth.tokens.verified_tokens import VerifiedToken, VerifiedTokens
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
    verifier,
)


async def judgements(judge: TokenVerifier, token: str, times: int) -> list[AccessTokenClaims]:
    return [await judge.access_token(token) for _ in range(times)]


async def remember(judge: TokenVerifier, token: str) -> None:
    """Use a token as often as it takes."""
    await judgements(judge, token, 2)


def counting() -> tuple[list[Any], Any]:
    seen: list[Any] = []

    def check(claims: Any) -> bool:
        seen.append(claims)
        return True

    return seen, check


def test_a_token_is_remembered_from_its_second_use_on() -> None:
    seen, check = counting()
    _, second, third = asyncio.run(judgements(verifier(check_claims=check), SIGNER.sign(access_claims()), 3))
    assert (len(seen), second is third) == (2, True)


def test_tokens_that_never_come_again_take_nobodys_place() -> None:
    seen, check = counting()
    judge = verifier(check_claims=check, cache_size=2)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        await judgements(judge, token, 2)
        for number in range(20):
            await judge.access_token(SIGNER.sign(access_claims(jti=str(number))))
        seen.clear()
        await judge.access_token(token)

    asyncio.run(test())
    assert seen == []
    assert len(judge._cache._used_once | judge._cache._used_once_before) <= 4


def test_a_token_is_remembered_for_as_long_as_it_is_accepted() -> None:
    seen, check = counting()
    clock = Clock()
    judge = verifier(clock=clock, check_claims=check)
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    asyncio.run(remember(judge, token))
    clock.advance(69)
    asyncio.run(judge.access_token(token))
    assert len(seen) == 2


def test_without_a_cache_a_token_is_judged_each_time() -> None:
    seen, check = counting()
    judge = verifier(check_claims=check, cache_size=0)
    asyncio.run(judgements(judge, SIGNER.sign(access_claims()), 3))
    assert len(seen) == 3


def test_expiry_is_checked_on_every_use() -> None:
    clock = Clock()
    judge = verifier(clock=clock)
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    asyncio.run(remember(judge, token))
    clock.advance(69)
    asyncio.run(judge.access_token(token))
    clock.advance(1)
    with pytest.raises(errors.TokenExpiredError):
        asyncio.run(judge.access_token(token))


def test_expiry_is_checked_even_if_the_clock_goes_back_in_between() -> None:
    clock = Clock()
    judge = verifier(clock=clock)
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    asyncio.run(remember(judge, token))
    clock.advance(70)
    with pytest.raises(errors.TokenExpiredError):
        asyncio.run(judge.access_token(token))
    clock.advance(-30)
    assert asyncio.run(judge.access_token(token)).username == "ada"


def test_a_token_is_dropped_when_its_key_is_withdrawn() -> None:
    server, clock = KeyServer(SIGNER.jwk(), OTHER_SIGNER.jwk()), Clock()
    pool = issuing_pool(server, clock)
    judge = TokenVerifier([pool], clock=clock)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        await remember(judge, token)
        server.keys = [OTHER_SIGNER.jwk()]
        await pool.keys.refresh()
        with pytest.raises(errors.InvalidSignatureError):
            await judge.access_token(token)

    asyncio.run(test())


def test_a_token_is_dropped_when_its_kid_names_another_key() -> None:
    server, clock = KeyServer(SIGNER.jwk()), Clock()
    pool = issuing_pool(server, clock)
    judge = TokenVerifier([pool], clock=clock)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        await remember(judge, token)
        server.keys = [OTHER_SIGNER.jwk(kid="key-1")]
        await pool.keys.refresh()
        with pytest.raises(errors.InvalidSignatureError):
            await judge.access_token(token)

    asyncio.run(test())


def test_a_token_is_kept_while_the_key_set_is_renewed_without_a_change() -> None:
    seen, check = counting()
    server, clock = KeyServer(SIGNER.jwk()), Clock()
    pool = issuing_pool(server, clock)
    judge = TokenVerifier([pool], check_claims=check, clock=clock)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        await remember(judge, token)
        await pool.keys.refresh()
        await judge.access_token(token)

    asyncio.run(test())
    assert len(seen) == 2


def test_a_remembered_token_verifies_while_the_key_endpoint_is_down() -> None:
    server, clock = KeyServer(SIGNER.jwk()), Clock()
    judge = verifier(server, clock)
    clock.advance(80_000)
    token = SIGNER.sign(access_claims(iat=clock.now, exp=clock.now + 80_000))
    asyncio.run(remember(judge, token))
    server.down = True
    clock.advance(79_000)
    assert asyncio.run(judge.access_token(token)).username == "ada"


def test_a_remembered_id_token_is_no_access_token() -> None:
    judge = verifier()
    token = SIGNER.sign(id_claims())
    asyncio.run(judge.id_token(token))
    asyncio.run(judge.id_token(token))
    with pytest.raises(errors.InvalidTokenUseError) as refused:
        asyncio.run(judge.access_token(token))
    assert (refused.value.claim, refused.value.found, refused.value.wanted) == ("token_use", "id", "access")


def test_a_remembered_access_token_is_no_id_token() -> None:
    judge = verifier()
    token = SIGNER.sign(access_claims())
    asyncio.run(remember(judge, token))
    with pytest.raises(errors.InvalidTokenUseError):
        asyncio.run(judge.id_token(token))


def test_what_was_refused_is_not_remembered() -> None:
    clock = Clock()
    judge = verifier(clock=clock)
    token = SIGNER.sign(access_claims(iat=NOW + 60))
    with pytest.raises(errors.InvalidTokenError):
        asyncio.run(judge.access_token(token))
    clock.advance(60)
    assert asyncio.run(judge.access_token(token)).username == "ada"


def test_a_token_that_differs_in_its_signature_alone_is_not_the_one_seen_before() -> None:
    judge = verifier()
    token = SIGNER.sign(access_claims())
    asyncio.run(remember(judge, token))
    with pytest.raises(errors.InvalidSignatureError):
        asyncio.run(judge.access_token(token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "AAAE")))


def test_revocation_is_asked_on_every_use() -> None:
    asked: list[str] = []

    async def check(token: str, claims: Any) -> None:
        asked.append(token)

    token = SIGNER.sign(access_claims())
    asyncio.run(judgements(verifier(check_revoked=check), token, 3))
    assert asked == [token] * 3


def test_a_revoked_token_is_dropped() -> None:
    revoked: set[str] = set()
    seen, check_claims = counting()

    async def check(token: str, claims: AccessTokenClaims | IdTokenClaims) -> None:
        if claims.jti in revoked:
            raise errors.InvalidTokenError("revoked")

    judge = verifier(check_revoked=check, check_claims=check_claims)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        await remember(judge, token)
        claims = await judge.access_token(token)
        revoked.add(str(claims.jti))
        with pytest.raises(errors.InvalidTokenError, match="revoked"):
            await judge.access_token(token)
        revoked.clear()
        await judge.access_token(token)

    asyncio.run(test())
    assert len(seen) == 3


# Which token makes way, by chance that is the same in each run.


def memory(size: int) -> tuple[VerifiedTokens, Callable[..., VerifiedToken[Any]]]:
    """Return a memory, and what makes verified tokens for it."""
    clock = Clock()
    pool = issuing_pool(KeyServer(SIGNER.jwk()), clock)
    key = asyncio.run(pool.keys.key("key-1"))

    def verified(**changes: Any) -> VerifiedToken[Any]:
        return VerifiedToken(AccessTokenClaims.model_validate(access_claims(**changes)), key, pool)

    return VerifiedTokens(size, clock_skew=10, clock=clock, chance=random.Random(7)), verified


def used(tokens: VerifiedTokens, name: int, token: VerifiedToken[Any]) -> bool:
    """Use a token as the verifier does; tell whether it was remembered."""
    digest = name.to_bytes(32)
    if tokens.get(digest) is not None:
        return True
    tokens.remember(digest, token)
    return False


def test_of_tokens_in_turn_that_are_a_few_too_many_most_are_remembered() -> None:
    tokens, verified = memory(4096)
    token = verified()
    for name in range(5000):
        for _ in range(2):
            used(tokens, name, token)
    found = [used(tokens, name, token) for _ in range(10) for name in range(5000)]
    assert sum(found[-5000:]) / 5000 > 0.6


def test_tokens_that_have_expired_make_way_before_good_ones() -> None:
    tokens, verified = memory(40)
    good, over = verified(exp=NOW - 9), verified(exp=NOW - 10)
    for name in range(40):
        for _ in range(2):
            used(tokens, name, good if name % 2 else over)
    for name in range(100, 110):
        for _ in range(2):
            used(tokens, name, good)
    lost = [name for name in range(1, 40, 2) if name.to_bytes(32) not in tokens._tokens]
    assert (lost, len(tokens._tokens)) == ([], 40)


def test_one_of_the_good_tokens_makes_way_where_none_has_expired() -> None:
    judge = verifier(cache_size=2)
    for name in "abc":
        asyncio.run(remember(judge, SIGNER.sign(access_claims(jti=name))))
    assert len(judge._cache._tokens) == 2


def test_there_are_never_more_tokens_than_there_is_room_for() -> None:
    tokens, verified = memory(16)
    chance, token, most = random.Random(11), verified(), 0
    for _ in range(5000):
        name = chance.randrange(40)
        if chance.random() < 0.2:
            tokens.forget(name.to_bytes(32))
        used(tokens, name, token)
        most = max(most, len(tokens._tokens))
        assert [tokens._places[digest] for digest in tokens._digests] == [*range(len(tokens._tokens))]
    assert most == 16


def test_a_token_that_two_threads_have_verified_takes_one_place() -> None:
    tokens, verified = memory(16)
    for _ in range(3):
        tokens.remember(b"digest", verified())
    assert len(tokens._digests) == 1


def test_tokens_are_remembered_by_a_digest_and_not_in_clear() -> None:
    judge = verifier()
    token = SIGNER.sign(access_claims())
    asyncio.run(remember(judge, token))
    assert [len(key) for key in judge._cache._tokens] == [32]
    assert token not in repr(vars(judge._cache))


def test_an_expired_token_is_not_kept() -> None:
    clock = Clock()
    judge = verifier(clock=clock)
    token = SIGNER.sign(access_claims(exp=NOW + 60))
    asyncio.run(remember(judge, token))
    clock.advance(70)
    with pytest.raises(errors.TokenExpiredError):
        asyncio.run(judge.access_token(token))
    assert len(judge._cache._tokens) == 0


def test_forgetting_what_is_not_remembered_is_no_error() -> None:
    VerifiedTokens(1, clock_skew=10).forget(b"unknown")


# What a caller remembers itself, such as with the session of a browser.


def test_what_a_caller_remembers_is_good_until_the_token_ends() -> None:
    clock = Clock()
    judge = verifier(clock=clock, cache_size=1)
    token = SIGNER.sign(access_claims(exp=NOW + 60))

    async def test() -> list[bool]:
        verified = await judge.verify(token, AccessTokenClaims)
        good = [await judge.is_still_good(token, verified)]
        clock.advance(69)
        good.append(await judge.is_still_good(token, verified))
        clock.advance(1)
        return [*good, await judge.is_still_good(token, verified)]

    assert asyncio.run(test()) == [True, True, False]


@pytest.mark.parametrize("kid", ["key-2", "key-1"], ids=["gone", "another's now"])
def test_what_a_caller_remembers_is_good_while_the_pool_has_the_key(kid: str) -> None:
    server, clock = KeyServer(SIGNER.jwk()), Clock()
    pool = issuing_pool(server, clock)
    judge = TokenVerifier([pool], clock=clock)
    token = SIGNER.sign(access_claims())

    async def test() -> bool:
        verified = await judge.verify(token, AccessTokenClaims)
        server.keys = [OTHER_SIGNER.jwk(kid=kid)]
        await pool.keys.refresh()
        return await judge.is_still_good(token, verified)

    assert asyncio.run(test()) is False


def test_what_a_caller_remembers_is_refused_once_it_is_revoked() -> None:
    revoked: list[tuple[str, str]] = []

    async def check(token: str, claims: Any) -> None:
        if (token, claims.username) in revoked:
            raise errors.TokenRevokedError

    judge = verifier(check_revoked=check)
    token = SIGNER.sign(access_claims())

    async def test() -> None:
        verified = await judge.verify(token, AccessTokenClaims)
        assert await judge.is_still_good(token, verified)
        revoked.append((token, "ada"))
        with pytest.raises(errors.TokenRevokedError):
            await judge.is_still_good(token, verified)

    asyncio.run(test())


def test_where_nothing_shall_be_remembered_callers_verify_anew() -> None:
    judge = verifier(cache_size=0)
    token = SIGNER.sign(access_claims())

    async def test() -> bool:
        return await judge.is_still_good(token, await judge.verify(token, AccessTokenClaims))

    assert asyncio.run(test()) is False
