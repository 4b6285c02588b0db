"""How recent a sign-in must be for something sensitive (RFC 9470)."""

from collections.abc import Callable

from fastapi_cognito_auth.exceptions import StepUpRequiredError
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.user import User


class Freshness:
    """Tells whether a sign-in is recent enough for something sensitive (RFC 9470).

    It goes by `auth_time`, which a refresh keeps, so only signing in helps.

    Args:
        max_age: seconds that may have passed; `None` accepts any sign-in.
        clock: seconds since the epoch.
        resource_metadata: where the API describes itself, named in a refusal.
    """

    def __init__(
        self,
        max_age: float | None,
        *,
        clock: Callable[[], float] = wall_clock,
        resource_metadata: str | None = None,
    ) -> None:
        self.max_age = max_age
        self._clock = clock
        self._resource_metadata = resource_metadata

    def until(self, user: User) -> float | None:
        """Return when the sign-in stops being fresh, in seconds since the epoch, if it ever does."""
        if self.max_age is None or user.auth_time is None:
            return None
        return user.auth_time.timestamp() + self.max_age

    def holds(self, user: User) -> bool:
        """Return whether the sign-in is fresh; one of unknown time is not."""
        if self.max_age is None:
            return True
        until = self.until(user)
        return until is not None and self._clock() <= until

    def demand(self, user: User) -> None:
        """Refuse a sign-in that is not fresh.

        Raises:
            StepUpRequiredError: the user must sign in again.
        """
        if self.max_age is not None and not self.holds(user):
            error = StepUpRequiredError(max_age=self.max_age).about(
                "auth_time",
                found=None if user.auth_time is None else int(user.auth_time.timestamp()),
                wanted=f"{self._clock() - self.max_age:.0f} at least",
            )
            if self._resource_metadata is not None:
                error.name_resource(self._resource_metadata)
            raise error
