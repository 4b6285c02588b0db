"""The command line as a whole: one module beside this for each command."""

from importlib.metadata import version
from typing import Annotated

import typer

from fastapi_cognito_auth.cli.doctor.command import doctor
from fastapi_cognito_auth.cli.groups import groups
from fastapi_cognito_auth.cli.init.command import init
from fastapi_cognito_auth.cli.log import told_once
from fastapi_cognito_auth.cli.plain_errors import PlainErrors
from fastapi_cognito_auth.cli.token import token
from fastapi_cognito_auth.cli.users import users
from fastapi_cognito_auth.cli.without_local import without_local
from fastapi_cognito_auth.cli.without_pages import without_pages

cli: typer.Typer = typer.Typer(
    cls=PlainErrors, add_completion=False, no_args_is_help=True, pretty_exceptions_show_locals=False
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    if wanted:
        typer.echo(f"fastapi-cognito-auth {version('fastapi-cognito-auth')}")
        raise typer.Exit


@cli.callback()
def commands(
    context: typer.Context,
    *,
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version.")
    ] = False,
) -> None:
    """Amazon Cognito user pools for FastAPI."""
    # Servers run on, and what they say again is news.
    if context.invoked_subcommand not in {"local", "pages"}:
        context.with_resource(told_once())


try:
    from fastapi_cognito_auth.cli.local import local
except ImportError:
    # Where an app is run for others there is no local pool, and the other commands need none.
    cli.command(name="local")(without_local)
else:
    cli.command()(local)
try:
    from fastapi_cognito_auth.cli.gallery.command import pages
except ImportError:
    cli.command(name="pages")(without_pages)
else:
    cli.command()(pages)
cli.command()(doctor)
cli.command()(init)
cli.add_typer(token, name="token")
cli.add_typer(users, name="users")
cli.add_typer(groups, name="groups")
