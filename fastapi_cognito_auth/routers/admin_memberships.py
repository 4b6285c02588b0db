"""Who is in which group."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from fastapi_cognito_auth.cognito.groups import Groups
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    InvalidPageError,
    LastAdministratorError,
    LimitExceededError,
    OwnAccountError,
    ResourceNotFoundError,
    UserNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import AccessEnded, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_pages import GroupItems, Limit, Next, PageTokens, UserItems
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, GroupInPath, UserInPath
from fastapi_cognito_auth.routers.admin_remaining import Remaining
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.user import User


def admin_memberships_router(
    groups: Groups,
    administrators: Administrators,
    changes: Changes,
    pages: PageTokens,
    *,
    remaining: Remaining,
) -> APIRouter:
    """Build the endpoints over `auth.pool.groups` that are about members.

    Args:
        groups: does the work.
        administrators: let in who may.
        changes: records them, and ends what was issued.
        pages: give tokens of pages into clients' hands.
        remaining: demotes no last administrator.
    """
    router = new_router(kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type
    reading = [Depends(administrators.reading)]

    @router.get(
        "/groups/{group}/users",
        dependencies=reading,
        responses=responses(*READS, InvalidPageError, ResourceNotFoundError),
    )
    async def list_group_users(group: GroupInPath, limit: Limit = 60, next_page: Next = None) -> UserItems:
        """List the members of a group."""
        of = ("ListUsersInGroup", group)
        page = await groups.member_page(group, limit=limit, next_token=pages.read(of, next_page))
        return UserItems(items=page.items, next=pages.write(of, page.next_token))

    @router.get(
        "/users/{username}/groups",
        dependencies=reading,
        responses=responses(*READS, InvalidPageError, UserNotFoundError),
    )
    async def list_user_groups(username: UserInPath, limit: Limit = 60, next_page: Next = None) -> GroupItems:
        """List the groups of a user."""
        of = ("AdminListGroupsForUser", username)
        page = await groups.page_of(username, limit=limit, next_token=pages.read(of, next_page))
        return GroupItems(items=page.items, next=pages.write(of, page.next_token))

    @router.put(
        "/groups/{group}/users/{username}",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, ResourceNotFoundError, LimitExceededError),
    )
    async def add_user_to_group(
        request: Request, group: GroupInPath, username: UserInPath, admin: Administrator
    ) -> None:
        """Put a user into a group; tokens name it from the next refresh on. Asks for a recent sign-in."""
        async with changes.recorded(
            request, admin, "add_user_to_group", user=username, groups=[group]
        ) as change:
            user = await changes.find(change, username)
            await groups.add(group, user.username)

    @router.delete(
        "/groups/{group}/users/{username}",
        responses=responses(
            *CHANGES_OF_USERS, ResourceNotFoundError, OwnAccountError, LastAdministratorError
        ),
    )
    async def remove_user_from_group(
        request: Request, group: GroupInPath, username: UserInPath, admin: Administrator
    ) -> AccessEnded:
        """Take a user out of a group, and end the tokens that name it. Asks for a recent sign-in.

        Who is no administrator any more is signed out, too; others refresh their tokens.
        """
        demotes = group in administrators.privileged
        async with changes.recorded(
            request, admin, "remove_user_from_group", user=username, groups=[group]
        ) as change:
            if group in administrators.stays:
                user = await changes.find_another(change, username, admin)
            else:
                user = await changes.find(change, username)
            # Before each change Cognito is asked whether the token still counts: so it has to know.
            return await changes.ending(
                user,
                admin,
                lambda: remaining.demote(user.username, group),
                at_cognito=demotes,
                sign_out=demotes,
            )

    return router
