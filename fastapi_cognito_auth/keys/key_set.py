"""A key set, read (RFC 7517): which of its keys may verify tokens."""

import base64
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

ALGORITHM: Final = "RS256"
"""The only signature algorithm of Cognito's user pools (RFC 7518 section 3.3)."""

LARGEST_KEY_SET: Final = 64 * 1024
"""Bytes; a pool's own has 1 KiB."""

LONGEST_KID: Final = 256
"""Characters; a pool's own have 44. A longer one is no key's, and a flood of them fills no memory."""

_SHORTEST_KEY: Final = 2048  # bits, RFC 7518 section 3.3
_LARGEST_KEY: Final = 8192  # bits; a longer one only costs time
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")

Fetch = Callable[[], Awaitable[bytes]]
"""Returns the key set as JSON, or raises `FetchError`."""


class FetchError(Exception):
    """The key set could not be fetched, or holds no usable key."""


def without_secrets(uri: str) -> str:
    """Return an address as it may be logged: without a password, and without a query."""
    return re.sub(r"(?<=//)[^/?#]*@|[?#].*", "", uri)


class Key(NamedTuple):
    """A public key that may verify tokens, parsed once."""

    kid: str
    public_key: RSAPublicKey


def parse_key_set(answer: bytes) -> Mapping[str, Key]:
    """Read a JWK Set (RFC 7517 section 5), keeping the keys that Cognito may sign with.

    A key of another type, use or algorithm, or a broken one, is left out; so are keys that share
    a `kid`, since which of them is meant cannot be told.

    Raises:
        FetchError: there is no usable key; such an answer must not replace good keys.
    """
    if len(answer) > LARGEST_KEY_SET:
        msg = f"the key set has more than {LARGEST_KEY_SET} bytes"
        raise FetchError(msg)
    try:
        members = json.loads(answer)["keys"]
        candidates = [member for member in members if isinstance(member, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FetchError("the answer is not a key set") from exc
    keys: dict[str, Key] = {}
    ambiguous: set[str] = set()
    for member in candidates:
        key = _parse_key(member)
        if key is None:
            continue
        if key.kid in keys:
            ambiguous.add(key.kid)
        keys[key.kid] = key
    usable = {kid: key for kid, key in keys.items() if kid not in ambiguous}
    if not usable:
        raise FetchError("the key set holds no usable key")
    return usable


def public_jwk(key: Key) -> dict[str, str]:
    """Write a key as a key set has it (RFC 7517 section 4), the public half and nothing else."""
    numbers = key.public_key.public_numbers()
    return {
        "alg": ALGORITHM,
        "e": _written(numbers.e),
        "kid": key.kid,
        "kty": "RSA",
        "n": _written(numbers.n),
        "use": "sig",
    }


def _parse_key(member: dict[str, Any]) -> Key | None:
    kid = member.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        return None
    if member.get("kty") != "RSA" or member.get("alg") != ALGORITHM or not _may_verify(member):
        return None
    try:
        # Only the public half is read, whatever else the answer holds.
        numbers = RSAPublicNumbers(e=_odd(member.get("e")), n=_odd(member.get("n")))
        if not _SHORTEST_KEY <= numbers.n.bit_length() <= _LARGEST_KEY:
            return None
        key = numbers.public_key()
    except ValueError:
        logger.warning("ignoring a broken key of the key set: %r", kid, extra={"kid": kid})
        return None
    return Key(kid, key)


def _may_verify(member: Mapping[str, Any]) -> bool:
    """Tell whether the key is for signatures (RFC 7517 sections 4.2 and 4.3)."""
    operations = member.get("key_ops", ["verify"])
    return member.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _odd(number: Any) -> int:
    """Read a number in base64url, of which each has one spelling (RFC 7518 section 2).

    A product of two primes, and an exponent that can be undone, are odd.

    Raises:
        ValueError: it is none, is spelled otherwise, or is even.
    """
    if not isinstance(number, str) or not _BASE64URL.fullmatch(number):
        raise ValueError("not base64url")
    octets = base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))
    if base64.urlsafe_b64encode(octets).decode().rstrip("=") != number:
        raise ValueError("another spelling")
    if octets[-1] % 2 == 0:
        raise ValueError("even")
    return int.from_bytes(octets)


def _written(number: int) -> str:
    """Write a number as RFC 7518 section 2 says."""
    octets = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
