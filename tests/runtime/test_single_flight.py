"""One call for all who ask at once, and nothing left behind."""

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from fastapi_cognito_auth.runtime.single_flight import SingleFlight


class Call:
    """Counts how often it is made, and ends when it is told to."""

    def __init__(self) -> None:
        self.made = 0
        self.done = asyncio.Event()

    async def __call__(self) -> int:
        self.made += 1
        await self.done.wait()
        return self.made


def test_those_who_ask_while_it_runs_share_a_call() -> None:
    async def test() -> None:
        flights, call = SingleFlight[str, int](), Call()
        waiting = [asyncio.ensure_future(flights.run("a", call)) for _ in range(5)]
        await asyncio.sleep(0)
        assert flights.running("a")
        assert not flights.running("b")
        call.done.set()
        assert await asyncio.gather(*waiting) == [1] * 5
        assert not flights.running("a")
        assert await flights.run("a", call) == 2

    asyncio.run(test())


def test_a_call_that_was_started_for_nobody_may_be_joined() -> None:
    async def test() -> None:
        flights, call = SingleFlight[str, int](), Call()
        flights.start("a", call)
        flights.start("a", call)
        call.done.set()
        assert await flights.run("a", call) == 1

    asyncio.run(test())


def test_outside_an_event_loop_nothing_is_started() -> None:
    call = Call()
    SingleFlight[str, int]().start("a", call)
    assert call.made == 0


def test_an_error_of_a_call_that_nobody_waits_for_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise RuntimeError

    async def test() -> None:
        SingleFlight[str, None]().start("a", broken)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(test())
    gc.collect()
    assert not caplog.records


def test_a_loop_that_is_closed_in_the_middle_leaves_no_warning_and_no_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    flights = SingleFlight[str, int]()

    async def endless() -> int:
        await asyncio.Event().wait()
        return 0

    async def start() -> None:
        flights.start("a", endless)
        await asyncio.sleep(0)

    async def answer() -> int:
        return 1

    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(start())
        loop.close()
        assert len(flights._running) == 1
    assert asyncio.run(flights.run("a", answer)) == 1
    assert not flights._running
    gc.collect()
    assert not caplog.records


class LoopThatIsLookedAt(asyncio.SelectorEventLoop):
    """Does something when it is asked whether it is closed."""

    when_asked: Callable[[], None] | None = None

    def is_closed(self) -> bool:
        if self.when_asked is not None:
            do, self.when_asked = self.when_asked, None
            do()
        return super().is_closed()


def test_another_thread_may_ask_for_something_while_closed_loops_are_looked_for() -> None:
    flights = SingleFlight[str, int]()

    async def answer() -> int:
        return 1

    async def endless() -> int:
        await asyncio.Event().wait()
        return 0

    async def start() -> None:
        flights.start("a", endless)
        await asyncio.sleep(0)

    def ask_and_stay() -> None:
        # The flight is still there when this thread has come to its end.
        thread = threading.Thread(target=lambda: other.run_until_complete(start()))
        thread.start()
        thread.join()

    other = asyncio.new_event_loop()
    loop = LoopThatIsLookedAt()
    loop.run_until_complete(start())
    loop.when_asked = ask_and_stay
    assert asyncio.run(flights.run("b", answer)) == 1
    assert len(flights._running) == 2
    other.close()
    loop.close()


def test_who_asks_in_the_very_turn_in_which_a_call_ends_gets_a_new_one() -> None:
    # Joining what has ended would not wait at all: a caller that asks until it is content would
    # keep the event loop to itself for ever.
    async def test() -> None:
        flights = SingleFlight[str, int]()
        late: list[asyncio.Future[int]] = []
        running = []

        async def call() -> int:
            # Both have their turn after this call has ended, and before it has landed.
            asyncio.get_running_loop().call_soon(lambda: running.append(flights.running("a")))
            late.append(asyncio.ensure_future(flights.run("a", call_again)))
            return 1

        async def call_again() -> int:
            return 2

        assert await flights.run("a", call) == 1
        assert running == [False]
        assert await late[0] == 2
        assert not flights.running("a")
        assert not flights._running

    asyncio.run(test())
