"""Blocking work beside the event loop: so much at once, and no endless wait for a turn."""

import asyncio
import contextvars
import functools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from fastapi_cognito_auth.exceptions import UserPoolBusyError
from fastapi_cognito_auth.runtime.forks import in_each_process, leave_to_the_parent

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

Result = TypeVar("Result")

THREAD_NAME: Final = "cognito"
"""What the names of all these threads begin with."""

_PAUSE: Final = 10.0  # seconds between two lines of the log


class Threads:
    """Runs work in threads of its own; its state is the work that runs and that waits.

    Whoever finds all threads busy waits in turn, for a bounded time. A caller that gives up leaves
    the queue at once; what runs already cannot be stopped, and keeps its thread until it ends.

    Args:
        count: how much runs at once.
        most_waiting: how much may wait for its turn.
        max_wait: seconds that it may wait.
    """

    def __init__(self, count: int, *, most_waiting: int, max_wait: float) -> None:
        self._count = count
        self._most = count + most_waiting
        self._max_wait = max_wait
        self._executor: ThreadPoolExecutor | None = None
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # The threads are the parent's alone, and its executor would count on them.
        if self._executor is not None:
            leave_to_the_parent(self._executor)
        self._executor = None
        self._under_way = 0
        self._refused = 0
        self._quiet_until = float("-inf")
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run work as soon as a thread is free.

        Raises:
            UserPoolBusyError: too much is waiting already, or none was free in time.
        """
        future, at_once = self._submit(work)
        waiting = asyncio.wrap_future(future)
        if at_once:
            return await waiting
        gave_up: list[bool] = []
        timer = asyncio.get_running_loop().call_later(self._max_wait, lambda: gave_up.append(future.cancel()))
        try:
            return await waiting
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if gave_up != [True] or (task is not None and task.cancelling()):
                raise
        finally:
            timer.cancel()
        raise self._busy("nothing became free in time")

    def _submit(self, work: Callable[[], Result]) -> tuple[Future[Result], bool]:
        with self._lock:
            if self._under_way >= self._most:
                raise self._busy("too many are waiting already")
            self._under_way += 1
            at_once = self._under_way <= self._count
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._count, thread_name_prefix=THREAD_NAME)
            executor = self._executor
        try:
            future = executor.submit(functools.partial(contextvars.copy_context().run, work))
        except RuntimeError as exc:
            # The machine has no thread to give, or the interpreter is about to end.
            self._left()
            raise self._busy("no thread can be started") from exc
        future.add_done_callback(self._left)
        return future, at_once

    def _left(self, _future: Any = None) -> None:
        with self._lock:
            self._under_way -= 1

    def _busy(self, why: str) -> UserPoolBusyError:
        self._refused += 1
        now = time.monotonic()
        # What many can cause at once does not fill the log.
        if now >= self._quiet_until:
            self._quiet_until = now + _PAUSE
            logger.error("too many calls to Cognito: %s; refused so far: %d", why, self._refused)
        return UserPoolBusyError()
