"""Cookie sessions as they are used: found, refreshed when it is time, and ended."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from fastapi_cognito_auth.cookie_sessions.protocol import (
    Kept,
    SessionGoneError,
    SessionStore,
    SessionStoreUnavailableError,
)
from fastapi_cognito_auth.cookie_sessions.refreshing import Refresh, Refreshing, Revoke, ends_early
from fastapi_cognito_auth.cookie_sessions.renewals import Renewals
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.exceptions import SessionsUnavailableError
from fastapi_cognito_auth.runtime.clock import wall_clock

_FRACTION: Final = 20
"""Of the idle time-out, by which the time of the last use may be wrong: it need not be written each time."""


@dataclass(frozen=True, slots=True)
class NewTokens:
    """What a sign-in has given."""

    sub: str
    access_token: str = field(repr=False)
    access_token_until: int
    """Its `exp`."""

    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    device_key: str | None = None


class CookieSessions:
    """Keeps browsers signed in; its state is what became of sessions lately.

    Args:
        store: keeps the sessions.
        refresh: asks Cognito for new tokens.
        revoke: tells Cognito of those that came too late for their session.
        max_age: seconds after which a session ends, however it is used.
        idle_timeout: seconds without a request after which it ends; `None` for no such limit.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        store: SessionStore,
        refresh: Refresh,
        revoke: Revoke,
        *,
        max_age: int,
        idle_timeout: int | None,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._store = store
        self._max_age = max_age
        self._idle_timeout = idle_timeout
        self._clock = clock
        self._renewals = Renewals(clock)
        self._refreshing = Refreshing(store, self._renewals, refresh, revoke, self.end, clock=clock)

    async def warm_up(self) -> None:
        """Have a store that does not answer say so in the log; the app starts all the same."""
        with suppress(SessionStoreUnavailableError):
            await self._store.greet()

    async def start(self, tokens: NewTokens, place: str, *, user_agent: str | None = None) -> Kept:
        """Begin a session.

        Args:
            tokens: of the sign-in.
            place: the name of its cookie.
            user_agent: what the browser calls itself.

        Raises:
            SessionsUnavailableError: it cannot be kept.
            SessionTooLargeError: it fits no cookie.
        """
        now = int(self._clock())
        session = Session(
            sub=tokens.sub,
            access_token=tokens.access_token,
            access_token_until=tokens.access_token_until,
            signed_in_at=now,
            used_at=now,
            ends_at=now + self._max_age,
            refresh_token=tokens.refresh_token,
            id_token=tokens.id_token,
            id_token_until=ends_early(tokens.id_token, tokens.access_token_until, now),
            device_key=tokens.device_key,
            user_agent=user_agent,
        )
        try:
            return await self._store.start(session, place)
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None

    async def peek(self, ticket: str, place: str) -> Kept:
        """Return a session as it is, without refreshing it.

        Raises:
            SessionGoneError: there is none.
            SessionsUnavailableError: that cannot be told.
        """
        ended, kept = self._renewals.of(ticket)
        if ended:
            raise _told_before()
        if kept is None:
            try:
                kept = await self._store.find(ticket, place)
            except SessionStoreUnavailableError:
                raise SessionsUnavailableError from None
        if self._renewals.has_ended(kept.session.identity):
            raise _told_before()
        if self._is_over(kept.session, self._clock()):
            # Of this ticket it is said, and not of the session: the browser may have a newer one.
            await self._forget(kept)
            raise SessionGoneError(leave_cookie=not self._renewals.is_newest(kept))
        return kept

    async def current(self, ticket: str, place: str) -> Kept:
        """Return a session with an access token that is good for some time.

        Its ticket is another one where that has to be told to the browser.

        Raises:
            SessionGoneError: there is none, or Cognito has ended it.
            SessionsUnavailableError: that cannot be told.
            CognitoAuthError: the access token is over, and Cognito cannot be asked for another.
        """
        kept = await self.peek(ticket, place)
        if not self._refreshing.is_due(kept.session):
            return await self._touched(kept, place)
        return await self._refreshing.refreshed(kept.ticket, place)

    async def end(self, kept: Kept) -> None:
        """End a session here; Cognito is told by whoever signs out.

        Raises:
            SessionsUnavailableError: it may still be kept.
        """
        self._renewals.ended(kept.ticket, kept.session.identity)
        newer = await self._forget(kept)
        if newer is not None:
            # Another worker has refreshed it meanwhile, and who signs out knows the old tokens alone.
            await self._refreshing.revoke_new(kept.session, newer)

    async def replaced(self, ticket: str, place: str) -> None:
        """End a session in whose place its browser has another.

        Raises:
            SessionsUnavailableError: it may still be kept.
        """
        try:
            kept = await self.peek(ticket, place)
        except SessionGoneError:
            self._renewals.ended(ticket, replaced=True)
            return
        self._renewals.ended(ticket, replaced=True)
        await self.end(kept)

    def is_past(self, kept: Kept) -> bool:
        """Tell whether a session has ended, or has a newer ticket, as far as this worker knows."""
        return self._renewals.has_ended(kept.session.identity) or not self._renewals.is_newest(kept)

    def was_replaced(self, ticket: str) -> bool:
        """Tell whether the browser that had a ticket has another session by now."""
        return self._renewals.was_replaced(ticket)

    async def of_user(self, sub: str) -> list[tuple[str, Session]]:
        """Return the newest sessions of a user by their ids.

        Raises:
            SessionsNotListedError: nobody has a list of them.
            SessionsUnavailableError: that cannot be told.
        """
        try:
            listed = await self._store.of_user(sub)
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None
        now = self._clock()
        return [(name, session) for name, session in listed if not self._is_over(session, now)]

    async def end_of_user(
        self, sub: str, *, only: str | None = None, keep: str | None = None
    ) -> tuple[int, list[Session]]:
        """End sessions of a user here; return how many, and the newest of them.

        Args:
            sub: whose.
            only: the id of the one to end, and of no other.
            keep: the id of one to keep.

        Raises:
            SessionsNotListedError: nobody has a list of them.
            SessionsUnavailableError: they may still be kept.
        """
        try:
            return await self._store.end_of_user(sub, only, keep)
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None

    async def _forget(self, kept: Kept) -> Session | None:
        try:
            return await self._store.end(kept)
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None

    def _is_over(self, session: Session, now: float) -> bool:
        return now >= session.ends_at or self._is_idle(session, now)

    def _is_idle(self, session: Session, now: float) -> bool:
        return self._idle_timeout is not None and now >= session.used_at + self._idle_timeout

    async def _touched(self, kept: Kept, place: str) -> Kept:
        now = int(self._clock())
        if self._idle_timeout is None or now < kept.session.used_at + self._idle_timeout // _FRACTION:
            return kept
        try:
            renewed = await self._store.renew(kept, replace(kept.session, used_at=now), place)
        except SessionGoneError:
            # Somebody else has written it in between, or ended it: the next request finds out.
            return kept
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None
        self._renewals.wrote(renewed)
        return renewed


def _told_before() -> SessionGoneError:
    # What ended the session has taken the cookies away, and the browser may have signed in since.
    return SessionGoneError(leave_cookie=True)
