"""The command line as a whole: one module beside this for each command."""

import typer

from fastapi_cognito_auth.cli.doctor.command import doctor
from fastapi_cognito_auth.cli.groups import groups
from fastapi_cognito_auth.cli.init.command import init
from fastapi_cognito_auth.cli.token import token
from fastapi_cognito_auth.cli.users import users
from fastapi_cognito_auth.cli.without_local import without_local

cli: typer.Typer = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_show_locals=False
)


@cli.callback()
def commands() -> None:
    """Amazon Cognito user pools for FastAPI."""


try:
    from fastapi_cognito_auth.cli.local import local
except ImportError:
    # Where an app is run for others there is no local pool, and the other commands need none.
    cli.command(name="local")(without_local)
else:
    cli.command()(local)
cli.command()(doctor)
cli.command()(init)
cli.add_typer(token, name="token")
cli.add_typer(users, name="users")
cli.add_typer(groups, name="groups")
