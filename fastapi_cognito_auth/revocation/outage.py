"""What happens while nobody can tell whether a token is revoked."""

import logging
import time
from collections.abc import Callable
from typing import Literal

from fastapi_cognito_auth.exceptions import RevocationUnavailableError
from fastapi_cognito_auth.runtime.pace import Pace

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

WhenUnavailable = Literal["refuse", "accept"]


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
        self._done = "refusing all tokens" if choice == "refuse" else "accepting tokens that may be revoked"
        self._pace = Pace(logger.error, "%s does not answer (%s): %s; checks so far: %d", clock=clock)

    def met(self, reason: str) -> None:
        """Take note that a token could not be judged.

        Args:
            reason: for the log; without anything secret.

        Raises:
            RevocationUnavailableError: `refuse` was chosen.
        """
        self._pace.met(self._whom, reason, self._done)
        if self._choice == "refuse":
            raise RevocationUnavailableError
