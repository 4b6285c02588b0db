"""What every store of sessions does: in cookies, and in Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.cookie_sessions.in_cookies import CookieStore
from fastapi_cognito_auth.cookie_sessions.in_redis import RedisSessionStore
from fastapi_cognito_auth.cookie_sessions.protocol import SessionGoneError, SessionStore
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.redis_connections import RedisConnections
from tests.redis_server import RedisServer
from tests.support import NOW, SECRET_KEY, SUB, Clock

PLACE = "__Host-session"
SESSION = Session(
    sub=SUB,
    access_token="the.access.token",
    access_token_until=NOW + 3600,
    signed_in_at=NOW,
    used_at=NOW,
    ends_at=NOW + 86_400,
    refresh_token="the-refresh-token",
    id_token="the.id.token",
    device_key="eu-central-1_device",
)


def redis_store(server: RedisServer, **options: Any) -> RedisSessionStore:
    connections = RedisConnections(server.url, timeout=10, setting="COGNITO_SESSION_STORE=redis")
    options = {"prefix": "contract:", "clock": Clock(), **options}
    return RedisSessionStore(connections, Box([SECRET_KEY]), **options)


@pytest.fixture(params=["cookie", "redis"])
def store(request: pytest.FixtureRequest) -> SessionStore:
    if request.param == "cookie":
        return CookieStore(Box([SECRET_KEY]), most=15_000)
    return redis_store(request.getfixturevalue("shared_redis"))


Test = Callable[[], Awaitable[None]]


def run(test: Test) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def test_cookies_do_not_carry_what_nobody_lists() -> None:
    async def test() -> None:
        store = CookieStore(Box([SECRET_KEY]), most=15_000)
        kept = await store.start(replace(SESSION, user_agent="Mozilla/5.0"), PLACE)
        assert (await store.find(kept.ticket, PLACE)).session == SESSION
        renewed = await store.renew(kept, replace(SESSION, user_agent="Mozilla/5.0"), PLACE)
        assert renewed.session == SESSION

    run(test)


def test_a_session_is_found_by_its_ticket(store: SessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        assert (await store.find(kept.ticket, PLACE)).session == SESSION

    run(test)


def test_each_session_has_a_ticket_of_its_own(store: SessionStore) -> None:
    async def test() -> None:
        tickets = {(await store.start(SESSION, PLACE)).ticket for _ in range(5)}
        assert len(tickets) == 5
        assert all(ticket.replace("-", "").replace("_", "").isalnum() for ticket in tickets)

    run(test)


def test_a_renewed_session_is_found_by_its_newest_ticket(store: SessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        renewed = await store.renew(kept, replace(SESSION, access_token="another.access.token"), PLACE)
        assert (await store.find(renewed.ticket, PLACE)).session.access_token == "another.access.token"
        again = await store.renew(renewed, replace(renewed.session, used_at=NOW + 9), PLACE)
        assert (await store.find(again.ticket, PLACE)).session.used_at == NOW + 9

    run(test)


@pytest.mark.parametrize("ticket", ["", "a", "x" * 43, "x" * 5000, "é", "../x", "a b", "\0", "=" * 43])
def test_a_ticket_that_was_made_up_is_no_session(store: SessionStore, ticket: str) -> None:
    async def test() -> None:
        with pytest.raises(SessionGoneError):
            await store.find(ticket, PLACE)

    run(test)


def test_whoever_is_alone_is_not_alone_for_ever(store: SessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        for _ in range(3):
            async with store.alone(kept.ticket):
                assert (await store.find(kept.ticket, PLACE)).session == SESSION

    run(test)


def test_ending_what_has_ended_is_no_error(store: SessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        await store.end(kept)
        await store.end(kept)

    run(test)


def test_nothing_secret_is_in_a_repr(store: SessionStore) -> None:
    async def test() -> None:
        kept = await store.start(SESSION, PLACE)
        for secret in (kept.ticket, "the.access.token", "the-refresh-token", "the.id.token"):
            assert secret not in repr(kept)

    run(test)
