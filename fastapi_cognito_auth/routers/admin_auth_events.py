"""What threat protection recorded of users' sign-ins, for administrators."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    InvalidPageError,
    ResourceNotFoundError,
    UserNotFoundError,
    UserPoolAddOnNotEnabledError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_pages import AuthEventItems, Limit, Next, PageTokens
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, EventInPath, UserInPath
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User


class EventFeedbackRequest(Body):
    """Whether a sign-in was the user's own."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"feedback_value": "Invalid"}]}
    )

    feedback_value: Literal["Valid", "Invalid"]
    """`Valid` if it was."""


def admin_auth_events_router(
    users: Users, administrators: Administrators, changes: Changes, pages: PageTokens, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.users.auth_events`.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them.
        pages: give tokens of pages into clients' hands.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)

    @router.get(
        "/users/{username}/auth-events",
        dependencies=[Depends(administrators.reading)],
        responses=responses(*READS, InvalidPageError, UserNotFoundError, UserPoolAddOnNotEnabledError),
    )
    async def list_user_auth_events(
        username: UserInPath, limit: Limit = 60, next_page: Next = None
    ) -> AuthEventItems:
        """List the sign-ins of a user, the newest first, if the pool has threat protection."""
        of = ("AdminListUserAuthEvents", username)
        page = await users.auth_events.page(username, limit=limit, next_token=pages.read(of, next_page))
        return AuthEventItems(items=page.items, next=pages.write(of, page.next_token))

    @router.post(
        "/users/{username}/auth-events/{event_id}/feedback",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, ResourceNotFoundError, UserPoolAddOnNotEnabledError),
    )
    async def give_user_event_feedback(
        request: Request,
        username: UserInPath,
        event_id: EventInPath,
        body: EventFeedbackRequest,
        admin: Annotated[User, Depends(administrators.changing)],
    ) -> None:
        """Say whether a sign-in was the user's own. Asks for a recent sign-in."""
        async with changes.recorded(
            request, admin, "give_user_event_feedback", user=username, names=[event_id]
        ) as change:
            user = await changes.find(change, username)
            await users.auth_events.give_feedback(user.username, event_id, body.feedback_value)

    return router
