"""Threads that call Cognito leave the event loop its share of the interpreter."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.turns import Turns
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from tests.cognito.conftest import MakeClient
from tests.cognito.upstream import DELIVERY, Upstream, reply

SOON = 0.05  # seconds in which what could happen would have


class Worker:
    """A thread that works in turns, one step at a time."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._pool = ThreadPoolExecutor(1)
        self._turn: Any = None

    def step(self, step: Callable[[], Any]) -> Callable[[], bool]:
        """Begin a step, and return what tells whether it is done."""
        future = self._pool.submit(step)

        def done() -> bool:
            try:
                future.result(SOON)
            except TimeoutError:
                return False
            return True

        return done

    def begin(self) -> Callable[[], bool]:
        self._turn = self._turns.turn()
        return self.step(self._turn.__enter__)

    def end(self, *error: Any) -> Callable[[], bool]:
        return self.step(lambda: self._turn.__exit__(*(error or (None, None, None))))

    def pause(self) -> Callable[[], bool]:
        return self.step(self._turns.pause)

    def go_on(self) -> Callable[[], bool]:
        return self.step(self._turns.go_on)


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    turns = Turns()
    yield [Worker(turns) for _ in range(4)]
    # Python waits for its threads, and they for a turn.
    turns._free.release(4)


def test_two_work_at_a_time(workers: list[Worker]) -> None:
    assert [worker.begin()() for worker in workers[:2]] == [True, True]
    third = workers[2].begin()
    assert not third()
    workers[0].end()
    assert third()


def test_who_waits_for_an_answer_is_in_nobodys_way(workers: list[Worker]) -> None:
    for worker in workers:
        assert worker.begin()()
        assert worker.pause()()


def test_who_has_an_answer_waits_for_a_turn(workers: list[Worker]) -> None:
    workers[0].begin()()
    workers[0].pause()()
    assert [worker.begin()() for worker in workers[1:3]] == [True, True]
    going_on = workers[0].go_on()
    assert not going_on()
    workers[1].end()
    assert going_on()


def test_a_turn_that_ends_in_the_wait_is_given_back_once(workers: list[Worker]) -> None:
    workers[0].begin()()
    workers[0].pause()()
    workers[0].end()()
    assert [worker.begin()() for worker in workers[1:3]] == [True, True]
    assert not workers[3].begin()()


def test_who_never_began_a_turn_takes_none(workers: list[Worker]) -> None:
    """So it is with calls that are signed."""
    assert workers[0].pause()()
    assert workers[0].go_on()()
    assert [worker.begin()() for worker in workers[1:3]] == [True, True]


def test_all_calls_wait_for_cognito_at_once(client: CognitoClient, upstream: Upstream) -> None:
    all_there = threading.Barrier(6)

    def answer(connection: socket.socket) -> None:
        all_there.wait(5)
        reply(DELIVERY)(connection)

    upstream.plan("ForgotPassword", answer)

    async def calls() -> None:
        await asyncio.gather(*(client.call("ForgotPassword", Username="ada") for _ in range(6)))

    asyncio.run(calls())
    assert all_there.broken is False


def test_what_stands_in_for_the_network_holds_nobody_up() -> None:
    all_there = threading.Barrier(5)

    def before_send(**_: Any) -> None:
        all_there.wait(5)
        raise ConnectionError

    client = CognitoClient(
        user_pool_id="eu-central-1_x", client_id="c", region="eu-central-1", before_send=before_send
    )

    async def calls() -> list[Any]:
        each = (client.call("ForgotPassword", Username="ada") for _ in range(5))
        return [*await asyncio.gather(*each, return_exceptions=True)]

    assert {type(error) for error in asyncio.run(calls())} == {ConnectionError}


def test_calls_that_fail_give_their_turns_back(make_client: MakeClient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        client = make_client(endpoint_url=url, max_attempts=1)
        for _ in range(5):
            with pytest.raises(UserPoolUnavailableError):
                asyncio.run(asyncio.wait_for(client.call("ForgotPassword", Username="ada"), 5))
