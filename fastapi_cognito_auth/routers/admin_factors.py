"""The factors of users, switched by administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from fastapi_cognito_auth.cognito.factors import AuthFactors, MfaPreference
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    PasswordResetRequiredError,
    ResourceNotFoundError,
    UserNotConfirmedError,
    UserNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, UserInPath
from fastapi_cognito_auth.routers.legacy_mfa import LegacyMfaRequest
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.user import User


def admin_factors_router(
    users: Users, administrators: Administrators, changes: Changes, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.users.mfa`.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type

    @router.get(
        "/users/{username}/auth-factors",
        dependencies=[Depends(administrators.reading)],
        responses=responses(*READS, UserNotFoundError),
    )
    async def get_user_auth_factors(username: UserInPath) -> AuthFactors:
        """Get the ways in which a user can sign in."""
        return await users.auth_factors(username)

    @router.put(
        "/users/{username}/mfa",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, PasswordResetRequiredError, UserNotConfirmedError),
    )
    async def set_user_mfa(
        request: Request, username: UserInPath, body: MfaPreference, admin: Administrator
    ) -> None:
        """Switch second factors of a user. Asks for a recent sign-in."""
        names = sorted(body.members())
        async with changes.recorded(request, admin, "set_user_mfa", user=username, names=names) as change:
            user = await changes.find(change, username)
            await users.mfa.set_preference(user.username, body)

    @router.delete(
        "/users/{username}/mfa/totp",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, UserNotConfirmedError, ResourceNotFoundError),
    )
    async def delete_user_totp(request: Request, username: UserInPath, admin: Administrator) -> None:
        """Take the authenticator app away from a user who has lost it. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "delete_user_totp", user=username) as change:
            user = await changes.find(change, username)
            await users.mfa.delete_totp(user.username)

    @router.put(
        "/users/{username}/settings",
        status_code=204,
        deprecated=True,
        responses=responses(*CHANGES_OF_USERS),
    )
    async def set_user_settings(
        request: Request, username: UserInPath, body: LegacyMfaRequest, admin: Administrator
    ) -> None:
        """Switch SMS as a second factor, as before `PUT /mfa` superseded it. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "set_user_settings", user=username) as change:
            user = await changes.find(change, username)
            await users.mfa.set_settings(user.username, body.options())

    return router
