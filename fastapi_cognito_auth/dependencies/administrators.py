"""Who administers the pool: by group, with a token that Cognito takes, after a recent sign-in."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.dependencies.freshness import Freshness
from fastapi_cognito_auth.dependencies.guards import Guard, GuardObject
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    NotAuthorizedError,
    PasswordResetRequiredError,
    PermissionDeniedError,
    TokenRevokedError,
    UserNotConfirmedError,
    UserNotFoundError,
)
from fastapi_cognito_auth.user import User

Ask = Callable[[User, str], Awaitable[Collection[str]]]
"""Asks Cognito for the groups of the user of an access token; it refuses one that was revoked."""

_SELF_SERVICE: Final = "aws.cognito.signin.user.admin"
"""The scope without which Cognito answers nothing about a token. Every sign-in by the API has it.

What may not even change its own user's account must not administer all of them: a token that was narrowed
for another API, or issued to somebody else's app, names the groups as well.
"""

_NO_MEMBER: Final = (
    "This is for the members of a group, and your token names none that it is for."
    " Who has just joined one gets a new token first."
)

_OVER: Final = (NotAuthorizedError, UserNotFoundError, UserNotConfirmedError, PasswordResetRequiredError)


class Administrators:
    """Lets administrators in.

    A token says which groups its user was in when it was issued. So Cognito is asked whether the token
    still counts, and whether the user is in the group still: before each change, and before reading what
    it said some seconds ago is enough.

    Args:
        current_user: finds the user, of the app's own pool.
        access_token: finds the user's token.
        groups: whose members may change.
        read_groups: whose members may only read.
        of_the_pool: whose members configure the pool.
        freshness: how recent the sign-in of who changes has to be.
        ask: what Cognito said of a user some seconds ago, or says now.
        ask_anew: what it says now.
    """

    def __init__(
        self,
        current_user: CurrentUser,
        access_token: AccessToken,
        *,
        groups: Iterable[str],
        read_groups: Iterable[str],
        of_the_pool: Iterable[str],
        freshness: Freshness,
        ask: Ask,
        ask_anew: Ask,
    ) -> None:
        self._current_user = current_user
        self._access_token = access_token
        self.groups: frozenset[str] = frozenset(groups)
        """The groups that make administrators."""

        self.may_read: frozenset[str] = self.groups | frozenset(read_groups)
        """Those, and the groups whose members see the same."""

        self.of_the_pool: frozenset[str] = frozenset(of_the_pool)
        """The groups that make administrators of the pool."""

        self.stays: frozenset[str] = self.groups | self.of_the_pool
        """The groups that nobody deletes, and no member leaves."""

        self.privileged: frozenset[str] = self.may_read | self.of_the_pool
        """The groups whose members are signed out when they lose it."""

        self.reading: Guard = self._guard(self.may_read, None, ask)
        """The guard of what tells, and changes nothing."""

        self.changing: Guard = self._guard(self.groups, freshness, ask_anew)
        """The guard of what changes something, or tells of everybody at once."""

    def _guard(self, groups: frozenset[str], freshness: Freshness | None, ask: Ask) -> Guard:
        current_user = self._current_user

        async def guarded(
            connection: HTTPConnection,
            user: Annotated[User, Depends(current_user)],
            token: Annotated[str, Depends(self._access_token)],
        ) -> User:
            try:
                _demand(user, groups)
                if freshness is not None:
                    freshness.demand(user)
                await _demand_still_one(user, token, groups, ask)
            except CognitoAuthError as exc:
                raise current_user.refusal(connection, exc) from exc.__cause__
            return user

        return GuardObject(guarded)


def _demand(user: User, groups: frozenset[str]) -> None:
    if groups.isdisjoint(user.groups):
        # Which group that is, is for the log: strangers would know whom to ask for it.
        error = PermissionDeniedError(_NO_MEMBER, required=groups, held=user.groups)
        raise error.about("cognito:groups", found=user.groups, wanted=f"one of {', '.join(sorted(groups))}")
    if user.actor is not None:
        error = PermissionDeniedError("Nobody else may do this on an administrator's behalf.")
        raise error.about("act", found=user.actor.sub, wanted=None)
    # Not `user.scopes`: what a group grants in the app is nothing to Cognito.
    scopes = str(user.claims.get("scope", "")).split()
    if _SELF_SERVICE not in scopes:
        raise PermissionDeniedError(required={_SELF_SERVICE}, held=scopes, scope=_SELF_SERVICE)


async def _demand_still_one(user: User, token: str, groups: frozenset[str], ask: Ask) -> None:
    try:
        held = await ask(user, token)
    except _OVER as exc:
        raise TokenRevokedError from exc
    # Whoever was taken out at the AWS console was not signed out by it, and would put herself back.
    if groups.isdisjoint(held):
        raise TokenRevokedError
