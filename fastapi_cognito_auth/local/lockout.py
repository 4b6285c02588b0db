"""The lock after repeated wrong passwords.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout behaviour)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.errors import not_authorized
from fastapi_cognito_auth.local.state.expiring import Expiring

_FREE_FAILURES: Final = 5
_LONGEST: Final = 15 * 60


@dataclass
class _Record:
    failures: int
    last: float
    until: float


class Lockout:
    """Failures per user: from the fifth on, a lock of 1, 2, 4 ... seconds, up to 15 minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._records: Expiring[str, _Record] = Expiring(clock, lambda record: record.until + _LONGEST)

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
        self._records[key] = _Record(failures, now, now + wait)

    def clear(self, key: str) -> None:
        """Forget the failures after a success."""
        self._records.discard(key)
