"""Many calls in a row, at a rate that leaves something of the pool's quota to everybody else.

Cognito counts requests per second for a whole account and Region: 30 for lists of users, 50 for new users.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from fastapi_cognito_auth.exceptions import TooManyRequestsError, UserPoolUnavailableError

Done = TypeVar("Done")

_FIRST_WAIT: Final = 1.0  # seconds; doubles
_LONGEST_WAIT: Final = 30.0  # seconds


class Paced:
    """Makes calls at an even rate, and waits where Cognito throttles or does not answer.

    Its state is when the next call may go out. What is called has to bear being called twice.

    Args:
        rate: calls a second, at most.
        patience: seconds that one call may wait in all before its error is raised.
        clock: seconds from any start, never going back.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        rate: float = 25.0,
        *,
        patience: float = 180.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if rate <= 0:
            raise ValueError("a rate is more than nothing")
        self._pause = 1 / rate
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    async def call(self, act: Callable[[], Awaitable[Done]]) -> Done:
        """Call when it is its turn, and again while Cognito is busy.

        Raises:
            TooManyRequestsError: Cognito goes on throttling.
            UserPoolUnavailableError: Cognito goes on not answering.
        """
        waited, wait = 0.0, _FIRST_WAIT
        while True:
            await self._turn()
            try:
                return await act()
            except (TooManyRequestsError, UserPoolUnavailableError):
                if waited + wait > self._patience:
                    raise
            # For all calls: who is throttled is not helped by others that go on.
            self._next = max(self._next, self._clock() + wait)
            waited, wait = waited + wait, min(wait * 2, _LONGEST_WAIT)

    async def _turn(self) -> None:
        now = self._clock()
        start = max(now, self._next)
        self._next = start + self._pause
        if start > now:
            await self._sleep(start - now)
