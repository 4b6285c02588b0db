"""The devices of users: offered at a sign-in, confirmed with a verifier, remembered or not."""

import base64
import binascii
import secrets
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, missing_parameter, not_found
from fastapi_cognito_auth.local.passwords import Verifier
from fastapi_cognito_auth.local.srp_server import Handshakes
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.expiring import Owned
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table
from fastapi_cognito_auth.srp import group as srp_group

_OFFER_SECONDS: Final = 24 * 3600
_ALPHANUMERICS: Final = string.ascii_letters + string.digits


def no_such_device() -> ServiceError:
    """Refuse a device that is unknown, forgotten or another user's, all alike."""
    return not_found("Device does not exist.")


@dataclass(kw_only=True)
class Device(Record):
    """One confirmed device; the secret that the verifier stands for never left it."""

    key: str
    group_key: str
    sub: str
    verifier: Verifier = field(repr=False)
    name: str | None
    remembered: bool
    created_at: float
    modified_at: float
    authenticated_at: float

    def describe(self) -> dict[str, Any]:
        """Return DeviceType."""
        attributes = {
            "device_status": "valid",
            **({"device_name": self.name} if self.name else {}),
            "dev:device_remembered_status": "remembered" if self.remembered else "not_remembered",
            "last_ip_used": "127.0.0.1",
        }
        return {
            "DeviceKey": self.key,
            "DeviceAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
            "DeviceCreateDate": self.created_at,
            "DeviceLastModifiedDate": self.modified_at,
            "DeviceLastAuthenticatedDate": self.authenticated_at,
        }


@kept
@dataclass(frozen=True, kw_only=True)
class DeviceOffer:
    """A device key that a sign-in gave out; nobody has confirmed it yet."""

    group_key: str
    sub: str
    made_at: float


def read_verifier(config: Mapping[str, str] | None) -> Verifier:
    """Read DeviceSecretVerifierConfig.

    Raises:
        ServiceError: a member is missing, is not base64, or is a number that anybody could prove.
    """
    if config is None:
        raise missing_parameter("DeviceSecretVerifierConfig")
    salt, v = (_number(config, name) for name in ("Salt", "PasswordVerifier"))
    # Of 0, 1 and -1 the powers are known without any secret.
    if not 1 < v < srp_group.N - 1:
        raise invalid_parameter("Invalid device verifier")
    return Verifier(salt, v)


def _number(config: Mapping[str, str], name: str) -> int:
    text = config.get(name)
    if not text:
        raise missing_parameter(name)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not 0 < len(data) <= 512:
        msg = f"Invalid {name}"
        raise invalid_parameter(msg)
    return int.from_bytes(data, "big")


class Devices:
    """The devices of a pool's users, and the handshakes that prove them.

    Args:
        region: of the pool; device keys begin with it.
        shelf: where they are kept.
    """

    def __init__(self, region: str, shelf: Shelf) -> None:
        # Apart from the handshakes of passwords, so that neither can answer for the other.
        self.handshakes: Handshakes = Handshakes("", shelf, name="device_handshakes")
        self._region = region
        self._clock = shelf.clock
        self._devices: Table[str, Device] = shelf.table("devices")
        self._offers: Owned[str, DeviceOffer] = shelf.owned(
            "device_offers", lambda offer: offer.made_at + _OFFER_SECONDS, lambda offer: offer.sub
        )

    def offer(self, sub: str) -> dict[str, str]:
        """Return NewDeviceMetadata for a sign-in without a known device."""
        key = f"{self._region}_{uuid.uuid4()}"
        group_key = "-" + "".join(secrets.choice(_ALPHANUMERICS) for _ in range(8))
        self._offers[key] = DeviceOffer(group_key=group_key, sub=sub, made_at=self._clock())
        return {"DeviceKey": key, "DeviceGroupKey": group_key}

    def confirm(self, sub: str, key: str, verifier: Verifier, *, name: str | None, remembered: bool) -> None:
        """Make a device of an offered key.

        Raises:
            ServiceError: the key is taken, or was not offered to this user.
        """
        device = self._devices.get(key)
        if device is not None and device.sub == sub:
            raise ServiceError("DeviceKeyExistsException", "Device already exists")
        offer = self._offers.get(key)
        if offer is None or offer.sub != sub:
            raise no_such_device()
        self._offers.discard(key)
        now = self._clock()
        self._devices[key] = Device(
            key=key,
            group_key=offer.group_key,
            sub=sub,
            verifier=verifier,
            name=name,
            remembered=remembered,
            created_at=now,
            modified_at=now,
            authenticated_at=now,
        )

    def get(self, sub: str, key: str) -> Device:
        """Return a user's device.

        Raises:
            ServiceError: `ResourceNotFoundException`.
        """
        device = self._devices.get(key)
        if device is None or device.sub != sub:
            raise no_such_device()
        return device

    def of(self, sub: str) -> list[Device]:
        """Return a user's devices, the oldest first."""
        return [device for device in self._devices.values() if device.sub == sub]

    def remember(self, device: Device, *, remembered: bool) -> None:
        """Change whether a device stands in for a second factor."""
        device.remembered = remembered
        device.modified_at = self._clock()

    def forget(self, device: Device) -> None:
        """Drop a device."""
        self._devices.pop(device.key, None)

    def forget_user(self, sub: str) -> None:
        """Drop what a deleted user leaves behind."""
        for device in self.of(sub):
            self.forget(device)
        self._offers.discard_of(sub)
