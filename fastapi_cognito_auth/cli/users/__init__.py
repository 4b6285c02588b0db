"""`fastapi-cognito-auth users`: the users of the pool."""

import typer

from fastapi_cognito_auth.cli.users.changing import create, delete, disable, enable, set_password
from fastapi_cognito_auth.cli.users.exporting import export
from fastapi_cognito_auth.cli.users.import_jobs import import_jobs
from fastapi_cognito_auth.cli.users.importing import import_users
from fastapi_cognito_auth.cli.users.reading import list_users, show

users: typer.Typer = typer.Typer(no_args_is_help=True)
users.command(name="list")(list_users)
for _command in (show, create, set_password, disable, enable, delete, export):
    users.command()(_command)
users.command(name="import")(import_users)
users.add_typer(import_jobs, name="import-jobs")


@users.callback()
def commands() -> None:
    """Look at the users of the pool, and change them, with the app's AWS credentials."""
