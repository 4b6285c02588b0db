"""App clients as they are kept: what CreateUserPoolClient was given, and their secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(frozen=True, kw_only=True)
class ClientSecret:
    """One secret of an app client, which can have two while they are exchanged."""

    id: str
    value: str = field(repr=False)
    created_at: float


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
