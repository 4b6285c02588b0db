"""What is promised after signing out, by each list and without one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from fastapi_cognito_auth.exceptions import NotAuthorizedError, UserPoolUnavailableError
from fastapi_cognito_auth.revocation.choice import chosen_revocations
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.revocation.protocol import Claims
from tests.redis_server import RedisServer
from tests.revocation.kit import POOLS, Cognito, access, refused, revocations
from tests.support import NOW, Clock

EXP = NOW + 3600


async def acts() -> None:
    """Do what Cognito does, without Cognito."""


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
    assert asyncio.run(ending.of_sign_in(access(), acts)) == EXP
    # The newest that can have been issued elsewhere lives as long as this one did.
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (EXP, NOW + 3660)


def test_a_list_of_one_worker_promises_nothing_for_the_others() -> None:
    ending = Ending(revocations("local", clock=Clock()))
    assert asyncio.run(ending.of_sign_in(access(), acts)) == EXP
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (EXP, NOW + 3660)


def test_a_shared_list_leaves_nothing_valid(redis_server: RedisServer) -> None:
    ending = Ending(revocations("redis", clock=Clock(), redis_url=redis_server.url))
    assert asyncio.run(ending.of_sign_in(access(), None)) is None
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (None, None)


def test_a_probe_leaves_its_answers() -> None:
    ending = Ending(revocations("probe", clock=Clock()))
    assert asyncio.run(ending.of_sign_in(access(), acts)) == NOW + 60
    assert asyncio.run(ending.of_sign_in(access(), None)) == EXP
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (NOW + 60, NOW + 60)


def test_a_list_that_does_not_answer_keeps_nobody_from_signing_out(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    ending = Ending(revocations("redis", clock=Clock(), redis_url=redis_server.url))
    redis_server.kill()
    with caplog.at_level(logging.ERROR):
        assert asyncio.run(ending.of_sign_in(access(), acts)) == EXP
        assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (EXP, NOW + 3660)
    assert "could not be put on the list" in caplog.text


def test_a_token_from_a_clock_that_is_ahead_ends_with_the_others() -> None:
    listed = revocations("local", clock=Clock())

    async def facts() -> bool:
        await Ending(listed).of_user(access(iat=NOW + 5), acts, Clock())
        return await refused(listed, access(iat=NOW + 5, origin_jti="another", jti="another"))

    assert asyncio.run(facts())


# Whatever happens after Cognito's part


def test_a_caller_who_goes_away_meanwhile_does_not_take_the_revocation_along() -> None:
    listed = revocations("local", clock=Clock())

    async def facts() -> bool:
        acting, acted = asyncio.Event(), asyncio.Event()

        async def act() -> None:
            acting.set()
            await acted.wait()

        caller = asyncio.ensure_future(Ending(listed).of_user(access(), act, Clock()))
        await acting.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert not await refused(listed, access())
        acted.set()
        for _ in range(5):
            await asyncio.sleep(0)
        return await refused(listed, access())

    assert asyncio.run(facts())


def lost(*, may_have_happened: bool) -> Callable[[], Awaitable[None]]:
    """Fail as a call whose answer never came, or as one that was never made."""

    async def act() -> None:
        error = UserPoolUnavailableError()
        error.may_have_happened = may_have_happened
        raise error

    return act


@pytest.mark.parametrize("may_have_happened", [True, False])
def test_what_cognito_may_have_done_is_on_the_list_and_what_it_was_never_asked_is_not(
    may_have_happened: bool,
) -> None:
    for all_of_the_user in (True, False):
        listed = revocations("local", clock=Clock())
        ending, act = Ending(listed), lost(may_have_happened=may_have_happened)
        end: Coroutine[Any, Any, object] = (
            ending.of_user(access(), act, Clock()) if all_of_the_user else ending.of_sign_in(access(), act)
        )
        with pytest.raises(UserPoolUnavailableError):
            asyncio.run(end)
        assert asyncio.run(refused(listed, access())) is may_have_happened


def test_what_cognito_refuses_ends_nothing() -> None:
    listed = revocations("local", clock=Clock())

    async def act() -> None:
        raise NotAuthorizedError

    with pytest.raises(NotAuthorizedError):
        asyncio.run(Ending(listed).of_user(access(), act, Clock()))
    assert not asyncio.run(refused(listed, access()))


class Broken:
    """A list that fails in a way that nobody foresaw."""

    async def check(self, token: str, claims: Claims) -> None:
        raise AssertionError("not asked")

    async def revoke_token(self, claims: Claims) -> None:
        raise ZeroDivisionError("a-secret-word")

    revoke_sign_in = revoke_token

    async def revoke_user(self, sub: str, issuer: str, before: int | None = None) -> None:
        raise ZeroDivisionError("a-secret-word")

    def still_valid_until(self, exp: int, *, at_cognito: bool) -> int | None:
        return None


def test_a_list_that_fails_in_any_way_is_a_sign_out_that_leaves_tokens_valid(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is done at Cognito, so it is no failure to be tried again."""
    ending = Ending(Broken())
    assert asyncio.run(ending.of_sign_in(access(), acts)) == EXP
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1][:2] == (EXP, NOW + 3660)
    assert "ZeroDivisionError" in caplog.text
    assert "a-secret-word" not in caplog.text


async def closed_with_secrets(_sub: str, _issuer: str) -> None:
    raise ZeroDivisionError("secret")


def test_sessions_that_cannot_be_ended_are_no_failure_and_nothing_of_the_reason_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ending = Ending(None, closed_with_secrets)
    assert asyncio.run(ending.of_user(access(), acts, Clock()))[1].sessions_ended is False
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(("may_have_happened", "ends"), [(True, 1), (False, 0)])
def test_sessions_end_with_a_sign_out_whose_answer_was_lost(*, may_have_happened: bool, ends: int) -> None:
    ended = []

    async def end(sub: str, issuer: str) -> None:
        ended.append((sub, issuer))

    with pytest.raises(UserPoolUnavailableError):
        asyncio.run(Ending(None, end).of_user(access(), lost(may_have_happened=may_have_happened), Clock()))
    assert len(ended) == ends
