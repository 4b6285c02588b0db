"""Many users, imported by the pool itself from a file: a job that goes on without this process."""

import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from typing import Any, Final

from pydantic import Field

from fastapi_cognito_auth.cognito.client import CognitoClient, parse
from fastapi_cognito_auth.cognito.import_file import write_file
from fastapi_cognito_auth.cognito.import_schema import USERNAME, DescribedPool, ImportSchema
from fastapi_cognito_auth.cognito.import_upload import ImportUpload
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.pages import LARGEST_PAGE, follow, read_page
from fastapi_cognito_auth.cognito.records import Page, UserImportJob
from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.exceptions import PreconditionNotMetError, UserPoolUnavailableError
from fastapi_cognito_auth.schemas.described import Described

Rows = Iterable[RawRow | Mapping[str, Any]] | AsyncIterable[RawRow | Mapping[str, Any]]
OnProgress = Callable[[UserImportJob], None]

_LOOKS_A_SECOND: Final = 0.5
_PATIENCE: Final = 60.0
"""Seconds for which a start of which nobody heard is asked about."""
_EXPIRED: Final = "The import job has expired: create another."
_VERIFIES_NOTHING: Final = (
    "The pool verifies neither e-mail addresses nor phone numbers, so no import job starts."
)
_BEGUN: Final = "The import job has begun, and takes no other file."


class _Described(Described):
    job: UserImportJob = Field(validation_alias="UserImportJob")


class _Header(Described):
    columns: list[str] = Field(validation_alias="CSVHeader")


class _Pool(Described):
    pool: DescribedPool = Field(validation_alias="UserPool")


class UserImportJobs:
    """Imports users by jobs of the pool: `auth.pool.users.import_jobs`.

    Users imported so have the status `RESET_REQUIRED`, and choose a password by a code before they first
    sign in with one. They join no groups. Rows are as `users.import_` takes them.

    Args:
        client: speaks to Cognito.
        upload: puts files where jobs take them.
    """

    def __init__(self, client: CognitoClient, upload: ImportUpload) -> None:
        self._client = client
        self._upload = upload

    async def run(
        self,
        name: str,
        rows: Rows,
        *,
        role_arn: str,
        paced: Paced | None = None,
        on_progress: OnProgress | None = None,
    ) -> UserImportJob:
        """Create a job, start it, and wait for its end.

        Args:
            name: for people.
            rows: of users.
            role_arn: the IAM role by which the job writes its log.
            paced: looks how far it has come; every two seconds unless given.
            on_progress: told when the job has its file, when it has begun, and whenever somebody looked.

        Returns:
            The job at its end, whichever that is: `status` says.

        Raises:
            InvalidImportRowsError: it names the rows that are not fit; nothing has happened.
            ImportUploadError: the file did not arrive, so the job was not started.
            UserPoolError: the service refused. A job that has begun goes on.
        """
        tell = on_progress or _tell_nobody
        job = await self.create(name, rows, role_arn=role_arn)
        tell(job)
        count = job.rows
        job = (await self.start(job.job_id)).model_copy(update={"rows": count})
        tell(job)
        return await self._end_of(job, paced, tell)

    async def create(self, name: str, rows: Rows, *, role_arn: str) -> UserImportJob:
        """Create a job and upload its file, without starting it (CreateUserImportJob).

        Every row is looked at before anything is uploaded, by what the pool demands of its users
        (GetCSVHeader, DescribeUserPool). Cognito may refuse more when the job runs.

        Args:
            name: for people.
            rows: of users, 500,000 at most.
            role_arn: the IAM role by which the job writes its log.

        Raises:
            InvalidImportRowsError: it names the rows that are not fit; there is no job.
            ImportUploadError: the file did not arrive; `upload` may be tried again.
            PreconditionNotMetError: the pool verifies no addresses, so no job starts there.
            UserPoolError: the service refused.
        """
        params = {"JobName": name, "CloudWatchLogsRoleArn": role_arn}
        return await self._with_file(rows, "CreateUserImportJob", params)

    async def upload(self, job_id: str, rows: Rows) -> UserImportJob:
        """Upload the file of a job that has not begun, in the place of any other.

        Its address is good for a quarter of an hour after the job was created.

        Raises:
            InvalidImportRowsError: it names the rows that are not fit; nothing has happened.
            ImportUploadError: the file did not arrive; after that quarter of an hour it never does.
            PreconditionNotMetError: the job has begun, or has expired.
            ResourceNotFoundError: there is no such job.
        """
        return await self._with_file(rows, "DescribeUserImportJob", {"JobId": job_id})

    async def start(self, job_id: str) -> UserImportJob:
        """Start a job that has its file (StartUserImportJob). An account has one at a time.

        Raises:
            PreconditionNotMetError: it has no file, has begun, has expired, or another one goes on.
            ResourceNotFoundError: there is no such job.
            UserPoolUnavailableError: the service does not answer, and the job has not begun.
        """
        try:
            return await self._job("StartUserImportJob", JobId=job_id)
        except UserPoolUnavailableError as exc:
            if not exc.may_have_happened:
                raise
            looks = Paced(_LOOKS_A_SECOND, patience=_PATIENCE)
            job = await looks.call(lambda: self.get(job_id))
            if job.status == "Created":
                raise
            return job

    async def wait(
        self, job_id: str, *, paced: Paced | None = None, on_progress: OnProgress | None = None
    ) -> UserImportJob:
        """Wait for the end of a job, whoever started it.

        Args:
            job_id: which.
            paced: looks how far it has come; every two seconds unless given.
            on_progress: told whenever somebody looked.

        Raises:
            PreconditionNotMetError: nobody has started it.
            ResourceNotFoundError: there is no such job.
            UserPoolError: the service goes on not answering. The job goes on.
        """
        tell = on_progress or _tell_nobody
        job = await self.get(job_id)
        tell(job)
        if job.status == "Created":
            raise PreconditionNotMetError("The import job has not been started.")
        return await self._end_of(job, paced, tell)

    async def stop(self, job_id: str) -> UserImportJob:
        """Stop a job that has begun (StopUserImportJob); whom it has imported stays.

        Raises:
            PreconditionNotMetError: it is not running.
            ResourceNotFoundError: there is no such job.
        """
        return await self._job("StopUserImportJob", JobId=job_id)

    async def get(self, job_id: str) -> UserImportJob:
        """Look at a job (DescribeUserImportJob). One that nobody starts for a day is `Expired`.

        Raises:
            ResourceNotFoundError: there is no such job.
        """
        return await self._job("DescribeUserImportJob", JobId=job_id)

    def list(self) -> AsyncIterator[UserImportJob]:
        """Go through all jobs, the newest first (ListUserImportJobs)."""
        return follow(lambda token: self.page(next_token=token))

    async def page(self, *, limit: int = LARGEST_PAGE, next_token: str | None = None) -> Page[UserImportJob]:
        """Get one page of them (ListUserImportJobs).

        Args:
            limit: at most 60.
            next_token: of the page before.

        Raises:
            InvalidParameterError: `next_token` is not one of this list.
        """
        return await read_page(
            self._client,
            "ListUserImportJobs",
            UserImportJob,
            "UserImportJobs",
            next_token,
            token_member="PaginationToken",  # noqa: S106 - a name
            MaxResults=limit,
        )

    async def _with_file(self, rows: Rows, operation: str, params: Mapping[str, str]) -> UserImportJob:
        """Upload a file to the job that an operation answers with."""
        schema = await self._schema()
        # Without a name, so that nobody else opens it, and gone with this process.
        with tempfile.TemporaryFile() as file:
            written = await write_file(file, schema, rows)
            answer = await self._client.call(operation, **params)
            job = parse(_Described, answer).job
            if job.status != "Created":
                raise PreconditionNotMetError(_EXPIRED if job.status == "Expired" else _BEGUN)
            await self._upload.put(
                answer["UserImportJob"].get("PreSignedUrl"),
                file,
                written.size,
                job_id=job.job_id,
                endpoint=self._client.endpoint,
            )
        return job.model_copy(update={"rows": written.rows})

    async def _schema(self) -> ImportSchema:
        header = parse(_Header, await self._client.call("GetCSVHeader"))
        if USERNAME not in header.columns:
            raise UserPoolUnavailableError
        described = parse(_Pool, await self._client.call("DescribeUserPool"))
        if not described.pool.auto_verified:
            raise PreconditionNotMetError(_VERIFIES_NOTHING)
        return ImportSchema(header.columns, described.pool)

    async def _job(self, operation: str, **params: Any) -> UserImportJob:
        return parse(_Described, await self._client.call(operation, **params)).job

    async def _end_of(self, job: UserImportJob, paced: Paced | None, tell: OnProgress) -> UserImportJob:
        paced = paced or Paced(_LOOKS_A_SECOND)
        job_id, rows = job.job_id, job.rows
        while not job.over:
            job = (await paced.call(lambda: self.get(job_id))).model_copy(update={"rows": rows})
            tell(job)
        return job


def _tell_nobody(_: UserImportJob) -> None:
    pass
