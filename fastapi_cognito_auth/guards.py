"""Guards: dependencies that return the user, or refuse.

Verbs make one: `Depends(auth.require_groups("editors"))`.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies import CurrentUser, demand_scopes
from fastapi_cognito_auth.exceptions import CognitoAuthError, PermissionDeniedError, StepUpRequiredError
from fastapi_cognito_auth.user import User

Guard = Callable[..., Awaitable[User]]
"""A dependency that returns the user, or raises."""


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
        clock: Callable[[], float] = time.time,
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
            error = StepUpRequiredError(max_age=self.max_age)
            if self._resource_metadata is not None:
                error.name_resource(self._resource_metadata)
            raise error


def require_fresh(current_user: CurrentUser, freshness: Freshness) -> Guard:
    """Make a guard that demands a recent sign-in."""
    return _guard(current_user, freshness.demand)


def require_acr(current_user: CurrentUser, *values: str) -> Guard:
    """Make a guard that demands a sign-in of **one** of these strengths (`acr`, RFC 9470).

    Raises:
        ValueError: no value is named, or one holds what a header cannot carry.
    """
    accepted = _names("acr value", values)
    if any(not value.isascii() or not value.isprintable() or set(value) & set(' "\\') for value in accepted):
        raise ValueError("an acr value has no space, quote or backslash")

    def demand(user: User) -> None:
        if user.acr not in accepted:
            raise StepUpRequiredError(
                "Sign in again first: this needs a stronger sign-in.", acr_values=dict.fromkeys(values)
            )

    return _guard(current_user, demand)


def require_groups(current_user: CurrentUser, *groups: str) -> Guard:
    """Make a guard that lets in members of **all** these groups.

    Raises:
        ValueError: no group is named; a guard that lets everyone in is a mistake.
    """
    required = _names("group", groups)

    def demand(user: User) -> None:
        if not required <= user.groups:
            raise PermissionDeniedError(required=required, held=user.groups)

    return _guard(current_user, demand)


def require_any_group(current_user: CurrentUser, *groups: str) -> Guard:
    """Make a guard that lets in members of **at least one** of these groups.

    Raises:
        ValueError: no group is named.
    """
    required = _names("group", groups)

    def demand(user: User) -> None:
        if required.isdisjoint(user.groups):
            raise PermissionDeniedError(required=required, held=user.groups)

    return _guard(current_user, demand)


def require_scopes(current_user: CurrentUser, *scopes: str) -> Guard:
    """Make a guard that demands **all** these scopes, of the token or granted by a group.

    Raises:
        ValueError: no scope is named.
    """
    required = _names("scope", scopes)
    return _guard(current_user, lambda user: demand_scopes(user, required))


def require_actor(current_user: CurrentUser, *subjects: str) -> Guard:
    """Make a guard that lets in only who acts on a user's behalf, and is one of these (RFC 8693).

    Raises:
        ValueError: nobody is named.
    """
    required = _names("actor", subjects)

    def demand(user: User) -> None:
        if user.actor is None or user.actor.sub not in required:
            raise PermissionDeniedError("This is for others acting on your behalf.")

    return _guard(current_user, demand)


def require_no_actor(current_user: CurrentUser) -> Guard:
    """Make a guard that lets in only users themselves, nobody on their behalf (RFC 8693)."""

    def demand(user: User) -> None:
        if user.actor is not None:
            raise PermissionDeniedError("Nobody else may do this on a user's behalf.")

    return _guard(current_user, demand)


def _guard(current_user: CurrentUser, demand: Callable[[User], None]) -> Guard:
    async def guard(connection: HTTPConnection, user: Annotated[User, Depends(current_user)]) -> User:
        try:
            demand(user)
        except CognitoAuthError as exc:
            raise current_user.refusal(connection, exc) from exc.__cause__
        return user

    return guard


def _names(kind: str, names: tuple[str, ...]) -> frozenset[str]:
    if not names or not all(names):
        msg = f"name at least one {kind}"
        raise ValueError(msg)
    return frozenset(names)
