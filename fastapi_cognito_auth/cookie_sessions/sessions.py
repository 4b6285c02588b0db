"""Cookie sessions as they are used: found, refreshed when it is time, and ended."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from fastapi_cognito_auth.cookie_sessions.protocol import (
    Kept,
    SessionGoneError,
    SessionStore,
    SessionStoreUnavailableError,
)
from fastapi_cognito_auth.cookie_sessions.renewals import Renewals
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    InvalidSessionError,
    InvalidTokenError,
    NotAuthorizedError,
    SessionsUnavailableError,
)
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.single_flight import SingleFlight
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_EARLY: Final = 30
"""Seconds before its end at which an access token is refreshed."""

_FINAL: Final = (NotAuthorizedError, InvalidSessionError)
"""What Cognito says of a refresh token that will never be good again."""

_FRACTION: Final = 20
"""Of the idle time-out, by which the time of the last use may be wrong: it need not be written each time."""


class Refreshed(Protocol):
    """The tokens of a refresh."""

    @property
    def access_token(self) -> str: ...  # noqa: D102
    @property
    def id_token(self) -> str | None: ...  # noqa: D102
    @property
    def refresh_token(self) -> str | None: ...  # noqa: D102
    @property
    def expires_in(self) -> int: ...  # noqa: D102


Refresh = Callable[[str, str | None], Awaitable[Refreshed]]
"""Gets new tokens by a refresh token and the key of its device."""


Revoke = Callable[[str], Awaitable[None]]
"""Ends a refresh token."""


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
    """Keeps browsers signed in; its state is the refreshes under way, and what became of sessions lately.

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
        self._refresh = refresh
        self._revoke = revoke
        self._max_age = max_age
        self._idle_timeout = idle_timeout
        self._clock = clock
        self._renewals = Renewals(clock)
        self._flights: SingleFlight[tuple[bytes, str], Kept] = SingleFlight()

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
            id_token_until=_ends_early(tokens.id_token, tokens.access_token_until, now),
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
            raise self._gone(ticket)
        if kept is None:
            try:
                kept = await self._store.find(ticket, place)
            except SessionStoreUnavailableError:
                raise SessionsUnavailableError from None
        if self._renewals.has_ended(kept.session.identity):
            raise self._gone(kept.session.identity)
        if self._is_over(kept.session, self._clock()):
            await self.end(kept)
            raise SessionGoneError
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
        if not self._is_due(kept.session):
            return await self._touched(kept, place)
        return await self._flights.run(
            (self._renewals.name(kept.ticket), place), lambda: self._refreshed(kept.ticket, place)
        )

    async def end(self, kept: Kept) -> None:
        """End a session here; Cognito is told by whoever signs out.

        Raises:
            SessionsUnavailableError: it may still be kept.
        """
        await self._end(kept, replaced=False)

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
        await self._end(kept, replaced=True)

    def has_ended(self, kept: Kept) -> bool:
        """Tell whether a session has ended since it was found, as far as this worker knows."""
        return self._renewals.has_ended(kept.session.identity)

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

    async def _end(self, kept: Kept, *, replaced: bool) -> None:
        self._renewals.ended(kept.ticket, kept.session.identity, replaced=replaced)
        try:
            await self._store.end(kept, replaced=replaced)
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None

    def _gone(self, name: str) -> SessionGoneError:
        return SessionGoneError(leave_cookie=self._renewals.was_replaced(name))

    def _is_over(self, session: Session, now: float) -> bool:
        return now >= session.ends_at or self._is_idle(session, now)

    def _is_due(self, session: Session) -> bool:
        until = session.access_token_until if session.id_token_until is None else session.id_token_until
        return self._clock() >= until - _EARLY

    def _is_idle(self, session: Session, now: float) -> bool:
        return self._idle_timeout is not None and now >= session.used_at + self._idle_timeout

    async def _touched(self, kept: Kept, place: str) -> Kept:
        now = int(self._clock())
        if self._idle_timeout is None or now < kept.session.used_at + self._idle_timeout // _FRACTION:
            return kept
        try:
            return await self._store.renew(kept, replace(kept.session, used_at=now), place)
        except SessionGoneError:
            # Somebody else has written it in between, or ended it: the next request finds out.
            return kept
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None

    async def _refreshed(self, ticket: str, place: str) -> Kept:
        try:
            async with self._store.alone(ticket):
                # Another worker may have refreshed it while this one waited.
                kept = await self._store.find(ticket, place)
                if not self._is_due(kept.session):
                    return kept
                refreshed = await self._with_new_tokens(kept)
                if refreshed is None:
                    return kept
                try:
                    renewed = await self._store.renew(kept, refreshed, place)
                except SessionGoneError:
                    await self._give_up(kept, refreshed, place)
                    # Whatever has ended it has told the browser, or its next request finds out.
                    raise SessionGoneError(leave_cookie=True) from None
        except SessionStoreUnavailableError:
            raise SessionsUnavailableError from None
        if self._renewals.has_ended(kept.session.identity):
            await self._revoke_new(kept.session, refreshed)
            raise SessionGoneError(leave_cookie=True)
        if renewed.ticket != ticket:
            self._renewals.renewed(ticket, renewed)
        return renewed

    async def _give_up(self, kept: Kept, refreshed: Session, place: str) -> None:
        """Revoke what was refreshed for nobody, unless somebody else has refreshed the same session."""
        try:
            await self._store.find(kept.ticket, place)
        except SessionGoneError:
            await self._revoke_new(kept.session, refreshed)

    async def _revoke_new(self, before: Session, refreshed: Session) -> None:
        # What ended the session has revoked the refresh token of before, or tried to.
        if refreshed.refresh_token is not None and refreshed.refresh_token != before.refresh_token:
            with suppress(CognitoAuthError):
                await self._revoke(refreshed.refresh_token)

    async def _with_new_tokens(self, kept: Kept) -> Session | None:
        """Ask Cognito; `None` where the old access token has to do for a while."""
        session = kept.session
        holds = self._clock() < session.access_token_until
        if holds and (session.refresh_token is None or self._renewals.has_failed(kept.ticket)):
            return None
        if session.refresh_token is None:
            await self.end(kept)
            raise SessionGoneError
        try:
            tokens = await self._refresh(session.refresh_token, session.device_key)
        except CognitoAuthError as exc:
            # Another worker that shares nothing with this one may have been faster with a refresh
            # token that is rotated: as long as the access token holds, nothing is thrown away.
            self._renewals.failed(kept.ticket)
            if holds:
                logger.warning("a cookie session was not refreshed: %s", exc.code)
                return None
            if isinstance(exc, _FINAL):
                await self.end(kept)
                raise SessionGoneError from None
            raise
        now = int(self._clock())
        until = now + tokens.expires_in
        return replace(
            session,
            access_token=tokens.access_token,
            access_token_until=until,
            used_at=now,
            refresh_token=tokens.refresh_token or session.refresh_token,
            # The one of before ends by now.
            id_token=tokens.id_token,
            id_token_until=_ends_early(tokens.id_token, until, now),
        )


def _ends_early(id_token: str | None, access_token_until: int, now: int) -> int | None:
    """Return the `exp` of an ID token that ends before the access token does, for the time of a refresh.

    Nothing else is believed of what is not verified here; one that ends at once would be refreshed for
    each request.
    """
    if id_token is None:
        return None
    try:
        exp = read_object(decode_segment(split(id_token.encode())[1])).get("exp")
    except InvalidTokenError:
        return None
    return exp if type(exp) is int and now + 2 * _EARLY < exp < access_token_until else None
