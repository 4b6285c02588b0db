"""What `LocalUserPool` may be asked for its domain, and what that is in the words of the API."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from fastapi_cognito_auth.local import redirects
from fastapi_cognito_auth.local.identities import SOCIAL
from fastapi_cognito_auth.local.local_machine import LocalMachine
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY, OIDC_SCOPES, USER_ADMIN
from fastapi_cognito_auth.local.operations import app_clients, client_token
from fastapi_cognito_auth.local.options import client_id, client_secret, names
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.providers import ProviderRecord, ResourceServer
from fastapi_cognito_auth.local.state.seed import Seed

_SCOPE: Final = re.compile(r"[!#-\[\]-~]{1,256}")
_PROVIDER: Final = re.compile(r"[^\W_](?:[^\W_]|[.-]){2,31}")
_MAPPING: Final = {"username": "sub", "email": "email", "name": "name"}
"""The AttributeMapping of a provider's stand-in. It leaves an address unverified, as Cognito does."""


@dataclass(frozen=True, kw_only=True)
class DomainOptions:
    """The options, checked."""

    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    scopes: tuple[str, ...]
    servers: Mapping[str, tuple[str, ...]]
    machines: tuple[LocalMachine, ...]
    providers: tuple[str, ...]

    @classmethod
    def checked(
        cls,
        *,
        callback_urls: Iterable[str],
        logout_urls: Iterable[str],
        allowed_scopes: Iterable[str],
        resource_servers: Mapping[str, Iterable[str]] | None,
        machine_clients: Iterable[LocalMachine],
        identity_providers: Iterable[str],
    ) -> Self:
        """Check what was given.

        Raises:
            ValueError: one of them is not acceptable.
        """
        callbacks, logouts, scopes = _oauth(callback_urls, logout_urls, allowed_scopes)
        servers, machines = _resource_servers(resource_servers or {}), _machines(machine_clients)
        custom = {f"{name}/{scope}" for name, offered in servers.items() for scope in offered}
        _defined("allowed_scopes", scopes, custom | {*OIDC_SCOPES, USER_ADMIN})
        for machine in machines:
            _defined("machine_clients", machine.scopes, custom)
        return cls(
            callback_urls=callbacks,
            logout_urls=logouts,
            scopes=scopes,
            servers=servers,
            machines=machines,
            providers=_providers(identity_providers),
        )

    def client_members(self) -> dict[str, Any]:
        """Return the app client's OAuth members; without a callback no grant could end anywhere."""
        members: dict[str, Any] = {"SupportedIdentityProviders": [DIRECTORY, *self.providers]}
        if not self.callback_urls:
            return members
        members |= {"LogoutURLs": list(self.logout_urls)} if self.logout_urls else {}
        return members | {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": list(self.scopes),
            "CallbackURLs": list(self.callback_urls),
        }

    def set_up(self, plane: Plane, seed: Seed) -> None:
        """Add the resource servers and the providers.

        Args:
            plane: whose.
            seed: tells which were there at the last start.
        """
        servers = {name: list(scopes) for name, scopes in self.servers.items()}
        for identifier, scopes in seed.changes("servers", servers).items():
            plane.directory.servers[identifier] = ResourceServer(
                identifier=identifier,
                name=identifier,
                scopes=tuple({"ScopeName": scope, "ScopeDescription": scope} for scope in scopes),
            )
        for name in seed.new("providers", self.providers):
            now = plane.clock()
            plane.directory.providers[name] = ProviderRecord(
                name=name,
                kind=name if name in SOCIAL else "OIDC",
                details={"client_id": "local"},
                mapping=_MAPPING,
                created_at=now,
                modified_at=now,
            )

    def add_machines(self, plane: Plane, seconds: int) -> tuple[LocalMachine, ...]:
        """Add the machines, and return them.

        Args:
            plane: whose.
            seconds: for which a machine's token is good.
        """
        return tuple(_add_machine(plane, machine, seconds) for machine in self.machines)


def _add_machine(plane: Plane, machine: LocalMachine, seconds: int) -> LocalMachine:
    scopes = tuple(machine.scopes)
    config = {
        "ClientName": "machine",
        "ClientSecret": machine.client_secret,
        "ExplicitAuthFlows": [client_token.FLOW],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": list(scopes),
        "AccessTokenValidity": seconds,
        "TokenValidityUnits": {"AccessToken": "seconds"},
    }
    record = plane.directory.clients.get(machine.client_id)
    if record is None:
        record = app_clients.create(plane, config, client_id=machine.client_id)
    return replace(machine, scopes=scopes, client_secret=record.secrets[0].value)


def _address(option: str, given: str) -> None:
    if redirects.fault(given) is not None:
        msg = f"{option} are addresses of https, of http://localhost, or of an app's own scheme, without #"
        raise ValueError(msg)


def _oauth(
    callback_urls: Iterable[str], logout_urls: Iterable[str], allowed_scopes: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the addresses and the scopes of the app client at the domain.

    Raises:
        ValueError: an address is none that Cognito would send a browser to, or a scope is none.
    """
    callbacks, logouts = names("callback_urls", callback_urls), names("logout_urls", logout_urls)
    scopes = names("allowed_scopes", allowed_scopes)
    for option, given in (("callback_urls", callbacks), ("logout_urls", logouts)):
        for address in given:
            _address(option, address)
    _scopes("allowed_scopes", scopes)
    if callbacks and not scopes:
        raise ValueError("allowed_scopes is empty: an app that may ask for nothing gets nothing")
    return callbacks, logouts, scopes


def _defined(option: str, given: Iterable[str], defined: set[str]) -> None:
    if unknown := {*given} - defined:
        msg = f"{option}: no resource server has {', '.join(sorted(unknown))}"
        raise ValueError(msg)


def _scopes(option: str, given: Iterable[str]) -> None:
    if not all(_SCOPE.fullmatch(scope) for scope in given):
        msg = f"{option}: a scope is one word (RFC 6749 section 3.3)"
        raise ValueError(msg)


def _resource_servers(given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return the scopes of resource servers.

    Raises:
        ValueError: an identifier or a scope's name is not one that Cognito takes.
    """
    servers = {name: names(f"resource_servers[{name!r}]", scopes) for name, scopes in given.items()}
    for name, scopes in servers.items():
        _scopes("resource_servers", (name, *scopes))
        if any("/" in scope for scope in scopes):
            raise ValueError(
                "resource_servers: a scope's name has no slash; tokens put the identifier before it"
            )
    return servers


def _machines(given: Iterable[LocalMachine]) -> tuple[LocalMachine, ...]:
    """Return the machines.

    Raises:
        ValueError: one is written in another way, or its id, secret or scopes are not acceptable.
    """
    found = () if isinstance(given, str | LocalMachine | Mapping) else tuple(given)
    if isinstance(given, str | LocalMachine | Mapping) or not all(isinstance(m, LocalMachine) for m in found):
        raise ValueError(
            'machine_clients is a list: write machine_clients=[LocalMachine(scopes=["orders/read"])]'
        )
    for machine in found:
        client_id(machine.client_id)
        _scopes("machine_clients", names("scopes", machine.scopes))
        client_secret(machine.client_secret)
    return found


def _providers(given: Iterable[str]) -> tuple[str, ...]:
    """Return the names of identity providers.

    Raises:
        ValueError: Cognito has no such names.
    """
    found = names("identity_providers", given)
    if not all(_PROVIDER.fullmatch(name) and name != DIRECTORY for name in found) or len({*found}) < len(
        found
    ):
        raise ValueError("identity_providers are 3 to 32 letters, digits, dots and hyphens, each once")
    return found
