"""One running task for all who ask for the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class SingleFlight(Generic[Key, Result]):
    """Shares the result of a call among those who ask while it runs; its state is what runs now.

    A caller that goes away does not take the task with it: the others still wait for it. Event
    loops do not share tasks, so each loop has flights of its own, and so has a forked process.
    """

    def __init__(self) -> None:
        self._running: dict[tuple[asyncio.AbstractEventLoop, Key], asyncio.Task[Result]] = {}
        in_each_child(self._start_anew)

    async def run(self, key: Key, call: Callable[[], Awaitable[Result]]) -> Result:
        """Join the running call for `key`, or start one."""
        return await asyncio.shield(self._task(key, call))

    def start(self, key: Key, call: Callable[[], Awaitable[Result]]) -> None:
        """Start a call for `key` that nobody waits for, unless one runs.

        Outside an event loop there is nothing to run it, and nothing is done.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        # A loop that is closed in the middle leaves it undone, and nobody minds: no warning, as
        # `asyncio.gather` does it.
        self._task(key, call)._log_destroy_pending = False  # type: ignore[attr-defined]

    def running(self, key: Key) -> bool:
        """Tell whether there is a call for `key` to join."""
        task = self._running.get((asyncio.get_running_loop(), key))
        return task is not None and not task.done()

    def _task(self, key: Key, call: Callable[[], Awaitable[Result]]) -> asyncio.Task[Result]:
        flight = (asyncio.get_running_loop(), key)
        task = self._running.get(flight)
        # One that has ended is told so a turn later; joining it until then would not wait at all.
        if task is None or task.done():
            # What a loop left undone when it was closed never lands.
            # Loops of other threads come and go meanwhile, hence the copy.
            for other in list(self._running):
                if other[0].is_closed():
                    self._running.pop(other, None)
            task = self._running[flight] = asyncio.ensure_future(_as_coroutine(call))
            task.add_done_callback(lambda done: self._land(flight, done))
        return task

    def _start_anew(self) -> None:
        leave_to_the_parent(self._running)
        self._running = {}

    def _land(self, flight: tuple[asyncio.AbstractEventLoop, Key], task: asyncio.Task[Result]) -> None:
        if self._running.get(flight) is task:
            del self._running[flight]
        if not task.cancelled():
            # Everyone who asked may be gone; an error nobody awaits is not worth a warning.
            task.exception()


async def _as_coroutine(call: Callable[[], Awaitable[Result]]) -> Result:
    return await call()
