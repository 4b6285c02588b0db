"""The pool's public keys: fetched when needed, kept through outages (RFC 7517)."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple, NoReturn

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.key_set import ALGORITHM, LONGEST_KID, Fetch, FetchError, Key, parse_key_set
from fastapi_cognito_auth.keys.unknown_kids import FIRST_NAMED_EVERY, UnknownKids
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

__all__ = ["ALGORITHM", "Fetch", "FetchError", "JWKSCache", "Key", "KeySetStatus"]

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_RENEW_AT: Final = 0.8  # of the maximum age: leaves time for many tries before the set is too old


class KeySetStatus(NamedTuple):
    """How the key set is, for a health check."""

    kids: tuple[str, ...]
    """The ids of the known keys."""

    age: float | None
    """Seconds since the set was asked for; `None` if there never was one."""

    stale: bool
    """Whether the set is past its maximum age, or missing. Known keys go on verifying all the same,
    once a fetch has failed."""

    fetches: int
    """How many fetches have begun."""

    failures: int
    """How many fetches have failed."""

    last_error: str | None
    """Why the last fetch failed; `None` if it did not."""


class JWKSCache:
    """Finds a key by its `kid`; its state is the last good key set and when it was asked for.

    A known key costs no I/O: the set is fetched again in the background before it is too old. An
    unknown key leads to a fetch, shared by all who wait for it, as often as `UnknownKids` allows,
    so that forged tokens cannot flood the endpoint; where it allows none, the error tells what the
    pool said a moment ago. A failed fetch never empties the cache: known keys go on verifying.

    Args:
        fetch: gets the key set.
        max_age: seconds for which a set is trusted without asking again.
        cooldown: seconds during which a `kid` that a set lacked is not asked for again, and
            between two tries to renew the set during an outage.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        max_age: float = 86_400.0,
        cooldown: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._cooldown = cooldown
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._asked_at = self._shown_at = float("-inf")
        self._stale_at = self._renew_at = clock()
        self._begun = self._shown = 0  # numbers of fetches: the last begun, and the one the keys are from
        self._failures = 0
        self._last_error: str | None = None
        in_each_process(self._start_anew)
        self._unknown = UnknownKids(clock=clock)
        self._flights: SingleFlight[None, None] = SingleFlight()

    def known(self, kid: str) -> Key | None:
        """Return the key with this id if that needs no waiting.

        The object stays the same from one key set to the next while the key does. `None` says
        that the key is not known, or the set too old to be trusted unasked: then `key` decides.
        """
        now = self._clock()
        if now >= self._renew_at:
            self._renew_in_background(now)
        return self._keys.get(kid) if now < self._stale_at else None

    async def key(self, kid: str) -> Key:
        """Return the key with this id, fetching the key set if need be.

        Raises:
            InvalidSignatureError: the pool has no such key.
            KeysUnavailableError: the key is unknown, and whether the pool has it cannot be told now.
        """
        known = self.known(kid)
        if known is not None:
            return known
        if kid in self._keys:
            await self._renew()
            # A key that the pool has withdrawn is no longer trusted.
            return self._keys.get(kid) or self._refuse(kid)
        return await self._look_for(kid)

    async def warm_up(self) -> None:
        """Fetch the key set if there is none yet, and renew one that is due in the background.

        It waits for nothing else: servers of functions run this again and again, and known keys are
        as good as they were. After a failure it is not tried again for the cool-down.

        Raises:
            FetchError: there are no keys, and they could not be fetched.
        """
        now = self._clock()
        if now < self._renew_at:
            return
        if self._shown:
            self._renew_at = now + self._cooldown
            self._flights.start(None, self._load)
        else:
            await self.refresh()

    async def all(self) -> tuple[Key, ...]:
        """Return every key, fetching the key set if there is none yet, or one that is too old.

        Raises:
            KeysUnavailableError: there are none, and they cannot be fetched now.
        """
        if self._clock() >= self._stale_at:
            await self._renew()
        if not self._keys:
            raise KeysUnavailableError
        return tuple(self._keys.values())

    async def refresh(self) -> None:
        """Fetch the key set now, or join the fetch that is under way.

        Raises:
            FetchError: it failed; the keys known before stay.
        """
        await self._flights.run(None, self._load)

    def status(self) -> KeySetStatus:
        """Tell how the key set is, without fetching it."""
        now = self._clock()
        return KeySetStatus(
            kids=tuple(self._keys),
            age=now - self._asked_at if self._shown else None,
            stale=now >= self._stale_at,
            fetches=self._begun,
            failures=self._failures,
            last_error=self._last_error,
        )

    def _start_anew(self) -> None:
        # Event loops in several threads may share one app.
        self._lock = threading.Lock()

    def _renew_in_background(self, now: float) -> None:
        if now >= self._stale_at:
            return  # too late for that; `key` waits
        # Claimed first: one try per cool-down, on whichever event loop.
        self._renew_at = now + self._cooldown
        self._flights.start(None, self._load)

    async def _renew(self) -> None:
        now = self._clock()
        if self._last_error is not None and now < self._renew_at:
            return  # an outage: one request tries, the others go on with the keys they have
        self._renew_at = now + self._cooldown
        with suppress(FetchError):  # the known keys stay
            await self.refresh()

    async def _look_for(self, kid: str) -> Key:
        if len(kid) > LONGEST_KID:
            self._refuse(kid)
        asked = self._unknown.ask(kid, self._begun)
        if asked.before < self._shown and self._clock() < self._shown_at + self._cooldown:
            self._refuse(kid)
        while True:
            # Before the keys are looked at, so that it is not told of a later set than they are of.
            asked_lately = self._clock() < min(self._asked_at + FIRST_NAMED_EVERY, self._stale_at)
            # Another thread's fetch may have ended since.
            found = self._keys.get(kid)
            if found is not None and self._clock() < self._stale_at:
                return found
            # While there are no keys at all, a first mention is no sign of a forged token.
            again = asked.again or not self._keys
            if not self._flights.running(None) and not self._unknown.may_fetch(again=again):
                # Whether the pool has the key cannot be told without asking.
                unavailable = KeysUnavailableError(retry_after=1)
                if asked_lately:
                    unavailable.presumably = self._no_such_key(kid)
                raise unavailable
            try:
                await self.refresh()
            except FetchError as exc:
                raise KeysUnavailableError from exc
            found = self._keys.get(kid)
            if found is not None:
                return found
            # A fetch that was under way already proves nothing: the key may have come since.
            if asked.before < self._shown:
                self._refuse(kid)

    def _refuse(self, kid: str) -> NoReturn:
        raise self._no_such_key(kid)

    def _no_such_key(self, kid: str) -> InvalidSignatureError:
        error = InvalidSignatureError("The token was signed with a key that the user pool does not have.")
        return error.about("kid", found=kid, wanted=tuple(self._keys))

    async def _load(self) -> None:
        with self._lock:
            self._begun += 1
            number, begun_at = self._begun, self._clock()
        try:
            found = parse_key_set(await self._fetch())
        except FetchError as exc:
            self._failed(str(exc))
            raise
        except Exception as exc:
            # A fetch function of the app's own may raise anything; that is an outage, not a 500.
            self._failed(type(exc).__name__)
            raise FetchError(type(exc).__name__) from exc
        with self._lock:
            # Another event loop may have been faster with a later answer.
            if number >= self._shown:
                self._show(found, number, begun_at)

    def _show(self, found: Mapping[str, Key], number: int, begun_at: float) -> None:
        for kid in self._keys.keys() - found.keys():
            self._unknown.ask(kid, number - 1)  # this set answers for it
        self._keys = {kid: _same(self._keys.get(kid), key) for kid, key in found.items()}
        self._last_error = None
        self._shown, self._shown_at, self._asked_at = number, self._clock(), begun_at
        self._stale_at = begun_at + self._max_age
        self._renew_at = begun_at + self._max_age * _RENEW_AT

    def _failed(self, reason: str) -> None:
        # Logged once for each fetch, not for each request that waits for it.
        logger.warning("cannot fetch the key set: %s", reason)
        with self._lock:
            self._failures += 1
            self._last_error = reason
            self._renew_at = max(self._renew_at, self._clock() + self._cooldown)


def _same(before: Key | None, now: Key) -> Key:
    """Keep the object while the key is the same, so that what was verified with it can be told by it."""
    if before is not None and before.public_key.public_numbers() == now.public_key.public_numbers():
        return before
    return now
