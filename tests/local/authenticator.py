"""A software authenticator: makes ES256 passkeys and signs with them, as a browser hands it on."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_USER_PRESENT, _USER_VERIFIED, _BACKUP_ELIGIBLE, _ATTESTED = 0x01, 0x04, 0x08, 0x40


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Credential:
    """One passkey inside the authenticator."""

    rp_id: str
    user_handle: bytes
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    sign_count: int = 0

    def cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


class Authenticator:
    """Answers the options of a relying party.

    Args:
        origin: of the page that asks.
        rp_id: signs for this relying party whatever the options say; the options' own by default.
        verifies_user: sets the flag of user verification.
        synced: the passkeys may leave the device.
        counts: counts its signatures, as security keys do and synced passkeys do not.
    """

    def __init__(
        self,
        *,
        origin: str,
        rp_id: str | None = None,
        verifies_user: bool = True,
        synced: bool = False,
        counts: bool = True,
    ) -> None:
        self.origin = origin
        self.rp_id = rp_id
        self.verifies_user = verifies_user
        self.synced = synced
        self.counts = counts
        self.cross_origin: bool = False
        self.credentials: list[Credential] = []

    def create(self, options_json: str | dict[str, Any]) -> dict[str, Any]:
        """Make a passkey and return RegistrationResponseJSON."""
        options = json.loads(options_json) if isinstance(options_json, str) else options_json
        made = Credential(self.rp_id or options["rp"]["id"], decode(options["user"]["id"]))
        self.credentials.append(made)
        attested = b"\0" * 16 + len(made.id).to_bytes(2, "big") + made.id + made.cose()
        statement = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(made, _ATTESTED) + attested,
        }
        return self._answer(
            made,
            {
                "clientDataJSON": encode(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": encode(cbor2.dumps(statement)),
                "transports": ["internal", "hybrid"],
            },
        )

    def get(self, options_json: str | dict[str, Any], credential: Credential | None = None) -> dict[str, Any]:
        """Sign a challenge and return AuthenticationResponseJSON."""
        options = json.loads(options_json) if isinstance(options_json, str) else options_json
        allowed = {decode(entry["id"]) for entry in options.get("allowCredentials", ())}
        used = credential or next(found for found in self.credentials if found.id in allowed)
        used.sign_count += self.counts
        data = self._data(used)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signature = used.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            used,
            {
                "clientDataJSON": encode(client_data),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": encode(used.user_handle),
            },
        )

    def _data(self, credential: Credential, flags: int = 0) -> bytes:
        flags |= _USER_PRESENT
        flags |= _USER_VERIFIED if self.verifies_user else 0
        flags |= _BACKUP_ELIGIBLE if self.synced else 0
        rp_id_hash = hashlib.sha256((self.rp_id or credential.rp_id).encode()).digest()
        return rp_id_hash + bytes([flags]) + credential.sign_count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        data = {
            "type": kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(data).encode()

    def _answer(self, credential: Credential, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": encode(credential.id),
            "rawId": encode(credential.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        }
