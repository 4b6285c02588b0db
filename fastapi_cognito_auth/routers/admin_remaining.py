"""Somebody has to remain who administers, whatever several administrators do at the same moment.

No administrator ends herself, so that it takes two who end each other. Cognito has no lock; so each looks
afterwards who is left, and takes it back if that is nobody: whoever looks last sees what all have done.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable

from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import LastAdministratorError, ResourceNotFoundError, UserPoolError

Act = Callable[[], Awaitable[None]]


class Remaining:
    """Takes back what would leave nobody.

    Args:
        users: know who may sign in.
        memberships: know who is in a group.
        kinds: the groups of each kind of administrators, one of whom has to remain.
    """

    def __init__(self, users: Users, memberships: Groups, kinds: Iterable[Collection[str]]) -> None:
        self._users = users
        self._memberships = memberships
        self._kinds = [frozenset(groups) for groups in kinds]

    async def demote(self, username: str, group: str) -> None:
        """Take a user out of a group.

        Raises:
            LastAdministratorError: nobody would be left; the user is in the group.
        """
        kinds = [groups for groups in self._kinds if group in groups]
        # What takes it back makes an administrator, who has to have been one.
        if kinds and group not in await self._groups_of(username):
            kinds = []
        await self._memberships.remove(group, username)
        await self._demand_somebody(kinds, lambda: self._memberships.add(group, username))

    async def disable(self, username: str) -> None:
        """Keep a user from signing in.

        Raises:
            LastAdministratorError: nobody would be left; the user may sign in.
        """
        kinds = await self._kinds_of(username)
        await self._users.disable(username)
        await self._demand_somebody(kinds, lambda: self._users.enable(username))

    async def delete(self, username: str) -> None:
        """Delete a user, for good.

        Raises:
            LastAdministratorError: nobody would be left; the user is there, and may sign in.
        """
        kinds = await self._kinds_of(username)
        if kinds:
            # That can be taken back.
            await self._users.disable(username)
            await self._demand_somebody(kinds, lambda: self._users.enable(username))
        await self._users.delete(username)

    async def _kinds_of(self, username: str) -> list[frozenset[str]]:
        held = await self._groups_of(username)
        kinds = [groups for groups in self._kinds if not groups.isdisjoint(held)]
        # One who may not sign in is none whose end could leave nobody.
        return kinds if kinds and (await self._users.get(username)).enabled else []

    async def _groups_of(self, username: str) -> set[str]:
        return {group.name async for group in self._memberships.of(username)}

    async def _demand_somebody(self, kinds: Iterable[Collection[str]], undo: Act) -> None:
        for groups in kinds:
            if not await self._is_somebody_in(groups):
                await undo()
                raise LastAdministratorError

    async def _is_somebody_in(self, groups: Collection[str]) -> bool:
        for group in groups:
            try:
                async for member in self._memberships.members(group):
                    if member.enabled:
                        return True
            except ResourceNotFoundError:
                continue
            except UserPoolError:
                # Hardly ever is it the last one; and what is done must end what was issued.
                return True
        return False
