"""App clients as they are kept: what CreateUserPoolClient was given, and their secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from fastapi_cognito_auth.local.state.codec import kept
from fastapi_cognito_auth.local.state.record import Record


@kept
@dataclass(frozen=True, kw_only=True)
class ClientSecret:
    """One secret of an app client, which can have two while they are exchanged."""

    id: str
    value: str = field(repr=False)
    created_at: float

    @classmethod
    def new(cls, client_id: str, value: str, now: float) -> Self:
        """Return a secret of an app client, with an id in the service's form."""
        return cls(id=f"{client_id}--{int(now)}", value=value, created_at=now)


@dataclass(kw_only=True)
class ClientRecord(Record):
    """One app client."""

    id: str
    config: Mapping[str, Any]
    """The members of CreateUserPoolClient, with the defaults of what was left out."""
    secrets: tuple[ClientSecret, ...] = field(default=(), repr=False)
    """The oldest first; none for a public client."""
    created_at: float
    modified_at: float
