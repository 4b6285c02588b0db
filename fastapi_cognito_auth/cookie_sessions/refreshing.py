"""New tokens for a cookie session, once however many requests need them."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
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
from fastapi_cognito_auth.runtime.single_flight import SingleFlight
from fastapi_cognito_auth.tokens.jws import decode_segment, read_object, split

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_EARLY: Final = 30
"""Seconds before its end at which an access token is refreshed."""

_FINAL: Final = (NotAuthorizedError, InvalidSessionError)
"""What Cognito says of a refresh token that will never be good again."""


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


class Refreshing:
    """Refreshes sessions; its state is the refreshes under way.

    Args:
        store: keeps the sessions.
        renewals: remembers what became of them.
        refresh: asks Cognito for new tokens.
        revoke: tells Cognito of those that came too late for their session.
        end: ends a session that Cognito has ended.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        store: SessionStore,
        renewals: Renewals,
        refresh: Refresh,
        revoke: Revoke,
        end: Callable[[Kept], Awaitable[None]],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._renewals = renewals
        self._refresh = refresh
        self._revoke = revoke
        self._end = end
        self._clock = clock
        self._flights: SingleFlight[tuple[bytes, str], Kept] = SingleFlight()

    def is_due(self, session: Session) -> bool:
        """Tell whether its access token, or its ID token, is over or nearly so."""
        until = session.access_token_until if session.id_token_until is None else session.id_token_until
        return self._clock() >= until - _EARLY

    async def refreshed(self, ticket: str, place: str) -> Kept:
        """Return a session with an access token that is good for some time.

        Raises:
            SessionGoneError: there is none, or Cognito has ended it.
            SessionsUnavailableError: that cannot be told.
            CognitoAuthError: the access token is over, and Cognito cannot be asked for another.
        """
        return await self._flights.run(
            (self._renewals.name(ticket), place), lambda: self._refreshed(ticket, place)
        )

    async def _refreshed(self, ticket: str, place: str) -> Kept:
        try:
            async with self._store.alone(ticket):
                # Another worker may have refreshed it while this one waited.
                kept = await self._store.find(ticket, place)
                if not self.is_due(kept.session):
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
            await self.revoke_new(kept.session, refreshed)
            raise SessionGoneError(leave_cookie=True)
        if renewed.ticket != ticket:
            self._renewals.wrote(renewed)
            self._renewals.renewed(ticket, renewed)
        return renewed

    async def _give_up(self, kept: Kept, refreshed: Session, place: str) -> None:
        """Revoke what was refreshed for nobody, unless somebody else has refreshed the same session."""
        try:
            await self._store.find(kept.ticket, place)
        except SessionGoneError:
            await self.revoke_new(kept.session, refreshed)

    async def revoke_new(self, before: Session, refreshed: Session) -> None:
        """Revoke the refresh token of a session that has ended, unless it was there before.

        That one is revoked by what ended the session.
        """
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
            await self._end(kept)
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
                await self._end(kept)
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
            id_token_until=ends_early(tokens.id_token, until, now),
        )


def ends_early(id_token: str | None, access_token_until: int, now: int) -> int | None:
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
