"""Authorization codes: good once, for five minutes, and for who asked for them (RFC 6749 section 4.1.2)."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from fastapi_cognito_auth.local.scopes import Authorization
from fastapi_cognito_auth.local.state.expiring import Expiring
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf

SECONDS: Final = 300
_REMEMBERED: Final = 24 * 3600
"""Seconds after its end in which a code that comes again still ends what was made from it."""


@dataclass(kw_only=True)
class AuthorizationCode(Record):
    """What a code stands for."""

    client_id: str
    redirect_uri: str
    challenge: str | None
    authorization: Authorization
    sub: str
    methods: frozenset[str]
    expires_at: float
    used: bool = False
    event_id: str | None = None
    """Of the sign-in that was made from it."""


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


class AuthorizationCodes:
    """The codes of a pool, kept as digests."""

    def __init__(self, shelf: Shelf) -> None:
        self._codes: Expiring[str, AuthorizationCode] = shelf.expiring(
            "authorization_codes", lambda code: code.expires_at + _REMEMBERED
        )

    def issue(self, code: AuthorizationCode) -> str:
        """Draw the text that stands for it."""
        text = str(uuid.uuid4())
        self._codes[_digest(text)] = code
        return text

    def find(self, text: str) -> AuthorizationCode | None:
        """Return what a text stands for, used and old ones too."""
        return self._codes.get(_digest(text))
