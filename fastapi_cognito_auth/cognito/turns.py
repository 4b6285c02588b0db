"""Turns at the interpreter: what runs in threads beside an event loop must leave it its share.

A call to Cognito is some milliseconds of work around a long wait. Of a hundred calls that begin or end
at once each thread wants the interpreter, and the event loop is one among them: requests that only verify
a token would wait a tenth of a second for it. Here few threads want it at a time, which loses nothing,
since no more than one can have it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi_cognito_auth.runtime.forks import in_each_process

_AT_ONCE: Final = 2
"""One may be in code that does without the interpreter."""


class Turns:
    """Lets a few threads work at a time; its state is who does."""

    def __init__(self) -> None:
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        # In a child nobody would give back what threads of the parent have taken.
        self._free = threading.Semaphore(_AT_ONCE)
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Work when it is this thread's turn."""
        self._take()
        try:
            yield
        finally:
            self.pause()

    def pause(self, **_: Any) -> None:
        """Give the turn back before a wait, if this thread has it: a handler of botocore's events."""
        if getattr(self._mine, "taken", False):
            self._mine.taken = False
            self._free.release()

    def go_on(self, **_: Any) -> None:
        """Take a turn again after a wait that `pause` began: a handler of botocore's events."""
        if getattr(self._mine, "taken", None) is False:
            self._take()

    def _take(self) -> None:
        self._free.acquire()
        self._mine.taken = True
