"""The groups of the pool, and who is in them."""

from collections.abc import AsyncIterator
from typing import Any

from pydantic import Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE, follow, read_page
from fastapi_cognito_auth.cognito.records import Group, Page, PoolUser
from fastapi_cognito_auth.schemas.described import Described


class _Described(Described):
    group: Group = Field(validation_alias="Group")


class Groups:
    """Keeps groups and their members: `auth.pool.groups`.

    Tokens name the groups of the moment at which they were issued.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def create(
        self,
        name: str,
        *,
        description: str | None = None,
        role_arn: str | None = None,
        precedence: int | None = None,
    ) -> Group:
        """Create a group (CreateGroup).

        Args:
            name: case-sensitive; immutable.
            description: for people.
            role_arn: the IAM role that ID tokens of members name.
            precedence: whose role counts for members of several groups: the lowest.

        Raises:
            GroupExistsError: the name is taken.
            LimitExceededError: the pool has as many groups as it can.
        """
        members = _members(description=description, role_arn=role_arn, precedence=precedence)
        answer = await self._client.call("CreateGroup", GroupName=name, **members)
        return parse(_Described, answer).group

    async def get(self, name: str) -> Group:
        """Look at one group (GetGroup).

        Raises:
            ResourceNotFoundError: there is no such group.
        """
        return parse(_Described, await self._client.call("GetGroup", GroupName=name)).group

    async def update(
        self,
        name: str,
        *,
        description: str | None = None,
        role_arn: str | None = None,
        precedence: int | None = None,
    ) -> Group:
        """Change a group (UpdateGroup); what is left out stays as it is.

        An empty description takes the one there is away. Cognito has no way to take a role or a
        precedence away.

        Raises:
            ResourceNotFoundError: there is no such group.
        """
        members = _members(description=description, role_arn=role_arn, precedence=precedence)
        answer = await self._client.call("UpdateGroup", GroupName=name, **members)
        return parse(_Described, answer).group

    async def delete(self, name: str) -> None:
        """Delete a group, for good (DeleteGroup). Its members stay.

        Raises:
            ResourceNotFoundError: there is no such group.
        """
        await self._client.call("DeleteGroup", GroupName=name)

    def list(self) -> AsyncIterator[Group]:
        """Go through all groups (ListGroups)."""
        return follow(lambda token: self.page(next_token=token))

    async def page(self, *, limit: int = LARGEST_PAGE, next_token: str | None = None) -> Page[Group]:
        """Get one page of them (ListGroups).

        Args:
            limit: at most 60.
            next_token: of the page before.

        Raises:
            InvalidParameterError: `next_token` is not one of this list.
        """
        return await read_page(self._client, "ListGroups", Group, "Groups", next_token, Limit=limit)

    def members(self, name: str) -> AsyncIterator[PoolUser]:
        """Go through the members of a group (ListUsersInGroup).

        Raises:
            ResourceNotFoundError: there is no such group.
        """
        return follow(lambda token: self.member_page(name, next_token=token))

    async def member_page(
        self, name: str, *, limit: int = LARGEST_PAGE, next_token: str | None = None
    ) -> Page[PoolUser]:
        """Get one page of them (ListUsersInGroup).

        Args:
            name: of the group.
            limit: at most 60.
            next_token: of the page before.

        Raises:
            ResourceNotFoundError: there is no such group.
            InvalidParameterError: `next_token` is not one of this list.
        """
        return await read_page(
            self._client, "ListUsersInGroup", PoolUser, "Users", next_token, GroupName=name, Limit=limit
        )

    def of(self, username: str) -> AsyncIterator[Group]:
        """Go through the groups of a user (AdminListGroupsForUser).

        Raises:
            UserNotFoundError: there is no such user.
        """
        return follow(lambda token: self.page_of(username, next_token=token))

    async def page_of(
        self, username: str, *, limit: int = LARGEST_PAGE, next_token: str | None = None
    ) -> Page[Group]:
        """Get one page of them (AdminListGroupsForUser).

        Args:
            username: whose.
            limit: at most 60.
            next_token: of the page before.

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: `next_token` is not one of this list.
        """
        return await read_page(
            self._client,
            "AdminListGroupsForUser",
            Group,
            "Groups",
            next_token,
            Username=username,
            Limit=limit,
        )

    async def add(self, name: str, username: str) -> None:
        """Put a user into a group (AdminAddUserToGroup); one who is in it already is no error.

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: there is no such group.
        """
        await self._client.call("AdminAddUserToGroup", GroupName=name, Username=username)

    async def remove(self, name: str, username: str) -> None:
        """Take a user out of a group (AdminRemoveUserFromGroup).

        Tokens go on naming the group until they expire.

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: there is no such group.
        """
        await self._client.call("AdminRemoveUserFromGroup", GroupName=name, Username=username)


def _members(*, description: str | None, role_arn: str | None, precedence: int | None) -> dict[str, Any]:
    members = {"Description": description, "RoleArn": role_arn, "Precedence": precedence}
    return {name: value for name, value in members.items() if value is not None}
