"""The operations on devices, of the user and of the administrator."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi_cognito_auth.local.devices import Device, read_verifier
from fastapi_cognito_auth.local.errors import ServiceError, missing_parameter
from fastapi_cognito_auth.local.operations.admin_users import user_of
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.users import User

_PAGE: Final = 60


def _check_tracking(plane: Plane) -> None:
    if not plane.directory.device_tracking:
        msg = "Device tracking is not enabled for the user pool."
        raise ServiceError("InvalidUserPoolConfigurationException", msg)


def _own(plane: Plane, params: Mapping[str, Any]) -> User:
    """Return the user of the access token; the model lets some operations lack it, the service does not."""
    if "AccessToken" not in params:
        raise missing_parameter("AccessToken")
    _, user = plane.tokens.read_access_token(params["AccessToken"])
    _check_tracking(plane)
    return user


def _named(plane: Plane, params: Mapping[str, Any]) -> User:
    user = user_of(plane, params)
    _check_tracking(plane)
    return user


def _confirm(plane: Plane, params: dict[str, Any]) -> Result:
    user = _own(plane, params)
    ask = bool(plane.directory.device_tracking.get("DeviceOnlyRememberedOnUserPrompt"))
    verifier = read_verifier(params.get("DeviceSecretVerifierConfig"))
    plane.devices.confirm(
        user.sub, params["DeviceKey"], verifier, name=params.get("DeviceName"), remembered=not ask
    )
    return {"UserConfirmationNecessary": ask}


def _device(plane: Plane, user: User, params: Mapping[str, Any]) -> Device:
    return plane.devices.get(user.sub, params["DeviceKey"])


def _get(plane: Plane, user: User, params: Mapping[str, Any]) -> Result:
    return {"Device": _device(plane, user, params).describe()}


def _list(plane: Plane, user: User, params: Mapping[str, Any]) -> Result:
    devices, token = page(
        plane.devices.of(user.sub),
        of=f"devices:{user.sub}",
        limit=params.get("Limit") or _PAGE,
        token=params.get("PaginationToken"),
    )
    answer: Result = {"Devices": [device.describe() for device in devices]}
    return answer if token is None else answer | {"PaginationToken": token}


def _update(plane: Plane, user: User, params: Mapping[str, Any]) -> Result:
    device = _device(plane, user, params)
    if "DeviceRememberedStatus" in params:
        plane.devices.remember(device, remembered=params["DeviceRememberedStatus"] == "remembered")
    return {}


def _forget(plane: Plane, user: User, params: Mapping[str, Any]) -> Result:
    device = _device(plane, user, params)
    plane.devices.forget(device)
    plane.tokens.forget_device(device.key)
    return {}


OPERATIONS: Final = {
    "ConfirmDevice": _confirm,
    "GetDevice": lambda plane, params: _get(plane, _own(plane, params), params),
    "ListDevices": lambda plane, params: _list(plane, _own(plane, params), params),
    "UpdateDeviceStatus": lambda plane, params: _update(plane, _own(plane, params), params),
    "ForgetDevice": lambda plane, params: _forget(plane, _own(plane, params), params),
    "AdminGetDevice": lambda plane, params: _get(plane, _named(plane, params), params),
    "AdminListDevices": lambda plane, params: _list(plane, _named(plane, params), params),
    "AdminUpdateDeviceStatus": lambda plane, params: _update(plane, _named(plane, params), params),
    "AdminForgetDevice": lambda plane, params: _forget(plane, _named(plane, params), params),
}
