"""What the emulator tells to export when it starts."""

import secrets

from fastapi_cognito_auth.cli.domain import exports
from fastapi_cognito_auth.local import LocalUserPool


def endpoint_of(host: str, port: int) -> str:
    """Return the address of a server on this machine, without a slash at its end."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def greeting(pool: LocalUserPool, endpoint: str, *, given_secret: bool = False) -> str:
    """Return the lines.

    Args:
        pool: what is served.
        endpoint: where.
        given_secret: whether the client secret was brought along; then it is not repeated.
    """
    secret = [f"export COGNITO_CLIENT_SECRET={pool.client_secret}"] if pool.client_secret else []
    if given_secret:
        secret = ["# COGNITO_CLIENT_SECRET is the one that was given"]
    issuer = [] if pool.issuer == pool.service_issuer else [f"export COGNITO_ISSUER={pool.issuer}"]
    return "\n".join([
        f"# user pool {pool.user_pool_id}, app client {pool.client_id}, at {endpoint}/",
        f"# what it would have sent: {endpoint}/local/outbox",
        "",
        "# fastapi_cognito_auth",
        f"export COGNITO_USER_POOL_ID={pool.user_pool_id}",
        f"export COGNITO_CLIENT_ID={pool.client_id}",
        *secret,
        *issuer,
        *exports(pool, endpoint),
        f"export COGNITO_ENDPOINT_URL={endpoint}",
        f"export COGNITO_SECRET_KEY={pool.secret_key or secrets.token_urlsafe(48)}",
        "",
        "# boto3",
        f"export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={endpoint}",
        f"export AWS_DEFAULT_REGION={pool.region}",
        "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
    ])  # fmt: skip
