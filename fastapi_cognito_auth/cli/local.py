"""`fastapi-cognito-auth local`: a local user pool behind an endpoint."""

import contextlib
import secrets
import socket
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

import typer
import uvicorn

from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from fastapi_cognito_auth.local.emulator import emulator


class Mfa(StrEnum):
    """The pool's MfaConfiguration."""

    OFF = "OFF"
    OPTIONAL = "OPTIONAL"
    ON = "ON"


def local(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 9229,
    host: Annotated[str, typer.Option(help="An address of this machine.")] = "127.0.0.1",
    mfa: Annotated[Mfa, typer.Option(help="The pool's MfaConfiguration.")] = Mfa.OPTIONAL,
    user: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:PASSWORD", help="A confirmed user to start with; may be repeated."),
    ] = None,
    client_secret: Annotated[bool, typer.Option("--client-secret", help="Give the app client one.")] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen where other machines can reach it.")
    ] = False,
) -> None:
    """Serve a user pool that lives as long as this process. It asks nobody for credentials."""
    if not (allow_remote or _is_loopback(host)):
        message = f"{host} can be reached from elsewhere, and whoever reaches it may do anything. "
        raise typer.BadParameter(message + "Say --allow-remote if you mean it.", param_hint="--host")
    users = [_user(entry) for entry in user or ()]
    try:
        pool = LocalUserPool(
            users=users, mfa=mfa.value, client_secret=client_secret, device_tracking="ALWAYS"
        )
    except ServiceError as exc:
        raise typer.BadParameter(exc.message, param_hint="--user") from None
    try:
        listening = socket.create_server((host, port), family=_family(host))
    except OSError as exc:
        message = f"cannot listen on {host}:{port}: {exc.strerror}"
        raise typer.BadParameter(message, param_hint="--port") from None
    with listening:
        typer.echo(_greeting(pool, host, listening.getsockname()[1]))
        server = uvicorn.Server(
            uvicorn.Config(
                emulator(pool, remote=allow_remote, names=(host,)), log_level="warning", lifespan="off"
            )
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run([listening])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        # A name may mean anything tomorrow.
        return False


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _user(entry: str) -> LocalUser:
    name, separator, password = entry.partition(":")
    if not (name and separator and password):
        # Without what was typed: it may be a password.
        raise typer.BadParameter("write NAME:PASSWORD", param_hint="--user")
    email = name if "@" in name else f"{name}@example.com"
    return LocalUser(name, password=password, attributes={"email": email})


def _greeting(pool: LocalUserPool, host: str, port: int) -> str:
    address = f"[{host}]" if ":" in host else host
    endpoint = f"http://{address}:{port}"
    secret = [f"export COGNITO_CLIENT_SECRET={pool.client_secret}"] if pool.client_secret else []
    return "\n".join([
        f"# user pool {pool.user_pool_id}, app client {pool.client_id}, at {endpoint}/",
        f"# what it would have sent: {endpoint}/local/outbox",
        "",
        "# fastapi_cognito_auth",
        f"export COGNITO_USER_POOL_ID={pool.user_pool_id}",
        f"export COGNITO_CLIENT_ID={pool.client_id}",
        *secret,
        f"export COGNITO_ENDPOINT_URL={endpoint}",
        f"export COGNITO_SECRET_KEY={secrets.token_urlsafe(48)}",
        "",
        "# boto3",
        f"export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={endpoint}",
        f"export AWS_DEFAULT_REGION={pool.region}",
        "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
    ])  # fmt: skip
