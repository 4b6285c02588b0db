"""What a store of cookie sessions is asked."""

import hashlib
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi_cognito_auth.cookie_sessions.session import Session


class SessionGoneError(Exception):
    """There is no such session (any more): it ended, it is another app's, or somebody made it up."""

    def __init__(self, *, leave_cookie: bool = False, another_key: bool = False) -> None:
        super().__init__("no such session")
        self.another_key = another_key
        """Whether something was closed with a key that this app does not have."""

        self.leave_cookie = leave_cookie
        """Whether the browser's cookies are, or may be by now, of something else: of another app that shares
        this host, or of a session after this one."""


class SessionStoreUnavailableError(Exception):
    """The store does not answer, so nobody can tell."""


@dataclass(slots=True)
class Kept:
    """A session as a store keeps it; its state is what a caller finds out about its access token."""

    session: Session
    ticket: str
    """What the browser keeps in its cookie for it."""

    written: bytes = b""
    """What stands in the store, where others may write it meanwhile."""

    judged: Any = field(default=None, repr=False, compare=False)
    """Made of the access token by the layer above, once for as long as this is remembered."""

    def __repr__(self) -> str:
        """Keep the ticket out of logs."""
        return f"Kept({self.session!r})"


def session_id(ticket: str) -> str:
    """Return what a session is called where its ticket must not be: who knows the one finds not the other."""
    return hashlib.sha256(ticket.encode()).hexdigest()


class SessionStore(Protocol):
    """Keeps cookie sessions."""

    async def greet(self) -> None:
        """Find out whether it answers, before anybody needs it.

        Raises:
            SessionStoreUnavailableError: it does not; what is wrong is in the log.
        """
        ...

    async def find(self, ticket: str, place: str, /) -> Kept:
        """Return the session of a ticket.

        Args:
            ticket: as it came from the browser.
            place: the name of its cookie.

        Raises:
            SessionGoneError: there is none.
            SessionStoreUnavailableError: that cannot be told.
        """
        ...

    async def start(self, session: Session, place: str, /) -> Kept:
        """Keep a new session, under a ticket that nobody knows yet.

        Raises:
            SessionStoreUnavailableError: it is not kept.
            SessionTooLargeError: it fits no cookie.
        """
        ...

    async def renew(self, kept: Kept, session: Session, place: str, /) -> Kept:
        """Replace a session that is still as it was found.

        Raises:
            SessionGoneError: it ended, or somebody else has replaced it meanwhile.
            SessionStoreUnavailableError: it is not replaced.
        """
        ...

    async def end(self, kept: Kept, /) -> Session | None:
        """Forget a session, and return it if somebody else had written it anew; one that is gone is no error.

        Requests with its ticket may still be under way.

        Raises:
            SessionStoreUnavailableError: it may still be there.
        """
        ...

    async def of_user(self, sub: str, /) -> list[tuple[str, Session]]:
        """Return the newest sessions of a user by their ids.

        Raises:
            SessionsNotListedError: nobody has a list of them.
            SessionStoreUnavailableError: that cannot be told.
        """
        ...

    async def end_of_user(self, sub: str, only: str | None, keep: str | None, /) -> tuple[int, list[Session]]:
        """Forget sessions of a user; return how many, and the newest of them.

        Args:
            sub: whose. Ids of other users' sessions are nothing.
            only: the id of the one to forget, and of no other; `None` for all.
            keep: the id of one to keep, if any.

        Raises:
            SessionsNotListedError: nobody has a list of them.
            SessionStoreUnavailableError: they may still be there.
        """
        ...

    def alone(self, ticket: str, /) -> AbstractAsyncContextManager[None]:
        """Keep other workers from refreshing the same session meanwhile, where that is possible."""
        ...
