"""Sign-ins under way on the pages: what the pool keeps of each, so that a browser need not carry it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf

_SECONDS: Final = 3600


@dataclass(kw_only=True)
class Attempt(Record):
    """One sign-in under way.

    Args:
        browser: the token of the browser that began it; no other goes on with it.
        query: of the authorization request, which each of its pages carries.
        username: as it was typed, or as the challenge names it.
        challenge: what is asked for.
        session: the step's handle, which never leaves the pool.
        parameters: the ChallengeParameters.
        offered: the AvailableChallenges.
        secret_code: of an authenticator app that is being set up.
        signed_up: the sub of who has just signed up with a password of this very attempt.
    """

    browser: str = field(repr=False)
    query: str
    expires_at: float
    username: str = ""
    challenge: str = ""
    session: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    secret_code: str | None = field(default=None, repr=False)
    signed_up: str | None = None


class Attempts:
    """The attempts by their ids."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self._attempts: Expiring[str, Attempt] = shelf.expiring(
            "attempts", lambda attempt: attempt.expires_at
        )

    def begin(self, browser: str, query: str) -> tuple[str, Attempt]:
        """Begin one, and return its id too."""
        handle = secrets.token_urlsafe(32)
        attempt = Attempt(browser=browser, query=query, expires_at=self._clock() + _SECONDS)
        self._attempts[handle] = attempt
        return handle, attempt

    def find(self, handle: str | None, browser: str, query: str) -> Attempt | None:
        """Return the attempt of this browser and this authorization request."""
        attempt = None if handle is None else self._attempts.get(handle)
        if attempt is None or attempt.browser != browser or attempt.query != query:
            return None
        return attempt

    def end(self, handle: str | None) -> None:
        """Forget one."""
        if handle is not None:
            self._attempts.discard(handle)
