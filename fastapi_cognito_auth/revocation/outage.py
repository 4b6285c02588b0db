"""What happens while nobody can tell whether a token is revoked."""

import logging
import time
from collections.abc import Callable
from typing import Final, Literal

from fastapi_cognito_auth.exceptions import RevocationUnavailableError

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

WhenUnavailable = Literal["refuse", "accept"]

_PAUSE: Final = 60.0  # seconds between two lines of the log


class Outage:
    """Refuses or accepts, as was chosen; its state is when that was last logged.

    Args:
        choice: `refuse` every token then, or `accept` what is good otherwise.
        whom: what does not answer, for the log.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self, choice: WhenUnavailable, whom: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._choice = choice
        self._whom = whom
        self._clock = clock
        self._quiet_until = float("-inf")
        self._checks = 0

    def met(self, reason: str) -> None:
        """Take note that a token could not be judged.

        Args:
            reason: for the log; without anything secret.

        Raises:
            RevocationUnavailableError: `refuse` was chosen.
        """
        self._checks += 1
        now = self._clock()
        if now >= self._quiet_until:
            what = (
                "refusing all tokens" if self._choice == "refuse" else "accepting tokens that may be revoked"
            )
            logger.error(
                "%s does not answer (%s): %s; checks so far: %d", self._whom, reason, what, self._checks
            )
            self._quiet_until = now + _PAUSE
        if self._choice == "refuse":
            raise RevocationUnavailableError
