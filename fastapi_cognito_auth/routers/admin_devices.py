"""The devices of users, for administrators."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.models import DeviceStatus, TrackedDevice
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    DevicesNotTrackedError,
    InvalidPageError,
    ResourceNotFoundError,
    UserNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES_OF_USERS, READS
from fastapi_cognito_auth.routers.admin_pages import DeviceItems, Limit, Next, PageTokens
from fastapi_cognito_auth.routers.admin_paths import AdminRoute, DeviceInPath, UserInPath
from fastapi_cognito_auth.routers.route import Body, new_router
from fastapi_cognito_auth.user import User

_DEVICE = (ResourceNotFoundError, DevicesNotTrackedError)


class UserDeviceStatusRequest(Body):
    """Whether a device is remembered."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"status": "not_remembered"}]}
    )

    status: DeviceStatus
    """Where a pool allows it, a remembered device needs no second factor."""


def admin_devices_router(
    users: Users, administrators: Administrators, changes: Changes, pages: PageTokens, *, max_body_size: int
) -> APIRouter:
    """Build the endpoints over `auth.pool.users.devices`.

    Args:
        users: does the work.
        administrators: let in who may.
        changes: records them.
        pages: give tokens of pages into clients' hands.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type
    reading = [Depends(administrators.reading)]

    @router.get(
        "/users/{username}/devices",
        dependencies=reading,
        responses=responses(*READS, InvalidPageError, UserNotFoundError, DevicesNotTrackedError),
    )
    async def list_user_devices(
        username: UserInPath, limit: Limit = 60, next_page: Next = None
    ) -> DeviceItems:
        """List the devices of a user."""
        of = ("AdminListDevices", username)
        page = await users.devices.page(username, limit=limit, next_token=pages.read(of, next_page))
        return DeviceItems(items=page.items, next=pages.write(of, page.next_token))

    @router.get(
        "/users/{username}/devices/{key}",
        dependencies=reading,
        responses=responses(*READS, UserNotFoundError, *_DEVICE),
    )
    async def get_user_device(username: UserInPath, key: DeviceInPath) -> TrackedDevice:
        """Look at one device."""
        return await users.devices.get(username, key)

    @router.patch(
        "/users/{username}/devices/{key}",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, *_DEVICE),
    )
    async def set_user_device_status(
        request: Request,
        username: UserInPath,
        key: DeviceInPath,
        body: UserDeviceStatusRequest,
        admin: Administrator,
    ) -> None:
        """Remember a device, or do not. Asks for a recent sign-in."""
        async with changes.recorded(
            request, admin, "set_user_device_status", user=username, names=[key]
        ) as change:
            user = await changes.find(change, username)
            await users.devices.set_status(user.username, key, body.status)

    @router.delete(
        "/users/{username}/devices/{key}",
        status_code=204,
        responses=responses(*CHANGES_OF_USERS, *_DEVICE),
    )
    async def forget_user_device(
        request: Request, username: UserInPath, key: DeviceInPath, admin: Administrator
    ) -> None:
        """Forget a device. It needs a second factor again. Asks for a recent sign-in."""
        async with changes.recorded(
            request, admin, "forget_user_device", user=username, names=[key]
        ) as change:
            user = await changes.find(change, username)
            await users.devices.forget(user.username, key)

    return router
