"""How administrators change something: recorded, never against themselves, and with an end to tokens."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from fastapi import Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    NotAuthorizedError,
    OwnAccountError,
    UnsupportedUserStateError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.revocation.ending import Ending
from fastapi_cognito_auth.routers.admin_events import AdminEvent, Record
from fastapi_cognito_auth.routers.admin_superiors import Superiors
from fastapi_cognito_auth.routers.client_address import client_address
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from fastapi_cognito_auth.user import User


class AccessEnded(Described):
    """It is done, and what was issued to the user has ended; what could not be ended is told."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    status: Literal["access_ended"] = "access_ended"
    """Always the same."""

    access_tokens_valid_until: int | None
    """Seconds since the epoch. Until then some worker of the app may go on accepting an access token
    that the app client issued to the user. Absent if nothing does."""

    cookie_sessions_ended: bool | None
    """Whether the user's cookie sessions have ended in all browsers. Otherwise they go on until those
    access tokens end: absent if sessions are kept in cookies, false if Redis does not answer."""


class Target(NamedTuple):
    """A user of the pool, beyond doubt."""

    username: str
    """As the pool has it; no alias."""

    sub: str
    """The immutable id."""


class Actor(NamedTuple):
    """Who changes something."""

    sub: str
    """The immutable id."""

    username: str
    """The same, by name."""

    address: str | None
    """The client's, if it can be told."""


@dataclass(slots=True)
class Change:
    """What is known of a change while it is made."""

    user: str | None = None
    user_sub: str | None = None
    groups: list[str] = field(default_factory=list)
    by: User | None = None


class Changes:
    """Makes changes of administrators.

    Args:
        users: of the pool.
        ending: ends what was issued to a user.
        record: takes note of each change, made or refused.
        superiors: are not for everybody to change.
        trusted_proxies: how many proxies add to `X-Forwarded-For` before the app sees it.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        users: Users,
        ending: Ending,
        record: Record,
        superiors: Superiors,
        *,
        trusted_proxies: int,
        clock: Callable[[], float],
    ) -> None:
        self._users = users
        self._ending = ending
        self._record = record
        self._superiors = superiors
        self._trusted_proxies = trusted_proxies
        self._clock = clock

    @asynccontextmanager
    async def recorded(
        self,
        request: Request,
        admin: User,
        action: str,
        *,
        user: str | None = None,
        groups: Sequence[str] = (),
        names: Sequence[str] = (),
    ) -> AsyncIterator[Change]:
        """Take note of a change, whatever becomes of it.

        Args:
            request: asks for it.
            admin: who asks.
            action: the name of the endpoint.
            user: to whom, as it was sent.
            groups: that it is about.
            names: of attributes and the like; no values.

        Raises:
            PermissionDeniedError: a group is not this administrator's to change.
        """
        actor, change = self.actor(request, admin), Change(user=user, groups=[*groups], by=admin)
        outcome = "ok"
        try:
            await self._superiors.demand_groups(admin, groups)
            yield change
        except NotAuthorizedError as exc:
            # It is about the user's state, and 401 would send the administrator to sign in again.
            outcome = UnsupportedUserStateError.code
            raise UnsupportedUserStateError(exc.message) from exc
        except CognitoAuthError as exc:
            outcome = exc.code
            raise
        except BaseException as exc:
            # A caller who went away, or a fault: what became of it is not known.
            outcome = type(exc).__name__
            raise
        finally:
            if change.user_sub is not None:
                self._ending.forget(change.user_sub)
            self.note(actor, action, outcome, change, names=names)

    async def demand_superior(self, admin: User, message: str) -> None:
        """Refuse what is for administrators of the pool alone.

        Raises:
            PermissionDeniedError: with the message: the administrator is none of them.
        """
        await self._superiors.demand_one(admin, message)

    def actor(self, request: Request, admin: User) -> Actor:
        """Return who asks for something, and from where."""
        return Actor(admin.sub, admin.username, client_address(request, self._trusted_proxies))

    def note(
        self, actor: Actor, action: str, outcome: str, change: Change, *, names: Sequence[str] = ()
    ) -> None:
        """Take note of what has become of a change.

        Args:
            actor: who made it.
            action: the name of the endpoint.
            outcome: `ok`, `begun`, or the code of the error.
            change: to whom, and about which groups.
            names: of attributes and the like; no values.
        """
        self._record(
            AdminEvent(
                action=action,
                outcome=outcome,
                actor_sub=actor.sub,
                actor_username=actor.username,
                address=actor.address,
                user=change.user,
                user_sub=change.user_sub,
                groups=tuple(change.groups),
                names=tuple(names),
            )
        )

    async def find(self, change: Change, username: str) -> Target:
        """Return the user whom a name or an alias means, to be called by the name in the pool from then on.

        Raises:
            UserNotFoundError: there is none.
            PermissionDeniedError: it is not this administrator's to change.
            UserPoolUnavailableError: the pool does not say who it is.
        """
        user = await self._users.get(username)
        if user.sub is None:
            raise UserPoolUnavailableError
        change.user, change.user_sub = user.username, user.sub
        if change.by is not None:
            await self._superiors.demand_user(change.by, user.username)
        return Target(user.username, user.sub)

    async def find_another(self, change: Change, username: str, admin: User) -> Target:
        """Return the user whom a name or an alias means, if it is not the administrator.

        Raises:
            OwnAccountError: it is, by whatever name.
            UserNotFoundError: there is none.
        """
        user = await self.find(change, username)
        if user.sub == admin.sub:
            raise OwnAccountError
        return user

    async def ending(
        self,
        user: Target,
        admin: User,
        act: Callable[[], Awaitable[None]],
        *,
        at_cognito: bool = True,
        sign_out: bool = False,
    ) -> AccessEnded:
        """Act, and end what was issued to the user, also if the caller goes away meanwhile.

        Args:
            user: to whom it is done.
            admin: who does it.
            act: does it at Cognito.
            at_cognito: whether that ends the tokens at Cognito.
            sign_out: whether the user has to be signed out there, since it does not.
        """
        left_undone: list[CognitoAuthError] = []

        async def act_and_sign_out() -> None:
            await act()
            if sign_out:
                try:
                    await self._users.sign_out(user.username)
                except CognitoAuthError as exc:
                    # What is done is done: the tokens end in the app before it is told.
                    left_undone.append(exc)

        by = AccessTokenClaims.model_validate(dict(admin.claims))  # they come from that very model
        _, ended = await self._ending.of_another(
            user.sub, by, act_and_sign_out, self._clock, at_cognito=at_cognito
        )
        if left_undone:
            raise left_undone[0]
        return AccessEnded(
            access_tokens_valid_until=ended.valid_until, cookie_sessions_ended=ended.sessions_ended
        )
