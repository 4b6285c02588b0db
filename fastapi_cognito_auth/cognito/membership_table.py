"""Who is in which group, of all users at once: far fewer calls than to ask for each user."""

from collections.abc import Awaitable, Mapping
from typing import Protocol

from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.pages import follow
from fastapi_cognito_auth.cognito.records import Group, Page, PoolUser
from fastapi_cognito_auth.exceptions import ResourceNotFoundError


class Listed(Protocol):
    """What lists groups and their members."""

    def page(self, *, next_token: str | None = None) -> Awaitable[Page[Group]]:
        """Get one page of the groups."""
        ...

    def member_page(self, name: str, *, next_token: str | None = None) -> Awaitable[Page[PoolUser]]:
        """Get one page of the members of a group."""
        ...


async def read_memberships(listed: Listed, paced: Paced) -> Mapping[str, tuple[str, ...]]:
    """Return the groups of each user who is in some, by username (ListGroups, ListUsersInGroup).

    In memory are the names of those users; a call brings sixty groups, or sixty members of one.

    Args:
        listed: the groups of a pool.
        paced: makes the calls.

    Raises:
        UserPoolError: Cognito refuses, or goes on throttling.
    """

    async def groups_after(token: str | None) -> Page[Group]:
        return await paced.call(lambda: listed.page(next_token=token))

    held: dict[str, tuple[str, ...]] = {}
    # Users of the same groups share their list.
    lists: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name in sorted([group.name async for group in follow(groups_after)]):

        async def members_after(token: str | None, name: str = name) -> Page[PoolUser]:
            return await paced.call(lambda: listed.member_page(name, next_token=token))

        try:
            async for member in follow(members_after):
                before = held.get(member.username, ())
                if name not in before:
                    after = (*before, name)
                    held[member.username] = lists.setdefault(after, after)
        except ResourceNotFoundError:
            continue  # it has been deleted meanwhile
    return held
