"""The users of the pool: listed, searched, created, changed, deleted."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.answers import Attributes, ClientMetadata
from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.cognito.password_rules import telling_all_rules
from fastapi_cognito_auth.cognito.records import PoolUser
from fastapi_cognito_auth.cognito.typed import NewPassword, Username
from fastapi_cognito_auth.cognito.user_filter import Searchable, build_filter
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    InvalidPageError,
    InvalidPasswordError,
    InvalidRequestError,
    LastAdministratorError,
    OwnAccountError,
    ResourceNotFoundError,
    UserLambdaValidationError,
    UsernameExistsError,
    UserNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_aliases import Aliases
from fastapi_cognito_auth.routers.admin_changes import AccessEnded, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES, CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_pages import Limit, Next, PageTokens, UserItems
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, Confirm, UserInPath, demand_confirmation
from fastapi_cognito_auth.routers.admin_remaining import Remaining
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User

AttributeNames = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=32, pattern=r"^\S+$")]],
    Query(alias="name", min_length=1, max_length=100, description="Of an attribute; may be repeated."),
]
SearchText = Annotated[str | None, Query(max_length=256)]


class CreateUserRequest(Body):
    """A user to be invited, unless told otherwise."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "ada",
                    "attributes": {"email": "ada@example.com", "email_verified": "true"},
                    "groups": ["editors"],
                }
            ]
        }
    )

    username: Username
    """Immutable."""

    attributes: Attributes = Field(default={}, max_length=100)
    """By name, such as `email`, and `email_verified` if it is known to be the user's."""

    groups: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=[], max_length=100)
    """To join; they must exist."""

    temporary_password: NewPassword | None = Field(default=None)
    """Drawn by the pool unless given."""

    invite: bool = True
    """Whether the user is told, with the temporary password."""

    media: list[Literal["EMAIL", "SMS"]] = Field(default=[], max_length=2)
    """How; by e-mail unless given, or by SMS to who has no address."""

    force_alias: bool = False
    """Takes an address that is another user's alias away from that user, who is signed out."""

    validation_data: Attributes = Field(default={}, max_length=100)
    """For the pool's pre sign-up trigger alone; it is not stored."""

    client_metadata: ClientMetadata = None


class ChangeAttributesRequest(Body):
    """The attributes to set; others stay as they are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"attributes": {"name": "Ada Lovelace"}}]}
    )

    attributes: Attributes = Field(min_length=1, max_length=100)
    """By name; an empty value clears one."""

    client_metadata: ClientMetadata = None


class InvitationRequest(Body):
    """What goes along with an invitation."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{}]})

    client_metadata: ClientMetadata = None


def admin_users_router(
    users: Users,
    groups: Groups,
    administrators: Administrators,
    changes: Changes,
    pages: PageTokens,
    *,
    remaining: Remaining,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.users`.

    Args:
        users: does the work.
        groups: know who is in them.
        administrators: let in who may.
        changes: records them, and ends what was issued.
        pages: give tokens of pages into clients' hands.
        remaining: deletes no last administrator.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type
    reading = [Depends(administrators.reading)]
    aliases = Aliases(users, changes)

    @router.get(
        "/users",
        dependencies=reading,
        responses=responses(*READS, InvalidPageError, ResourceNotFoundError),
    )
    async def list_users(  # noqa: PLR0917 - the parameters of an address
        by: Annotated[
            Searchable | None,
            Query(description="What to search by, with `equals` or `starts_with`; all users without it."),
        ] = None,
        equals: Annotated[SearchText, Query(description="The whole value.")] = None,
        starts_with: Annotated[SearchText, Query(description="Its beginning.")] = None,
        group: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=128,
                pattern=r"^\S+$",
                description="The members of this group alone; goes with no search.",
            ),
        ] = None,
        limit: Limit = 60,
        next_page: Next = None,
    ) -> UserItems:
        """List users, all or those of a search or a group, in no order that means anything."""
        condition = _filter(by, equals, starts_with)
        if group is not None:
            if condition is not None:
                raise _unfit("group", "Cognito searches all users, and not those of a group")
            of = ("ListUsersInGroup", group)
            page = await groups.member_page(group, limit=limit, next_token=pages.read(of, next_page))
            return UserItems(items=page.items, next=pages.write(of, page.next_token))
        of = ("ListUsers", condition or "")
        page = await users.page(limit=limit, next_token=pages.read(of, next_page), filter_text=condition)
        return UserItems(items=page.items, next=pages.write(of, page.next_token))

    @router.post(
        "/users",
        status_code=201,
        responses=responses(
            *CHANGES,
            UsernameExistsError,
            AliasExistsError,
            OwnAccountError,
            InvalidPasswordError,
            ResourceNotFoundError,
            UserLambdaValidationError,
            CodeDeliveryFailureError,
        ),
    )
    async def create_user(request: Request, body: CreateUserRequest, admin: Administrator) -> PoolUser:
        """Create a user, who is invited. Asks for a recent sign-in.

        With `force_alias` another user may lose an address, and is signed out then.
        """
        async with changes.recorded(
            request,
            admin,
            "create_user",
            user=body.username,
            groups=body.groups,
            names=sorted(body.attributes),
        ) as change:
            holders = await aliases.holders(admin, body.attributes) if body.force_alias else []
            try:
                async with telling_all_rules(users.password_rules):
                    created = await users.create(
                        body.username,
                        attributes=body.attributes,
                        groups=body.groups,
                        temporary_password=body.temporary_password,
                        invite=body.invite,
                        media=body.media,
                        force_alias=body.force_alias,
                        validation_data=body.validation_data,
                        client_metadata=body.client_metadata,
                    )
                change.user, change.user_sub = created.username, created.sub
            finally:
                # Where it fails, the user may be there all the same, and an address lost.
                await aliases.tell(request, admin, holders)
        return created

    @router.get("/users/{username}", dependencies=reading, responses=responses(*READS, UserNotFoundError))
    async def get_user(username: UserInPath) -> PoolUser:
        """Look at one user."""
        return await users.get(username)

    @router.delete(
        "/users/{username}", responses=responses(*CHANGES_OF_USERS, OwnAccountError, LastAdministratorError)
    )
    async def delete_user(
        request: Request, username: UserInPath, confirm: Confirm, admin: Administrator
    ) -> AccessEnded:
        """Delete a user, for good. The name comes twice, and the sign-in has to be recent."""
        demand_confirmation(username, confirm)
        async with changes.recorded(request, admin, "delete_user", user=username) as change:
            user = await changes.find_another(change, username, admin)
            return await changes.ending(user, admin, lambda: remaining.delete(user.username))

    @router.patch(
        "/users/{username}/attributes",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, AliasExistsError, UserLambdaValidationError),
    )
    async def update_user_attributes(
        request: Request, username: UserInPath, body: ChangeAttributesRequest, admin: Administrator
    ) -> None:
        """Set attributes; an empty value clears one. Asks for a recent sign-in.

        A new address is not verified, unless `email_verified` says so.
        """
        async with changes.recorded(
            request, admin, "update_user_attributes", user=username, names=sorted(body.attributes)
        ) as change:
            user = await changes.find(change, username)
            await users.update(user.username, body.attributes, client_metadata=body.client_metadata)

    @router.delete("/users/{username}/attributes", status_code=204, responses=responses(*CHANGES_OF_USERS))
    async def delete_user_attributes(
        request: Request, username: UserInPath, names: AttributeNames, admin: Administrator
    ) -> None:
        """Delete the attributes that the query names. Asks for a recent sign-in."""
        async with changes.recorded(
            request, admin, "delete_user_attributes", user=username, names=names
        ) as change:
            user = await changes.find(change, username)
            await users.delete_attributes(user.username, names)

    @router.post(
        "/users/{username}/resend-invitation",
        responses=responses(*CHANGES_OF_USERS, UserLambdaValidationError, CodeDeliveryFailureError),
    )
    async def resend_invitation(
        request: Request, username: UserInPath, admin: Administrator, body: InvitationRequest | None = None
    ) -> PoolUser:
        """Send a new temporary password to who has not signed in yet. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "resend_invitation", user=username) as change:
            user = await changes.find(change, username)
            metadata = None if body is None else body.client_metadata
            return await users.resend_invitation(user.username, client_metadata=metadata)

    return router


def _filter(by: Searchable | None, equals: str | None, starts_with: str | None) -> str | None:
    given = [value for value in (equals, starts_with) if value is not None]
    if by is None and not given:
        return None
    if by is None or len(given) != 1:
        raise _unfit("by", "by goes with either equals or starts_with")
    try:
        return build_filter(by, given[0], starts_with=starts_with is not None)
    except ValueError as exc:
        raise _unfit("by", str(exc)) from None


def _unfit(parameter: str, message: str) -> InvalidRequestError:
    fault = {"loc": ["query", parameter], "message": message, "type": "unfit_search"}
    return InvalidRequestError(errors=[fault])
