"""Sessions that were opened a moment ago: a page sends many requests, and each carries the same."""

from typing import Final

from fastapi_cognito_auth.cookie_sessions.box import Box
from fastapi_cognito_auth.cookie_sessions.protocol import Kept
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.runtime.recent import Recent

_MOST: Final = 512
_TELLING: Final = 32
"""Characters at the end of a sealed session that tell it from the others."""

_PERIOD: Final = 30.0
"""Seconds. What opens always opens to the same, but tokens shall not lie in memory for long after use."""


class OpenedSessions:
    """Opens sealed sessions, and remembers them for a moment.

    Only what opens is remembered, so nobody without a key can fill it.

    Args:
        box: opens them.
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._recent: Recent[tuple[str, str | bytes], tuple[str | bytes, Kept]] = Recent(_MOST, _PERIOD)

    def open(self, closed: str | bytes, place: str, ticket: str) -> Kept:
        """Return the session that was sealed for a place, the same object where it is remembered.

        Args:
            closed: the sealed session.
            place: what it was sealed for; another ticket has another place, or is another text.
            ticket: what the browser has for it.

        Raises:
            ForeignBoxError: no key of this app closed it.
            BrokenBoxError: it was changed, or closed for another place.
            ValueError: something else was in it.
        """
        # To compare one is faster than to hash it.
        key = (place, closed[-_TELLING:])
        known = self._recent.get(key)
        if known is not None and known[0] == closed:
            return known[1]
        text = closed if isinstance(closed, str) else closed.decode("ascii")
        written = closed if isinstance(closed, bytes) else b""
        kept = Kept(Session.load(self._box.open(text, place)), ticket, written)
        self._recent.put(key, (closed, kept))
        return kept
