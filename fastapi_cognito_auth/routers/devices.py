"""The devices of the signed-in user."""

from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import ConfigDict, Field

from fastapi_cognito_auth.cognito.devices import Devices
from fastapi_cognito_auth.cognito.models import DevicePage, DeviceStatus, RegisteredDevice, TrackedDevice
from fastapi_cognito_auth.dependencies.current import AccessToken
from fastapi_cognito_auth.exceptions import (
    DeviceKeyExistsError,
    DevicesNotTrackedError,
    InvalidParameterError,
    ResourceNotFoundError,
    responses,
)
from fastapi_cognito_auth.routers.route import SIGNED_IN, Body, new_router

_DEVICE_KEY: Final = "eu-central-1_5c1a6b5e-8e1b-4e55-bb0c-7f3f1a0d2c11"

DeviceKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=55,
        pattern=r"^[\w-]+_[0-9a-f-]+$",
    ),
]
DeviceInPath = Annotated[DeviceKey, Path(description="As `GET /devices` lists it.", examples=[_DEVICE_KEY])]

_ERRORS = (*SIGNED_IN, InvalidParameterError, ResourceNotFoundError, DevicesNotTrackedError)


class RegisterDeviceRequest(Body):
    """The device that a sign-in reported as `new_device`."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "device_key": _DEVICE_KEY,
                    "device_group_key": "-AbCdEfGh",
                    "name": "My laptop",
                }
            ]
        }
    )

    device_key: DeviceKey
    """As the sign-in reported it."""

    device_group_key: str = Field(min_length=1, max_length=128)
    """As the sign-in reported it."""

    name: str | None = Field(default=None, min_length=1, max_length=1024)
    """A name for people; none unless given."""


class DeviceStatusRequest(Body):
    """Whether a device is remembered."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"examples": [{"status": "remembered"}]}
    )

    status: DeviceStatus
    """Where a pool allows it, a remembered device needs no second factor."""


def devices_router(devices: Devices, access_token: AccessToken, *, max_body_size: int) -> APIRouter:
    """Build the endpoints over `auth.pool.devices`.

    Args:
        devices: does the work.
        access_token: finds the user's token.
        max_body_size: bytes.
    """
    router = new_router(max_body_size=max_body_size)
    Token = Annotated[str, Depends(access_token)]  # noqa: N806 - a type

    @router.get("/devices", responses=responses(*_ERRORS))
    async def list_devices(
        token: Token,
        limit: Annotated[int, Query(ge=1, le=60, description="Devices of a page.")] = 60,
        next_token: Annotated[
            str | None,
            Query(min_length=1, max_length=4096, description="`next_token` of the page before."),
        ] = None,
    ) -> DevicePage:
        """List the user's devices."""
        return await devices.list(token, limit=limit, next_token=next_token)

    @router.post("/devices", status_code=201, responses=responses(DeviceKeyExistsError, *_ERRORS))
    async def register_device(body: RegisterDeviceRequest, token: Token) -> RegisteredDevice:
        """Register the device of this sign-in. Keep `device` on it, and send it from now on."""
        return await devices.register(token, body.device_key, body.device_group_key, name=body.name)

    @router.get("/devices/{key}", responses=responses(*_ERRORS))
    async def get_device(key: DeviceInPath, token: Token) -> TrackedDevice:
        """Look at one device."""
        return await devices.get(token, key)

    @router.patch("/devices/{key}", status_code=204, responses=responses(*_ERRORS))
    async def set_device_status(key: DeviceInPath, body: DeviceStatusRequest, token: Token) -> None:
        """Remember a device, or do not."""
        await devices.set_status(token, key, body.status)

    @router.delete("/devices/{key}", status_code=204, responses=responses(*_ERRORS))
    async def forget_device(key: DeviceInPath, token: Token) -> None:
        """Forget a device. It needs a second factor again."""
        await devices.forget(token, key)

    return router
