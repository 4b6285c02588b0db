"""Encryption of what a browser, or Redis, keeps for the app."""

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE: Final = b"fastapi_cognito_auth.cookie_session"
_KEY_ID: Final = 4  # bytes
_NONCE: Final = 12  # bytes (NIST SP 800-38D section 8.2)
_TAG: Final = 16  # bytes


class ForeignBoxError(Exception):
    """It was not closed with a key of this app: another app's, or one that was taken out of use."""


class BrokenBoxError(Exception):
    """It names a key of this app, and somebody has changed it, or it was closed for another place."""


class Box:
    """Closes and opens values (AES-256-GCM, RFC 5116); its state is the keys.

    Each value names its key outside, so that one that another app closed can be told from a forged one.

    Args:
        keys: the secret keys, newest first. The first closes, all of them open.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [_derive(key) for key in keys]
        self._ciphers = {_key_id(key): AESGCM(key) for key in reversed(derived)}
        self._newest = _key_id(derived[0])

    def close(self, value: bytes, place: str) -> str:
        """Encrypt a value.

        Args:
            value: any bytes.
            place: where it will lie, such as a cookie's name; it opens nowhere else.

        Returns:
            base64url without padding.
        """
        nonce = os.urandom(_NONCE)
        closed = self._ciphers[self._newest].encrypt(nonce, value, place.encode())
        return _written(self._newest + nonce + closed)

    def open(self, closed: str, place: str) -> bytes:
        """Return the value.

        It has one spelling: what goes by the text cannot be led to take one value for two.

        Raises:
            ForeignBoxError: no key of this app closed it.
            BrokenBoxError: it was changed, or closed for another place.
        """
        try:
            raw = base64.b64decode(closed + "=" * (-len(closed) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise ForeignBoxError from None
        cipher = self._ciphers.get(raw[:_KEY_ID])
        if cipher is None:
            raise ForeignBoxError
        # The decoder takes the other alphabet, too, and passes over padding and the bits beyond the end.
        if len(raw) < _KEY_ID + _NONCE + _TAG or _written(raw) != closed:
            raise BrokenBoxError
        nonce = raw[_KEY_ID : _KEY_ID + _NONCE]
        try:
            return cipher.decrypt(nonce, raw[_KEY_ID + _NONCE :], place.encode())
        except InvalidTag:
            raise BrokenBoxError from None


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _derive(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())


def _key_id(derived: bytes) -> bytes:
    return hashlib.sha256(_PURPOSE + derived).digest()[:_KEY_ID]
