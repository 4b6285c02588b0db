"""Which groups somebody is in now, which a token of a while ago cannot know."""

import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from cachetools import TLRUCache

from fastapi_cognito_auth.cognito.records import Group
from fastapi_cognito_auth.exceptions import AccessDeniedError, NotAuthorizedError
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

_MOST_ANSWERS = 1024


class _Answer:
    """What the pool has said of a token; `None` until it has."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.groups: frozenset[str] | None = None


class HeldGroups:
    """Asks the pool which groups the user of an access token is in; its state is what it said lately.

    Args:
        get_user: asks whether the pool takes a token.
        groups_of: tells the groups of a user.
        max_age: seconds for which an answer counts where it need not be of now; 0 keeps none.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        get_user: Callable[[str], Awaitable[Any]],
        groups_of: Callable[[str], AsyncIterator[Group]],
        *,
        max_age: float,
        clock: Callable[[], float],
    ) -> None:
        self._get_user = get_user
        self._groups_of = groups_of
        self._max_age = max_age
        self._clock = clock
        self._flights: SingleFlight[_Answer, frozenset[str]] = SingleFlight()
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._answers: TLRUCache[tuple[str, bytes], _Answer] = TLRUCache(
            _MOST_ANSWERS, ttu=lambda _key, answer, _now: answer.until, timer=self._clock
        )
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    async def now(self, access_token: str, username: str) -> frozenset[str]:
        """Return the names of the groups (GetUser, AdminListGroupsForUser).

        Args:
            access_token: of the user; verified.
            username: the user's.

        Raises:
            NotAuthorizedError: the token is revoked, or the user is disabled.
            UserNotFoundError: the user is deleted.
            AccessDeniedError: the app may not ask who is in a group.
            UserPoolError: it cannot be found out.
        """
        await self._get_user(access_token)
        try:
            return frozenset([group.name async for group in self._groups_of(username)])
        except NotAuthorizedError as exc:
            # It is about the app's own credentials, and the token is as good as before.
            raise AccessDeniedError from exc

    async def lately(self, access_token: str, username: str, sub: str) -> frozenset[str]:
        """Return what `now` returns, or has returned at most `max_age` seconds ago.

        Args:
            access_token: of the user; verified.
            username: the user's.
            sub: the same, by the immutable id.

        Raises:
            UserPoolError: as `now` does.
        """
        key = (sub, hashlib.sha256(access_token.encode()).digest())
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                # Before the question: what is forgotten while it is under way is not remembered by it.
                answer = self._answers[key] = _Answer(self._clock() + self._max_age)
        if answer.groups is not None:
            return answer.groups
        return await self._flights.run(answer, lambda: self._ask(answer, access_token, username))

    async def _ask(self, answer: _Answer, access_token: str, username: str) -> frozenset[str]:
        answer.groups = await self.now(access_token, username)
        return answer.groups

    def forget(self, sub: str) -> None:
        """Ask anew about a user, of whom something has changed."""
        with self._lock:
            for key in [key for key in self._answers if key[0] == sub]:
                self._answers.pop(key, None)
