"""The command line as a whole: one module beside this for each command."""

import typer

from fastapi_cognito_auth.cli.local import local

cli: typer.Typer = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_show_locals=False
)


@cli.callback()
def commands() -> None:
    """Amazon Cognito user pools for FastAPI."""


cli.command()(local)
