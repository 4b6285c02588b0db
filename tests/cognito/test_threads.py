"""A call waits for its turn, and not for ever."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.threads import Threads
from fastapi_cognito_auth.exceptions import UserPoolBusyError, UserPoolUnavailableError
from tests.cognito.conftest import MakeApi, MakeClient
from tests.cognito.upstream import DELIVERY, Gate, Upstream, reply

SENT = reply({"CodeDeliveryDetails": DELIVERY})


@pytest.fixture
def gate(upstream: Upstream) -> Gate:
    """Hold every answer back until the test opens the gate."""
    gate = Gate(SENT)
    upstream.plan("ForgotPassword", gate)
    return gate


@asynccontextmanager
async def one_under_way(client: CognitoClient, gate: Gate) -> AsyncIterator[None]:
    """Let a call take the only connection; in the end it is answered all the same."""
    call = asyncio.ensure_future(client.call("ForgotPassword", Username="ada"))
    while not gate.waiting:  # noqa: ASYNC110 - the server counts in threads
        await asyncio.sleep(0.001)
    yield
    gate.open()
    assert await call == {"CodeDeliveryDetails": DELIVERY}


def test_a_call_that_finds_no_free_connection_in_time_is_refused_and_never_made(
    make_client: MakeClient, upstream: Upstream, gate: Gate
) -> None:
    client = make_client(max_connections=1, max_wait=0.02)

    async def test() -> UserPoolBusyError:
        async with one_under_way(client, gate):
            with pytest.raises(UserPoolBusyError) as caught:
                await client.call("ForgotPassword", Username="bea")
        return caught.value

    busy = asyncio.run(test())
    assert (busy.status_code, busy.code, busy.headers) == (503, "user_pool_busy", {"Retry-After": "5"})
    assert [call.params["Username"] for call in upstream.calls] == ["ada"]


def test_what_is_under_way_is_not_held_to_the_wait(make_client: MakeClient, gate: Gate) -> None:
    """It took its turn in time, and whatever Cognito does with it cannot be taken back."""
    client = make_client(max_connections=1, max_wait=0.02)

    async def test() -> None:
        async with one_under_way(client, gate):
            await asyncio.sleep(0.05)

    asyncio.run(test())


def test_a_call_whose_turn_comes_in_time_is_made(
    make_client: MakeClient, upstream: Upstream, gate: Gate
) -> None:
    client = make_client(max_connections=1, max_wait=5.5)

    async def test() -> None:
        async with one_under_way(client, gate):
            waiting = asyncio.ensure_future(client.call("ForgotPassword", Username="bea"))
            await asyncio.sleep(0.01)
        assert await waiting == {"CodeDeliveryDetails": DELIVERY}

    asyncio.run(test())
    assert len(upstream.calls) == 2


def test_a_caller_that_gives_up_leaves_the_queue(
    make_client: MakeClient, upstream: Upstream, gate: Gate
) -> None:
    client = make_client(max_connections=1, max_wait=5.5)

    async def test() -> None:
        async with one_under_way(client, gate):
            gone = asyncio.ensure_future(client.call("ForgotPassword", Username="bea"))
            await asyncio.sleep(0.01)
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
            staying = asyncio.ensure_future(client.call("ForgotPassword", Username="cy"))
            await asyncio.sleep(0.01)
        await staying

    asyncio.run(test())
    assert [call.params["Username"] for call in upstream.calls] == ["ada", "cy"]


def test_the_endpoints_say_busy(make_api: MakeApi, upstream: Upstream, gate: Gate) -> None:
    api = make_api(max_connections=1, max_wait=0.02)
    first = threading.Thread(target=api.post, args=("/password/forgot",), kwargs={"json": {"username": "a"}})
    first.start()
    while not gate.waiting:
        first.join(0.001)
    answer = api.post("/password/forgot", json={"username": "ada"})
    gate.open()
    first.join()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["detail"]["code"] == "user_pool_busy"


class Work:
    """Runs until it is let go."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.go = threading.Event()

    def __call__(self) -> str:
        self.started.set()
        self.go.wait(5)
        return "done"


def test_a_full_queue_refuses_at_once_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    threads, work = Threads(1, most_waiting=16, max_wait=60), Work()

    async def test() -> None:
        tasks = [asyncio.ensure_future(threads.run(work)) for _ in range(17)]
        await asyncio.sleep(0)
        for _ in range(3):
            with pytest.raises(UserPoolBusyError):
                await threads.run(work)
        work.go.set()
        assert await asyncio.gather(*tasks) == ["done"] * 17
        assert await threads.run(work) == "done"

    asyncio.run(test())
    assert caplog.text.count("too many calls to Cognito") == 1


def test_the_arithmetic_of_a_burst_of_sign_ins_is_queued(make_client: MakeClient) -> None:
    """There are as many threads as processors, and a burst is not refused for that."""
    client, work = make_client(max_connections=16, max_wait=5.5), Work()

    async def test() -> list[str]:
        tasks = [asyncio.ensure_future(client.compute(work)) for _ in range(200)]
        await asyncio.sleep(0)
        work.go.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(test()) == ["done"] * 200


def test_a_caller_that_gives_up_on_running_work_does_not_free_its_thread() -> None:
    """Otherwise more would be let in than there are threads for."""
    threads, work = Threads(1, most_waiting=16, max_wait=0.02), Work()

    async def test() -> None:
        gone = asyncio.ensure_future(threads.run(work))
        while not work.started.is_set():  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(0.001)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        with pytest.raises(UserPoolBusyError):
            await threads.run(lambda: "too early")
        work.go.set()

    asyncio.run(test())


def test_one_who_is_told_to_stop_while_the_wait_ends_stops() -> None:
    """A cancelled task must not turn into a refusal, or a time-out around it would never fire."""
    threads, work = Threads(1, most_waiting=16, max_wait=0.01), Work()

    async def test() -> None:
        running = asyncio.ensure_future(threads.run(work))
        waiting = asyncio.ensure_future(threads.run(work))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.01, waiting.cancel)
        # Held up until both are due, so that they come in the same turn.
        time.sleep(0.03)  # noqa: ASYNC251
        with pytest.raises(asyncio.CancelledError):
            await waiting
        work.go.set()
        await running

    asyncio.run(test())


def test_a_machine_without_a_thread_to_give_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    threads = Threads(2, most_waiting=0, max_wait=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(40):
            with pytest.raises(UserPoolUnavailableError):
                asyncio.run(threads.run(lambda: 1))
    assert asyncio.run(threads.run(lambda: 1)) == 1
