"""What takes longer than a request: whoever began it has to be an administrator until its end."""

from collections.abc import AsyncIterator, Callable, Collection
from typing import Final, TypeVar

from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import TokenRevokedError, UserNotFoundError
from fastapi_cognito_auth.routers.admin_changes import Actor

Item = TypeVar("Item")

_EVERY: Final = 30.0
"""Seconds. It goes on for as long as that after an administrator is none any more."""


class Standing:
    """Knows who is an administrator now, whose token may be over by then.

    Args:
        users: know who is disabled or deleted.
        memberships: know who is in which group.
        groups: that make administrators.
        clock: seconds.
    """

    def __init__(
        self, users: Users, memberships: Groups, groups: Collection[str], *, clock: Callable[[], float]
    ) -> None:
        self._users = users
        self._memberships = memberships
        self._groups = frozenset(groups)
        self._clock = clock

    def while_it_lasts(self, actor: Actor, items: AsyncIterator[Item]) -> AsyncIterator[Item]:
        """Yield items as long as an administrator is one, who is one at this moment.

        Raises:
            TokenRevokedError: the administrator was disabled, deleted or demoted.
            UserPoolError: that cannot be found out.
        """
        return self._while_it_lasts(actor, items, self._clock())

    async def _while_it_lasts(
        self, actor: Actor, items: AsyncIterator[Item], asked_at: float
    ) -> AsyncIterator[Item]:
        paced = Paced()
        async for item in items:
            if self._clock() - asked_at >= _EVERY:
                if not await paced.call(lambda: self._holds(actor)):
                    raise TokenRevokedError
                asked_at = self._clock()
            yield item

    async def _holds(self, actor: Actor) -> bool:
        try:
            user = await self._users.get(actor.username)
            if user.sub != actor.sub or not user.enabled:
                return False
            return any([group.name in self._groups async for group in self._memberships.of(actor.username)])
        except UserNotFoundError:
            return False
