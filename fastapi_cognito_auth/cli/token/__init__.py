"""`fastapi-cognito-auth token`: what an app thinks of a token."""

import typer

from fastapi_cognito_auth.cli.token.explain import explain

token: typer.Typer = typer.Typer(no_args_is_help=True)
token.command()(explain)


@token.callback()
def commands() -> None:
    """Look at tokens."""
