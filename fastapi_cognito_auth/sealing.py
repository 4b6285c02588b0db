"""What the app gives into a client's hands and wants back unchanged.

A sealed value is signed, not hidden: the client can read it and change nothing. A hidden value
is encrypted besides. Keys come newest first; the first one seals, all of them open, so a key is
rotated by putting a new one in front.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from fastapi_cognito_auth.exceptions import InvalidSessionError
from fastapi_cognito_auth.runtime.clock import wall_clock


class Sealer:
    """Seals and opens values; its state is the keys.

    Args:
        keys: the secret keys, newest first.
        clock: seconds since the epoch.
    """

    def __init__(self, keys: Sequence[str], *, clock: Callable[[], float] = wall_clock) -> None:
        class _Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(clock())

        # itsdangerous wants the newest key last.
        self._keys = list(reversed(keys))
        self._signer = _Signer
        self._clock = clock

    def seal(self, purpose: str, value: dict[str, Any]) -> str:
        """Sign a JSON value for one purpose; it opens for no other."""
        return str(self._serializer(purpose).dumps(value))

    def open(self, purpose: str, sealed: str, *, max_age: float) -> dict[str, Any]:
        """Return the value that was sealed.

        Args:
            purpose: the one it was sealed for.
            sealed: from `seal`.
            max_age: seconds.

        Raises:
            InvalidSessionError: it is forged, older than `max_age`, or of another purpose or key.
        """
        # The decoder passes over what is no base64, and the signature does not sign itself.
        signature = sealed.rpartition(".")[2]
        if (
            not sealed.isascii()
            or "=" in signature
            or not _is_canonical(signature + "=" * (-len(signature) % 4))
        ):
            raise InvalidSessionError
        try:
            value, sealed_at = self._serializer(purpose).loads(sealed, return_timestamp=True)
        except BadData:
            raise InvalidSessionError from None
        # The clock of the worker that sealed may be a little ahead of this one's.
        if self._clock() - sealed_at.timestamp() > max_age:
            raise InvalidSessionError
        return dict(value)

    def hide(self, purpose: str, value: dict[str, Any]) -> str:
        """Encrypt a JSON value for one purpose; only the app can read it."""
        return self._fernet(purpose).encrypt(json.dumps(value).encode()).decode()

    def reveal(self, purpose: str, hidden: str) -> dict[str, Any]:
        """Return the value that was hidden.

        Raises:
            InvalidSessionError: it is forged, or of another purpose or key.
        """
        if not _is_canonical(hidden):
            raise InvalidSessionError
        try:
            value: dict[str, Any] = json.loads(self._fernet(purpose).decrypt(hidden))
        except (InvalidToken, ValueError):
            raise InvalidSessionError from None
        return value

    def _fernet(self, purpose: str) -> MultiFernet:
        return MultiFernet([Fernet(_derive(key, purpose)) for key in reversed(self._keys)])

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._keys,
            salt=f"fastapi_cognito_auth.{purpose}",
            signer=self._signer,
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def _is_canonical(text: str) -> bool:
    """Tell whether these bytes are written as they always are here: in base64url with padding."""
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(text)).decode() == text
    except ValueError:
        return False


def _derive(key: str, purpose: str) -> bytes:
    """Derive an encryption key for one purpose (HKDF, RFC 5869)."""
    info = f"fastapi_cognito_auth.{purpose}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
