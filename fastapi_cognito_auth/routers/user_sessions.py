"""The cookie sessions of a user, in all browsers: to be shown, and to be ended."""

import asyncio
from datetime import UTC, datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.models import SignedOut
from fastapi_cognito_auth.cookie_sessions.sessions import CookieSessions
from fastapi_cognito_auth.routers.session_end import SessionEnd
from fastapi_cognito_auth.schemas.described import Described


class CookieSession(Described):
    """A browser that is signed in."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    session_id: str
    """What it is called; nobody signs in with it."""

    signed_in_at: datetime
    """When the user signed in."""

    used_at: datetime
    """When it was last used, to the hour or so, since it is not written with each request."""

    expires_at: datetime
    """When it ends at the latest."""

    user_agent: str | None = None
    """What the browser called itself at the sign-in (`User-Agent`), cut at 200 characters. It is the
    browser's word: show it as text, and decide nothing by it."""

    is_current: bool = False
    """Whether it is the browser that asks."""


class SessionsEnded(Described):
    """What ending sessions has ended, and what it could not end."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    status: Literal["sessions_ended"] = "sessions_ended"
    """Always the same."""

    ended: int
    """How many; their browsers are not signed in any more."""

    refresh_tokens_revoked: int
    """How many of their refresh tokens were revoked at Cognito. The others are in nobody's hands."""

    access_tokens_valid_until: int | None = None
    """Seconds since the epoch: the latest until when one of their access tokens would be accepted, if
    somebody had it. Absent if none is."""


class UserSessions:
    """Shows and ends the sessions of users, for themselves and for administrators: `auth.cookie_sessions`.

    Args:
        sessions: knows them.
        session_end: ends their tokens.
    """

    def __init__(self, sessions: CookieSessions, session_end: SessionEnd) -> None:
        self._sessions = sessions
        self._session_end = session_end

    async def of_user(self, sub: str, *, current: str | None = None) -> list[CookieSession]:
        """Return the sessions of a user, the newest first; at most a hundred.

        Args:
            sub: whose, as in `user.sub`.
            current: the id of the one that asks.

        Raises:
            SessionsNotListedError: sessions are kept in cookies.
            SessionsUnavailableError: Redis does not answer.
        """
        return [
            CookieSession(
                session_id=name,
                signed_in_at=datetime.fromtimestamp(session.signed_in_at, UTC),
                used_at=datetime.fromtimestamp(session.used_at, UTC),
                expires_at=datetime.fromtimestamp(session.ends_at, UTC),
                user_agent=session.user_agent,
                is_current=name == current,
            )
            for name, session in await self._sessions.of_user(sub)
        ]

    async def end(self, sub: str, session_id: str) -> SignedOut:
        """End a session of a user: its browser is signed out, on every worker and at once.

        One that is gone already is no error, nor is one of another user, which stays.

        Args:
            sub: whose.
            session_id: as `of_user` lists it.

        Raises:
            SessionsNotListedError: sessions are kept in cookies.
            SessionsUnavailableError: Redis does not answer.
        """
        _, ended = await self._sessions.end_of_user(sub, only=session_id)
        if not ended:
            return SignedOut(refresh_token_revoked=False)
        return await self._session_end.of_tokens(ended[0])

    async def end_all(self, sub: str, *, keep: str | None = None) -> SessionsEnded:
        """End all sessions of a user, on every worker and at once.

        Their refresh tokens are revoked at Cognito: those of the hundred newest.

        Args:
            sub: whose.
            keep: the id of one that stays.

        Raises:
            SessionsNotListedError: sessions are kept in cookies.
            SessionsUnavailableError: Redis does not answer.
        """
        count, ended = await self._sessions.end_of_user(sub, keep=keep)
        told = await asyncio.gather(*(self._session_end.of_tokens(session) for session in ended))
        untils = [one.access_token_valid_until for one in told if one.access_token_valid_until is not None]
        return SessionsEnded(
            ended=count,
            refresh_tokens_revoked=sum(one.refresh_token_revoked for one in told),
            access_tokens_valid_until=max(untils, default=None),
        )
