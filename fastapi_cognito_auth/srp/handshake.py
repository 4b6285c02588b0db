"""SRP-6a as Amazon Cognito does it: the 3072-bit group, for users and for devices.

The protocol is RFC 5054's with Cognito's own hashing: every integer that is hashed is first
written as a minimal two's-complement number (`pad`), the password is bound to the pool's name,
and the proof is an HMAC under a key drawn from S by one HKDF block. There is no server proof.

Nothing here does I/O. A handshake costs three modular exponentiations (some 15 ms in plain
Python, 3 ms with gmpy2), so callers run it in a worker thread.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fastapi_cognito_auth.srp.group import G, N, power, power_of_g

_HEX: Final = re.compile("[0-9a-fA-F]+")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SRPError(ValueError):
    """The other side sent a value that SRP must refuse, or one that is not well formed."""


class Challenge(NamedTuple):
    """What the server sends in answer to `SRP_A`: hex, hex and base64 as they come."""

    salt: str
    srp_b: str
    secret_block: str


def pad(number: int) -> bytes:
    """Write a non-negative integer as minimal big-endian two's complement (`padHex`)."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


K: Final = int.from_bytes(_hash(pad(N) + pad(G)), "big")
"""The multiplier k = H(pad(N) | pad(g))."""


def pool_name(user_pool_id: str) -> str:
    """Return the part of a user pool id that SRP hashes: all after the first underscore."""
    return user_pool_id.partition("_")[2]


def private_exponent() -> int:
    """Draw a secret exponent of 256 bits: twice the strength that a 3072-bit group has."""
    return secrets.randbits(256) | (1 << 255)


def verifier_exponent(group: str, identity: str, password: str, salt: int) -> int:
    """Return x, the exponent of the verifier v = g^x.

    Args:
        group: the pool's name for a user, the device group key for a device.
        identity: `USER_ID_FOR_SRP`, or the device key.
        password: hashed as given, in UTF-8.
        salt: as an integer.
    """
    inner = _hash(f"{group}{identity}:{password}".encode())
    return int.from_bytes(_hash(pad(salt) + inner), "big")


def scrambler(a_public: int, b_public: int) -> int:
    """Return u = H(pad(A) | pad(B)).

    Raises:
        SRPError: u is zero, which would take the password out of the proof.
    """
    u = int.from_bytes(_hash(pad(a_public) + pad(b_public)), "big")
    if u == 0:
        raise SRPError("u cannot be zero")
    return u


def session_key(u: int, s: int) -> bytes:
    """Derive the 16 bytes that sign the claim (HKDF-SHA256 with u as the salt, RFC 5869)."""
    prk = hmac.digest(pad(u), pad(s), "sha256")
    return hmac.digest(prk, b"Caldera Derived Key\x01", "sha256")[:16]


def claim_signature(key: bytes, group: str, identity: str, secret_block: bytes, timestamp: str) -> bytes:
    """Sign what `PASSWORD_CLAIM_SIGNATURE` signs: who, the server's block, and when."""
    message = group.encode() + identity.encode() + secret_block + timestamp.encode()
    return hmac.digest(key, message, "sha256")


def format_timestamp(moment: datetime) -> str:
    """Write a moment as Cognito's `TIMESTAMP`: English, UTC, the day without a leading zero."""
    utc = moment.astimezone(UTC)
    return (
        f"{_WEEKDAYS[utc.weekday()]} {_MONTHS[utc.month - 1]} {utc.day} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} UTC {utc.year}"
    )


def parse_hex(text: str, name: str) -> int:
    """Read a hex number of the wire, strictly: no sign, prefix, underscore or space.

    Raises:
        SRPError: it is not hex, naming `name`.
    """
    if not _HEX.fullmatch(text):
        msg = f"{name} is not a hexadecimal number"
        raise SRPError(msg)
    return int(text, 16)


class SRPClient:
    """The client side of one handshake; its state is the secret exponent a and A = g^a.

    Args:
        group: the pool's name (`pool_name`), or the device group key.
        private: the secret exponent; drawn afresh unless a test fixes it.
    """

    def __init__(self, group: str, *, private: int | None = None) -> None:
        self._group = group
        self._a = private_exponent() if private is None else private
        self._a_public = power_of_g(self._a)
        self.srp_a: str = f"{self._a_public:x}"
        """`SRP_A` for the wire: lower-case hex without leading zeros."""

    def claim(self, identity: str, password: str, challenge: Challenge, timestamp: str) -> str:
        """Prove knowledge of the password.

        Args:
            identity: `USER_ID_FOR_SRP` (never what the person typed), or the device key.
            password: the password, or the device's random password.
            challenge: the server's values.
            timestamp: from `format_timestamp`.

        Returns:
            `PASSWORD_CLAIM_SIGNATURE`, in base64.

        Raises:
            SRPError: a value of the server is malformed, or one that SRP must refuse.
        """
        b_public = parse_hex(challenge.srp_b, "SRP_B")
        if b_public % N == 0:
            raise SRPError("B cannot be zero")
        salt = parse_hex(challenge.salt, "SALT")
        try:
            secret_block = base64.b64decode(challenge.secret_block, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise SRPError("SECRET_BLOCK is not base64") from exc
        u = scrambler(self._a_public, b_public)
        x = verifier_exponent(self._group, identity, password, salt)
        s = power((b_public - K * power_of_g(x)) % N, self._a + u * x)
        signature = claim_signature(session_key(u, s), self._group, identity, secret_block, timestamp)
        return base64.b64encode(signature).decode()


class DeviceVerifier(NamedTuple):
    """`DeviceSecretVerifierConfig` of ConfirmDevice, and the secret that only the device keeps."""

    salt: str
    password_verifier: str
    password: str

    def __repr__(self) -> str:
        """Keep the secret out of logs."""
        return "DeviceVerifier(...)"


def new_device_verifier(
    device_group_key: str, device_key: str, *, password: str | None = None, salt: int | None = None
) -> DeviceVerifier:
    """Make the secret of a new device and the verifier that ConfirmDevice registers.

    Args:
        device_group_key: from `NewDeviceMetadata`.
        device_key: from `NewDeviceMetadata`.
        password: the device's secret; 40 random bytes unless a test fixes it.
        salt: 16 random bytes unless a test fixes it.
    """
    password = base64.b64encode(secrets.token_bytes(40)).decode() if password is None else password
    salt = secrets.randbits(128) if salt is None else salt
    verifier = power_of_g(verifier_exponent(device_group_key, device_key, password, salt))
    return DeviceVerifier(
        salt=base64.b64encode(pad(salt)).decode(),
        password_verifier=base64.b64encode(pad(verifier)).decode(),
        password=password,
    )
