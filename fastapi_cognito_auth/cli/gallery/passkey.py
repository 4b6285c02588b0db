"""A passkey in memory, as a browser makes one: states that ask for a passkey need a user who has one."""

import base64
import hashlib
import json
import secrets
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.formats.passkey_json import RegistrationResponse

_PRESENT_VERIFIED_ATTESTED: Final = 0x01 | 0x04 | 0x40
"""Flags of authenticator data (Web Authentication section 6.1)."""


async def add_passkey(auth: CognitoAuth, access_token: str, origin: str) -> None:
    """Give a user a passkey, which nobody can use.

    Args:
        auth: has the pool.
        access_token: of the user.
        origin: of the pages that ask for it.
    """
    started = await auth.pool.passkeys.start(access_token)
    options = started.model_dump(mode="json")["credential_creation_options"]
    made = RegistrationResponse.model_validate(_registration(options, origin))
    await auth.pool.passkeys.complete(access_token, made)


def _registration(options: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return `RegistrationResponseJSON` for `PublicKeyCredentialCreationOptionsJSON`."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
    credential_id = secrets.token_bytes(32)
    key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # COSE: ES256
    attested = bytes(16) + len(credential_id).to_bytes(2, "big") + credential_id + key
    relying_party = hashlib.sha256(options["rp"]["id"].encode()).digest()
    data = relying_party + bytes([_PRESENT_VERIFIED_ATTESTED]) + bytes(4) + attested
    told = {"type": "webauthn.create", "challenge": options["challenge"], "origin": origin}
    return {
        "id": _encoded(credential_id),
        "rawId": _encoded(credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": _encoded(json.dumps({**told, "crossOrigin": False}).encode()),
            "attestationObject": _encoded(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        },
        "clientExtensionResults": {},
        "authenticatorAttachment": "platform",
    }


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
