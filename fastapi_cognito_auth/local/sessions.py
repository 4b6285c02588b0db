"""Challenge sessions: opaque handles between one step of a sign-in and the next."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import invalid_session
from fastapi_cognito_auth.local.state.expiring import Owned
from fastapi_cognito_auth.local.state.record import Record
from fastapi_cognito_auth.local.state.shelf import Shelf

_REMEMBERED: Final = 3600

_BEGINNING: Final = "AYABe"
"""As Cognito's begin: one with a hyphen in front is an option to command lines such as the AWS CLI's."""


@dataclass(kw_only=True)
class Session(Record):
    """One open step: whose, for which client, and which challenge it answers."""

    client_id: str
    sub: str
    challenge: str
    expires_at: float
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    used: bool = False


class Sessions:
    """The open steps, by their handle. Old ones are remembered for an hour, to say why they fail."""

    def __init__(self, shelf: Shelf) -> None:
        self._clock = shelf.clock
        self._sessions: Owned[str, Session] = shelf.owned(
            "sessions", lambda session: session.expires_at + _REMEMBERED, lambda session: session.sub
        )

    def open(self, client: Client, sub: str, challenge: str, **data: Any) -> str:
        """Open a step and return its handle."""
        now = self._clock()
        handle = f"{_BEGINNING}{secrets.token_urlsafe(96)}"
        self._sessions[handle] = Session(
            client_id=client.id,
            sub=sub,
            challenge=challenge,
            expires_at=now + client.session_seconds,
            data=data,
        )
        return handle

    def get(self, handle: str, challenge: str, client_id: str | None = None) -> Session:
        """Return the open step of a handle.

        Args:
            handle: what the caller sent.
            challenge: the challenge that is being answered; a step of another one is refused.
            client_id: the caller's client, where the operation names one.

        Raises:
            ServiceError: the handle is unknown, of another client or challenge, used, or too old.
        """
        session = self._sessions.get(handle)
        if session is None or session.challenge != challenge or client_id not in {None, session.client_id}:
            raise invalid_session()
        if session.used:
            raise invalid_session("session can only be used once")
        if session.expires_at <= self._clock():
            raise invalid_session("session is expired")
        return session

    def knows(self, handle: str) -> bool:
        """Tell whether a step was opened here, used and old ones too."""
        return handle in self._sessions

    def is_expired(self, handle: str) -> bool:
        """Tell whether a step is known and too old."""
        session = self._sessions.get(handle)
        return session is not None and session.expires_at <= self._clock()

    def drop(self, sub: str) -> None:
        """Close every step of a user: the password that opened them no longer counts."""
        self._sessions.discard_of(sub)
