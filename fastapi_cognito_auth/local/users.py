"""The users of a pool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi_cognito_auth.local.attributes import VERIFIED
from fastapi_cognito_auth.local.state.record import Record


class UserStatus(StrEnum):
    """UserStatus, as far as the pool has it."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    RESET_REQUIRED = "RESET_REQUIRED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105 - a name
    EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"


@dataclass(kw_only=True)
class User(Record):
    """One user; passwords and factors are kept elsewhere."""

    username: str
    """Fixed for life."""
    sub: str
    status: str
    enabled: bool = True
    held: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The attributes, but for `sub`."""
    groups: tuple[str, ...] = ()
    """The names of the user's groups, in the order of joining."""
    awaited: tuple[tuple[str, str, str], ...] = ()
    """Identities that are linked by an attribute: provider, attribute and value, until they first come."""
    number: int
    """Counts the users of the pool as they came."""
    created_at: float
    modified_at: float

    @property
    def attributes(self) -> dict[str, str]:
        """A copy of the attributes, `sub` first."""
        return {"sub": self.sub, **self.held}

    def update(self, changes: Mapping[str, str], now: float) -> None:
        """Store attributes; an empty value removes one. The flags are stored in lower case."""
        changes = {name: value.lower() if name in VERIFIED else value for name, value in changes.items()}
        self.held = {name: value for name, value in {**self.held, **changes}.items() if value}
        self.modified_at = now

    def describe(self) -> dict[str, Any]:
        """Return the members that every answer about a user shares."""
        return {
            "Username": self.username,
            "UserCreateDate": self.created_at,
            "UserLastModifiedDate": self.modified_at,
            "Enabled": self.enabled,
            "UserStatus": self.status,
        }
