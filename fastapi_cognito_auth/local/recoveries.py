"""Recoveries of users' data to a moment in the past, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi_cognito_auth.local.state.record import Record

GENERATED: Final = "PREVIEW_GENERATED"
SECONDS: Final = 86_400
"""How long a preview waits to be applied."""


@dataclass(kw_only=True)
class Recovery(Record):
    """One recovery."""

    id: str
    status: str = GENERATED
    """RestoreStatusType."""
    restore_at: float
    trigger_at: float
    preview: tuple[Mapping[str, Any], ...] = ()
    """RestorePreviewType."""
    completed_at: float | None = None

    def is_active(self, now: float) -> bool:
        """Tell whether it waits to be applied, and users' data must not change."""
        return self.status == GENERATED and now < self.trigger_at + SECONDS

    def summary(self) -> dict[str, Any]:
        """Return RestorationSummaryType."""
        return {
            "RestoreId": self.id,
            "RestoreStatus": self.status,
            "RestoreTimestamp": self.restore_at,
        }

    def describe(self) -> dict[str, Any]:
        """Return RestorationType."""
        return {
            **self.summary(),
            "TriggerTimestamp": self.trigger_at,
            "RestorePreview": [dict(entity) for entity in self.preview],
        }
