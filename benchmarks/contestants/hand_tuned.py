"""The floor of checking a token that was never seen: what nobody who cares for speed would leave out.

It splits, decodes, looks the key up by `kid`, checks the signature, reads the claims and compares four
of them. There is no limit of sizes, no check of types, algorithm or dates beside `exp`, no memory, and an
error is whatever happens to be raised. It is no way to verify tokens; it says what the checks cost.
"""

import binascii
import json
import time
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from jwt import PyJWKSet

from benchmarks.material import Material

_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def public_keys(material: Material) -> dict[str, RSAPublicKey]:
    """Return the keys of the key set by their ids."""
    return {key.key_id: key.key for key in PyJWKSet.from_dict(material.jwks).keys if key.key_id}


def verifier(material: Material) -> Callable[[str], dict[str, Any]]:
    """Return a function that checks an access token and returns its claims."""
    keys, issuer, client_id = public_keys(material), material.pool["issuer"], material.pool["client_id"]
    padding, digest = PKCS1v15(), SHA256()

    def verify(token: str) -> dict[str, Any]:
        signed, _, signature = token.encode().translate(_URL_SAFE).rpartition(b".")
        header, _, payload = signed.partition(b".")
        key = keys[json.loads(binascii.a2b_base64(header + b"=="))["kid"]]
        data = token[: len(signed)].encode()
        key.verify(binascii.a2b_base64(signature + b"=="), data, padding, digest)
        claims: dict[str, Any] = json.loads(binascii.a2b_base64(payload + b"=="))
        if (
            claims["iss"] != issuer
            or claims["client_id"] != client_id
            or claims["token_use"] != "access"
            or claims["exp"] <= time.time()
        ):
            raise ValueError("another issuer, client or use, or over")
        return claims

    return verify
