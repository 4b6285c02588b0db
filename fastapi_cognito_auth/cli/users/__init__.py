"""`fastapi-cognito-auth users`: the users of the pool."""

from collections.abc import Callable
from typing import Final

import typer

from fastapi_cognito_auth.cli.users.access import confirm, resend, reset_mfa, reset_password, sign_out
from fastapi_cognito_auth.cli.users.changing import create, delete, disable, enable, set_password
from fastapi_cognito_auth.cli.users.exporting import export
from fastapi_cognito_auth.cli.users.import_jobs import import_jobs
from fastapi_cognito_auth.cli.users.importing import import_users
from fastapi_cognito_auth.cli.users.reading import list_users, show
from fastapi_cognito_auth.cli.users.updating import update

users: typer.Typer = typer.Typer(no_args_is_help=True)
users.command(name="list")(list_users)
_COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    *(show, create, update, confirm, resend, set_password, reset_password, reset_mfa, sign_out),
    *(disable, enable, delete, export),
)
for _command in _COMMANDS:
    users.command()(_command)
users.command(name="import")(import_users)
users.add_typer(import_jobs, name="import-jobs")


@users.callback()
def commands() -> None:
    """Look at the users of the pool, and change them, with the app's AWS credentials."""
