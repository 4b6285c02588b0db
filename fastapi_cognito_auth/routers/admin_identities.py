"""Identity providers by which users sign in, linked by administrators."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    LimitExceededError,
    OwnAccountError,
    ResourceNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import AccessEnded, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, ProviderInPath, UserInPath
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User


class LinkRequest(Body):
    """Who the user is at an identity provider."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"provider": "Google", "provider_user_id": "117"}]}
    )

    provider: str = Field(min_length=1, max_length=32)
    """Its name in the pool."""

    provider_user_id: str = Field(min_length=1, max_length=2048)
    """Who the user is there; nobody who has signed in by it before."""

    attribute: str = Field(default="Cognito_Subject", min_length=1, max_length=2048)
    """What the provider calls that id, where it is not the subject."""


def admin_identities_router(
    users: Users, administrators: Administrators, changes: Changes, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.users` that link identities.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them, and ends what was issued.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type

    @router.post(
        "/users/{username}/identities",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, AliasExistsError, LimitExceededError, ResourceNotFoundError),
    )
    async def link_user(
        request: Request, username: UserInPath, body: LinkRequest, admin: Administrator
    ) -> None:
        """Let a user sign in by an identity provider. Asks for a recent sign-in.

        Whoever is that user at the provider is this user here from now on.
        """
        async with changes.recorded(
            request, admin, "link_user", user=username, names=[body.provider]
        ) as change:
            user = await changes.find(change, username)
            await users.link(user.username, body.provider, body.provider_user_id, attribute=body.attribute)

    @router.delete(
        "/users/{username}/identities/{provider}",
        responses=responses(*CHANGES_OF_USERS, OwnAccountError, ResourceNotFoundError),
    )
    async def unlink_user(
        request: Request,
        username: UserInPath,
        provider: ProviderInPath,
        admin: Administrator,
        provider_user_id: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=2048,
                description="Which, where the user has several identities of it.",
            ),
        ] = None,
    ) -> AccessEnded:
        """Keep a user from signing in by a provider, and end all sign-ins. Asks for a recent sign-in."""
        async with changes.recorded(request, admin, "unlink_user", user=username, names=[provider]) as change:
            user = await changes.find_another(change, username, admin)
            return await changes.ending(
                user,
                admin,
                lambda: users.unlink(user.username, provider, provider_user_id=provider_user_id),
                sign_out=True,
            )

    return router
