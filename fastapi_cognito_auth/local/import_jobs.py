"""User import jobs as they are kept."""

from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.state.record import Record

CREATED: Final = "Created"
EXPIRED: Final = "Expired"
FINISHED: Final = frozenset({EXPIRED, "Failed", "Stopped", "Succeeded"})
"""UserImportJobStatusType of jobs with which nothing happens any more."""


@dataclass(kw_only=True)
class ImportJob(Record):
    """One job; the file is kept until it has run."""

    id: str
    name: str
    role: str
    """CloudWatchLogsRoleArn, of logs that are not written there."""
    upload_to: str = field(repr=False)
    """PreSignedUrl; whoever has it may say whom the job imports."""
    signature: str = field(repr=False)
    """Its part that nobody guesses."""
    status: str = CREATED
    content: bytes | None = field(default=None, repr=False)
    created_at: float
    started_at: float | None = None
    completed_at: float | None = None
    imported: int = 0
    skipped: int = 0
    failed: int = 0
    message: str = ""

    def end(self, status: str, message: str, now: float) -> None:
        """End the job, with a CompletionMessage."""
        self.status = status
        self.message = message
        self.completed_at = now
        self.content = None

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return UserImportJobType."""
        later = {
            "StartDate": self.started_at,
            "CompletionDate": self.completed_at,
            "CompletionMessage": self.message or None,
        }
        return {
            "JobName": self.name,
            "JobId": self.id,
            "UserPoolId": pool_id,
            "PreSignedUrl": self.upload_to,
            "CreationDate": self.created_at,
            "Status": self.status,
            "CloudWatchLogsRoleArn": self.role,
            "ImportedUsers": self.imported,
            "SkippedUsers": self.skipped,
            "FailedUsers": self.failed,
            **{name: value for name, value in later.items() if value is not None},
        }
