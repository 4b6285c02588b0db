"""The devices of any user, for administrators."""

from collections.abc import AsyncIterator

from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import DeviceStatus, TrackedDevice
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE, follow
from fastapi_cognito_auth.cognito.records import Page


class UserDevices:
    """Lists, remembers and forgets the devices of users.

    Args:
        client: speaks to Cognito.
    """

    def __init__(self, client: CognitoClient) -> None:
        self._client = client

    def list(self, username: str) -> AsyncIterator[TrackedDevice]:
        """Go through the devices of a user (AdminListDevices).

        Raises:
            UserNotFoundError: there is no such user.
        """
        return follow(lambda token: self.page(username, next_token=token))

    async def page(
        self, username: str, *, limit: int = LARGEST_PAGE, next_token: str | None = None
    ) -> Page[TrackedDevice]:
        """Get one page of them (AdminListDevices).

        Args:
            username: whose.
            limit: at most 60.
            next_token: of the page before.

        Raises:
            UserNotFoundError: there is no such user.
            InvalidParameterError: `next_token` is not one of this list.
        """
        more = {} if next_token is None else {"PaginationToken": next_token}
        answer = await self._client.call("AdminListDevices", Username=username, Limit=limit, **more)
        devices = [TrackedDevice.from_cognito(device) for device in answer.get("Devices", [])]
        return Page(devices, answer.get("PaginationToken") or None)

    async def get(self, username: str, device_key: str) -> TrackedDevice:
        """Look at one device (AdminGetDevice).

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such device.
        """
        answer = await self._client.call("AdminGetDevice", Username=username, DeviceKey=device_key)
        return TrackedDevice.from_cognito(answer.get("Device", {}))

    async def set_status(self, username: str, device_key: str, status: DeviceStatus) -> None:
        """Remember a device, or do not (AdminUpdateDeviceStatus).

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such device.
        """
        await self._client.call(
            "AdminUpdateDeviceStatus",
            Username=username,
            DeviceKey=device_key,
            DeviceRememberedStatus=status,
        )

    async def forget(self, username: str, device_key: str) -> None:
        """Forget a device: it needs a second factor again (AdminForgetDevice).

        Raises:
            UserNotFoundError: there is no such user.
            ResourceNotFoundError: the user has no such device.
        """
        await self._client.call("AdminForgetDevice", Username=username, DeviceKey=device_key)
