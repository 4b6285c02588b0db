"""`fastapi-cognito-auth local` where the extra that it needs is not installed."""

from fastapi_cognito_auth.cli.terminal import fail


def without_local() -> None:
    """Serve a user pool; needs the extra [local], which is not installed."""
    fail("this needs the extras: pip install 'fastapi-cognito-auth[cli,local]'")
