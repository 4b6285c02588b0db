"""What is promised after signing out, by each list and without one."""

import asyncio
import logging

import pytest

from fastapi_cognito_auth.revocation.choice import chosen_revocations
from fastapi_cognito_auth.revocation.ending import Ending
from tests.redis_server import RedisServer
from tests.revocation.kit import POOLS, Cognito, access, refused, revocations
from tests.support import NOW, Clock

EXP = NOW + 3600


def test_off_is_nobody_to_ask() -> None:
    found = chosen_revocations(
        "off",
        pools=POOLS,
        get_user=Cognito(),
        redis_url=None,
        redis_key_prefix="",
        redis_timeout=1,
        when_unavailable="refuse",
        probe_ttl=60,
        clock_skew=10,
    )
    assert found is None


def test_without_a_list_tokens_live_until_they_expire() -> None:
    ending = Ending(None)
    assert asyncio.run(ending.of_sign_in(access(), at_cognito=True)) == EXP
    # The newest that can have been issued elsewhere lives as long as this one did.
    assert asyncio.run(ending.of_user(access(), NOW)) == (EXP, NOW + 3660)


def test_a_list_of_one_worker_promises_nothing_for_the_others() -> None:
    ending = Ending(revocations("local", clock=Clock()))
    assert asyncio.run(ending.of_sign_in(access(), at_cognito=True)) == EXP
    assert asyncio.run(ending.of_user(access(), NOW)) == (EXP, NOW + 3660)


def test_a_shared_list_leaves_nothing_valid(redis_server: RedisServer) -> None:
    ending = Ending(revocations("redis", clock=Clock(), redis_url=redis_server.url))
    assert asyncio.run(ending.of_sign_in(access(), at_cognito=False)) is None
    assert asyncio.run(ending.of_user(access(), NOW)) == (None, None)


def test_a_probe_leaves_its_answers() -> None:
    ending = Ending(revocations("probe", clock=Clock()))
    assert asyncio.run(ending.of_sign_in(access(), at_cognito=True)) == NOW + 60
    assert asyncio.run(ending.of_sign_in(access(), at_cognito=False)) == EXP
    assert asyncio.run(ending.of_user(access(), NOW)) == (NOW + 60, NOW + 60)


def test_a_list_that_does_not_answer_keeps_nobody_from_signing_out(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    ending = Ending(revocations("redis", clock=Clock(), redis_url=redis_server.url))
    redis_server.kill()
    with caplog.at_level(logging.ERROR):
        assert asyncio.run(ending.of_sign_in(access(), at_cognito=True)) == EXP
        assert asyncio.run(ending.of_user(access(), NOW)) == (EXP, NOW + 3660)
    assert "could not be put on the list" in caplog.text


def test_a_token_from_a_clock_that_is_ahead_ends_with_the_others() -> None:
    listed = revocations("local", clock=Clock())

    async def facts() -> bool:
        await Ending(listed).of_user(access(iat=NOW + 5), NOW)
        return await refused(listed, access(iat=NOW + 5, origin_jti="another", jti="another"))

    assert asyncio.run(facts())
