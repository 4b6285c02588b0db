"""The groups of the pool."""

from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE
from fastapi_cognito_auth.cognito.records import Group
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    GroupExistsError,
    GroupNotEmptyError,
    InvalidPageError,
    InvalidRequestError,
    LimitExceededError,
    OwnAccountError,
    ResourceNotFoundError,
    UserPoolUnavailableError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES, READS
from fastapi_cognito_auth.routers.admin_pages import GroupItems, Limit, Next, PageTokens
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, Confirm, GroupInPath, demand_confirmation
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User

_ROLE_ARN = r"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+){0,2}$"


_STAYS: Final = frozenset({"role_arn", "precedence"})
_KEPT: Final = "Cognito cannot take it away from a group; make another group without it."


class UpdateGroupRequest(Body):
    """What of a group to change; what is left out stays as it is."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"description": "Who writes articles"}]}
    )

    description: str | None = Field(default=None, max_length=2048)
    """For people; `null` empties it."""

    role_arn: str | None = Field(default=None, min_length=20, max_length=2048, pattern=_ROLE_ARN)
    """The IAM role that ID tokens of members name; for administrators of the pool to say."""

    precedence: int | None = Field(default=None, ge=0, le=2_147_483_647)
    """Whose role counts for members of several groups: the lowest."""


class CreateGroupRequest(UpdateGroupRequest):
    """A group without members."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{"name": "editors"}]})

    # A client would take a path with one of these for another path.
    name: str = Field(min_length=1, max_length=128, pattern=r"^(\S{3,}|[^.\s]\S?|\.[^.\s])$")
    """Case-sensitive; immutable; not `.` or `..`."""


def admin_groups_router(
    groups: Groups, administrators: Administrators, changes: Changes, pages: PageTokens, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.groups`.

    Args:
        groups: does the work.
        administrators: let in who may, by groups that stay.
        changes: records them, and ends what was issued.
        pages: give tokens of pages into clients' hands.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type
    reading = [Depends(administrators.reading)]

    @router.get("/groups", dependencies=reading, responses=responses(*READS, InvalidPageError))
    async def list_groups(limit: Limit = 60, next_page: Next = None) -> GroupItems:
        """List the groups."""
        of = ("ListGroups",)
        page = await groups.page(limit=limit, next_token=pages.read(of, next_page))
        return GroupItems(items=page.items, next=pages.write(of, page.next_token))

    @router.post(
        "/groups", status_code=201, responses=responses(*CHANGES, GroupExistsError, LimitExceededError)
    )
    async def create_group(request: Request, body: CreateGroupRequest, admin: Administrator) -> Group:
        """Create a group. Asks for a recent sign-in, and with a role for an administrator of the pool."""
        async with changes.recorded(request, admin, "create_group", groups=[body.name]):
            await _demand_for_role(changes, body, admin)
            return await groups.create(
                body.name,
                description=body.description,
                role_arn=body.role_arn,
                precedence=body.precedence,
            )

    @router.get("/groups/{group}", dependencies=reading, responses=responses(*READS, ResourceNotFoundError))
    async def get_group(group: GroupInPath) -> Group:
        """Look at one group."""
        return await groups.get(group)

    @router.patch("/groups/{group}", responses=responses(*CHANGES, ResourceNotFoundError))
    async def update_group(
        request: Request, group: GroupInPath, body: UpdateGroupRequest, admin: Administrator
    ) -> Group:
        """Change a group; what is left out stays as it is. Asks for a recent sign-in.

        A role or a precedence is replaced, and never taken away: Cognito has no way to do that.
        With a role it asks for an administrator of the pool.
        """
        names = sorted(body.model_fields_set)
        description = "" if "description" in names and body.description is None else body.description
        if kept := [name for name in names if name in _STAYS and getattr(body, name) is None]:
            raise InvalidRequestError(
                errors=[{"loc": ["body", name], "message": _KEPT, "type": "not_taken_away"} for name in kept]
            )
        async with changes.recorded(request, admin, "update_group", groups=[group], names=names):
            await _demand_for_role(changes, body, admin)
            return await groups.update(
                group, description=description, role_arn=body.role_arn, precedence=body.precedence
            )

    @router.delete(
        "/groups/{group}",
        status_code=204,
        responses=responses(*CHANGES, ResourceNotFoundError, OwnAccountError, GroupNotEmptyError),
    )
    async def delete_group(
        request: Request,
        group: GroupInPath,
        confirm: Confirm,
        admin: Administrator,
        *,
        remove_members: Annotated[
            bool, Query(description="Whether members lose it first; otherwise it has to be empty.")
        ] = False,
    ) -> None:
        """Delete a group, for good. The name comes twice, and the sign-in has to be recent.

        Members are removed one by one, as by `DELETE /groups/{group}/users/{username}`; a request that is
        cut short can be repeated, and goes on. A group that makes administrators stays.
        """
        demand_confirmation(group, confirm)
        async with changes.recorded(request, admin, "delete_group", groups=[group]):
            if group in administrators.stays:
                raise OwnAccountError("This group makes administrators, of whom you are one.")
            if remove_members:
                await _empty(request, admin, group)
            elif await _some_members(group):
                raise GroupNotEmptyError(
                    "The group has members. Remove them first, or say remove_members=true."
                )
            await groups.delete(group)

    async def _some_members(group: str) -> list[str]:
        found: list[str] = []
        async for member in groups.members(group):
            found.append(member.username)
            if len(found) == LARGEST_PAGE:
                break
        return found

    async def _empty(request: Request, admin: User, group: str) -> None:
        before: list[str] = []
        # Pages shift while members go, so that each round begins anew.
        while members := await _some_members(group):
            if members == before:
                raise UserPoolUnavailableError  # what is removed is still listed: later, perhaps, no more
            before = members
            for username in members:
                await _remove(request, admin, group, username)

    async def _remove(request: Request, admin: User, group: str, username: str) -> None:
        demotes = group in administrators.privileged
        async with changes.recorded(
            request, admin, "remove_user_from_group", user=username, groups=[group]
        ) as change:
            member = await changes.find(change, username)
            await changes.ending(
                member,
                admin,
                lambda: groups.remove(group, member.username),
                at_cognito=demotes,
                sign_out=demotes,
            )

    return router


async def _demand_for_role(changes: Changes, body: UpdateGroupRequest, admin: User) -> None:
    # By an identity pool members act in AWS as that role, which may do more than anybody here.
    if "role_arn" in body.model_fields_set:
        await changes.demand_superior(admin, "Only who administers the pool gives members a role.")
