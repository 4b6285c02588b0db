"""The lifespan fetches what is missing or due, and waits for nothing else.

A server of functions runs it for each invocation, each time in an event loop of its own.
"""

import asyncio
import json

import pytest
from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.assembly.verification import keep_trying, warm_up
from fastapi_cognito_auth.keys.jwks import FetchError, JWKSCache
from fastapi_cognito_auth.tokens.issuing_pool import IssuingPool
from tests.support import CLIENT_ID, OTHER_SIGNER, POOL_ID, SIGNER, Clock, KeyServer

DAY = 86_400


def invoke(keys: JWKSCache) -> None:
    """Run the warm-up in an event loop of its own, as an invocation does, which then goes on a little."""

    async def invocation() -> None:
        await keys.warm_up()
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(invocation())


def test_five_invocations_cost_one_fetch() -> None:
    server = KeyServer(SIGNER.jwk())
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), fetch_keys=server)
    app = FastAPI(lifespan=auth.lifespan)

    async def invocation() -> None:
        async with app.router.lifespan_context(app):
            pass

    for _ in range(5):
        asyncio.run(invocation())
    assert server.fetches == 1


def test_a_key_set_of_the_settings_is_read_once() -> None:
    key_set = json.dumps({"keys": [SIGNER.jwk()]})
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, key_set=key_set))
    for _ in range(3):
        invoke(auth.keys)
    assert auth.keys.status().fetches == 1


def test_a_key_set_that_is_due_is_fetched_again() -> None:
    clock, server = Clock(), KeyServer(SIGNER.jwk())
    keys = JWKSCache(server, max_age=DAY, clock=clock)
    invoke(keys)
    clock.advance(0.9 * DAY)
    server.keys = [OTHER_SIGNER.jwk()]
    invoke(keys)
    assert (server.fetches, keys.status().kids) == (2, ("key-2",))


def test_an_app_that_starts_without_keys_gets_them_when_the_endpoint_is_back() -> None:
    """Nobody may ask it for anything before it is ready."""
    clock, server = Clock(), KeyServer(SIGNER.jwk())
    server.down = True
    keys = JWKSCache(server, clock=clock)
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(seconds)
        server.down = len(pauses) < 12

    async def start() -> None:
        await warm_up(pool)
        await keep_trying(pool, sleep)

    pool = IssuingPool(POOL_ID, keys, frozenset(), frozenset())
    asyncio.run(start())
    assert keys.status().kids == ("key-1",)
    # Within the cool-down nothing is asked.
    assert server.fetches <= 2 + sum(pauses) / 10


def test_the_lifespan_goes_on_trying_and_stops_with_the_app() -> None:
    server = KeyServer(SIGNER.jwk())
    server.down = True
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), fetch_keys=server)
    app = FastAPI(lifespan=auth.lifespan)

    async def run() -> set[str]:
        async with app.router.lifespan_context(app):
            running = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        return running - {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]

    assert asyncio.run(run()) == {"keep_trying"}


class Hanging(KeyServer):
    """Answers once, and never again."""

    async def __call__(self) -> bytes:
        answer = await super().__call__()
        if self.fetches > 1:
            await asyncio.Event().wait()
        return answer


@pytest.mark.parametrize("age", [0.9 * DAY, 1.1 * DAY], ids=["due", "too old"])
def test_known_keys_do_not_wait_for_an_endpoint_that_hangs(age: float) -> None:
    clock, server = Clock(), Hanging(SIGNER.jwk())
    keys = JWKSCache(server, max_age=DAY, clock=clock)
    invoke(keys)
    clock.advance(age)
    for _ in range(5):
        invoke(keys)
    assert (server.fetches, keys.status().kids) == (2, ("key-1",))


def test_keys_that_are_too_old_are_still_asked_for_before_they_verify() -> None:
    """A key that the pool has withdrawn is not trusted because an invocation went before."""
    clock, server = Clock(), KeyServer(SIGNER.jwk())
    keys = JWKSCache(server, max_age=DAY, clock=clock)
    invoke(keys)
    clock.advance(1.1 * DAY)

    async def invocation() -> None:
        await keys.warm_up()
        assert keys.known("key-1") is None
        assert (await keys.key("key-1")).kid == "key-1"

    asyncio.run(invocation())
    assert server.fetches == 2


def test_missing_keys_are_not_asked_for_again_at_once() -> None:
    clock, server = Clock(), KeyServer(SIGNER.jwk())
    server.down = True
    keys = JWKSCache(server, cooldown=10, clock=clock)
    with pytest.raises(FetchError):
        invoke(keys)
    invoke(keys)
    assert server.fetches == 1
    clock.advance(11)
    server.down = False
    invoke(keys)
    assert (server.fetches, keys.status().kids) == (2, ("key-1",))
