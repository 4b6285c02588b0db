"""Guards: dependencies that return the user, or refuse.

Verbs make one: `Depends(auth.require_groups("editors"))`.
"""

import inspect
import math
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NoReturn, ParamSpec

from fastapi import Depends
from pydantic import GetCoreSchemaHandler
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.dependencies.forgotten import Dependency
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.principals import demand_scopes
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ConfigurationError,
    PermissionDeniedError,
    StepUpRequiredError,
)
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.user import User

P = ParamSpec("P")

Guard = Callable[..., Awaitable[User]]
"""A dependency that returns the user, or raises."""


class CallThisFirst:
    """No value of a request: it keeps FastAPI from building a route on a guard that was not made."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> NoReturn:
        """Refuse the route when it is added.

        Raises:
            ConfigurationError: always.
        """
        raise ConfigurationError(
            'a guard has to be made first: call it, as in Depends(auth.require_groups("admins"))'
            " or Depends(auth.require_no_actor())"
        )


def _maker(make: Callable[P, Guard]) -> Callable[P, Guard]:
    """Let FastAPI refuse `Depends(auth.require_no_actor)`, which lacks its parentheses.

    It would take the method for a dependency that lets everybody in, and its arguments for query
    parameters. It cannot build a parameter of a class that refuses to be one.
    """
    written = inspect.signature(make)
    first = inspect.Parameter("call_this_first", inspect.Parameter.KEYWORD_ONLY, annotation=CallThisFirst)
    parameters = [*written.parameters.values(), first.replace(default=None)]
    make.__signature__ = written.replace(parameters=parameters)  # type: ignore[attr-defined]
    return make


class GuardObject(Dependency):
    """A guard as an object, which cannot be taken for the default of a parameter.

    Args:
        guarded: the guard.
    """

    def __init__(self, guarded: Guard) -> None:
        self._guarded = guarded
        self.__signature__: inspect.Signature = inspect.signature(guarded)

    async def __call__(self, *args: Any, **kwargs: Any) -> User:
        """Return the user, or raise."""
        return await self._guarded(*args, **kwargs)


class Guards:
    """Makes guards of one `current_user`.

    Args:
        current_user: finds the user.
        clock: seconds since the epoch.
    """

    def __init__(self, current_user: CurrentUser, *, clock: Callable[[], float] = wall_clock) -> None:
        self.current_user: CurrentUser = current_user
        self._clock = clock

    @_maker
    def require_groups(self, *groups: str) -> Guard:
        """Make a guard that lets in members of **all** these groups.

        Raises:
            ValueError: no group is named; a guard that lets everyone in is a mistake.
        """
        required = _names("group", groups)

        def demand(user: User) -> None:
            if not required <= user.groups:
                raise PermissionDeniedError(required=required, held=user.groups)

        return guard(self.current_user, demand)

    @_maker
    def require_any_group(self, *groups: str) -> Guard:
        """Make a guard that lets in members of **at least one** of these groups.

        Raises:
            ValueError: no group is named.
        """
        required = _names("group", groups)

        def demand(user: User) -> None:
            if required.isdisjoint(user.groups):
                error = PermissionDeniedError(required=required, held=user.groups)
                wanted = f"one of {', '.join(sorted(required))}"
                raise error.about("cognito:groups", found=user.groups, wanted=wanted)

        return guard(self.current_user, demand)

    @_maker
    def require_scopes(self, *scopes: str) -> Guard:
        """Make a guard that demands **all** these scopes, of the token or granted by a group.

        Raises:
            ValueError: no scope is named, or one holds what no scope can (RFC 6749 section 3.3).
        """
        required = _names("scope", scopes)
        if not all(_fits_a_header(scope) for scope in required):
            raise ValueError("a scope is printable ASCII without space, quote or backslash")
        return guard(self.current_user, lambda user: demand_scopes(user, required))

    @_maker
    def require_fresh(self, *, max_age: float) -> Guard:
        """Make a guard that demands a sign-in of at most `max_age` seconds ago, by `auth_time`.

        It refuses as RFC 9470 says, so that a client knows to sign the user in again. A refresh
        does not count.

        Raises:
            ValueError: `max_age` is less than a second, or endless.
        """
        if not 1 <= max_age < math.inf:
            raise ValueError("max_age is one second or more, and has an end")
        return guard(self.current_user, Freshness(max_age, clock=self._clock).demand)

    @_maker
    def require_acr(self, *values: str) -> Guard:
        """Make a guard that demands a sign-in of **one** of these strengths (`acr`).

        It refuses as RFC 9470 says, naming the values, so that a client can sign the user in again
        with `acr_values`. Without names of the pool's own they are `urn:cognito:loa:1` to `:4`.

        Raises:
            ValueError: no value is named, or one holds what a header cannot carry.
        """
        accepted = _names("acr value", values)
        if any(not _fits_a_header(value) for value in accepted):
            raise ValueError("an acr value has no space, quote or backslash")

        def demand(user: User) -> None:
            if user.acr not in accepted:
                error = StepUpRequiredError(
                    "Sign in again first: this needs a stronger sign-in.", acr_values=dict.fromkeys(values)
                )
                raise error.about("acr", found=user.acr, wanted=accepted)

        return guard(self.current_user, demand)

    @_maker
    def require_actor(self, *subjects: str) -> Guard:
        """Make a guard for **one** of these acting on a user's behalf (`act`, RFC 8693).

        Args:
            subjects: the `sub` of users, or the client ids of machines.

        Raises:
            ValueError: nobody is named.
        """
        required = _names("actor", subjects)

        def demand(user: User) -> None:
            actor = user.actor and user.actor.sub
            if actor not in required:
                error = PermissionDeniedError("This is for others acting on your behalf.")
                raise error.about("act", found=actor, wanted=required)

        return guard(self.current_user, demand)

    @_maker
    def require_no_actor(self) -> Guard:
        """Make a guard that lets in only users themselves, nobody on their behalf (RFC 8693)."""

        def demand(user: User) -> None:
            if user.actor is not None:
                error = PermissionDeniedError("Nobody else may do this on a user's behalf.")
                raise error.about("act", found=user.actor.sub, wanted=None)

        return guard(self.current_user, demand)


def guard(current_user: CurrentUser, demand: Callable[[User], None]) -> Guard:
    """Make a guard of what raises for users who are to be refused."""

    async def guarded(connection: HTTPConnection, user: Annotated[User, Depends(current_user)]) -> User:
        try:
            demand(user)
        except CognitoAuthError as exc:
            raise current_user.refusal(connection, exc) from exc.__cause__
        return user

    return GuardObject(guarded)


def _names(kind: str, names: tuple[str, ...]) -> frozenset[str]:
    if any(not isinstance(name, str) for name in names):
        msg = f"each {kind} is an argument of its own, and text"
        raise ValueError(msg)
    if not names or not all(names):
        msg = f"name at least one {kind}"
        raise ValueError(msg)
    return frozenset(names)


def _fits_a_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and set(value).isdisjoint(' "\\')
