"""The logins of users that the pool tracks, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from fastapi_cognito_auth.cognito.user_session import RevokeAssociatedSessions
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    InvalidPageError,
    ResourceNotFoundError,
    UserNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_pages import Next, PageTokens, SessionItems
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, SessionInPath, UserInPath
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.user import User


def admin_sessions_router(
    users: Users, administrators: Administrators, changes: Changes, pages: PageTokens
) -> APIRouter:
    """Build the endpoints over `auth.pool.users.sessions`.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them.
        pages: give tokens of pages into clients' hands.
    """
    router = new_router(kind=AdminRoute)

    @router.get(
        "/users/{username}/sessions",
        dependencies=[Depends(administrators.reading)],
        responses=responses(*READS, InvalidPageError, UserNotFoundError),
    )
    async def list_user_sessions(username: UserInPath, next_page: Next = None) -> SessionItems:
        """List the logins of a user, if the pool tracks them."""
        of = ("AdminListUserSessions", username)
        page = await users.sessions.page(username, next_token=pages.read(of, next_page))
        return SessionItems(items=page.items, next=pages.write(of, page.next_token))

    @router.delete(
        "/users/{username}/sessions/{session_id}",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, ResourceNotFoundError),
    )
    async def end_user_session(
        request: Request,
        username: UserInPath,
        session_id: SessionInPath,
        admin: Annotated[User, Depends(administrators.changing)],
        revoke_associated_sessions: Annotated[
            RevokeAssociatedSessions, Query(description="`LINKED` ends those of the same managed login, too.")
        ] = "NONE",
    ) -> None:
        """End one login of a user. Asks for a recent sign-in.

        Its access token stays valid offline until it expires; `POST /users/{username}/sign-out` ends all.
        """
        async with changes.recorded(
            request, admin, "end_user_session", user=username, names=[session_id]
        ) as change:
            user = await changes.find(change, username)
            await users.sessions.revoke(
                user.username, session_id, revoke_associated_sessions=revoke_associated_sessions
            )

    return router
