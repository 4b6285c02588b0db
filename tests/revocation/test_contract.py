"""What every list of revocations does, whatever it is made of."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest

from fastapi_cognito_auth.revocation.protocol import Revocations
from tests.redis_server import RedisServer
from tests.revocation.kit import DAY, OTHER_ISSUER, access, identity, refused, revocations
from tests.support import ISSUER, NOW, POOL_ID, SUB, UPDATED_ISSUER, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["local", "redis", "probe"])
def listed(request: pytest.FixtureRequest, clock: Clock) -> Revocations:
    mode: Literal["local", "redis", "probe"] = request.param
    if mode != "redis":
        return revocations(mode, clock=clock)
    server: RedisServer = request.getfixturevalue("redis_server")
    return revocations("redis", clock=clock, redis_url=server.url)


def test_a_token_is_good_until_it_is_revoked(listed: Revocations) -> None:
    assert not asyncio.run(refused(listed, access()))


def test_a_revoked_token_is_refused_and_others_of_its_sign_in_are_not(listed: Revocations) -> None:
    async def facts() -> tuple[bool, bool]:
        await listed.revoke_token(access())
        return await refused(listed, access()), await refused(listed, access(jti="another"))

    assert asyncio.run(facts()) == (True, False)


def test_all_tokens_of_a_revoked_sign_in_are_refused_and_other_sign_ins_go_on(listed: Revocations) -> None:
    async def facts() -> list[bool]:
        await listed.revoke_sign_in(access())
        tokens = [access(), access(jti="refreshed", iat=NOW + 5), access(origin_jti="another", jti="another")]
        return [await refused(listed, token) for token in tokens]

    assert asyncio.run(facts()) == [True, True, False]


def test_a_token_without_an_origin_is_revoked_by_itself(listed: Revocations) -> None:
    async def facts() -> tuple[bool, bool]:
        await listed.revoke_sign_in(access(origin_jti=None))
        return (
            await refused(listed, access(origin_jti=None)),
            await refused(listed, access(origin_jti=None, jti="another")),
        )

    assert asyncio.run(facts()) == (True, False)


def test_a_token_without_any_name_is_revoked_with_all_that_is_older(listed: Revocations) -> None:
    nameless = access(origin_jti=None, jti=None)

    async def facts() -> tuple[bool, bool]:
        await listed.revoke_sign_in(nameless)
        return await refused(listed, nameless), await refused(listed, access(iat=nameless.iat + 1))

    assert asyncio.run(facts()) == (True, False)


@pytest.mark.parametrize(("issued", "is_refused"), [(-1, True), (0, True), (1, False)])
def test_a_cut_off_refuses_what_was_issued_until_that_second(
    listed: Revocations, issued: int, is_refused: bool
) -> None:
    async def facts() -> bool:
        await listed.revoke_user(SUB, ISSUER, NOW)
        return await refused(listed, access(iat=NOW + issued))

    assert asyncio.run(facts()) is is_refused


def test_a_cut_off_is_now_unless_it_is_said(listed: Revocations, clock: Clock) -> None:
    clock.advance(0.9)

    async def facts() -> tuple[bool, bool]:
        await listed.revoke_user(SUB, ISSUER)
        return await refused(listed, access(iat=NOW)), await refused(listed, access(iat=NOW + 1))

    assert asyncio.run(facts()) == (True, False)


def test_another_user_goes_on_after_a_cut_off(listed: Revocations) -> None:
    async def facts() -> bool:
        await listed.revoke_user(SUB, ISSUER, NOW)
        return await refused(listed, access(sub="another"))

    assert asyncio.run(facts()) is False


def test_an_earlier_cut_off_never_shortens_a_later_one(listed: Revocations, clock: Clock) -> None:
    async def facts() -> bool:
        await listed.revoke_user(SUB, ISSUER, NOW - 10)
        await listed.revoke_user(SUB, ISSUER, NOW)
        await listed.revoke_user(SUB, ISSUER, NOW - 30)
        return await refused(listed, access(iat=NOW))

    assert asyncio.run(facts()) is True


def test_two_pools_cannot_touch_each_others_users(listed: Revocations) -> None:
    async def facts() -> bool:
        await listed.revoke_token(access())
        await listed.revoke_sign_in(access())
        await listed.revoke_user(SUB, ISSUER, NOW)
        return await refused(listed, access(iss=OTHER_ISSUER))

    assert asyncio.run(facts()) is False


def test_the_issuers_of_one_pool_are_the_same_to_it(listed: Revocations) -> None:
    async def facts() -> list[bool]:
        await listed.revoke_sign_in(access(iss=UPDATED_ISSUER))
        await listed.revoke_user("grace", UPDATED_ISSUER)
        await listed.revoke_user("edsger", POOL_ID)
        tokens = [access(), access(sub="grace", origin_jti="2"), access(sub="edsger", origin_jti="3")]
        return [await refused(listed, token) for token in tokens]

    assert asyncio.run(facts()) == [True, True, True]


def test_an_issuer_that_is_none_of_ours_is_a_mistake_and_not_silence(listed: Revocations) -> None:
    with pytest.raises(ValueError, match="issuer"):
        asyncio.run(listed.revoke_user(SUB, "https://elsewhere.example"))


def test_milliseconds_do_not_lock_a_user_out_for_ever(listed: Revocations) -> None:
    with pytest.raises(ValueError, match="seconds"):
        asyncio.run(listed.revoke_user(SUB, ISSUER, NOW * 1000))


def test_what_no_token_can_have_outlived_needs_no_entry(listed: Revocations) -> None:
    async def facts() -> bool:
        await listed.revoke_user(SUB, ISSUER, NOW - 2 * DAY)
        return await refused(listed, access())

    assert asyncio.run(facts()) is False


def test_a_sign_in_stays_refused_for_as_long_as_a_token_can_live(listed: Revocations, clock: Clock) -> None:
    async def facts() -> tuple[bool, bool]:
        await listed.revoke_sign_in(access())
        await listed.revoke_user("grace", ISSUER)
        clock.advance(DAY + 9)
        # Another entry, so that what is not needed any more would be forgotten.
        await listed.revoke_token(access(jti="another", exp=NOW + 2 * DAY))
        long_lived = access(exp=NOW + DAY)
        return await refused(listed, long_lived), await refused(
            listed, access(sub="grace", exp=NOW + DAY, origin_jti="2")
        )

    assert asyncio.run(facts()) == (True, True)


def test_revoking_twice_is_revoking(listed: Revocations) -> None:
    async def facts() -> bool:
        await listed.revoke_sign_in(access())
        await listed.revoke_sign_in(access())
        return await refused(listed, access())

    assert asyncio.run(facts()) is True


def test_a_token_that_has_expired_here_is_revoked_for_who_has_a_slower_clock(
    listed: Revocations, clock: Clock
) -> None:
    expired = access()
    clock.now = expired.exp + 11

    async def facts() -> bool:
        await listed.revoke_token(expired)
        return await refused(listed, expired)

    assert asyncio.run(facts()) is True


def test_event_loops_and_threads_share_a_list(listed: Revocations) -> None:
    def sign_out(number: int) -> None:
        asyncio.run(listed.revoke_sign_in(access(origin_jti=f"sign-in {number}")))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(sign_out, range(40)))

    async def facts() -> list[bool]:
        return [await refused(listed, access(origin_jti=f"sign-in {number}")) for number in range(41)]

    assert asyncio.run(facts()) == [True] * 40 + [False]


def test_many_ask_at_once(listed: Revocations) -> None:
    async def facts() -> list[bool]:
        await listed.revoke_sign_in(access(origin_jti="sign-in 7"))
        tokens = [access(origin_jti=f"sign-in {number % 10}") for number in range(300)]
        return await asyncio.gather(*(refused(listed, token) for token in tokens))

    assert asyncio.run(facts()) == [number % 10 == 7 for number in range(300)]


@pytest.mark.parametrize("mode", ["local", "redis"])
def test_id_tokens_end_with_their_sign_in(
    mode: Literal["local", "redis"], clock: Clock, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("redis_server").url if mode == "redis" else None
    listed = revocations(mode, clock=clock, redis_url=url)

    async def facts() -> tuple[bool, bool]:
        before = await refused(listed, identity())
        await listed.revoke_sign_in(access())
        return before, await refused(listed, identity())

    assert asyncio.run(facts()) == (False, True)
