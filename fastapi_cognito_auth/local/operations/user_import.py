"""User import jobs: a file of users is put where the job says, and imported when it is started."""

import hmac
import logging
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fastapi_cognito_auth.local import reached_at
from fastapi_cognito_auth.local.drawn import new_import_job_id
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_authorized, not_found
from fastapi_cognito_auth.local.import_file import FileRefusedError, Line, lines_of
from fastapi_cognito_auth.local.import_jobs import CREATED, EXPIRED, FINISHED, ImportJob
from fastapi_cognito_auth.local.operations.import_rows import (
    RowRefusedError,
    RowSkippedError,
    header,
    importer,
)
from fastapi_cognito_auth.local.operations.steps import Result
from fastapi_cognito_auth.local.paging import page
from fastapi_cognito_auth.local.plane import Plane

LOGGER = logging.getLogger("fastapi_cognito_auth.local.user_import")

MOST_JOBS: Final = 50
_UPLOAD_SECONDS: Final = 15 * 60
_START_SECONDS: Final = 24 * 3600


def _create(plane: Plane, params: dict[str, Any]) -> Result:
    if "PasswordHashingAlgorithm" in params:
        # SRP needs a verifier that only the password itself can give.
        raise invalid_parameter("The local user pool imports no password hashes")
    _make_room(plane)
    job_id, signature = new_import_job_id(), secrets.token_urlsafe(32)
    directory = plane.directory
    path = f"user-import/{job_id}?signature={signature}"
    job = ImportJob(
        id=job_id,
        name=params["JobName"],
        role=params["CloudWatchLogsRoleArn"],
        upload_to=reached_at.under(directory.pool, directory.region, path),
        signature=signature,
        created_at=plane.clock(),
    )
    directory.import_jobs[job.id] = job
    return _answer(plane, job)


def _make_room(plane: Plane) -> None:
    jobs = plane.directory.import_jobs
    if len(jobs) < MOST_JOBS:
        return
    ended = next((job for job in jobs.values() if _refreshed(plane, job).status in FINISHED), None)
    if ended is None:
        raise ServiceError("LimitExceededException", f"A user pool can have {MOST_JOBS} user import jobs")
    del jobs[ended.id]


def _answer(plane: Plane, job: ImportJob) -> Result:
    return {"UserImportJob": job.describe(plane.directory.pool_id)}


def _refreshed(plane: Plane, job: ImportJob) -> ImportJob:
    """Return a job as it is now: one that nobody has started for a day is over."""
    if job.status == CREATED and job.created_at + _START_SECONDS <= plane.clock():
        job.end(EXPIRED, "The user import job has expired.", job.created_at + _START_SECONDS)
    return job


def _own(plane: Plane, job_id: str) -> ImportJob:
    job = plane.directory.import_jobs.get(job_id)
    if job is None:
        raise not_found("User import job does not exist.")
    return _refreshed(plane, job)


def check_upload(plane: Plane, job_id: str, signature: str) -> ImportJob:
    """Return the job that a file is for.

    Args:
        plane: the plane.
        job_id: as the address names it.
        signature: of the address.

    Raises:
        ServiceError: there is no such address, it is too old, or the job has begun.
    """
    job = plane.directory.import_jobs.get(job_id)
    signed = hmac.compare_digest(("" if job is None else job.signature).encode(), signature.encode())
    if job is None or not signed or _refreshed(plane, job).status != CREATED:
        raise not_authorized("Access Denied")
    if job.created_at + _UPLOAD_SECONDS <= plane.clock():
        raise not_authorized("Request has expired")
    return job


def _start(plane: Plane, params: dict[str, Any]) -> Result:
    """Import the users of a file, in one go: what breaks off in the middle has not begun."""
    job = _own(plane, params["JobId"])
    if job.status != CREATED:
        msg = f"The user import job cannot be started. Its status is {job.status}"
        raise ServiceError("PreconditionNotMetException", msg)
    if job.content is None:
        raise ServiceError("PreconditionNotMetException", f"No csv file was uploaded for {job.id}")
    if not plane.directory.config.get("AutoVerifiedAttributes"):
        raise ServiceError("PreconditionNotMetException", "The user pool has no auto-verified attributes")
    job.started_at = plane.clock()
    try:
        lines = lines_of(job.content, header(plane.directory.schema))
    except FileRefusedError as exc:
        job.end("Failed", str(exc), plane.clock())
    else:
        _import(plane, job, next(lines).cells, lines)
    LOGGER.info(
        "%s %s: %d imported, %d skipped, %d failed",
        job.id,
        job.message,
        job.imported,
        job.skipped,
        job.failed,
    )
    return _answer(plane, job)


def _import(plane: Plane, job: ImportJob, columns: Sequence[str], lines: Iterable[Line]) -> None:
    import_row, imported, skipped, failed = importer(plane, columns), 0, 0, 0
    for line in lines:
        try:
            import_row(line)
            imported += 1
        except RowSkippedError as exc:
            skipped += 1
            LOGGER.info("%s [SKIPPED] line %d: %s", job.id, line.number, exc)
        except RowRefusedError as exc:
            failed += 1
            LOGGER.info("%s [FAILED] line %d: %s", job.id, line.number, exc)
    job.imported, job.skipped, job.failed = imported, skipped, failed
    if skipped + failed > imported:
        # Where the service draws the line is not documented.
        too_many = "Too many users have failed or been skipped during the import."
        job.end("Failed", too_many, plane.clock())
    else:
        job.end("Succeeded", "Import Job Completed Successfully.", plane.clock())


def _stop(plane: Plane, params: dict[str, Any]) -> Result:
    """Refuse: a job that was started is over before anybody can stop it."""
    job = _own(plane, params["JobId"])
    msg = f"The user import job cannot be stopped. Its status is {job.status}"
    raise ServiceError("PreconditionNotMetException", msg)


def _describe(plane: Plane, params: dict[str, Any]) -> Result:
    return _answer(plane, _own(plane, params["JobId"]))


def _list(plane: Plane, params: dict[str, Any]) -> Result:
    shown, following = page(
        [*plane.directory.import_jobs.values()][::-1],
        of="import-jobs",
        limit=params["MaxResults"],
        token=params.get("PaginationToken"),
    )
    listed = [_refreshed(plane, job).describe(plane.directory.pool_id) for job in shown]
    return {"UserImportJobs": listed} | ({"PaginationToken": following} if following else {})


def _header(plane: Plane, _: dict[str, Any]) -> Result:
    return {"UserPoolId": plane.directory.pool_id, "CSVHeader": header(plane.directory.schema)}


OPERATIONS: Final = {
    "CreateUserImportJob": _create,
    "StartUserImportJob": _start,
    "StopUserImportJob": _stop,
    "DescribeUserImportJob": _describe,
    "ListUserImportJobs": _list,
    "GetCSVHeader": _header,
}
