"""How resource servers and machines are written on the command line."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from fastapi_cognito_auth.local import LocalMachine, LocalUserPool

Lists = Mapping[str, list[str]]


def options(resource_servers: Iterable[str], machines: Iterable[str]) -> dict[str, Any]:
    """Return them as `LocalUserPool` takes them."""
    servers = [_pair("--resource-server", entry) for entry in resource_servers]
    return {
        "resource_servers": dict(servers),
        "machine_clients": [
            LocalMachine(client_id=client_id, scopes=scopes)
            for client_id, scopes in (_pair("--machine", entry) for entry in machines)
        ],
    }


def _pair(option: str, entry: str) -> tuple[str, list[str]]:
    name, separator, listed = entry.rpartition("=")
    names = [part.strip() for part in listed.split(",") if part.strip()]
    if not (separator and name and names):
        raise typer.BadParameter("write NAME=SCOPE,SCOPE", param_hint=option)
    return name, names


def exports(pool: LocalUserPool, endpoint: str) -> list[str]:
    """Return the lines about the domain; none for a pool whose domain nobody can use."""
    lines = [f"# {endpoint}: its domain, with /login and /oauth2/token", f"export COGNITO_DOMAIN={endpoint}"]
    lines += [
        f"# machine {machine.client_id}, secret {machine.client_secret}" for machine in pool.machine_clients
    ]
    for machine in pool.machine_clients[:1]:
        lines.append(f"export COGNITO_MACHINE_CLIENT_ID={machine.client_id}")
        lines.append(f"export COGNITO_MACHINE_CLIENT_SECRET={machine.client_secret}")
    if pool.machine_clients:
        # An app takes tokens of its own app client alone, unless it is told.
        names = ",".join(machine.client_id for machine in pool.machine_clients)
        lines.append(f"export COGNITO_ACCEPTED_CLIENT_IDS={names}")
    return lines if pool.callback_urls or pool.machine_clients else []
