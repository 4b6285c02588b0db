"""The session of a request's browser: who is signed in by it, and how that begins and ends."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.protocol import Kept, SessionGoneError
from fastapi_cognito_auth.cookie_sessions.sessions import CookieSessions, NewTokens
from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.session_cookies import Found, SessionCookies
from fastapi_cognito_auth.dependencies.session_middleware import outgoing
from fastapi_cognito_auth.exceptions import NotAuthenticatedError, SessionsUnavailableError
from fastapi_cognito_auth.runtime.pace import Pace

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_LONGEST_USER_AGENT: Final = 200  # characters
_NOBODY: Final = "Sign in first: the request carries no access token, and no session."
_DROPPED: Final = (
    "a browser signed in over plain HTTP, and drops the cookies of the app, which are for TLS alone: serve"
    " the app over TLS; on this machine, use localhost; sign-ins so far: %d"
)
_ANOTHER_KEY: Final = (
    "a browser has a session that was closed with another key than those of COGNITO_SECRET_KEY: all workers"
    " need the same, a new key stands before the old one, and a local pool has its own in each process; so"
    " far: %d"
)
_NOT_ENDED: Final = (
    "a session that was to end may still be kept, since the store does not answer: whoever has a copy of its"
    " cookies is signed in by it; so far: %d"
)


class BrowserSession:
    """Finds, begins and ends the session of a request's browser.

    Args:
        sessions: knows what cookies stand for.
        cookies: reads and writes them.
        same_origin: tells whose page sent a request, since a browser attaches cookies by itself.
        clock: seconds since the epoch.
        clear_site_data: what a browser is to forget that signs out (the types of `Clear-Site-Data`).
    """

    def __init__(
        self,
        sessions: CookieSessions,
        cookies: SessionCookies,
        same_origin: SameOrigin,
        *,
        clock: Callable[[], float],
        clear_site_data: Iterable[str] = (),
    ) -> None:
        self.sessions: CookieSessions = sessions
        self._cookies = cookies
        self._same_origin = same_origin
        self._clock = clock
        # W3C Clear Site Data section 3.1: each is quoted.
        self._clear_site_data = ", ".join(f'"{kind}"' for kind in clear_site_data) or None
        self._not_ended = Pace(logger.warning, _NOT_ENDED)
        self._dropped = Pace(logger.warning, _DROPPED)
        self._another_key = Pace(logger.warning, _ANOTHER_KEY)

    async def current(self, connection: HTTPConnection) -> Kept:
        """Return the session, with an access token that is good for some time.

        Raises:
            NotAuthenticatedError: there is none, or it has ended.
            CrossSiteRequestError: another site made the browser send the request.
            SessionsUnavailableError: that cannot be told.
            CognitoAuthError: the access token is over, and Cognito cannot be asked for another.
        """
        return await self._find(connection, self.sessions.current)

    async def peek(self, connection: HTTPConnection) -> Kept:
        """Return the session as it is, to end it; nothing is refreshed.

        Raises:
            CognitoAuthError: as for `current`.
        """
        return await self._find(connection, self.sessions.peek)

    async def begin(self, connection: HTTPConnection, tokens: NewTokens) -> Kept:
        """Keep the tokens of a sign-in, in place of a session that there was.

        Raises:
            SessionsUnavailableError: they cannot be kept.
            SessionTooLargeError: they fit no cookie.
        """
        answer = outgoing(connection, self)
        before = self._cookies.read(connection)
        place = self._cookies.place(connection)
        kept = await self.sessions.start(tokens, place, user_agent=_user_agent(connection))
        if before is not None and before.ticket is not None:
            await self.sessions.replaced(before.ticket, before.place)
        answer.tell(self._written(connection, kept, before))
        self._warn_of_plain_http(connection, place)
        return kept

    async def end(self, connection: HTTPConnection, kept: Kept) -> None:
        """Take a session away from its browser, and out of the store.

        Raises:
            SessionsUnavailableError: it may still be in the store.
        """
        self.clear(connection)
        try:
            await self.sessions.end(kept)
        except SessionsUnavailableError:
            self.log_not_ended()
            raise

    def _warn_of_plain_http(self, connection: HTTPConnection, place: str) -> None:
        headers = connection.headers
        # A page of its own host says how the browser got there, whatever stands before the app.
        own = f"http://{headers.get('host')}"
        if place.startswith("__Host-") and headers.get("origin") == own:
            self._dropped.met()

    def warn_of_lost_cookies(self, connection: HTTPConnection) -> None:
        """Say why a browser that comes back from signing in may lack the cookie of that, once a minute.

        Browsers tell over TLS, and on this machine, how they came to ask (W3C Fetch Metadata section 2).
        """
        if connection.scope.get("scheme") == "http" and "sec-fetch-site" not in connection.headers:
            self._dropped.met()

    def log_not_ended(self) -> None:
        """Say that a browser has signed out of a session that goes on, once a minute."""
        self._not_ended.met()

    def forget(self, connection: HTTPConnection) -> None:
        """Have a browser that signs out forget what the app has left in it, if that was asked for."""
        outgoing(connection, self).clear_site_data = self._clear_site_data

    def clear(self, connection: HTTPConnection) -> None:
        """Take the cookies away from a browser, whatever they are worth."""
        found = self._cookies.read(connection)
        if found is not None:
            outgoing(connection, self).tell(self._cookies.clear(connection, found))

    def demand_own_page(self, connection: HTTPConnection) -> None:
        """Refuse what a page of another site made the browser send.

        Raises:
            CrossSiteRequestError: it comes from elsewhere, or nothing says where from.
        """
        self._same_origin.demand(connection)

    def is_own_page(self, connection: HTTPConnection) -> bool:
        """Tell whether a page of the app sent a request, or a person without any, whatever its method."""
        typed = connection.headers.getlist("sec-fetch-site") == ["none"]
        return self._same_origin.is_shown(connection) or (typed and connection.scope["method"] == "GET")

    async def _find(self, connection: HTTPConnection, find: Callable[[str, str], Awaitable[Kept]]) -> Kept:
        answer = outgoing(connection, self)
        answer.varies = True
        found = self._cookies.read(connection)
        if found is None:
            raise NotAuthenticatedError(_NOBODY)
        self._same_origin.demand(connection)
        if found.ticket is None:
            answer.tell(self._cookies.clear(connection, found))
            raise NotAuthenticatedError(_NOBODY)
        try:
            kept = await find(found.ticket, found.place)
        except SessionGoneError as exc:
            if not exc.leave_cookie:
                ticket = found.ticket
                cleared = self._cookies.clear(connection, found)
                answer.tell(cleared, unless=lambda: self.sessions.was_replaced(ticket))
            error = NotAuthenticatedError(_NOBODY)
            if exc.another_key:
                self._another_key.met()
                error.about("session", found="closed with another key", wanted="a key of COGNITO_SECRET_KEY")
            raise error from None
        answer.is_of_a_user = True
        if kept.ticket != found.ticket:
            # By the time of the answer the browser may have signed out, or in anew, or have newer ones.
            written = self._written(connection, kept, found)
            answer.tell(written, unless=lambda: self.sessions.is_past(kept))
        return kept

    def _written(self, connection: HTTPConnection, kept: Kept, before: Found | None) -> list[str]:
        max_age = max(kept.session.ends_at - int(self._clock()), 1)
        return self._cookies.write(connection, kept.ticket, max_age=max_age, before=before)


def _user_agent(connection: HTTPConnection) -> str | None:
    """Return what a browser calls itself (RFC 9110 section 10.1.5), if it is a text that people can read."""
    said = connection.headers.get("user-agent", "")[:_LONGEST_USER_AGENT]
    return said if said.isascii() and said.isprintable() and said else None
