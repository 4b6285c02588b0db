"""The users of the pool: created, found, changed and deleted."""

import builtins
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Literal, Unpack

from pydantic import Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.factors import AuthFactors
from fastapi_cognito_auth.cognito.given import pairs, several
from fastapi_cognito_auth.cognito.known_groups import KnownGroups
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE, follow, read_page
from fastapi_cognito_auth.cognito.password_rules import in_words
from fastapi_cognito_auth.cognito.records import Page, PoolUser
from fastapi_cognito_auth.cognito.temporary_passwords import LENGTHS, draw_temporary_password
from fastapi_cognito_auth.cognito.typed import check_new_password
from fastapi_cognito_auth.cognito.user_filter import SearchBy, filter_of
from fastapi_cognito_auth.exceptions import InvalidPasswordError, UserPoolUnavailableError
from fastapi_cognito_auth.schemas.described import Described

Medium = Literal["EMAIL", "SMS"]
"""How an invitation goes out."""


class _Created(Described):
    user: PoolUser = Field(validation_alias="User")


class UserDirectory:
    """Creates, finds, changes and deletes users.

    A username may also be an alias, or the `sub` of a local user.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    async def create(
        self,
        username: str,
        *,
        email: str | None = None,
        phone_number: str | None = None,
        attributes: Mapping[str, str] | None = None,
        groups: Iterable[str] = (),
        temporary_password: str | None = None,
        invite: bool = True,
        media: Iterable[Medium] = (),
        force_alias: bool = False,
        validation_data: Mapping[str, str] | None = None,
        client_metadata: Mapping[str, str] | None = None,
    ) -> PoolUser:
        """Create a user, who is sent a temporary password (GetGroup, AdminCreateUser, AdminAddUserToGroup).

        Nobody is created, or invited, for a group that is not there. One that goes in this moment raises
        its error once the user is there, and in the groups before it.

        Who is not invited, and gets no password, has none in a pool where a code can be the first factor, and
        signs in by codes; in any other pool there is one, and nobody knows it.

        Args:
            username: immutable.
            email: short for the attribute.
            phone_number: short for the attribute.
            attributes: by name, such as `{"email_verified": "true"}`.
            groups: to join; they must exist.
            temporary_password: drawn unless given.
            invite: whether the user is told.
            media: how; by e-mail unless given, or by SMS to who has no address.
            force_alias: takes an address that is another user's alias away from that user.
            validation_data: for the pool's pre sign-up trigger alone; it is not stored.
            client_metadata: passed to the pool's triggers.

        Raises:
            UsernameExistsError: the name is taken.
            AliasExistsError: the address is an alias of another user.
            InvalidPasswordError: the temporary password does not meet the pool's policy.
            InvalidParameterError: an attribute is unknown or malformed.
            ResourceNotFoundError: there is no such group.
            ValueError: an attribute is given twice.
            TypeError: the groups are one text.
        """
        held = _with_shorthands(attributes or {}, email=email, phone_number=phone_number)
        params: dict[str, Any] = {"UserAttributes": pairs(held)}
        if temporary_password is not None:
            check_new_password(temporary_password)
            params["TemporaryPassword"] = temporary_password
        if not invite:
            params["MessageAction"] = "SUPPRESS"
        elif wanted := several(media) or _reachable_by(held):
            # Left out, it is SMS to Cognito, also for who has only an e-mail address.
            params["DesiredDeliveryMediums"] = wanted
        if force_alias:
            params["ForceAliasCreation"] = True
        if validation_data:
            params["ValidationData"] = pairs(validation_data)
        names = list(dict.fromkeys(several(groups)))
        await KnownGroups(lambda name: self._client.call("GetGroup", GroupName=name)).demand(names)
        params |= {"Username": username, "ClientMetadata": dict(client_metadata or {})}
        created = self._invited(params) if invite and temporary_password is None else self._created(params)
        user = parse(_Created, await created).user
        for group in names:
            await self._client.call("AdminAddUserToGroup", Username=user.username, GroupName=group)
        return user

    async def _created(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return await self._client.call("AdminCreateUser", **params)

    async def _invited(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Create a user with a password that is drawn here.

        A pool draws one itself, but not where a code can be the first factor: such a user would have none,
        and be told nothing. To ask which kind of pool it is would take one more call, and leave to make it.
        """
        usual, longest = LENGTHS
        try:
            return await self._created({**params, "TemporaryPassword": draw_temporary_password(usual)})
        except InvalidPasswordError:
            return await self._created({**params, "TemporaryPassword": draw_temporary_password(longest)})

    async def resend_invitation(
        self, username: str, *, client_metadata: Mapping[str, str] | None = None
    ) -> PoolUser:
        """Send a new temporary password to who has not signed in yet (AdminCreateUser, `RESEND`).

        Raises:
            UnsupportedUserStateError: the user has a password already.
            UserNotFoundError: there is no such user.
        """
        answer = await self._client.call(
            "AdminCreateUser",
            Username=username,
            MessageAction="RESEND",
            ClientMetadata=dict(client_metadata or {}),
        )
        return parse(_Created, answer).user

    async def get(self, username: str) -> PoolUser:
        """Look at one user (AdminGetUser).

        Raises:
            UserNotFoundError: there is no such user.
        """
        return parse(PoolUser, await self._client.call("AdminGetUser", Username=username))

    async def auth_factors(self, username: str) -> AuthFactors:
        """Get the ways in which a user can sign in (AdminGetUserAuthFactors).

        Raises:
            UserNotFoundError: there is no such user.
        """
        return parse(AuthFactors, await self._client.call("AdminGetUserAuthFactors", Username=username))

    def list(self, *, attributes: Iterable[str] = ()) -> AsyncIterator[PoolUser]:
        """Go through all users, in no order that means anything (ListUsers).

        What changes meanwhile may be left out or come twice.

        Args:
            attributes: tells these alone. Cognito refuses one that a user has not set.
        """
        names = several(attributes)
        return follow(lambda token: self.page(next_token=token, attributes=names))

    def search(
        self, *, attributes: Iterable[str] = (), **condition: Unpack[SearchBy]
    ) -> AsyncIterator[PoolUser]:
        """Go through the users of one condition: `users.search(email__startswith="ada")` (ListUsers).

        Args:
            attributes: tells these alone.
            condition: a whole value, or with `__startswith` its beginning.

        Raises:
            ValueError: there is not one condition, or Cognito cannot search that.
        """
        names, text = several(attributes), filter_of(condition)
        return follow(lambda token: self.page(next_token=token, attributes=names, filter_text=text))

    async def page(
        self,
        *,
        limit: int = LARGEST_PAGE,
        next_token: str | None = None,
        attributes: Iterable[str] = (),
        filter_text: str | None = None,
    ) -> Page[PoolUser]:
        """Get one page of users (ListUsers).

        Args:
            limit: at most 60.
            next_token: of the page before, of the same list.
            attributes: tells these alone.
            filter_text: as `build_filter` makes it.

        Raises:
            InvalidParameterError: `next_token` is not one of this list, or too old.
        """
        more = {"AttributesToGet": several(attributes), "Filter": filter_text}
        return await read_page(
            self._client,
            "ListUsers",
            PoolUser,
            "Users",
            next_token,
            token_member="PaginationToken",  # noqa: S106 - a name
            Limit=limit,
            **{name: value for name, value in more.items() if value},
        )

    async def attribute_names(self) -> builtins.list[str]:
        """Return which attributes users of the pool can have, in the order of their names (DescribeUserPool).

        Raises:
            UserPoolUnavailableError: the answer is not of the API's shape.
        """
        described = (await self._client.call("DescribeUserPool")).get("UserPool", {})
        names = sorted(each.get("Name", "") for each in described.get("SchemaAttributes", []))
        if not all(names):
            raise UserPoolUnavailableError
        return names

    async def password_rules(self) -> str:
        """Return what the pool wants of passwords, in a sentence, if it says so (DescribeUserPool)."""
        return in_words((await self._client.call("DescribeUserPool")).get("UserPool", {}))

    async def update(
        self,
        username: str,
        attributes: Mapping[str, str],
        *,
        client_metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Set attributes; an empty value clears one (AdminUpdateUserAttributes).

        Others stay as they are. A new address is not verified, unless `email_verified` says so.

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: an attribute is unknown, immutable or malformed.
            AliasExistsError: the address is an alias of another user.
        """
        await self._client.call(
            "AdminUpdateUserAttributes",
            Username=username,
            UserAttributes=pairs(attributes),
            ClientMetadata=dict(client_metadata or {}),
        )

    async def delete_attributes(self, username: str, names: Iterable[str]) -> None:
        """Delete attributes (AdminDeleteUserAttributes).

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: an attribute is unknown or required.
            TypeError: the names are one text.
        """
        await self._client.call(
            "AdminDeleteUserAttributes", Username=username, UserAttributeNames=several(names)
        )

    async def delete(self, username: str) -> None:
        """Delete a user, for good (AdminDeleteUser).

        Raises:
            UserNotFoundError: there is no such user.
        """
        await self._client.call("AdminDeleteUser", Username=username)


def _reachable_by(attributes: Mapping[str, str]) -> list[Medium]:
    if attributes.get("email"):
        return ["EMAIL"]
    return ["SMS"] if attributes.get("phone_number") else []


def _with_shorthands(attributes: Mapping[str, str], **shorthands: str | None) -> dict[str, str]:
    given = {name: value for name, value in shorthands.items() if value is not None}
    if twice := given.keys() & attributes.keys():
        msg = f"given twice: {', '.join(sorted(twice))}"
        raise ValueError(msg)
    return {**attributes, **given}
