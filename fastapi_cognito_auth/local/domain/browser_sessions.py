"""The domain's own memory of a browser that has signed in: the cookie `cognito`, for an hour."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.shelf import Shelf

COOKIE: Final = "cognito"
_LONGEST: Final = 90 * 86_400
"""Seconds; what SetUserPoolClientSessionConfiguration allows."""


@kept
@dataclass(frozen=True, kw_only=True)
class BrowserSession:
    """Who signed in, when and how."""

    sub: str
    methods: frozenset[str]
    auth_time: int
    provider: str | None = None


def _digest(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()


class BrowserSessions:
    """The sessions by their cookie, kept as digests."""

    def __init__(self, shelf: Shelf) -> None:
        self._sessions: Expiring[str, BrowserSession] = shelf.expiring(
            "browser_sessions", lambda session: session.auth_time + _LONGEST
        )

    def start(self, session: BrowserSession) -> str:
        """Return the cookie of a new session; no sign-in goes on with one that was there before."""
        handle = secrets.token_urlsafe(48)
        self._sessions[_digest(handle)] = session
        return handle

    def find(self, handle: str | None) -> BrowserSession | None:
        """Return the session of a cookie."""
        return None if handle is None else self._sessions.get(_digest(handle))

    def end(self, handle: str | None) -> None:
        """Forget the session of a cookie."""
        if handle is not None:
            self._sessions.discard(_digest(handle))
