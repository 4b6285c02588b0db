"""The browsers in which a user is signed in, for that user."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from fastapi_cognito_auth.cognito.models import SignedOut
from fastapi_cognito_auth.dependencies.current import CurrentUser
from fastapi_cognito_auth.exceptions import SessionsNotListedError, SessionsUnavailableError, responses
from fastapi_cognito_auth.routers.route import SIGNED_IN, new_router
from fastapi_cognito_auth.routers.user_sessions import CookieSession, SessionsEnded, UserSessions
from fastapi_cognito_auth.user import User

_ERRORS = (*SIGNED_IN, SessionsNotListedError, SessionsUnavailableError)

SessionId = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{64}$", description="As `GET /all` lists it.", examples=["0123456789abcdef" * 4]),
]


def user_cookie_sessions_router(sessions: UserSessions, current_user: CurrentUser) -> APIRouter:
    """Build the endpoints over `auth.cookie_sessions`.

    Args:
        sessions: lists and ends them.
        current_user: whose; of the app's own pool, since `sub` is of that pool.
    """
    router = new_router(tags=["cookie session"])
    SignedInUser = Annotated[User, Depends(current_user)]  # noqa: N806 - a type

    @router.get("/all", responses=responses(*_ERRORS))
    async def list_cookie_sessions(request: Request, user: SignedInUser) -> list[CookieSession]:
        """List the browsers in which the user is signed in, the newest first."""
        return await sessions.of_user(user.sub, current=current_user.session_id(request))

    @router.delete("/all", responses=responses(*_ERRORS))
    async def end_all_cookie_sessions(
        request: Request,
        user: SignedInUser,
        *,
        keep_current: Annotated[
            bool, Query(description="Whether the browser that asks stays signed in.")
        ] = False,
    ) -> SessionsEnded:
        """Sign out of all browsers, at once. The answer says what stays valid."""
        current = current_user.session_id(request)
        ended = await sessions.end_all(user.sub, keep=current if keep_current else None)
        if not keep_current:
            await current_user.end_session(request)
        return ended

    @router.delete("/all/{session_id}", responses=responses(*_ERRORS))
    async def end_cookie_session(session_id: SessionId, request: Request, user: SignedInUser) -> SignedOut:
        """Sign out of one browser, at once; of one that is signed out already, too."""
        ended = await sessions.end(user.sub, session_id)
        if session_id == current_user.session_id(request):
            await current_user.end_session(request)
        return ended

    return router
