"""Remembered devices: registered once, and then proved instead of a second factor.

The secret of a device is made by the app, and kept by the client: encrypted, so that the client
can hand it back and do nothing else with it. Whoever steals it still needs the password.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi_cognito_auth.cognito.attempt import Attempt, Device, respond
from fastapi_cognito_auth.cognito.client import CognitoClient
from fastapi_cognito_auth.cognito.models import DevicePage, DeviceStatus, RegisteredDevice, TrackedDevice
from fastapi_cognito_auth.cognito.password_proof import PasswordProof, given
from fastapi_cognito_auth.cognito.text import check_text
from fastapi_cognito_auth.exceptions import InvalidSessionError, UserPoolUnavailableError
from fastapi_cognito_auth.sealing import Sealer
from fastapi_cognito_auth.srp.handshake import new_device_verifier

_PURPOSE: Final = "device"


class Devices:
    """Registers, proves and manages the devices of a user.

    Args:
        client: speaks to Cognito.
        sealer: encrypts the secrets of devices.
        proof: does the arithmetic.
    """

    def __init__(self, client: CognitoClient, sealer: Callable[[], Sealer], proof: PasswordProof) -> None:
        self._client = client
        self._sealer = sealer
        self._proof = proof

    def open(self, sealed: str) -> Device:
        """Open what a client kept.

        Raises:
            InvalidSessionError: it is forged, or from another app.
        """
        value = self._sealer().reveal(_PURPOSE, sealed)
        if value.keys() != {"key", "group_key", "password"}:
            # Sealed by another version of this package.
            raise InvalidSessionError
        return Device(
            key=value["key"], group_key=value["group_key"], password=value["password"], sealed=sealed
        )

    async def register(
        self, access_token: str, device_key: str, device_group_key: str, *, name: str | None = None
    ) -> RegisteredDevice:
        """Register a device that a sign-in reported as new (ConfirmDevice).

        Args:
            access_token: of the sign-in that reported it.
            device_key: from `Tokens.new_device`.
            device_group_key: from `Tokens.new_device`.
            name: shown in the list of devices.

        Returns:
            What the client keeps and sends with the next sign-ins and refreshes.
        """
        check_text([device_key, device_group_key])
        verifier = await self._client.compute(lambda: new_device_verifier(device_group_key, device_key))
        answer = await self._client.call(
            "ConfirmDevice",
            AccessToken=access_token,
            DeviceKey=device_key,
            DeviceSecretVerifierConfig={
                "Salt": verifier.salt,
                "PasswordVerifier": verifier.password_verifier,
            },
            **({} if name is None else {"DeviceName": name}),
        )
        secret = {"key": device_key, "group_key": device_group_key, "password": verifier.password}
        return RegisteredDevice(
            device=self._sealer().hide(_PURPOSE, secret),
            user_confirmation_necessary=answer.get("UserConfirmationNecessary") is True,
        )

    async def prove(self, first: Mapping[str, Any], attempt: Attempt) -> dict[str, Any]:
        """Answer DEVICE_SRP_AUTH, and the DEVICE_PASSWORD_VERIFIER that follows.

        Raises:
            UserPoolUnavailableError: the pool asks for a device that was never named, or the
                challenge is malformed.
            NotAuthorizedError: the device's secret is wrong.
        """
        device = attempt.device
        if device is None:
            raise UserPoolUnavailableError
        attempt = attempt.named(given(first).get("USERNAME") or attempt.username)
        handshake = await self._proof.begin(device.group_key)
        second = await respond(
            self._client, attempt, "DEVICE_SRP_AUTH", {"SRP_A": handshake.srp_a}, first.get("Session") or None
        )
        if second.get("ChallengeName") != "DEVICE_PASSWORD_VERIFIER":
            return second
        claim = await self._proof.claim(handshake, device.key, device.password, second)
        return await respond(
            self._client, attempt, "DEVICE_PASSWORD_VERIFIER", claim, second.get("Session") or None
        )

    async def list(self, access_token: str, *, limit: int = 60, next_token: str | None = None) -> DevicePage:
        """List the user's devices (ListDevices).

        Args:
            access_token: the user's.
            limit: at most 60.
            next_token: from the page before.
        """
        more = {} if next_token is None else {"PaginationToken": next_token}
        answer = await self._client.call("ListDevices", AccessToken=access_token, Limit=limit, **more)
        return DevicePage(
            devices=[TrackedDevice.from_cognito(device) for device in answer.get("Devices", [])],
            next_token=answer.get("PaginationToken"),
        )

    async def get(self, access_token: str, device_key: str) -> TrackedDevice:
        """Look at one device (GetDevice).

        Raises:
            ResourceNotFoundError: the user has no such device.
        """
        answer = await self._client.call("GetDevice", AccessToken=access_token, DeviceKey=device_key)
        return TrackedDevice.from_cognito(answer.get("Device", {}))

    async def set_status(self, access_token: str, device_key: str, status: DeviceStatus) -> None:
        """Remember a device, or do not (UpdateDeviceStatus).

        Raises:
            ResourceNotFoundError: the user has no such device.
        """
        await self._client.call(
            "UpdateDeviceStatus",
            AccessToken=access_token,
            DeviceKey=device_key,
            DeviceRememberedStatus=status,
        )

    async def forget(self, access_token: str, device_key: str) -> None:
        """Forget a device: it needs a second factor again, and its refresh tokens end (ForgetDevice).

        Raises:
            ResourceNotFoundError: the user has no such device.
        """
        await self._client.call("ForgetDevice", AccessToken=access_token, DeviceKey=device_key)
