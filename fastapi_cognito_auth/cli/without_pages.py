"""`fastapi-cognito-auth pages` where an extra that it needs is not installed."""

from fastapi_cognito_auth.cli.terminal import fail


def without_pages() -> None:
    """Serve every state of every page; needs the extras [local,pages], which are not installed."""
    fail("this needs the extras: pip install 'fastapi-cognito-auth[cli,local,pages]'")
