"""`users export`: all users, page by page, into a file that can be gone on with."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO, Final, NamedTuple

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import Rate, administer
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.cli.terminal import Exit, fail, lines_shown
from fastapi_cognito_auth.cli.users.file_format import Format, format_of
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.user_export import ExportProgress

_NEXT: Final = b'{"next": '


def export(
    *,
    output: Annotated[str, typer.Option(metavar="FILE", help="A new file; - is standard output.")] = "-",
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Known by the file's name unless given."),
    ] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A column of a CSV; may be repeated. All unless given."),
    ] = None,
    groups: Annotated[
        bool, typer.Option("--groups", help="Write the groups of each user; all members are read first.")
    ] = False,
    rate: Rate = 25.0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a file of JSON Lines that was cut short.")
    ] = False,
) -> None:
    """Write all users of the pool, within its quota. A file that is cut short can be gone on with.

    Exit status: 0 all users are written, 2 it was cut short.
    """
    if not output or Path(output).is_dir():
        fail(f"--output is a new file, and {output!r} is none")
    kind = format_of(output, form)
    if attribute and kind is not Format.CSV:
        fail("--attribute is a column of a CSV: say --format csv, too")
    if resume and (output == "-" or kind is Format.CSV):
        fail("--resume goes on with a file of JSON Lines: name it by --output")
    whole = _Place(None, finished=False, groups=groups)
    place = _cut_behind_the_last_page(Path(output), groups=groups) if resume else whole
    if place.finished:
        typer.echo("Nothing is left to be written: the file has all users.", err=True)
        return
    is_seen = output == "-" and sys.stdout.isatty()
    with nullcontext(sys.stdout.buffer) if output == "-" else _opened(Path(output), resume=resume) as file:

        async def work(auth: CognitoAuth) -> None:
            with bar("users", total=None) as drawn:

                def tell(progress: ExportProgress) -> None:
                    drawn.show(f"{progress.users} users")

                users = auth.pool.users.export(
                    cursor=place.cursor, groups=place.groups, on_progress=tell, paced=Paced(rate)
                )
                pages: AsyncIterator[str]
                pages = users.csv(attribute or None) if kind is Format.CSV else users.json_lines()
                async for page in pages:
                    file.write((lines_shown(page) if is_seen else page).encode())
                    # Whoever kills the command keeps the pages that were read.
                    file.flush()

        try:
            administer(work)
        except (typer.Exit, KeyboardInterrupt):
            if output != "-" and kind is Format.JSON_LINES:
                typer.echo("It was cut short: go on with --resume, within the hour.", err=True)
            elif output != "-" and not Path(output).stat().st_size:
                # Nothing goes on with it, and it would keep the next one from being written.
                Path(output).unlink()
            raise typer.Exit(Exit.NOT_JUDGED) from None


def _opened(path: Path, *, resume: bool) -> BinaryIO:
    """Open the file for who runs the command alone: it tells about people."""
    flags = os.O_WRONLY | (os.O_APPEND if resume else os.O_CREAT | os.O_EXCL)
    try:
        return os.fdopen(os.open(path, flags, 0o600), "wb")
    except FileExistsError:
        return fail(f"{path} is there already; --resume goes on with it")
    except OSError as exc:
        return fail(f"cannot write {path}: {type(exc).__name__}")


class _Place(NamedTuple):
    """Where an export goes on, and how."""

    cursor: str | None
    finished: bool
    groups: bool


def _cut_behind_the_last_page(path: Path, *, groups: bool) -> _Place:
    """Take away what was written in part, and return where to go on.

    The users to come have groups where those of the file have them: an import would take one without
    for one who is in none.

    Args:
        path: of the file.
        groups: whether they were asked for.
    """
    kept, cursor, finished, at = 0, None, False, 0
    first, first_ends = None, 0
    try:
        with path.open("r+b") as file:
            for line in file:
                at += len(line)
                # A line of a user begins otherwise, whatever is in it.
                if line.startswith(_NEXT) and line.endswith(b"\n"):
                    cursor = json.loads(line)["next"]
                    kept, finished = at, cursor is None
                elif first is None:
                    first, first_ends = line, at
            if at and not kept:
                fail(f"{path} is no export that got through its first page: it is left alone")
            if first is not None and first_ends <= kept:
                has_groups = "groups" in json.loads(first)
                if groups and not has_groups:
                    fail(f"the users of {path} have no groups: go on without --groups, or begin a new file")
                groups = has_groups
            os.chmod(file.fileno(), 0o600)
            file.truncate(kept)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        fail(f"cannot go on with {path}: {type(exc).__name__}")
    return _Place(cursor, finished, groups)
