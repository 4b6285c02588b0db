"""Confirmation and reset codes, and how often they may be asked for and guessed."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from fastapi_cognito_auth.local.errors import code_mismatch, expired_code, limit_exceeded
from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf

SIGN_UP_SECONDS: Final = 24 * 3600
ATTRIBUTE_SECONDS: Final = 24 * 3600
RESET_SECONDS: Final = 3600
MOST_GUESSES: Final = 15
"""Wrong guesses that end a code, over however many hours they come."""

_HOUR: Final = 3600

Key = tuple[str, str]
"""What a code or a count is for, and whose."""


def new_code(digits: int = 6) -> str:
    """Draw a code."""
    return f"{secrets.randbelow(10**digits):0{digits}}"


def same_code(expected: str, given: str) -> bool:
    """Compare two codes in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode())


@dataclass
class Code(Record):
    """A code that went out, the attribute value that it went to, and how often it was guessed at."""

    value: str = field(repr=False)
    expires_at: float
    attribute: str
    destination: str
    guesses: int = 0
    """Wrong ones."""


class Codes:
    """The open codes: the newest of a key wins, and each works once and for few guesses."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self._open: Expiring[Key, Code] = shelf.expiring("codes", lambda code: code.expires_at)

    def issue(self, key: Key, lifetime: float, *, attribute: str = "", destination: str = "") -> str:
        """Make a new code, which replaces the last one of the key."""
        code = Code(new_code(), self._clock() + lifetime, attribute, destination)
        self._open[key] = code
        return code.value

    def find(self, key: Key) -> Code | None:
        """Return the open code of a key."""
        return self._open.get(key)

    def check(self, key: Key, given: str) -> Code:
        """Compare a code; it stays open until `discard`.

        Raises:
            ServiceError: `ExpiredCodeException` when none is open, `CodeMismatchException` otherwise,
                also for a right code that too many wrong ones have ended: who guesses learns nothing.
        """
        code = self.find(key)
        if code is None:
            raise expired_code()
        if not same_code(code.value, given):
            code.guesses += 1
            raise code_mismatch()
        if code.guesses >= MOST_GUESSES:
            raise code_mismatch()
        return code

    def discard(self, key: Key) -> None:
        """Close the code of a key, if there is one."""
        self._open.discard(key)


class Limits:
    """Counts per key within the last hour."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self._moments: Expiring[Key, list[float]] = shelf.expiring(
            "limits", lambda moments: moments[-1] + _HOUR
        )

    def guard(self, key: Key, limit: int) -> None:
        """Refuse when the hour's count has reached the limit."""
        since = self._clock() - _HOUR
        moments = [moment for moment in self._moments.get(key, ()) if moment > since]
        if len(moments) >= limit:
            raise limit_exceeded()

    def is_counted(self, key: Key) -> bool:
        """Tell whether there was any within the hour."""
        return key in self._moments

    def count(self, key: Key) -> None:
        """Add one to the hour's count."""
        now = self._clock()
        kept = [moment for moment in self._moments.get(key, ()) if moment > now - _HOUR]
        self._moments[key] = [*kept, now]
