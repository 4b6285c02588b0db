"""Lookups in Redis that go out together."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fastapi_cognito_auth.redis_connections import RedisConnections, RedisUnavailableError
from fastapi_cognito_auth.redis_lookups import RedisLookups
from tests.redis_server import RedisServer


def run(server: RedisServer, test: Callable[[RedisLookups], Awaitable[None]], *, timeout: float = 5) -> None:
    connections = RedisConnections(server.url, timeout=timeout, setting="COGNITO_SESSION_STORE=redis")
    asyncio.run(test(RedisLookups(connections)))  # type: ignore[arg-type]


def questions(server: RedisServer) -> int:
    """Return how many times Redis was asked for values."""
    said = server.ask("INFO", "commandstats")
    return int(said.partition("cmdstat_mget:calls=")[2].partition(",")[0] or 0)


@pytest.fixture
def server(redis_server: RedisServer) -> RedisServer:
    redis_server.ask("CONFIG", "RESETSTAT")
    for name in "abc":
        redis_server.ask("SET", name, f"value of {name}")
    return redis_server


def test_each_gets_the_values_of_its_own_keys(server: RedisServer) -> None:
    async def test(lookups: RedisLookups) -> None:
        found = await asyncio.gather(lookups.get("a"), lookups.get("b", "none"), lookups.get("a", "c"))
        assert [*found] == [(b"value of a",), (b"value of b", None), (b"value of a", b"value of c")]

    run(server, test)


def test_what_is_asked_in_one_turn_is_one_question(server: RedisServer) -> None:
    async def test(lookups: RedisLookups) -> None:
        await asyncio.gather(*(lookups.get(name) for name in "abc" * 20))

    run(server, test)
    assert questions(server) == 1


def test_a_later_question_joins_no_earlier_one(server: RedisServer) -> None:
    """What is out already may be answered with what was true before the request came."""

    async def test(lookups: RedisLookups) -> None:
        first = asyncio.create_task(lookups.get("a"))
        for _ in range(3):
            await asyncio.sleep(0)
        server.ask("SET", "a", "newer")
        assert await lookups.get("a") == (b"newer",)
        await first

    run(server, test)
    assert questions(server) == 2


def test_no_question_is_longer_than_redis_can_bear(server: RedisServer) -> None:
    async def test(lookups: RedisLookups) -> None:
        found = await asyncio.gather(*(lookups.get(str(number)) for number in range(600)))
        assert found == [(None,)] * 600

    run(server, test)
    assert questions(server) == 3


def test_who_goes_away_takes_nothing_from_the_others(server: RedisServer) -> None:
    async def test(lookups: RedisLookups) -> None:
        leaving, staying = (asyncio.create_task(lookups.get("a")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == (b"value of a",)
        with pytest.raises(asyncio.CancelledError):
            await leaving

    run(server, test)


def test_without_an_answer_each_is_told_so_by_an_error_of_its_own(server: RedisServer) -> None:
    async def test(lookups: RedisLookups) -> None:
        server.stop_answering()
        errors = await asyncio.gather(lookups.get("a"), lookups.get("b"), return_exceptions=True)
        assert [type(error) for error in errors] == [RedisUnavailableError] * 2
        assert errors[0] is not errors[1]

    run(server, test, timeout=0.2)


def test_a_key_that_holds_something_else_disturbs_nobody(server: RedisServer) -> None:
    server.ask("LPUSH", "list", "x")

    async def test(lookups: RedisLookups) -> None:
        found = await asyncio.gather(lookups.get("list"), lookups.get("a"))
        assert [*found] == [(None,), (b"value of a",)]

    run(server, test)


def test_each_event_loop_asks_for_itself(server: RedisServer) -> None:
    connections = RedisConnections(server.url, timeout=5, setting="COGNITO_SESSION_STORE=redis")
    lookups = RedisLookups(connections)

    async def left_behind() -> None:
        # The loop ends before the turn does in which the question would go out.
        tasks.append(asyncio.create_task(lookups.get("a")))

    tasks: list[asyncio.Task[object]] = []
    asyncio.run(left_behind())
    assert asyncio.run(lookups.get("b")) == (b"value of b",)
    assert not lookups._collected
