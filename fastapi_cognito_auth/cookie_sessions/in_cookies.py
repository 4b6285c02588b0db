"""Sessions in the cookie itself: no server keeps anything."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.cookie_sessions.opened import OpenedSessions
from fastapi_cognito_auth.cookie_sessions.protocol import Kept, SessionGoneError
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.exceptions import SessionsNotListedError, SessionTooLargeError


class CookieStore:
    """Seals sessions for a browser's keeping; it has no state.

    A copy of the cookie is worth as much as the cookie: signing out revokes the refresh token, and
    what copies hold besides is an access token that lives on until it expires, unless a list of
    revocations is asked.

    Args:
        box: encrypts them.
        most: characters of a ticket.
    """

    def __init__(self, box: Box, *, most: int) -> None:
        self._box = box
        self._opened = OpenedSessions(box)
        self._most = most

    async def greet(self) -> None:
        """Do nothing: it is always there."""

    async def find(self, ticket: str, place: str) -> Kept:
        """Open the ticket."""
        try:
            return self._opened.open(ticket, place, ticket)
        except ForeignBoxError:
            raise SessionGoneError(leave_cookie=True, another_key=True) from None
        except (BrokenBoxError, ValueError):
            raise SessionGoneError from None

    async def start(self, session: Session, place: str) -> Kept:
        """Seal a session; the ID token is left out first where it would be too large."""
        # Nobody lists what is in cookies, so that it would only make them longer.
        session = replace(session, user_agent=None)
        for written in (session, session.without_id_token()):
            ticket = self._box.close(written.dump(), place)
            if len(ticket) <= self._most:
                return Kept(written, ticket)
        raise SessionTooLargeError

    async def renew(self, _kept: Kept, session: Session, place: str) -> Kept:
        """Seal it anew: each browser has its own, so nobody comes between."""
        return await self.start(session, place)

    async def end(self, _kept: Kept) -> Session | None:
        """Do nothing: only the browser can forget it."""
        return None

    async def of_user(self, _sub: str) -> list[tuple[str, Session]]:
        """Refuse: each browser has its own, and nobody has them all."""
        raise SessionsNotListedError

    async def end_of_user(self, _sub: str, _only: str | None, _keep: str | None) -> tuple[int, list[Session]]:
        """Refuse, as above."""
        raise SessionsNotListedError

    @asynccontextmanager
    async def alone(self, _ticket: str) -> AsyncGenerator[None]:
        """Exclude nobody: workers that share nothing cannot."""
        yield
