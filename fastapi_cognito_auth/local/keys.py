"""The pool's two signing keys: ID and access tokens are signed with different ones."""

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True)
class SigningKey:
    """A fresh RSA key of 2048 bits."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)

    def public_jwk(self) -> dict[str, str]:
        """Return the public half as the JWKS shows it."""
        numbers = self.private.public_key().public_numbers()
        return {
            "alg": "RS256",
            "e": _base64url(numbers.e),
            "kid": self.kid,
            "kty": "RSA",
            "n": _base64url(numbers.n),
            "use": "sig",
        }


def _base64url(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _generate() -> SigningKey:
    kid = base64.b64encode(secrets.token_bytes(32)).decode()
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))


class SigningKeys:
    """Makes each key when it is first needed, once."""

    @cached_property
    def access(self) -> SigningKey:
        """The key of access tokens."""
        return _generate()

    @cached_property
    def id(self) -> SigningKey:
        """The key of ID tokens."""
        return _generate()

    def jwks(self) -> dict[str, Any]:
        """Return both public keys."""
        return {"keys": [self.id.public_jwk(), self.access.public_jwk()]}
