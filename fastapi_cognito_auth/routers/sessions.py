"""The logins of the signed-in user that the pool tracks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from fastapi_cognito_auth.cognito.sessions import Sessions
from fastapi_cognito_auth.cognito.user_session import RevokeAssociatedSessions, UserSessionPage
from fastapi_cognito_auth.dependencies.current import AccessToken, CurrentUser
from fastapi_cognito_auth.exceptions import InvalidParameterError, ResourceNotFoundError, responses
from fastapi_cognito_auth.routers.route import SIGNED_IN, NextToken, new_router

SessionId = Annotated[
    str,
    Path(
        pattern=r"^(tkn|sso)[a-z0-9]{25}$",
        description="As `GET /sessions` lists it.",
        examples=["tkn0123456789abcdefghijklmno"],
    ),
]


def sessions_router(sessions: Sessions, current_user: CurrentUser, access_token: AccessToken) -> APIRouter:
    """Build the endpoints over `auth.pool.sessions`."""
    router = new_router(dependencies=[Depends(current_user)])

    @router.get("/sessions", responses=responses(*SIGNED_IN, InvalidParameterError))
    async def list_sessions(
        token: Annotated[str, Depends(access_token)], next_token: NextToken = None
    ) -> UserSessionPage:
        """List the user's logins, if the pool tracks them."""
        return await sessions.page(token, next_token=next_token)

    @router.delete(
        "/sessions/{session_id}",
        status_code=204,
        responses=responses(*SIGNED_IN, InvalidParameterError, ResourceNotFoundError),
    )
    async def end_session(
        session_id: SessionId,
        token: Annotated[str, Depends(access_token)],
        revoke_associated_sessions: Annotated[
            RevokeAssociatedSessions, Query(description="`LINKED` ends those of the same managed login, too.")
        ] = "NONE",
    ) -> None:
        """End another login. Its access token stays valid offline until it expires.

        The login of this very token ends by `/sign-out`.
        """
        await sessions.revoke(token, session_id, revoke_associated_sessions=revoke_associated_sessions)

    return router
