"""`users import --dry-run`: looks at every row, and creates nobody."""

import json
from collections.abc import AsyncIterator
from typing import NoReturn

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import administer
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.cli.terminal import Exit, shown
from fastapi_cognito_auth.cli.users.file_format import Format
from fastapi_cognito_auth.cli.users.rows_file import demand_rows, opened
from fastapi_cognito_auth.cognito.import_schema import check_address
from fastapi_cognito_auth.cognito.row_text import RawRow
from fastapi_cognito_auth.cognito.user_rows import UserRow, read_rows, understood


def rehearse(source: str, kind: Format, *, after: int, as_json: bool) -> NoReturn:
    """Tell which rows cannot be imported, and end the command.

    Args:
        source: the file's name; `-` is standard input.
        kind: of the file.
        after: the place of the last row that is left out.
        as_json: whether to tell in lines of JSON.
    """
    good = bad = 0

    async def work(auth: CognitoAuth) -> None:
        nonlocal good, bad
        with opened(source) as file, bar("rows", total=file.size) as drawn:
            chunks = file.chunks(lambda read: drawn.show(f"{good + bad} rows", completed=read))
            async for number, fault in _faults(auth, read_rows(chunks, kind.value)):
                if number <= after:
                    continue
                if fault is None:
                    good += 1
                    continue
                bad += 1
                typer.echo(
                    json.dumps({"number": number, "message": fault})
                    if as_json
                    else shown(f"row {number}: {fault}")
                )

    administer(work)
    demand_rows(good + bad, after)
    typer.echo(f"{good} fit, {bad} do not. Nobody was created.", err=True)
    raise typer.Exit(Exit.BAD if bad else Exit.GOOD)


async def _faults(auth: CognitoAuth, rows: AsyncIterator[RawRow]) -> AsyncIterator[tuple[int, str | None]]:
    """Yield the place of each row, and what is wrong with it, if anything is."""
    attributes = {*await auth.pool.users.attribute_names()}
    groups = {group.name async for group in auth.pool.groups.list()}
    seen: dict[str, int] = {}
    async for row in rows:
        if row.data is None:
            yield row.number, row.fault
            continue
        try:
            user = understood(row.data)
            _check_addresses(user)
        except ValueError as exc:
            yield row.number, str(exc)
            continue
        unknown = [f"attribute {name}" for name in sorted({*user.attributes} - attributes)]
        unknown += [f"group {name}" for name in sorted({*user.groups} - groups)]
        before = seen.setdefault(user.username, row.number)
        if unknown:
            yield row.number, f"the pool has no {', no '.join(unknown)}"
        elif before != row.number:
            yield row.number, f"{user.username} is in row {before}, too"
        else:
            yield row.number, None


def _check_addresses(user: UserRow) -> None:
    for name, value in user.attributes.items():
        try:
            if value:
                check_address(name, value)
        except ValueError as exc:
            msg = f"{name}: {exc}"
            raise ValueError(msg) from None
