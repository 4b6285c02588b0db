"""`fastapi-cognito-auth local`: a local user pool behind an endpoint."""

import contextlib
import os
import re
import signal
import socket
import threading
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import uvicorn

from fastapi_cognito_auth.cli import checked, domain, pool_options
from fastapi_cognito_auth.cli.greeting import endpoint_of, greeting
from fastapi_cognito_auth.local import LocalUser, LocalUserPool, ServiceError
from fastapi_cognito_auth.local.emulator import emulator

VARIABLE: Final = "LOCAL_CLIENT_SECRET"
"""Holds the app client's secret: an argument could be read by every process of the machine."""


_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63})*|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)"
)
"""A host's name or address: it becomes part of addresses, and one of the names that are answered to."""


class Mfa(StrEnum):
    """The pool's MfaConfiguration."""

    OFF = "OFF"
    OPTIONAL = "OPTIONAL"
    ON = "ON"


class DeviceTracking(StrEnum):
    """Whether devices are remembered."""

    OFF = "OFF"
    ALWAYS = "ALWAYS"
    OPT_IN = "OPT_IN"


def local(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 9229,
    host: Annotated[str, typer.Option(help="An address of this machine.")] = "127.0.0.1",
    mfa: Annotated[Mfa, typer.Option(help="The pool's MfaConfiguration.")] = Mfa.OPTIONAL,
    user: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:PASSWORD", help="A confirmed user to start with; may be repeated."),
    ] = None,
    pool_id: Annotated[
        str | None, typer.Option(help="Such as eu-central-1_Local; drawn unless given.")
    ] = None,
    client_id: Annotated[str | None, typer.Option(help="Of the app client; drawn unless given.")] = None,
    client_secret: Annotated[
        bool,
        typer.Option("--client-secret", help=f"Give the app client one: {VARIABLE}, or a drawn one."),
    ] = False,
    client_secret_file: Annotated[
        Path | None, typer.Option(help="A file that holds the app client's secret.")
    ] = None,
    issuer: Annotated[
        str,
        typer.Option(
            metavar="service|endpoint|URL",
            help="What tokens call their issuer: Cognito's address, this one, or another that ends with the"
            " pool's id, or with `{pool_id}` for it.",
        ),
    ] = "service",
    device_tracking: Annotated[
        DeviceTracking, typer.Option(help="Whether devices are remembered.")
    ] = DeviceTracking.OFF,
    case_insensitive: Annotated[
        bool, typer.Option("--case-insensitive", help="Take usernames and aliases in any case.")
    ] = False,
    custom_attribute: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=TYPE]",
            help="Such as tenant or level=Number, with or without `custom:`; may be repeated.",
        ),
    ] = None,
    group: pool_options.Groups = None,
    auth_flow: pool_options.AuthFlows = None,
    first_factor: pool_options.FirstFactors = None,
    mfa_method: pool_options.MfaMethods = None,
    username_attribute: pool_options.UsernameAttributes = None,
    alias_attribute: pool_options.AliasAttributes = None,
    required_attribute: pool_options.RequiredAttributes = None,
    show_unknown_users: pool_options.ShowUnknownUsers = False,
    auth_session_validity: pool_options.AuthSessionValidity = 3,
    access_token_validity: pool_options.AccessTokenValidity = 3600,
    refresh_token_validity: pool_options.RefreshTokenValidity = 30 * 86_400,
    refresh_token_rotation: pool_options.RefreshTokenRotation = None,
    challenge_on_new_device: pool_options.ChallengeOnNewDevice = False,
    max_sessions: pool_options.MaxSessions = None,
    relying_party_id: pool_options.RelyingPartyId = None,
    user_verification: pool_options.UserVerification = pool_options.Verification.PREFERRED,
    region: pool_options.Region = None,
    allowed_scope: pool_options.Scopes = None,
    callback_url: Annotated[
        list[str] | None,
        typer.Option(help="Where the pool's domain may send a browser with a code; may be repeated."),
    ] = None,
    logout_url: Annotated[
        list[str] | None,
        typer.Option(help="Where it may send a browser that has signed out; may be repeated."),
    ] = None,
    identity_provider: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Such as Google, for which the domain stands in; may be repeated."),
    ] = None,
    resource_server: Annotated[
        list[str] | None,
        typer.Option(metavar="IDENTIFIER=SCOPE,…", help="Such as orders=read,write; may be repeated."),
    ] = None,
    machine: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CLIENT_ID=SCOPE,…",
            help="An app client that signs in for itself, such as nightly=orders/read; may be repeated.",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="A file in which everything is kept; without one all ends with this process."
        ),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen where other machines can reach it.")
    ] = False,
) -> None:
    """Serve a user pool, which asks nobody for credentials."""
    if not (allow_remote or _is_loopback(host)):
        message = f"{host} can be reached from elsewhere, and whoever reaches it may do anything. "
        raise typer.BadParameter(message + "Say --allow-remote if you mean it.", param_hint="--host")
    if not _HOST.fullmatch(host):
        raise typer.BadParameter("write a name or an address of this machine", param_hint="--host")
    users = [_user(entry) for entry in user or ()]
    if len({each.username for each in users}) < len(users):
        raise typer.BadParameter("two have one name", param_hint="--user")
    checked.check_region("--region", region)
    checked.check_region("--pool-id", pool_id.partition("_")[0] if pool_id and "_" in pool_id else None)
    given_secret = _given_secret(client_secret_file, wanted=client_secret)
    with _listen(host, port) as listening:
        endpoint = endpoint_of(host, listening.getsockname()[1])
        try:
            pool = LocalUserPool(
                users=users,
                mfa=mfa.value,
                client_secret=given_secret or client_secret,
                user_pool_id=pool_id,
                client_id=client_id,
                issuer=checked.issuer(issuer, f"{endpoint}/{{pool_id}}", host, pool_id),
                device_tracking=device_tracking.value,
                username_case_sensitive=not case_insensitive,
                custom_attributes=dict(map(_custom_attribute, custom_attribute or ())),
                callback_urls=callback_url or (),
                logout_urls=logout_url or (),
                identity_providers=identity_provider or (),
                state=state,
                region=region,
                **pool_options.given(
                    {
                        "groups": group or (),
                        "explicit_auth_flows": auth_flow,
                        "allowed_first_factors": first_factor,
                        "mfa_methods": mfa_method,
                        "username_attributes": username_attribute or (),
                        "alias_attributes": alias_attribute or (),
                        "required_attributes": required_attribute or (),
                        "prevent_user_existence_errors": not show_unknown_users,
                        "auth_session_validity": auth_session_validity,
                        "access_token_validity": access_token_validity,
                        "refresh_token_validity": refresh_token_validity,
                        "refresh_token_rotation": refresh_token_rotation,
                        "challenge_required_on_new_device": challenge_on_new_device,
                        "max_sessions_per_user": max_sessions,
                        "relying_party_id": relying_party_id,
                        "user_verification": user_verification.value,
                        "allowed_scopes": allowed_scope,
                    }
                ),
                **domain.options(resource_server or (), machine or ()),
            )
        except ServiceError as exc:
            option = "--custom-attribute" if "customAttributes" in exc.message else "--user"
            raise typer.BadParameter(exc.message, param_hint=option) from None
        except ValueError as exc:
            raise typer.BadParameter(checked.in_options(str(exc))) from None
        server = uvicorn.Server(
            uvicorn.Config(
                emulator(pool, remote=allow_remote, names=(host,)), log_level="warning", lifespan="off"
            )
        )
        with contextlib.closing(pool), contextlib.suppress(KeyboardInterrupt):
            _end_in_order(server)
            if pool.kept_users:
                names = ", ".join(pool.kept_users)
                typer.echo(
                    f"In the state file already, and left as they are, passwords too: {names}", err=True
                )
            typer.echo(greeting(pool, endpoint, given_secret=given_secret is not None))
            server.run([listening])


def _end_in_order(server: uvicorn.Server) -> None:
    """Let the signals that end a process end the server alone, so that the state file is closed after it.

    uvicorn raises them again when it has ended, for whoever handled them before.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What `nohup` has ignored stays so.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, server.handle_exit)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=_family(host))
    except OSError as exc:
        message = f"cannot listen on {host}:{port}: {exc.strerror}"
        raise typer.BadParameter(message, param_hint="--port") from None
    # Connections take it over. An answer is written in two parts, and the second would wait for the
    # client to confirm the first: some 40 ms for each call.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


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


def _custom_attribute(entry: str) -> tuple[str, Any]:
    """Return its name and its type, which the pool judges."""
    name, _, data_type = entry.partition("=")
    if not name.removeprefix("custom:"):
        raise typer.BadParameter("write NAME or NAME=TYPE", param_hint="--custom-attribute")
    return name, data_type or "String"


def _given_secret(file: Path | None, *, wanted: bool) -> str | None:
    """Return the client secret that was brought along, if one was."""
    if file is not None:
        try:
            secret = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as exc:
            message = f"cannot read {file}: {type(exc).__name__}"
            raise typer.BadParameter(message, param_hint="--client-secret-file") from None
        if not secret:
            message = f"{file} is empty"
            raise typer.BadParameter(message, param_hint="--client-secret-file")
        return secret
    return (os.environ.get(VARIABLE) or None) if wanted else None
