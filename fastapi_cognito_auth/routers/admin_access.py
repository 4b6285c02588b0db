"""Whether and how users may sign in, decided by administrators."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.answers import ClientMetadata
from fastapi_cognito_auth.cognito.password_rules import telling_all_rules
from fastapi_cognito_auth.cognito.typed import NewPassword
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeDeliveryFailureError,
    InvalidPasswordError,
    LastAdministratorError,
    LimitExceededError,
    OwnAccountError,
    PasswordHistoryPolicyViolationError,
    UserLambdaValidationError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import AccessEnded, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, UserInPath
from fastapi_cognito_auth.routers.admin_remaining import Remaining
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User


class ConfirmUserRequest(Body):
    """What goes along with a confirmation."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{}]})

    client_metadata: ClientMetadata = None


class ResetUserPasswordRequest(Body):
    """What goes along with the code."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"examples": [{}]})

    client_metadata: ClientMetadata = None


class SetPasswordRequest(Body):
    """A password that is no longer the user's own choice."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"password": "Battery-staple-2?"}]}
    )

    password: NewPassword
    """As the pool's policy wants it."""

    permanent: bool = False
    """Otherwise the user has to replace it at the next sign-in."""


def admin_access_router(
    users: Users,
    administrators: Administrators,
    changes: Changes,
    *,
    remaining: Remaining,
    max_body_size: int,
) -> APIRouter:
    """Build the endpoints over `auth.pool.users` that let users in, and keep them out.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them, and ends what was issued.
        remaining: disables no last administrator.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type

    @router.post(
        "/users/{username}/confirm",
        status_code=204,
        responses=responses(
            *CHANGES_OF_USERS, AliasExistsError, UserLambdaValidationError, LimitExceededError
        ),
    )
    async def confirm_user(
        request: Request, username: UserInPath, admin: Administrator, body: ConfirmUserRequest | None = None
    ) -> None:
        """Confirm who has signed up, without a code. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "confirm_user", user=username) as change:
            user = await changes.find(change, username)
            metadata = None if body is None else body.client_metadata
            await users.confirm(user.username, client_metadata=metadata)

    @router.post(
        "/users/{username}/disable",
        responses=responses(*CHANGES_OF_USERS, OwnAccountError, LastAdministratorError),
    )
    async def disable_user(request: Request, username: UserInPath, admin: Administrator) -> AccessEnded:
        """Keep a user from signing in, and end all sign-ins. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "disable_user", user=username) as change:
            user = await changes.find_another(change, username, admin)
            return await changes.ending(user, admin, lambda: remaining.disable(user.username))

    @router.post("/users/{username}/enable", status_code=204, responses=responses(*CHANGES_OF_USERS))
    async def enable_user(request: Request, username: UserInPath, admin: Administrator) -> None:
        """Let a disabled user sign in again. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "enable_user", user=username) as change:
            user = await changes.find(change, username)
            await users.enable(user.username)

    @router.post(
        "/users/{username}/reset-password",
        responses=responses(
            *CHANGES_OF_USERS,
            OwnAccountError,
            UserLambdaValidationError,
            LimitExceededError,
            CodeDeliveryFailureError,
        ),
    )
    async def reset_user_password(
        request: Request,
        username: UserInPath,
        admin: Administrator,
        body: ResetUserPasswordRequest | None = None,
    ) -> AccessEnded:
        """Make a user choose a new password by a code, and end all sign-ins. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "reset_user_password", user=username) as change:
            user = await changes.find_another(change, username, admin)
            metadata = None if body is None else body.client_metadata
            return await changes.ending(
                user, admin, lambda: users.reset_password(user.username, client_metadata=metadata)
            )

    @router.put(
        "/users/{username}/password",
        responses=responses(
            *CHANGES_OF_USERS, OwnAccountError, InvalidPasswordError, PasswordHistoryPolicyViolationError
        ),
    )
    async def set_user_password(
        request: Request, username: UserInPath, body: SetPasswordRequest, admin: Administrator
    ) -> AccessEnded:
        """Set a password, and end all sign-ins. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "set_user_password", user=username) as change:
            user = await changes.find_another(change, username, admin)
            # Cognito leaves refresh tokens valid, and nobody would be rid of who has stolen one.
            async with telling_all_rules(users.password_rules):
                return await changes.ending(
                    user,
                    admin,
                    lambda: users.set_password(user.username, body.password, permanent=body.permanent),
                    sign_out=True,
                )

    @router.post("/users/{username}/sign-out", responses=responses(*CHANGES_OF_USERS, OwnAccountError))
    async def sign_out_user(request: Request, username: UserInPath, admin: Administrator) -> AccessEnded:
        """End all sign-ins of a user. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "sign_out_user", user=username) as change:
            user = await changes.find_another(change, username, admin)
            return await changes.ending(user, admin, lambda: users.sign_out(user.username))

    return router
