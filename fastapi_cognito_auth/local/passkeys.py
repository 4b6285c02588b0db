"""The passkeys of users, and the registrations that are under way."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from webauthn.helpers import bytes_to_base64url

from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.expiring import Owned
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table

MOST: Final = 20
_REGISTRATION_SECONDS: Final = 300


@dataclass(kw_only=True)
class Passkey(Record):
    """A public key, and how often its authenticator says that it signed."""

    id: bytes
    sub: str
    rp_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    attachment: str | None
    transports: Sequence[str]
    created_at: float

    def describe(self) -> dict[str, Any]:
        """Return WebAuthnCredentialDescription."""
        return {
            "CredentialId": bytes_to_base64url(self.id),
            "FriendlyCredentialName": "Passkey",
            "RelyingPartyId": self.rp_id,
            **({"AuthenticatorAttachment": self.attachment} if self.attachment else {}),
            "AuthenticatorTransports": list(self.transports),
            "CreatedAt": self.created_at,
        }


@kept
@dataclass(frozen=True)
class Registration:
    """A registration under way; its challenge is the key that it is found by."""

    sub: str
    client_id: str
    expires_at: float


class Passkeys:
    """The passkeys of a pool."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self.table: Table[bytes, Passkey] = shelf.table("passkeys")
        self._registrations: Owned[bytes, Registration] = shelf.owned(
            "registrations", lambda begun: begun.expires_at, lambda begun: begun.sub
        )

    def of(self, sub: str, rp_id: str | None = None) -> list[Passkey]:
        """Return a user's passkeys, optionally those of one relying party."""
        return [
            passkey
            for passkey in self.table.values()
            if passkey.sub == sub and rp_id in {None, passkey.rp_id}
        ]

    def find(self, sub: str, passkey_id: bytes) -> Passkey | None:
        """Return a user's passkey."""
        passkey = self.table.get(passkey_id)
        return passkey if passkey is not None and passkey.sub == sub else None

    def begin(self, sub: str, client_id: str) -> bytes:
        """Open a registration and return its challenge."""
        self._check_room(sub)
        challenge = secrets.token_bytes(32)
        self._registrations[challenge] = Registration(sub, client_id, self._clock() + _REGISTRATION_SECONDS)
        return challenge

    def finish(self, sub: str, client_id: str, challenge: bytes) -> None:
        """Close the registration of a challenge.

        Raises:
            ServiceError: none is open, it is another user's, or the same user's with another client.
        """
        registration = self._registrations.get(challenge)
        if registration is None or registration.sub != sub:
            text = "The challenge is unknown or has expired"
            raise ServiceError("WebAuthnChallengeNotFoundException", text)
        if registration.client_id != client_id:
            text = "The registration was started with another app client"
            raise ServiceError("WebAuthnClientMismatchException", text)
        self._registrations.discard(challenge)

    def add(self, passkey: Passkey) -> None:
        """Store a passkey.

        Raises:
            ServiceError: somebody has it already, or the user has too many.
        """
        if passkey.id in self.table:
            raise invalid_parameter("The passkey is registered already")
        self._check_room(passkey.sub)
        self.table[passkey.id] = passkey

    def remove(self, sub: str, passkey_id: str) -> None:
        """Delete a user's passkey.

        Raises:
            ServiceError: `ResourceNotFoundException`.
        """
        for passkey in self.of(sub):
            if bytes_to_base64url(passkey.id) == passkey_id:
                del self.table[passkey.id]
                return
        raise not_found("The passkey does not exist.")

    def forget_user(self, sub: str) -> None:
        """Drop what a deleted user leaves behind."""
        for passkey in self.of(sub):
            del self.table[passkey.id]
        self._registrations.discard_of(sub)

    def _check_room(self, sub: str) -> None:
        if len(self.of(sub)) >= MOST:
            msg = f"A user can have {MOST} passkeys."
            raise ServiceError("LimitExceededException", msg)
