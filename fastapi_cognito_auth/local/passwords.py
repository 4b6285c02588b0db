"""Passwords: kept only as SRP verifiers, whichever flow checks them."""

import hashlib
import hmac
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table
from fastapi_cognito_auth.srp import handshake as srp
from fastapi_cognito_auth.srp.group import N, power_of_g

SYMBOLS: Final = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
HISTORY_SIZE: Final = "PasswordHistorySize"
"""The member of the policy that says how many of a user's last passwords cannot be set again."""
_DAY: Final = 86400


@kept
@dataclass(frozen=True, repr=False)
class Verifier:
    """What stands for a password: the salt and v = g^x; `expires_at` is set on a temporary one."""

    salt: int
    v: int
    expires_at: float | None = None


def _new_salt() -> int:
    # A salt with a leading zero byte is hashed differently by clients that pad the string.
    return int.from_bytes(bytes([1 + secrets.randbelow(255)]) + secrets.token_bytes(15), "big")


class Passwords:
    """The verifiers of a pool's users, by sub.

    Args:
        pool_name: the part of the pool id that SRP hashes.
        shelf: where they are kept.
    """

    def __init__(self, pool_name: str, shelf: Shelf) -> None:
        self._pool_name = pool_name
        self._clock = shelf.clock
        self.verifiers: Table[str, Verifier] = shelf.table("passwords")
        self._former: Table[str, tuple[Verifier, ...]] = shelf.table("former_passwords")
        """The newest first."""
        self._decoy_key: bytes = shelf.table("decoys").setdefault("key", secrets.token_bytes(32))

    def set(
        self, sub: str, username: str, password: str, *, valid_days: int | None = None, remembered: int = 0
    ) -> None:
        """Replace the password.

        Args:
            sub: whose.
            username: whose.
            password: the new one.
            valid_days: makes it a temporary one.
            remembered: how many, with the new one, cannot be set again.
        """
        self._remember(sub, remembered)
        salt = _new_salt()
        expires_at = None if valid_days is None else self._clock() + valid_days * _DAY
        self.verifiers[sub] = Verifier(salt, self._v(username, password, salt), expires_at)

    def _remember(self, sub: str, size: int) -> None:
        """Put the present password among the former ones, as far as these are still asked for."""
        last = self.verifiers.get(sub)
        former = (*(() if last is None else (last,)), *self._former.get(sub, ()))[: max(size - 1, 0)]
        if former:
            self._former[sub] = former
        else:
            self._former.pop(sub, None)

    def was_used(self, sub: str, username: str, password: str, size: int) -> bool:
        """Tell whether a password is one of a user's last ones, the present one included."""
        last = self.verifiers.get(sub)
        known = (*(() if last is None else (last,)), *self._former.get(sub, ()))[:size]
        return any(self._fits(verifier, username, password) for verifier in known)

    def get(self, sub: str) -> Verifier | None:
        """Return the verifier in force."""
        return self.verifiers.get(sub)

    def forget(self, sub: str) -> None:
        """Drop the verifiers of a deleted user."""
        self.verifiers.pop(sub, None)
        self._former.pop(sub, None)

    def verify(self, sub: str, username: str, password: str) -> bool:
        """Check a plain password; a user without one costs the same time and fails."""
        known = self.verifiers.get(sub)
        verifier = known or self.decoy(username)
        return self._fits(verifier, username, password) and known is not None

    def _fits(self, verifier: Verifier, username: str, password: str) -> bool:
        v = self._v(username, password, verifier.salt)
        return hmac.compare_digest(srp.pad(v), srp.pad(verifier.v))

    def expired(self, sub: str) -> bool:
        """Tell whether the password is a temporary one past its time."""
        verifier = self.verifiers.get(sub)
        return (
            verifier is not None and verifier.expires_at is not None and verifier.expires_at <= self._clock()
        )

    def decoy(self, username: str) -> Verifier:
        """Make a verifier that no password fits; the salt of a name is always the same."""
        salt = bytearray(self.decoy_bytes("salt", username)[:16])
        salt[0] = salt[0] or 1
        # Drawn, not computed: a name that nobody has must not take longer than another.
        return Verifier(int.from_bytes(salt, "big"), 1 + secrets.randbelow(N - 1))

    def decoy_bytes(self, purpose: str, username: str) -> bytes:
        """Derive 32 bytes that look random and are the same each time for a name."""
        return hmac.digest(self._decoy_key, f"{purpose}:{username}".encode(), hashlib.sha256)

    def _v(self, username: str, password: str, salt: int) -> int:
        return power_of_g(srp.verifier_exponent(self._pool_name, username, password, salt))


def check_policy(password: str, policy: Mapping[str, Any]) -> None:
    """Hold a new password against the pool's policy.

    Raises:
        ServiceError: `InvalidPasswordException` with the first rule that it breaks.
    """
    rules = (
        (len(password) >= policy.get("MinimumLength", 8), "Password not long enough"),
        (
            _has(password, string.ascii_uppercase, policy, "Uppercase"),
            "Password must have uppercase characters",
        ),
        (
            _has(password, string.ascii_lowercase, policy, "Lowercase"),
            "Password must have lowercase characters",
        ),
        (_has(password, string.digits, policy, "Numbers"), "Password must have numeric characters"),
        (_has(password.strip(" "), SYMBOLS, policy, "Symbols"), "Password must have symbol characters"),
    )
    for followed, text in rules:
        if not followed:
            raise ServiceError("InvalidPasswordException", f"Password did not conform with policy: {text}")


def _has(password: str, characters: str | frozenset[str], policy: Mapping[str, Any], rule: str) -> bool:
    return not policy.get(f"Require{rule}") or any(char in characters for char in password)


def new_temporary_password(policy: Mapping[str, Any]) -> str:
    """Draw a password that fits the policy: all four classes, and at least twelve characters."""
    classes = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!@#%*-_=+?")
    length = max(12, int(policy.get("MinimumLength", 8)))
    characters = [secrets.choice(kind) for kind in classes]
    characters += [secrets.choice("".join(classes)) for _ in range(length - len(classes))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)
