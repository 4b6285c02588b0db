"""`users import`: many users, with a report on each row that did not go as it says."""

import json
from typing import Annotated, Final

import typer

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.cli.administering import Rate, Yes, administer, ask, demanded
from fastapi_cognito_auth.cli.progress import bar
from fastapi_cognito_auth.cli.terminal import Exit, fail, shown
from fastapi_cognito_auth.cli.users.file_format import Format, format_of
from fastapi_cognito_auth.cli.users.rehearsal import rehearse
from fastapi_cognito_auth.cli.users.rows_file import demand_rows, opened
from fastapi_cognito_auth.cognito.pacing import Paced
from fastapi_cognito_auth.cognito.user_import import RowReport
from fastapi_cognito_auth.cognito.user_rows import read_rows

_AS_WANTED: Final = frozenset({"created", "completed", "unchanged"})


def import_users(
    source: Annotated[str, typer.Argument(callback=demanded, metavar="FILE", help="- is standard input.")],
    *,
    form: Annotated[
        Format | None, typer.Option("--format", help="Known by the file's name unless given.")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="The row after which an import was cut short.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at every row, and create nobody.")] = False,
    no_invite: Annotated[bool, typer.Option("--no-invite", help="Send nothing to new users.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each row.")] = False,
    rate: Rate = 25.0,
    yes: Yes = False,
) -> None:
    """Create users, within the pool's quota. The same file may be imported again.

    Exit status: 0 every user is as the file says, 1 some are not, or there is no row, 2 it was cut short.
    """
    kind = format_of(source, form)
    if dry_run:
        rehearse(source, kind, after=after, as_json=as_json)
    done = _Done(after, as_json=as_json)
    with opened(source) as file:
        if not no_invite:
            if source == "-" and not yes:
                fail("every new user would be sent an invitation: say --yes if that is meant, or --no-invite")
            ask(f"Send an invitation to every new user of {source}?", yes=yes)

        async def work(auth: CognitoAuth) -> None:
            with bar("rows", total=file.size) as drawn:
                chunks = file.chunks(lambda read: drawn.show(str(done), completed=read))
                rows = read_rows(chunks, kind.value)
                users = auth.pool.users
                async for report in users.import_(rows, after=after, invite=not no_invite, paced=Paced(rate)):
                    done.add(report)

        try:
            administer(work)
        except (typer.Exit, KeyboardInterrupt):
            goes_on = f"{done}. It was cut short: go on with --after {done.after}"
            typer.echo(goes_on if done.rows else "No row was reported.", err=True)
            raise typer.Exit(Exit.NOT_JUDGED) from None
    demand_rows(done.rows, after)
    typer.echo(f"{done}.", err=True)
    raise typer.Exit(Exit.GOOD if done.all_as_wanted else Exit.BAD)


class _Done:
    """What has been reported; its state is the counts, and the last row."""

    def __init__(self, after: int, *, as_json: bool) -> None:
        self.after = after
        self._as_json = as_json
        self._counts: dict[str, int] = {}

    def add(self, report: RowReport) -> None:
        self.after = report.number
        self._counts[report.outcome] = self._counts.get(report.outcome, 0) + 1
        if self._as_json:
            typer.echo(json.dumps(report.model_dump(mode="json")))
        elif report.outcome not in _AS_WANTED:
            why = report.message or f"differs in {', '.join(report.names)}"
            code = f" ({report.code})" if report.code else ""
            typer.echo(shown(f"row {report.number} {report.username or ''}: {report.outcome}: {why}{code}"))

    @property
    def rows(self) -> int:
        """How many there were."""
        return sum(self._counts.values())

    @property
    def all_as_wanted(self) -> bool:
        return self._counts.keys() <= _AS_WANTED

    def __str__(self) -> str:
        """Return the counts in words."""
        counted = (f"{count} {outcome}" for outcome, count in sorted(self._counts.items()))
        return ", ".join(counted) or "no rows"
