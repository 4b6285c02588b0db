"""Many users at once."""

from collections.abc import AsyncIterator, Iterator, Mapping
from email.message import Message
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import ConfigDict

from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_rows import Format, read_rows
from fastapi_cognito_auth.dependencies.administrators import Administrators
from fastapi_cognito_auth.exceptions import (
    InvalidRequestError,
    ResourceNotFoundError,
    UnsupportedMediaTypeError,
    UserImportInProgressError,
    responses,
)
from fastapi_cognito_auth.routers.admin_changes import Change, Changes
from fastapi_cognito_auth.routers.admin_errors import CHANGES, READS
from fastapi_cognito_auth.routers.admin_import_jobs import ImportJob, ImportJobs, ImportSummary
from fastapi_cognito_auth.routers.admin_paths import AdminRoute
from fastapi_cognito_auth.routers.admin_standing import Standing
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.schemas.described import Described
from fastapi_cognito_auth.user import User

LARGEST_IMPORT: Final = 8_388_608
"""Bytes of a text, which is in memory until its import ends."""

_CHUNK: Final = 65_536

_KINDS: Final[Mapping[str, Format]] = {
    "application/x-ndjson": "json-lines",
    "application/jsonl": "json-lines",
    "text/csv": "csv",
}
"""What a body says of itself."""

_ENCODINGS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})

JobInPath = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{22}$",
        description="As the import was answered.",
        examples=["0123456789abcdefABCDEF"],
    ),
]

_TEXT: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"username": "ada", "attributes": {"email": "ada@example.com"}}\n',
            },
            "application/jsonl": {
                "schema": {"type": "string"},
                "example": '{"username": "ada", "attributes": {"email": "ada@example.com"}}\n',
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "username,email\nada,ada@example.com\n",
            },
        },
    }
}


class ImportItems(Described):
    """The imports that this worker remembers."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    items: list[ImportSummary]
    """The newest first; twenty at most."""


class Imports:
    """Begins imports of texts, on behalf of administrators.

    Args:
        jobs: run them.
        changes: know from where somebody asks.
        standing: ends what an administrator has begun who is none any more.
    """

    def __init__(self, jobs: ImportJobs, changes: Changes, standing: Standing) -> None:
        self.jobs: ImportJobs = jobs
        self._changes = changes
        self._standing = standing

    async def begin(
        self, request: Request, admin: User, text: bytes, kind: Format, *, invite: bool
    ) -> ImportJob:
        """Begin to create the users of a text.

        Args:
            request: asks for it.
            admin: who asks, and may.
            text: as it was sent.
            kind: what it is.
            invite: whether everybody who is created is told.

        Raises:
            InvalidRequestError: it has no row, or does not name its columns.
            UserImportInProgressError: another one goes on.
        """
        rows = read_rows(_chunks(text), kind)
        try:
            # Whether a CSV names its columns shows with its first row.
            first = await anext(rows, None)
        except ValueError as exc:
            fault = _refused(str(exc), "csv_invalid")
        else:
            if first is None:
                raise _refused("There is no row.", "rows_missing")
            actor = self._changes.actor(request, admin)
            lasting = self._standing.while_it_lasts(actor, _all(first, rows))
            return self.jobs.start(lasting, actor, invite=invite)
        raise fault


def admin_imports_router(imports: Imports, administrators: Administrators, changes: Changes) -> APIRouter:
    """Build the endpoints over `auth.pool.users.import_`.

    Args:
        imports: begin them.
        administrators: let in who may.
        changes: record who stops one.
    """
    jobs = imports.jobs
    router = new_router(max_body_size=LARGEST_IMPORT, kind=AdminRoute)
    Administrator = Annotated[User, Depends(administrators.changing)]  # noqa: N806 - a type
    reading = [Depends(administrators.reading)]

    @router.post(
        "/user-imports",
        status_code=202,
        responses=responses(*CHANGES, UserImportInProgressError, UnsupportedMediaTypeError),
        openapi_extra=_TEXT,
    )
    async def import_users(
        request: Request,
        admin: Administrator,
        invite: Annotated[bool, Query(description="Whether everybody who is created is told.")],
    ) -> ImportJob:
        """Begin to create the users of a text. Asks for a recent sign-in.

        The answer is a job, which this worker goes on with; ask for it by its id. Users who are there
        already stay as they are, so that the same text may come again. No row puts anybody into a group
        that makes administrators, or changes a member of one. `Content-Type` says what the text is.
        """
        kind = _format_of(request.headers.get("content-type", ""))
        return await imports.begin(request, admin, await request.body(), kind, invite=invite)

    @router.get("/user-imports", dependencies=reading, responses=responses(*READS))
    async def list_user_imports() -> ImportItems:
        """List the imports that this worker remembers, the newest first."""
        return ImportItems(items=jobs.summaries())

    @router.get(
        "/user-imports/{job_id}", dependencies=reading, responses=responses(*READS, ResourceNotFoundError)
    )
    async def get_user_import(job_id: JobInPath) -> ImportJob:
        """Tell how far an import has come, and which rows need a look."""
        return jobs.get(job_id)

    @router.delete("/user-imports/{job_id}", responses=responses(*CHANGES, ResourceNotFoundError))
    async def stop_user_import(request: Request, job_id: JobInPath, admin: Administrator) -> ImportJob:
        """Stop an import. What it has done stays. Asks for a recent sign-in."""
        job = await jobs.stop(job_id)
        changes.note(changes.actor(request, admin), "stop_user_import", "ok", Change(), names=[job_id])
        return job

    return router


def _format_of(content_type: str) -> Format:
    if "*" in content_type:
        # Parameters in parts are for mail (RFC 2231), and Python's reader trips over some.
        raise UnsupportedMediaTypeError(*_KINDS)
    said = Message()
    said["content-type"] = content_type
    kind, encoding = _KINDS.get(said.get_content_type()), str(said.get_param("charset") or "").lower()
    if kind is None:
        raise UnsupportedMediaTypeError(*_KINDS)
    if encoding not in _ENCODINGS:
        raise UnsupportedMediaTypeError(*_KINDS, charset="utf-8")
    return kind


def _chunks(text: bytes) -> Iterator[bytes]:
    # A flood of lines is not to be taken apart all at once.
    return (text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))


def _refused(message: str, kind: str) -> InvalidRequestError:
    return InvalidRequestError(errors=[{"loc": ["body"], "message": message, "type": kind}])


async def _all(first: RawRow, others: AsyncIterator[RawRow]) -> AsyncIterator[RawRow]:
    yield first
    async for row in others:
        yield row
