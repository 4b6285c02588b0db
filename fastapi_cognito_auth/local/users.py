"""One user of the directory, over the record that moto keeps."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from fastapi_cognito_auth.local.attributes import VERIFIED


class UserStatus(StrEnum):
    """UserStatus, as far as the pool has it; moto knows no users of identity providers."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    RESET_REQUIRED = "RESET_REQUIRED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105 - a name
    EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"


class User:
    """One user's record.

    Args:
        record: moto's.
        clock: epoch seconds.
        on_change: called when the attributes or the status have changed.
    """

    def __init__(self, record: Any, clock: Callable[[], float], on_change: Callable[["User"], None]) -> None:
        self._record = record
        self._clock = clock
        self._on_change = on_change

    @property
    def username(self) -> str:
        """The Username, fixed for life."""
        return str(self._record.username)

    @property
    def sub(self) -> str:
        """The UUID."""
        return str(self._record.id)

    @property
    def status(self) -> str:
        """UserStatus."""
        return str(self._record.status.value)

    @status.setter
    def status(self, status: str) -> None:
        self._record.status = UserStatus(status)
        self._touch()

    @property
    def enabled(self) -> bool:
        """Whether an administrator has not disabled the user."""
        return bool(self._record.enabled)

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self._record.enabled = enabled
        self._touch()

    @property
    def attributes(self) -> dict[str, str]:
        """A copy of the attributes, `sub` first."""
        return {"sub": self.sub} | dict(self._record.attribute_lookup)

    def update(self, changes: Mapping[str, str]) -> None:
        """Store attributes; an empty value removes one. The flags are stored in lower case."""
        changes = {name: value.lower() if name in VERIFIED else value for name, value in changes.items()}
        self._record.update_attributes(
            [{"Name": name, "Value": value} for name, value in changes.items() if value]
        )
        gone = [
            name for name, value in changes.items() if not value and name in self._record.attribute_lookup
        ]
        self._record.delete_attributes(gone)
        self._touch()

    @property
    def groups(self) -> list[tuple[str, int | None, str | None]]:
        """Name, precedence and role of each group, the strongest first."""
        rows = [(group.group_name, group.precedence, group.role_arn) for group in self._record.groups]
        return sorted(rows, key=lambda row: (row[1] is None, row[1] or 0, row[0]))

    def describe(self) -> dict[str, Any]:
        """Return the members that every answer about a user shares."""
        return {
            "Username": self.username,
            "UserCreateDate": epoch(self._record.create_date),
            "UserLastModifiedDate": epoch(self._record.last_modified_date),
            "Enabled": self.enabled,
            "UserStatus": self.status,
        }

    def _touch(self) -> None:
        self._record.last_modified_date = naive(self._clock())
        self._on_change(self)


def naive(moment: float) -> datetime:
    """Return a moment as moto keeps it: a naive datetime in UTC."""
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)


def epoch(moment: datetime) -> float:
    """Return a moment of moto's as the API answers it."""
    return moment.replace(tzinfo=UTC).timestamp()
