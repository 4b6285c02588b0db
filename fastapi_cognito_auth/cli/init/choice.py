"""What is to be created: the features, and the names that are put into what is printed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self
from urllib.parse import urlsplit

_NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,60}[a-z0-9])?")
_RESERVED: Final = ("aws", "amazon", "cognito")
"""Words that no domain of Cognito's own may hold (CreateUserPoolDomain)."""

ADMINISTRATORS: Final = "admins"
"""The group that administers users unless COGNITO_ADMIN_GROUPS says otherwise."""

POOL_ADMINISTRATORS: Final = "pool-admins"
"""The group that is to configure the pool; no setting has it by default."""

_GROUP: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_SCOPE: Final = re.compile(r"([A-Za-z0-9_.:-]{1,256})/([A-Za-z0-9_.:-]{1,256})")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class Feature(StrEnum):
    """What an app wants of its pool."""

    SIGN_UP = "sign-up"
    MFA = "mfa"
    PASSKEYS = "passkeys"
    MANAGED_LOGIN = "managed-login"
    MACHINES = "machines"
    PAGES = "pages"
    ADMINISTRATION = "administration"
    USER_IMPORT = "user-import"
    POOL_CONFIGURATION = "pool-configuration"
    THREAT_PROTECTION = "threat-protection"
    DOCTOR = "doctor"


DEFAULT: Final = (Feature.SIGN_UP, Feature.MFA)


@dataclass(frozen=True)
class Choice:
    """What was chosen, checked: nothing in it can be more than a name in any of the languages."""

    name: str
    features: frozenset[Feature]
    app_url: str
    groups: tuple[str, ...]
    scopes: Mapping[str, tuple[str, ...]]
    """Identifiers of resource servers, each with the names of its scopes."""

    @classmethod
    def checked(
        cls,
        name: str,
        features: Iterable[Feature],
        *,
        app_url: str,
        groups: Iterable[str],
        scopes: Iterable[str],
    ) -> Self:
        """Check what was given.

        Raises:
            ValueError: one of them is not acceptable; the message says which.
        """
        if not _NAME.fullmatch(name) or any(word in name for word in _RESERVED):
            raise ValueError(
                "--name is 1 to 62 lower-case letters, digits and hyphens, without aws, amazon and cognito"
            )
        wanted = frozenset(features) or frozenset(DEFAULT)
        url = app_url.rstrip("/")
        plain_http = url.startswith("http://") and urlsplit(url).hostname not in {"localhost", "127.0.0.1"}
        if not _ADDRESS.fullmatch(url) or plain_http:
            raise ValueError(
                "--app-url is https://host or http://localhost, with a port or without, and no path"
            )
        named = {*groups}
        named |= {ADMINISTRATORS} if Feature.ADMINISTRATION in wanted else set()
        named |= {POOL_ADMINISTRATORS} if Feature.POOL_CONFIGURATION in wanted else set()
        if not all(_GROUP.fullmatch(group) for group in named):
            raise ValueError("--group is 1 to 128 letters, digits, dots, hyphens and underscores")
        servers = _servers(scopes)
        if Feature.MACHINES in wanted and not servers:
            raise ValueError("machines need a scope to ask for: --scope orders/read")
        return cls(name, wanted, url, tuple(sorted(named)), servers)

    def __contains__(self, feature: Feature) -> bool:
        return feature in self.features

    @property
    def has_a_domain(self) -> bool:
        """Whether something is asked for at the pool's domain."""
        return Feature.MANAGED_LOGIN in self or Feature.MACHINES in self

    @property
    def full_scopes(self) -> tuple[str, ...]:
        """The scopes as tokens have them."""
        return tuple(f"{server}/{scope}" for server, scopes in self.scopes.items() for scope in scopes)


def _servers(scopes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    servers: dict[str, tuple[str, ...]] = {}
    for written in scopes:
        found = _SCOPE.fullmatch(written)
        if found is None:
            raise ValueError("--scope is a resource server and a name, such as orders/read")
        server, scope = found.groups()
        servers[server] = tuple(dict.fromkeys((*servers.get(server, ()), scope)))
    return servers
