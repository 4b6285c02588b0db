"""`users import-jobs`: many users, imported by the pool itself, also after the command has ended."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import AsJson, Yes, administer, ask, demanded
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.cli.terminal import Exit, fail, print_json, print_table, shown
from fastapi_cognito_auth.cli.users.file_format import Format, format_of
from fastapi_cognito_auth.cli.users.rows_file import opened
from fastapi_cognito_auth.cognito.records import UserImportJob
from fastapi_cognito_auth.cognito.user_rows import read_rows
from fastapi_cognito_auth.exceptions import (
    ImportUploadError,
    InvalidImportRowsError,
    PreconditionNotMetError,
)

JobId = Annotated[
    str, typer.Argument(callback=demanded, metavar="JOB", help="Its id, such as import-mAgUtd8PMm.")
]

_COMMAND: Final = "users import-jobs"

import_jobs: typer.Typer = typer.Typer(no_args_is_help=True)


@import_jobs.callback()
def commands() -> None:
    """Import users by jobs of the pool, which go on without this command."""


@import_jobs.command()
def run(
    source: Annotated[str, typer.Argument(callback=demanded, metavar="FILE", help="- is standard input.")],
    *,
    role: Annotated[
        str | None, typer.Option(metavar="ARN", help="The IAM role by which the job writes its log.")
    ] = None,
    name: Annotated[str, typer.Option(metavar="TEXT", help="For people.")] = "import",
    job: Annotated[
        str | None, typer.Option(metavar="JOB", help="Of a job whose file did not arrive, instead of --role.")
    ] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="Known by the file's name unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at every row, upload them, start the job, and wait for its end.

    Exit status: 0 every user is imported, 1 some are not, 2 the end is not known.
    """
    if (role is None) is (job is None):
        fail("say --role ARN for a new job, or --job JOB for one whose file did not arrive")
    kind = format_of(source, form)
    watched = _Watched()

    async def work(auth: CognitoAuth) -> UserImportJob:
        jobs = auth.pool.users.import_jobs
        with opened(source) as file, bar("rows", total=file.size) as drawn:
            chunks = file.chunks(lambda read: drawn.show("rows", completed=read))
            rows = read_rows(chunks, kind.value)
            try:
                if job is None:
                    uploaded = await jobs.create(name, rows, role_arn=str(role))
                else:
                    uploaded = await jobs.upload(job, rows)
            except InvalidImportRowsError as refused:
                _print_faults(refused, as_json=as_json)
                raise
            except ImportUploadError as failed:
                again = f"Try again with --job {failed.job_id}, within a quarter of an hour."
                watched.goes_on = again
                raise
        return await _started(auth, uploaded, watched)

    _end(_watch(work, watched), as_json=as_json)


@import_jobs.command()
def start(job_id: JobId, *, as_json: AsJson = False) -> None:
    """Start a job that has its file, and wait for its end.

    Exit status: 0 every user is imported, 1 some are not, 2 the end is not known.
    """
    watched = _Watched()

    async def work(auth: CognitoAuth) -> UserImportJob:
        return await _started(auth, await auth.pool.users.import_jobs.get(job_id), watched)

    _end(_watch(work, watched), as_json=as_json)


@import_jobs.command()
def show(
    job_id: JobId,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Until its end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a job. With --wait the exit status is that of `run`."""
    watched = _Watched()

    async def work(auth: CognitoAuth) -> UserImportJob:
        if wait:
            watched.has_begun(job_id)
            return await _waited(auth, job_id, None)
        return await auth.pool.users.import_jobs.get(job_id)

    found = _watch(work, watched)
    if wait:
        _end(found, as_json=as_json)
    _print(found, as_json=as_json)


@import_jobs.command(name="list")
def list_jobs(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each job.")] = False,
) -> None:
    """List the jobs of the pool, the newest first."""

    async def read(auth: CognitoAuth) -> list[UserImportJob]:
        return [job async for job in auth.pool.users.import_jobs.list()]

    found = administer(read)
    if as_json:
        for job in found:
            typer.echo(json.dumps(job.model_dump(mode="json")))
        return
    print_table(
        ("job", "name", "status", "imported", "skipped", "failed"),
        [
            (job.job_id, job.name, job.status, str(job.imported), str(job.skipped), str(job.failed))
            for job in found
        ],
    )


@import_jobs.command()
def stop(job_id: JobId, *, yes: Yes = False) -> None:
    """Stop a job that has begun. Whom it has imported stays, and it cannot go on."""
    ask(f"Stop {job_id}?", yes=yes)

    async def work(auth: CognitoAuth) -> UserImportJob:
        return await auth.pool.users.import_jobs.stop(job_id)

    typer.echo(shown(f"{job_id}: {administer(work).status}"), err=True)


class _Watched:
    """What is to be said where the command ends before the job; its state is how far that is."""

    def __init__(self) -> None:
        self.goes_on = ""

    def has_its_file(self, job_id: str) -> None:
        self.goes_on = f"{job_id} has its file: {_COMMAND} start {job_id} begins it, within the day."

    def has_begun(self, job_id: str) -> None:
        self.goes_on = f"{job_id} goes on by itself: {_COMMAND} show {job_id} --wait waits for its end."


def _watch(work: Callable[[CognitoAuth], Awaitable[UserImportJob]], watched: _Watched) -> UserImportJob:
    """Do something about a job, and say at any other end than its own how to find it again."""
    try:
        return administer(work)
    except KeyboardInterrupt:
        typer.echo(shown(watched.goes_on or "Nothing was imported."), err=True)
        raise typer.Exit(Exit.NOT_JUDGED) from None
    except typer.Exit:
        if watched.goes_on:
            typer.echo(shown(watched.goes_on), err=True)
        raise


async def _started(auth: CognitoAuth, job: UserImportJob, watched: _Watched) -> UserImportJob:
    watched.has_its_file(job.job_id)
    try:
        await auth.pool.users.import_jobs.start(job.job_id)
    except PreconditionNotMetError:
        watched.goes_on = ""  # it cannot be started, which the refusal explains
        raise
    watched.has_begun(job.job_id)
    return await _waited(auth, job.job_id, job.rows)


async def _waited(auth: CognitoAuth, job_id: str, rows: int | None) -> UserImportJob:
    with bar("users", total=rows) as drawn:
        return await auth.pool.users.import_jobs.wait(
            job_id, on_progress=lambda job: drawn.show(_counts(job), completed=job.done)
        )


def _print_faults(refused: InvalidImportRowsError, *, as_json: bool) -> None:
    for number, why in refused.rows:
        typer.echo(
            json.dumps({"number": number, "message": why}) if as_json else shown(f"row {number}: {why}")
        )
    if refused.more_rows:
        typer.echo(f"and {refused.more_rows} more", err=True)


def _end(job: UserImportJob, *, as_json: bool) -> None:
    _print(job, as_json=as_json)
    whole = job.status == "Succeeded" and not job.skipped and not job.failed
    raise typer.Exit(Exit.GOOD if whole else Exit.BAD)


def _print(job: UserImportJob, *, as_json: bool) -> None:
    if as_json:
        print_json(job.model_dump(mode="json"))
        return
    lines = (
        ("job", job.job_id),
        ("name", job.name),
        ("status", job.status),
        ("users", _counts(job)),
        ("message", job.completion_message or ""),
        ("created", _moment(job.created_at)),
        ("started", _moment(job.started_at)),
        ("completed", _moment(job.completed_at)),
    )
    print_table(("", ""), [line for line in lines if line[1]])


def _counts(job: UserImportJob) -> str:
    return f"{job.imported} imported, {job.skipped} skipped, {job.failed} failed"


def _moment(when: datetime | None) -> str:
    return "" if when is None else when.isoformat(timespec="seconds")
