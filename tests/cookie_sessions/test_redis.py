"""Sessions that all workers share, and what may happen to Redis."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from fastapi_cognito_auth.cookie_sessions.in_redis import RedisSessionStore
from fastapi_cognito_auth.cookie_sessions.protocol import (
    SessionGoneError,
    SessionStoreUnavailableError,
    session_id,
)
from tests.cookie_sessions.test_contract import PLACE, SESSION, redis_store, run
from tests.redis_server import RedisServer
from tests.support import NOW, SUB, Clock


@pytest.fixture
def store(shared_redis: RedisServer) -> RedisSessionStore:
    return redis_store(shared_redis)


def test_an_ended_session_is_gone_for_every_worker(
    store: RedisSessionStore, shared_redis: RedisServer
) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        await redis_store(shared_redis).end(kept)
        with pytest.raises(SessionGoneError):
            await store.find(kept.ticket, PLACE)

    run(test)


def test_a_slow_request_revives_no_session_that_ended(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        await store.end(kept)
        with pytest.raises(SessionGoneError):
            await store.renew(kept, replace(SESSION, used_at=NOW + 9), PLACE)
        with pytest.raises(SessionGoneError):
            await store.find(kept.ticket, PLACE)

    run(test)


def test_a_slow_request_undoes_no_newer_refresh(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        await store.renew(kept, replace(SESSION, access_token="newer"), PLACE)
        with pytest.raises(SessionGoneError):
            await store.renew(kept, replace(SESSION, access_token="older"), PLACE)
        assert (await store.find(kept.ticket, PLACE)).session.access_token == "newer"

    run(test)


def test_redis_holds_neither_tokens_nor_tickets(store: RedisSessionStore, shared_redis: RedisServer) -> None:
    async def test() -> None:
        kept = await store.start(replace(SESSION, user_agent="Mozilla/5.0"), PLACE)
        ask = store._connections.ask
        keys = await ask("KEYS", "contract:*")
        values = [await ask("GET", key) for key in keys if await ask("TYPE", key) == b"string"]
        everything = json.dumps([str(item) for item in (*keys, *values)])
        for secret in (kept.ticket, SESSION.access_token, SESSION.refresh_token, SUB, "Mozilla"):
            assert str(secret) not in everything

    run(test)


def test_redis_forgets_a_session_when_it_ends(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        assert 86_000 < await store._connections.ask("TTL", store._key(kept.ticket)) <= 86_400
        assert 86_000 < await store._connections.ask("TTL", store._list(SUB)) <= 86_400

    run(test)


def test_a_value_that_was_put_under_another_key_does_not_open(store: RedisSessionStore) -> None:
    """Who can write to Redis makes no session of another's."""

    async def test() -> None:
        mine, theirs = (
            await store.start(SESSION, PLACE),
            await store.start(replace(SESSION, sub="eve"), PLACE),
        )
        ask = store._connections.ask
        await ask("SET", store._key(theirs.ticket), await ask("GET", store._key(mine.ticket)))
        with pytest.raises(SessionGoneError):
            await store.find(theirs.ticket, PLACE)

    run(test)


@pytest.mark.parametrize("written", ["", "nonsense", "\u00e9", "[]"])
def test_nonsense_in_redis_is_no_session(store: RedisSessionStore, written: str) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        await store._connections.ask("SET", store._key(kept.ticket), written)
        with pytest.raises(SessionGoneError):
            await store.find(kept.ticket, PLACE)

    run(test)


def test_the_sessions_of_a_user_can_be_listed_and_ended_one_by_one(store: RedisSessionStore) -> None:
    async def test() -> None:
        tickets = [
            (await store.start(replace(SESSION, sub="grace", used_at=NOW + n), PLACE)) for n in range(3)
        ]
        await store.start(replace(SESSION, sub="eve"), PLACE)
        listed = await store.of_user("grace")
        assert sorted(session.used_at for _, session in listed) == [NOW, NOW + 1, NOW + 2]
        first = next(name for name, session in listed if session.used_at == NOW)
        count, [ended] = await store.end_of_user("grace", first, None)
        assert (count, ended.used_at) == (1, NOW)
        assert await store.end_of_user("grace", first, None) == (0, [])
        assert len(await store.of_user("grace")) == 2
        with pytest.raises(SessionGoneError):
            await store.find(tickets[0].ticket, PLACE)
        assert (await store.find(tickets[1].ticket, PLACE)).session.used_at == NOW + 1

    run(test)


def test_a_session_that_has_ended_ends_no_second_time(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = await store.start(replace(SESSION, sub="of one session"), PLACE)
        await store._ask("SET", store._key(kept.ticket), "ended")
        assert await store.end_of_user("of one session", None, None) == (0, [])

    run(test)


def test_nobody_ends_the_session_of_another(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = await store.start(replace(SESSION, sub="ada"), PLACE)
        [(name, _)] = await store.of_user("ada")
        assert await store.end_of_user("eve", name, None) == (0, [])
        assert (await store.find(kept.ticket, PLACE)).session.sub == "ada"
        await store.end(kept)

    run(test)


def test_all_sessions_of_a_user_end_at_once_but_for_one(store: RedisSessionStore) -> None:
    async def test() -> None:
        kept = [
            await store.start(replace(SESSION, sub="joan", ends_at=NOW + 60 + n), PLACE) for n in range(103)
        ]
        other = await store.start(replace(SESSION, sub="eve"), PLACE)
        stays = kept[50]
        count, newest = await store.end_of_user("joan", None, session_id(stays.ticket))
        assert (count, len(newest), newest[0].ends_at) == (102, 100, NOW + 60 + 102)
        for one in (kept[0], kept[102]):
            with pytest.raises(SessionGoneError):
                await store.find(one.ticket, PLACE)
        assert [name for name, _ in await store.of_user("joan")] == [session_id(stays.ticket)]
        assert (await store.find(other.ticket, PLACE)).session.sub == "eve"

    run(test)


def test_a_list_is_of_the_newest_and_not_endless(store: RedisSessionStore) -> None:
    async def test() -> None:
        for number in range(103):
            await store.start(replace(SESSION, sub="hedy", ends_at=NOW + 60 + number), PLACE)
        listed = await store.of_user("hedy")
        assert (len(listed), listed[0][1].ends_at) == (100, NOW + 60 + 102)
        await store.end_of_user("hedy", None, None)

    run(test)


def test_a_session_that_was_put_into_the_list_of_another_is_none_of_theirs(store: RedisSessionStore) -> None:
    """Who can write to Redis shows nobody the sessions of others."""

    async def test() -> None:
        kept = await store.start(replace(SESSION, sub="ada"), PLACE)
        await store._connections.ask("ZADD", store._list("mallory"), NOW + 60, session_id(kept.ticket))
        assert await store.of_user("mallory") == []

    run(test)


def test_sessions_that_are_over_are_not_listed(shared_redis: RedisServer) -> None:
    clock = Clock()
    store = redis_store(shared_redis, clock=clock)

    async def test() -> None:
        await store.start(replace(SESSION, sub="bob", ends_at=NOW + 60), PLACE)
        clock.advance(61)
        assert await store.of_user("bob") == []

    run(test)


def test_only_one_at_a_time_is_alone(store: RedisSessionStore, shared_redis: RedisServer) -> None:
    inside: list[str] = []

    async def enter(name: str, shop: RedisSessionStore) -> None:
        async with shop.alone("ticket"):
            inside.append(f"{name} in")
            await asyncio.sleep(0.01)
            inside.append(f"{name} out")

    async def test() -> None:
        await asyncio.gather(enter("a", store), enter("b", redis_store(shared_redis)))

    run(test)
    assert [event.split()[1] for event in inside] == ["in", "out", "in", "out"]


def test_whoever_goes_away_lets_the_next_one_in(store: RedisSessionStore) -> None:
    async def hold() -> None:
        async with store.alone("left"):
            await asyncio.sleep(60)

    async def test() -> None:
        task = asyncio.create_task(hold())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5), store.alone("left"):
            pass

    run(test)


def test_a_redis_that_is_down_is_told_from_a_session_that_is_gone(redis_server: RedisServer) -> None:
    async def asked(act: Any) -> None:
        with pytest.raises(SessionStoreUnavailableError):
            await act

    async def test() -> None:
        store = redis_store(redis_server)
        kept = await store.start(SESSION, PLACE)
        redis_server.kill()
        await asked(store.find(kept.ticket, PLACE))
        await asked(store.start(SESSION, PLACE))
        await asked(store.renew(kept, SESSION, PLACE))
        await asked(store.end(kept))
        await asked(store.of_user(SUB))
        await asked(store.end_of_user(SUB, None, None))
        with pytest.raises(SessionStoreUnavailableError):
            async with store.alone(kept.ticket):
                raise AssertionError("nobody may be in here")

    run(test)
