"""Who configures the pool is left alone by administrators of users, who would soon be the same otherwise."""

from collections.abc import Collection
from typing import Final

from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.exceptions import PermissionDeniedError
from fastapi_cognito_auth.user import User

_HANDS_OFF: Final = "Only who administers the pool may do this to its administrators."


class Superiors:
    """Keeps administrators from what would make them administrators of the pool.

    That is each group of those, and each member of it: who sets somebody's password, or links an identity,
    signs in as that user.

    Args:
        groups: whose members configure the pool.
        memberships: know who is in them.
    """

    def __init__(self, groups: Collection[str], memberships: Groups) -> None:
        self._groups = frozenset(groups)
        self._memberships = memberships

    async def demand_groups(self, admin: User, names: Collection[str]) -> None:
        """Refuse a change of groups.

        Args:
            admin: who asks for it.
            names: of the groups.

        Raises:
            PermissionDeniedError: one makes administrators of the pool, of whom the administrator is none.
        """
        if not self._groups.isdisjoint(names):
            await self.demand_one(admin, _HANDS_OFF)

    async def demand_user(self, admin: User, username: str) -> None:
        """Refuse a change of a user.

        Args:
            admin: who asks for it.
            username: the user's.

        Raises:
            PermissionDeniedError: the user administers the pool, and the administrator does not.
            UserNotFoundError: there is no such user.
        """
        if self._groups and await self._has_one(username):
            await self.demand_one(admin, _HANDS_OFF)

    async def demand_one(self, admin: User, message: str) -> None:
        """Refuse what is for administrators of the pool alone; where there are none, it is for nobody.

        Args:
            admin: who asks for it.
            message: says so.

        Raises:
            PermissionDeniedError: the administrator is none of the pool.
        """
        # The token says who was one when it was issued.
        if self._groups.isdisjoint(admin.groups) or not await self._has_one(admin.username):
            raise PermissionDeniedError(message, required=self._groups, held=admin.groups)

    async def _has_one(self, username: str) -> bool:
        return any([group.name in self._groups async for group in self._memberships.of(username)])
