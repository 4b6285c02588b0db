"""The pool's two signing keys: ID and access tokens are signed with different ones."""

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table


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


@kept
@dataclass(frozen=True)
class KeptKey:
    """A key as it is written down."""

    kid: str
    pkcs8: bytes = field(repr=False)

    @classmethod
    def of(cls, key: SigningKey) -> Self:
        """Write a key down."""
        encoded = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return cls(key.kid, encoded)

    @cached_property
    def signing_key(self) -> SigningKey:
        """The key. OpenSSL looks at each number of it, for which once is enough.

        Raises:
            ValueError: it is none of RSA.
        """
        private = load_der_private_key(self.pkcs8, None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise ValueError("not an RSA key")  # noqa: TRY004 - what was read, not what was given
        return SigningKey(self.kid, private)


def _base64url(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _generate() -> SigningKey:
    kid = base64.b64encode(secrets.token_bytes(32)).decode()
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))


class SigningKeys:
    """Makes each key when it is first needed, once.

    Args:
        shelf: where they are kept.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._kept: Table[str, KeptKey] = shelf.table("signing_keys")

    def _key(self, use: str) -> SigningKey:
        written = self._kept.get(use)
        if written is not None:
            return written.signing_key
        key = _generate()
        self._kept[use] = KeptKey.of(key)
        return key

    @cached_property
    def access(self) -> SigningKey:
        """The key of access tokens."""
        return self._key("access")

    @cached_property
    def id(self) -> SigningKey:
        """The key of ID tokens."""
        return self._key("id")

    def jwks(self) -> dict[str, Any]:
        """Return both public keys."""
        return {"keys": [self.id.public_jwk(), self.access.public_jwk()]}
