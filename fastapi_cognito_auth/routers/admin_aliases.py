"""Addresses that a new user takes from others, who are told of and signed out."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from fastapi import Request

from fastapi_cognito_auth.cognito.records import PoolUser
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import UserNotFoundError
from fastapi_cognito_auth.routers.admin_changes import Change, Changes, Target
from fastapi_cognito_auth.user import User

_TAKEN: Final = ("email", "phone_number")
"""What AdminCreateUser takes from its holder by `ForceAliasCreation`."""


class Holder(NamedTuple):
    """Who signs in with an address."""

    attribute: str
    value: str
    user: Target


class Aliases:
    """Knows who loses an address. The API does not tell.

    Args:
        users: of the pool.
        changes: record it, and end what was issued to who has lost one.
    """

    def __init__(self, users: Users, changes: Changes) -> None:
        self._users = users
        self._changes = changes

    async def holders(self, admin: User, attributes: Mapping[str, str]) -> list[Holder]:
        """Return who would lose an address to a user who is about to be created.

        Args:
            admin: who asks for it.
            attributes: of the new user.

        Raises:
            PermissionDeniedError: one of them is not this administrator's to change.
            OwnAccountError: it is the administrator.
        """
        found = []
        for name in _TAKEN:
            if (value := attributes.get(name)) and await self._is_held(name, value):
                user = await self._changes.find_another(Change(by=admin), value, admin)
                found.append(Holder(name, value, user))
        return found

    async def _is_held(self, name: str, value: str) -> bool:
        user = await self._meant_by(value)
        # Somebody may be called so without ever having proven the address.
        return user is not None and user.attributes.get(name, "").casefold() == value.casefold()

    async def _meant_by(self, value: str) -> PoolUser | None:
        try:
            return await self._users.get(value)
        except UserNotFoundError:
            return None

    async def tell(self, request: Request, admin: User, holders: list[Holder]) -> None:
        """Record who has lost an address, and end the tokens that name it.

        Args:
            request: asks for it.
            admin: who asks.
            holders: who had the addresses before the user was created.
        """
        for holder in holders:
            # Whether it was taken shows by whom it means now: what nobody has proven is no alias.
            meant = await self._meant_by(holder.value)
            if meant is not None and meant.sub == holder.user.sub:
                continue
            async with self._changes.recorded(
                request, admin, "take_alias", user=holder.user.username, names=[holder.attribute]
            ) as change:
                change.user_sub = holder.user.sub
                await self._changes.ending(holder.user, admin, _done, sign_out=True)


async def _done() -> None:
    """Do nothing: the address was taken already."""
