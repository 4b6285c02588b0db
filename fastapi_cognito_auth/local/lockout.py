"""The lock after repeated wrong passwords.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout behaviour)
"""

from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.errors import not_authorized
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.shelf import Shelf

_FREE_FAILURES: Final = 5
_LONGEST: Final = 15 * 60


@kept
@dataclass(frozen=True)
class Failures:
    """Failures in a row; the times are epoch seconds."""

    failures: int
    last: float
    until: float


class Lockout:
    """Failures per user: from the fifth on, a lock of 1, 2, 4 ... seconds, up to 15 minutes."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self._records: Expiring[str, Failures] = shelf.expiring(
            "failures", lambda record: record.until + _LONGEST
        )

    def check(self, key: str) -> None:
        """Refuse while the lock holds; that attempt neither counts nor extends it."""
        record = self._records.get(key)
        if record is not None and self._clock() < record.until:
            raise not_authorized("Password attempts exceeded")

    def fail(self, key: str) -> None:
        """Count a failure."""
        now = self._clock()
        record = self._records.get(key)
        quiet = record is None or now - max(record.last, record.until) >= _LONGEST
        failures = 1 if record is None or quiet else record.failures + 1
        over = failures - _FREE_FAILURES
        wait = min(2**over, _LONGEST) if 0 <= over < 64 else (_LONGEST if over > 0 else 0)
        self._records[key] = Failures(failures, now, now + wait)

    def clear(self, key: str) -> None:
        """Forget the failures after a success."""
        self._records.discard(key)
