"""Tokens are asked for once, kept until shortly before they end, and renewed beside."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from fastapi_cognito_auth.cognito.kept_tokens import Issued, KeptTokens
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from tests.support import Clock


class Pool:
    """Issues tokens that are numbered, and counts them."""

    def __init__(self, *, life: float = 3600) -> None:
        self.clock = Clock()
        self.life = life
        self.issued = 0
        self.down = False
        self.tokens: KeptTokens[str] = KeptTokens(most=3, clock=self.clock)

    async def issue(self) -> Issued:
        self.issued += 1
        number = self.issued
        await asyncio.sleep(0)
        if self.down:
            raise UserPoolUnavailableError
        return Issued(f"token-{number}", self.clock.now + self.life)

    async def get(self, key: str = "a") -> str:
        return await self.tokens.get(key, self.issue)

    async def instead_of(self, refused: str, key: str = "a") -> str | None:
        return await self.tokens.instead_of(refused, key, self.issue)


def run(test: Callable[[Pool], Awaitable[None]], pool: Pool | None = None) -> None:
    asyncio.run(test(pool or Pool()))  # type: ignore[arg-type]


async def settled() -> None:
    """Let what runs beside come to its end."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    async def test(pool: Pool) -> None:
        assert await pool.get() == "token-1"
        pool.clock.advance(3600 - 61)
        assert await pool.get() == "token-1"
        await settled()
        assert pool.issued == 1

    run(test)


def test_those_who_ask_at_once_share_one_token() -> None:
    async def test(pool: Pool) -> None:
        assert {*await asyncio.gather(*(pool.get() for _ in range(200)))} == {"token-1"}
        assert pool.issued == 1

    run(test)


def test_each_key_has_a_token_of_its_own() -> None:
    async def test(pool: Pool) -> None:
        assert [await pool.get(key) for key in ("a", "b", "a")] == ["token-1", "token-2", "token-1"]

    run(test)


def test_in_the_last_minute_the_next_token_is_asked_for_beside() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        pool.clock.advance(3600 - 59)
        assert {*await asyncio.gather(pool.get(), pool.get())} == {"token-1"}
        await settled()
        assert (await pool.get(), pool.issued) == ("token-2", 2)

    run(test)


def test_a_pool_that_fails_in_the_last_minute_is_not_noticed() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        pool.down = True
        pool.clock.advance(3600 - 11)
        assert await pool.get() == "token-1"
        await settled()
        assert await pool.get() == "token-1"

    run(test)


def test_a_pool_that_fails_in_the_last_minute_is_asked_again_after_some_seconds() -> None:
    """However many requests there are meanwhile."""

    async def test(pool: Pool) -> None:
        await pool.get()
        pool.down = True
        pool.clock.advance(3600 - 59)
        for _ in range(100):
            await pool.get()
            await settled()
        assert pool.issued == 2
        pool.clock.advance(5)
        pool.down = False
        await pool.get()
        await settled()
        assert (await pool.get(), pool.issued) == ("token-3", 3)

    run(test)


def test_in_the_last_seconds_everybody_waits_for_the_next_token() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        pool.clock.advance(3600 - 10)
        assert {*await asyncio.gather(pool.get(), pool.get())} == {"token-2"}
        pool.down = True
        pool.clock.advance(3600)
        with pytest.raises(UserPoolUnavailableError):
            await pool.get()

    run(test)


def test_a_token_of_a_short_life_is_kept_for_most_of_it() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        pool.clock.advance(23)
        assert (await pool.get(), pool.issued) == ("token-1", 1)
        pool.clock.advance(4)
        assert await pool.get() == "token-2"

    run(test, Pool(life=30))


def test_a_token_that_is_over_when_it_comes_is_not_kept() -> None:
    async def test(pool: Pool) -> None:
        assert [await pool.get(), await pool.get()] == ["token-1", "token-2"]

    run(test, Pool(life=-5))


def test_a_failure_is_not_kept() -> None:
    async def test(pool: Pool) -> None:
        pool.down = True
        with pytest.raises(UserPoolUnavailableError):
            await pool.get()
        pool.down = False
        assert await pool.get() == "token-2"

    run(test)


def test_who_goes_away_does_not_take_the_token_from_those_who_wait() -> None:
    async def test(pool: Pool) -> None:
        first, second = asyncio.ensure_future(pool.get()), asyncio.ensure_future(pool.get())
        await asyncio.sleep(0)
        first.cancel()
        assert (await second, pool.issued) == ("token-1", 1)

    run(test)


def test_what_was_not_used_for_the_longest_time_is_dropped() -> None:
    async def test(pool: Pool) -> None:
        for key in ("a", "b", "c", "a", "d"):
            await pool.get(key)
        assert (await pool.get("a"), pool.issued) == ("token-1", 4)
        assert await pool.get("b") == "token-5"

    run(test)


def test_event_loops_share_what_is_kept() -> None:
    pool = Pool()
    assert [asyncio.run(pool.get()) for _ in range(3)] == ["token-1"] * 3
    assert pool.issued == 1


def test_event_loops_in_several_threads_may_ask_at_once() -> None:
    pool = Pool()
    with ThreadPoolExecutor(8) as threads:
        tokens = [*threads.map(lambda _: asyncio.run(pool.get()), range(64))]
    assert 1 <= len({*tokens}) <= 8, "each loop has flights of its own"
    assert asyncio.run(pool.get()) in tokens


# What a server refuses


def test_instead_of_a_token_that_was_refused_there_is_one_new_token_for_all() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        others = await asyncio.gather(*(pool.instead_of("token-1") for _ in range(50)))
        assert ({*others}, pool.issued) == ({"token-2"}, 2)
        assert await pool.get() == "token-2"

    run(test)


def test_who_learns_late_of_a_refusal_gets_the_token_that_is_there_by_now() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        await pool.instead_of("token-1")
        assert (await pool.instead_of("token-1"), pool.issued) == ("token-2", 2)

    run(test)


def test_a_server_that_refuses_everything_costs_one_token_a_minute() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        assert await pool.instead_of("token-1") == "token-2"
        assert await pool.instead_of("token-2") is None
        pool.clock.advance(59)
        assert await pool.instead_of("token-2") is None
        pool.clock.advance(1)
        assert (await pool.instead_of("token-2"), pool.issued) == ("token-3", 3)

    run(test)


def test_instead_of_a_token_that_was_dropped_there_is_a_new_one() -> None:
    async def test(pool: Pool) -> None:
        assert await pool.instead_of("token-0") == "token-1"

    run(test)


def test_no_token_is_in_a_repr() -> None:
    async def test(pool: Pool) -> None:
        await pool.get()
        kept = [pool.tokens, pool.tokens._known("a"), Issued("token-1", 1.0)]
        assert "token-1" not in repr(kept)

    run(test)
