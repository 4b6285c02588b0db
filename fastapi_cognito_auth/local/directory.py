"""The directory of one pool: its configuration, app clients, groups and users."""

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi_cognito_auth.local.attributes import Attribute, Schema
from fastapi_cognito_auth.local.cimd_policies import CimdPolicy
from fastapi_cognito_auth.local.client_records import ClientRecord
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.domains import Domain
from fastapi_cognito_auth.local.errors import ServiceError, not_found
from fastapi_cognito_auth.local.groups import Group
from fastapi_cognito_auth.local.import_jobs import ImportJob
from fastapi_cognito_auth.local.login_branding import Branding, Customization, Terms
from fastapi_cognito_auth.local.mfa import EMAIL, SMS, TOTP
from fastapi_cognito_auth.local.pool_record import PoolRecord
from fastapi_cognito_auth.local.providers import ProviderRecord, ResourceServer
from fastapi_cognito_auth.local.recoveries import Recovery
from fastapi_cognito_auth.local.replicas import Replica
from fastapi_cognito_auth.local.state.shelf import Shelf
from fastapi_cognito_auth.local.state.table import Table
from fastapi_cognito_auth.local.threat_protection import AuthHistory, RiskRecord
from fastapi_cognito_auth.local.user_index import UserIndex
from fastapi_cognito_auth.local.users import User, UserStatus

_WEBAUTHN: Final = "WebAuthnConfiguration"
_MOST_ADDRESSES: Final = 20
"""Callbacks of the app of this process, one for each of the names that browsers have for its host."""


class Directory:
    """The records of one pool.

    Args:
        pool: what it is configured with.
        region: of the pool.
        shelf: where the records are kept.
    """

    def __init__(self, pool: PoolRecord, region: str, shelf: Shelf) -> None:
        self.pool = pool
        self.region = region
        self.clock: Callable[[], float] = shelf.clock
        self.clients: Table[str, ClientRecord] = shelf.table("clients")
        self.groups: Table[str, Group] = shelf.table("groups")
        self.providers: Table[str, ProviderRecord] = shelf.table("providers")
        self.servers: Table[str, ResourceServer] = shelf.table("servers")
        self.domains: Table[str, Domain] = shelf.table("domains")
        self.risks: Table[str, RiskRecord] = shelf.table("risks")
        """By app client; that of all others under `WHOLE_POOL`."""
        self.brandings: Table[str, Branding] = shelf.table("brandings")
        self.customizations: Table[str, Customization] = shelf.table("customizations")
        """By app client; that of all others under `ALL`."""
        self.terms: Table[str, Terms] = shelf.table("terms")
        self.cimd_policies: Table[str, CimdPolicy] = shelf.table("cimd_policies")
        self.replicas: Table[str, Replica] = shelf.table("replicas")
        """By Region."""
        self.recoveries: Table[str, Recovery] = shelf.table("recoveries")
        self.import_jobs: Table[str, ImportJob] = shelf.table("import_jobs")
        self.auth_histories: Table[str, AuthHistory] = shelf.table("auth_histories")
        """By sub."""
        self.users: Table[str, User] = shelf.table("users")
        """By sub, in the order of their creation."""
        self.reindex()

    def reindex(self) -> None:
        """Find the users by what their records say, after these were read anew."""
        self._index = UserIndex(self.pool.config)
        self._members: dict[str, dict[str, User]] = {}
        self._in_order: list[User] = sorted(self.users.values(), key=_number)
        for user in self._in_order:
            self._index.add(user)
            for name in user.groups:
                self._members.setdefault(name, {})[user.sub] = user

    # The pool

    @property
    def pool_id(self) -> str:
        """The pool's id."""
        return self.pool.id

    @property
    def config(self) -> Mapping[str, Any]:
        """The pool's configuration as CreateUserPool names it."""
        return self.pool.config

    @property
    def password_policy(self) -> Mapping[str, Any]:
        """The password policy."""
        policies = self.config.get("Policies") or {}
        policy: Mapping[str, Any] = policies.get("PasswordPolicy") or {}
        return policy

    @property
    def first_factors(self) -> list[str]:
        """AllowedFirstAuthFactors: what a sign-in may begin with, the password unless said otherwise."""
        policy = (self.config.get("Policies") or {}).get("SignInPolicy") or {}
        return list(policy.get("AllowedFirstAuthFactors") or ("PASSWORD",))

    @property
    def device_tracking(self) -> Mapping[str, Any]:
        """DeviceConfiguration; devices are tracked when it has any member."""
        return self.config.get("DeviceConfiguration") or {}

    @property
    def webauthn(self) -> Mapping[str, Any]:
        """WebAuthnConfiguration."""
        config: Mapping[str, Any] = self.pool.mfa_settings.get(_WEBAUTHN) or {}
        return config

    @webauthn.setter
    def webauthn(self, config: Mapping[str, Any]) -> None:
        self.pool.mfa_settings = {**self.pool.mfa_settings, _WEBAUTHN: dict(config)}

    @property
    def domain(self) -> str | None:
        """The host of the pool's domain, the custom one first."""
        hosts = sorted(self.domains.values(), key=lambda domain: domain.custom is None)
        return hosts[0].host(self.region) if hosts else None

    @property
    def mfa(self) -> str:
        """OFF, OPTIONAL or ON."""
        return self.pool.mfa

    @property
    def mfa_methods(self) -> frozenset[str]:
        """The second factors that the pool offers."""
        settings = self.pool.mfa_settings
        offered = {
            TOTP: bool((settings.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled")),
            SMS: bool(settings.get("SmsMfaConfiguration")),
            EMAIL: bool(settings.get("EmailMfaConfiguration")),
        }
        return frozenset(name for name in offered if offered[name] and self.mfa != "OFF")

    @property
    def offers_second_factors(self) -> bool:
        """Whether any second factor is configured, switched on or not."""
        settings = self.pool.mfa_settings
        totp = (settings.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled")
        return bool(totp or settings.get("SmsMfaConfiguration") or settings.get("EmailMfaConfiguration"))

    @property
    def schema(self) -> Schema:
        """The attributes that users can have."""
        return {name: Attribute.from_schema(name, entry) for name, entry in self.pool.schema.items()}

    def check_writable(self) -> None:
        """Refuse to change users' data while a recovery of it waits to be applied.

        Raises:
            ServiceError: one does.
        """
        now = self.clock()
        if any(recovery.is_active(now) for recovery in self.recoveries.values()):
            msg = "Operation is not available during a point-in-time recovery"
            raise ServiceError("OperationNotEnabledException", msg)

    # App clients

    def client(self, client_id: str) -> Client:
        """Return an app client.

        Raises:
            ServiceError: the pool has none of that id.
        """
        return Client.of(self.client_record(client_id))

    def client_record(self, client_id: str) -> ClientRecord:
        """Return an app client as it is kept.

        Raises:
            ServiceError: the pool has none of that id.
        """
        record = self.clients.get(client_id)
        if record is None:
            raise no_such_client(client_id)
        return record

    def remove_client(self, record: ClientRecord) -> None:
        """Delete an app client, and what was configured for it alone."""
        del self.clients[record.id]
        self.risks.pop(record.id, None)
        self.customizations.pop(record.id, None)
        for table in (self.brandings, self.terms):
            for key in [key for key, kept in table.items() if kept.client_id == record.id]:
                del table[key]

    def let_app_in(
        self, client_id: str, callback: str, logout: str, scopes: Sequence[str], *, named_by_browser: bool
    ) -> None:
        """Register a callback and a sign-out address of an app client, with the code grant.

        The oldest make way. Where they are as a browser names the host, anybody may have made that up:
        they are then good at that host alone.
        """
        record = self.client_record(client_id)

        def with_newest(name: str, address: str) -> list[str]:
            held = record.config.get(name) or ()
            return [*(known for known in held if known != address), address][-_MOST_ADDRESSES:]

        config = {
            **record.config,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": list(scopes),
            "CallbackURLs": with_newest("CallbackURLs", callback),
            "LogoutURLs": with_newest("LogoutURLs", logout),
        }
        record.config = config
        if named_by_browser:
            kept = {*config["CallbackURLs"], *config["LogoutURLs"]}
            still = self.pool.at_their_own_host & kept
            self.pool.at_their_own_host = still | {callback, logout}

    # What the domain needs

    @property
    def resource_servers(self) -> frozenset[str]:
        """The identifiers of the resource servers."""
        return frozenset(self.servers)

    @property
    def custom_scopes(self) -> frozenset[str]:
        """The scopes of the resource servers, as tokens name them."""
        return frozenset(
            f"{server.identifier}/{scope['ScopeName']}"
            for server in self.servers.values()
            for scope in server.scopes
        )

    def provider_of(self, identifier: str) -> str | None:
        """Return the name of the provider that has one of its IdpIdentifiers."""
        return next((name for name, kept in self.providers.items() if identifier in kept.identifiers), None)

    # Users

    def fold(self, name: str) -> str:
        """Return a name as the pool compares names."""
        return self._index.fold(name)

    def find(self, name: str, *, by_sub: bool = True) -> User | None:
        """Find a user by Username, sub, username attribute or alias, in that order.

        Args:
            name: what was submitted.
            by_sub: accept the sub of a user whose Username is another; sign-in does not.
        """
        return self._index.find(name, by_sub=by_sub)

    def by_sub(self, sub: str) -> User | None:
        """Return the user of a sub."""
        return self.users.get(sub)

    def holder(self, attribute: str, value: str) -> User | None:
        """Return the user who signs in with an alias."""
        return self._index.holder(attribute, value)

    def having(self, attribute: str, value: str) -> list[User]:
        """Return the users who have a value of what is searched for, in the order in which they came."""
        return self._index.having(attribute, value)

    def by_identity(self, provider: str, user_id: str) -> User | None:
        """Return whom an identity provider knows by an id of its own."""
        return self._index.by_identity(provider, user_id)

    def awaiting(self, provider: str, attribute: str, value: str) -> User | None:
        """Return to whom the first identity is linked that a provider gives the value of an attribute."""
        return self._index.awaiting(provider, attribute, value)

    def add_user(self, username: str | None, attributes: Mapping[str, str], status: str) -> User:
        """Add a user; without a Username the sub becomes it."""
        self.check_writable()
        sub, now = str(uuid.uuid4()), self.clock()
        user = User(
            username=username or sub,
            sub=sub,
            status=UserStatus(status),
            number=self._in_order[-1].number + 1 if self._in_order else 1,
            created_at=now,
            modified_at=now,
        )
        user.update(attributes, now)
        self.users[sub] = user
        self._in_order.append(user)
        self._index.add(user)
        return user

    def change(
        self,
        user: User,
        attributes: Mapping[str, str] | None = None,
        *,
        status: str | None = None,
        enabled: bool | None = None,
    ) -> None:
        """Change a user; an attribute with an empty value goes."""
        self.check_writable()
        user.update(attributes or {}, self.clock())
        if status is not None:
            user.status = UserStatus(status)
        if enabled is not None:
            user.enabled = enabled
        self._index.refresh(user)

    def remove_user(self, user: User) -> None:
        """Delete a user and the memberships."""
        self.check_writable()
        for name in user.groups:
            del self._members[name][user.sub]
        self._index.remove(user)
        del self._in_order[bisect_left(self._in_order, user.number, key=_number)]
        del self.users[user.sub]

    def users_after(self, number: int | None) -> Iterator[User]:
        """Yield the users in the order in which they came.

        Args:
            number: of the user after whom to begin, who may be gone by now.
        """
        start = 0 if number is None else bisect_right(self._in_order, number, key=_number)
        for place in range(start, len(self._in_order)):
            yield self._in_order[place]

    # Groups

    def group(self, name: str) -> Group:
        """Return a group.

        Raises:
            ServiceError: the pool has none of that name.
        """
        group = self.groups.get(name)
        if group is None:
            raise not_found("Group not found.")
        return group

    def add_group(self, name: str, **members: Any) -> Group:
        """Add a group, with the members of `Group`.

        Raises:
            ServiceError: there is one of that name.
        """
        if name in self.groups:
            raise ServiceError("GroupExistsException", "A group with the name already exists.")
        now = self.clock()
        group = Group(name=name, created_at=now, modified_at=now, **members)
        self.groups[name] = group
        return group

    def ensure_group(self, name: str) -> None:
        """Add a group unless it is there."""
        if name not in self.groups:
            self.add_group(name)

    def remove_group(self, group: Group) -> None:
        """Delete a group; nobody is in it any more."""
        for user in [*self.members(group.name)]:
            self.leave(user, group.name)
        del self.groups[group.name]

    def join(self, user: User, group: str) -> None:
        """Add a user to a group that exists."""
        if group not in user.groups:
            user.groups = (*user.groups, group)
        self._members.setdefault(group, {})[user.sub] = user

    def leave(self, user: User, group: str) -> None:
        """Take a user out of a group, if they are in it."""
        user.groups = tuple(name for name in user.groups if name != group)
        self._members.get(group, {}).pop(user.sub, None)

    def members(self, group: str) -> Iterator[User]:
        """Yield the users of a group, in the order of joining."""
        yield from self._members.get(group, {}).values()

    def groups_of(self, user: User) -> list[Group]:
        """Return a user's groups, the strongest first."""
        return sorted((self.groups[name] for name in user.groups), key=lambda group: group.strength)


def _number(user: User) -> int:
    return user.number


def no_such_client(client_id: str) -> ServiceError:
    """Refuse an app client that is not there."""
    return not_found(f"User pool client {client_id} does not exist.")
