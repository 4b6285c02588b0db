"""Imports that go on when their request has been answered, in the memory of this worker."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterable, Callable, Collection
from datetime import UTC, datetime
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_import import RowReport
from fastapi_cognito_auth.cognito.users import Users
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ResourceNotFoundError,
    UserImportInProgressError,
)
from fastapi_cognito_auth.routers.admin_changes import Actor, Change, Changes
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent
from fastapi_cognito_auth.schemas.described import Described

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

MOST_JOBS: Final = 20
"""How many are remembered; the oldest is forgotten first."""

MOST_REPORTS: Final = 1000
"""Of one job, which are told; the others are counted."""


class ImportSummary(Described):
    """How far an import has come."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    job_id: str
    """Names it, on this worker."""

    state: Literal["running", "finished", "stopped"]
    """`stopped` before its end: by an error, or by somebody. The same rows may come again."""

    code: str | None
    """Why it was stopped: the code of an error, or `cancelled`."""

    started_by: str
    """The administrator's username."""

    started_at: datetime
    """When it began."""

    finished_at: datetime | None
    """When it ended; absent while it runs."""

    rows: int
    """How many have been looked at."""

    created: int
    """How many of them are users now who were none before."""

    completed: int
    """How many were users, and are in their groups, or disabled, from now on."""

    unchanged: int
    """How many were users as the row says."""

    differs: int
    """How many are users with other data, which stay."""

    failed: int
    """How many could not be read, or were refused."""


class ImportJob(ImportSummary):
    """How far an import has come, and which rows need a look."""

    reports: list[RowReport]
    """Of rows that differ or failed: the first thousand."""

    more_reports: int
    """How many there are beside those."""


class _Job:
    def __init__(self, actor: Actor, now: float) -> None:
        self.actor = actor
        self.job_id = secrets.token_urlsafe(16)
        self.state: Literal["running", "finished", "stopped"] = "running"
        self.code: str | None = None
        self.started_at = datetime.fromtimestamp(now, UTC)
        self.finished_at: datetime | None = None
        self.counts = dict.fromkeys(("created", "completed", "unchanged", "differs", "failed"), 0)
        self.reports: list[RowReport] = []
        self.more_reports = 0
        self.task: asyncio.Task[None] | None = None

    def take(self, report: RowReport) -> None:
        self.counts[report.outcome] += 1
        if report.outcome not in {"differs", "failed"}:
            return
        if len(self.reports) < MOST_REPORTS:
            self.reports.append(report)
        else:
            self.more_reports += 1

    def end(self, now: float, code: str | None) -> None:
        self.state = "finished" if code is None else "stopped"
        self.code = code
        self.finished_at = datetime.fromtimestamp(now, UTC)

    def summary(self) -> ImportSummary:
        return ImportSummary(
            job_id=self.job_id,
            state=self.state,
            code=self.code,
            started_by=self.actor.username,
            started_at=self.started_at,
            finished_at=self.finished_at,
            rows=sum(self.counts.values()),
            **self.counts,
        )

    def describe(self) -> ImportJob:
        return ImportJob(**dict(self.summary()), reports=list(self.reports), more_reports=self.more_reports)


class ImportJobs:
    """Runs imports, one at a time; its state is the last twenty.

    Args:
        users: of the pool.
        changes: record what each row has changed.
        refused_groups: into which no import puts anybody, and whose members none changes.
        clock: seconds since the epoch.
    """

    def __init__(
        self, users: Users, changes: Changes, *, refused_groups: Collection[str], clock: Callable[[], float]
    ) -> None:
        self._users = users
        self._changes = changes
        self._refused_groups = refused_groups
        self._clock = clock
        self._jobs: dict[str, _Job] = {}
        in_each_child(self._start_anew)

    def _start_anew(self) -> None:
        leave_to_the_parent(self._jobs)
        self._jobs = {}

    def start(self, rows: AsyncIterable[RawRow], actor: Actor, *, invite: bool) -> ImportJob:
        """Begin an import.

        Args:
            rows: as they are read.
            actor: who asks for it.
            invite: whether each new user is told.

        Raises:
            UserImportInProgressError: one is running.
        """
        if any(job.state == "running" for job in self._settled()):
            raise UserImportInProgressError("An import is running. Wait for its end, or stop it.")
        while len(self._jobs) >= MOST_JOBS:
            del self._jobs[next(iter(self._jobs))]
        job = _Job(actor, self._clock())
        self._jobs[job.job_id] = job
        self._changes.note(actor, "import_users", "begun", Change())
        job.task = asyncio.create_task(self._run(job, rows, invite=invite))
        return job.describe()

    def summaries(self) -> list[ImportSummary]:
        """Return all that are remembered, the newest first."""
        return [job.summary() for job in reversed(self._settled())]

    def get(self, job_id: str) -> ImportJob:
        """Return one.

        Raises:
            ResourceNotFoundError: it is not known here.
        """
        return self._find(job_id).describe()

    async def stop(self, job_id: str) -> ImportJob:
        """Stop one. Rows under way are done or not; the same rows may come again.

        Raises:
            ResourceNotFoundError: it is not known here.
        """
        job = self._find(job_id)
        task = job.task
        if task is not None and not task.done():
            loop = task.get_loop()
            # Event loops in several threads may share one app.
            loop.call_soon_threadsafe(task.cancel)
            if loop is asyncio.get_running_loop():
                await asyncio.wait([task])
        return job.describe()

    def _find(self, job_id: str) -> _Job:
        job = self._jobs.get(job_id)
        self._settled()
        if job is None:
            raise ResourceNotFoundError("This worker knows of no such import.")
        return job

    def _settled(self) -> list[_Job]:
        """Return the jobs; those that went down with their event loop, or before they began, are stopped."""
        jobs = [*self._jobs.values()]
        for job in jobs:
            task = job.task
            if job.state == "running" and task is not None and (task.done() or task.get_loop().is_closed()):
                job.end(self._clock(), "cancelled")
        return jobs

    async def _run(self, job: _Job, rows: AsyncIterable[RawRow], *, invite: bool) -> None:
        code: str | None = "unexpected"
        try:
            async for report in self._users.import_(rows, invite=invite, refused_groups=self._refused_groups):
                job.take(report)
                if report.outcome in {"created", "completed"}:
                    self._changes.note(job.actor, "import_user", "ok", Change(user=report.username))
            code = None
        except CognitoAuthError as exc:
            code = exc.code
        except asyncio.CancelledError:
            code = "cancelled"
        except Exception as exc:  # noqa: BLE001 - nobody waits for it, and its words may hold a row
            logger.error("an import of users failed: %s", type(exc).__name__)  # noqa: TRY400
        finally:
            job.end(self._clock(), code)
            self._changes.note(job.actor, "import_users", code or "ok", Change())
