"""Refreshes that overlap are one call, and no caller spoils it for another."""

import asyncio

import pytest

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.cognito.models import Tokens
from fastapi_cognito_auth.exceptions import NotAuthorizedError, RefreshTokenReuseError
from tests.cognito.upstream import TOKENS, Gate, Upstream, error, reply

OPERATION = "GetTokensFromRefreshToken"


@pytest.fixture
def gate(upstream: Upstream) -> Gate:
    """Hold the answer back until the test has all its callers waiting."""
    gate = Gate(reply(TOKENS))
    upstream.plan(OPERATION, gate)
    return gate


async def until_waiting(gate: Gate, number: int = 1) -> None:
    while gate.waiting < number:  # noqa: ASYNC110 - the server counts in threads
        await asyncio.sleep(0.001)


def test_two_refreshes_of_one_token_are_one_call(auth: CognitoAuth, upstream: Upstream, gate: Gate) -> None:
    async def test() -> list[Tokens]:
        tokens = auth.pool.refresh_tokens
        callers = [asyncio.ensure_future(tokens.refresh("token")) for _ in range(2)]
        await until_waiting(gate)
        gate.open()
        return await asyncio.gather(*callers)

    first, second = asyncio.run(test())
    assert first == second
    assert upstream.operations == [OPERATION]


def test_two_tokens_are_two_calls(auth: CognitoAuth, upstream: Upstream, gate: Gate) -> None:
    async def test() -> None:
        tokens = auth.pool.refresh_tokens
        callers = [asyncio.ensure_future(tokens.refresh(token)) for token in ("one", "two")]
        await until_waiting(gate, 2)
        gate.open()
        await asyncio.gather(*callers)

    asyncio.run(test())
    assert {call.params["RefreshToken"] for call in upstream.calls} == {"one", "two"}


def test_other_metadata_is_another_call(auth: CognitoAuth, upstream: Upstream, gate: Gate) -> None:
    """A trigger may answer it differently."""

    async def test() -> None:
        tokens = auth.pool.refresh_tokens
        callers = [
            asyncio.ensure_future(tokens.refresh("token", client_metadata={"tenant": tenant}))
            for tenant in ("a", "b")
        ]
        await until_waiting(gate, 2)
        gate.open()
        await asyncio.gather(*callers)

    asyncio.run(test())
    assert [call.params["RefreshToken"] for call in upstream.calls] == ["token"] * 2


@pytest.mark.parametrize("who", [0, 1], ids=["the first", "the second"])
def test_a_caller_that_gives_up_leaves_the_other_its_tokens(
    who: int, auth: CognitoAuth, upstream: Upstream, gate: Gate
) -> None:
    async def test() -> Tokens:
        tokens = auth.pool.refresh_tokens
        callers = [asyncio.ensure_future(tokens.refresh("token")) for _ in range(2)]
        await until_waiting(gate)
        callers[who].cancel()
        with pytest.raises(asyncio.CancelledError):
            await callers[who]
        gate.open()
        return await callers[1 - who]

    assert asyncio.run(test()).expires_in == 3600
    assert upstream.operations == [OPERATION]


def test_a_refresh_that_everybody_gave_up_is_finished_quietly(auth: CognitoAuth, upstream: Upstream) -> None:
    gate = Gate(error("NotAuthorizedException"))
    upstream.plan(OPERATION, gate)

    async def test() -> None:
        caller = asyncio.ensure_future(auth.pool.refresh_tokens.refresh("token"))
        await until_waiting(gate)
        caller.cancel()
        gate.open()
        while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - the task is nobody's to await
            await asyncio.sleep(0.001)

    asyncio.run(test())
    assert upstream.operations == [OPERATION]


def test_an_event_loop_that_ends_in_a_refresh_does_not_spoil_the_next(
    auth: CognitoAuth, upstream: Upstream, gate: Gate
) -> None:
    tokens = auth.pool.refresh_tokens

    async def give_up() -> None:
        caller = asyncio.ensure_future(tokens.refresh("token"))
        await until_waiting(gate)
        caller.cancel()

    asyncio.run(give_up())
    gate.open()
    assert asyncio.run(tokens.refresh("token")).expires_in == 3600
    assert upstream.operations == [OPERATION] * 2


def test_a_refusal_reaches_all_who_wait(auth: CognitoAuth, upstream: Upstream) -> None:
    gate = Gate(error("NotAuthorizedException", "Invalid Refresh Token"))
    upstream.plan(OPERATION, gate)

    async def test() -> list[object]:
        tokens = auth.pool.refresh_tokens
        callers = [asyncio.ensure_future(tokens.refresh("token")) for _ in range(2)]
        await until_waiting(gate)
        gate.open()
        return list(await asyncio.gather(*callers, return_exceptions=True))

    assert [type(outcome) for outcome in asyncio.run(test())] == [NotAuthorizedError] * 2
    assert upstream.operations == [OPERATION]


def test_a_refresh_after_another_is_a_call_of_its_own(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(OPERATION, reply(TOKENS), error("RefreshTokenReuseException"))

    async def test() -> None:
        tokens = auth.pool.refresh_tokens
        await tokens.refresh("token")
        with pytest.raises(RefreshTokenReuseError):
            await tokens.refresh("token")

    asyncio.run(test())
    assert upstream.operations == [OPERATION] * 2


def test_a_reused_token_is_a_401(auth: CognitoAuth, upstream: Upstream) -> None:
    upstream.plan(OPERATION, error("RefreshTokenReuseException"))
    with pytest.raises(NotAuthorizedError) as caught:
        asyncio.run(auth.pool.refresh_tokens.refresh("token"))
    assert (caught.value.status_code, caught.value.code) == (401, "refresh_token_reuse")
