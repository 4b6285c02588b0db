"""The directory: pools, app clients, users, groups and attributes, kept by moto.

With `forwarding.py` and `moto_records.py` this is all that knows moto. It reads and writes moto's
records; nothing that moto decides about passwords, codes, tokens or sessions is ever asked for.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from moto.cognitoidp.models import (
    DEFAULT_USER_POOL_CONFIG,
    CognitoIdpBackend,
    CognitoIdpUser,
    CognitoIdpUserPoolAttribute,
)

from fastapi_cognito_auth.local import moto_records, validation
from fastapi_cognito_auth.local.attributes import Attribute, Schema
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import ServiceError, not_found
from fastapi_cognito_auth.local.forwarding import Forwarding
from fastapi_cognito_auth.local.mfa import EMAIL, SMS, TOTP
from fastapi_cognito_auth.local.user_index import UserIndex
from fastapi_cognito_auth.local.users import User, UserStatus, naive

_MFA_MEMBERS: Final = {
    "SmsMfaConfiguration": "sms_mfa_config",
    "SoftwareTokenMfaConfiguration": "token_mfa_config",
    "EmailMfaConfiguration": "email_mfa_config",
    "WebAuthnConfiguration": "web_authn_config",
}
"""Where a pool's record keeps each member; the last two are not moto's own."""

_MOST_ADDRESSES: Final = 20
"""Callbacks of the app of this process, one for each of the names that browsers have for its host."""

_EMAIL_MFA: Final = {"Message": "Your code is {####}", "Subject": "Your sign-in code"}


class Directory:
    """The records of one local pool, in a backend of its own.

    moto's registry does not know that backend, so neither another pool nor a `mock_aws` of
    somebody's tests can see or reset it.
    """

    def __init__(self, region: str, clock: Callable[[], float]) -> None:
        self._region = region
        self._clock = clock
        self._backend = CognitoIdpBackend(region, moto_records.new_account_id())
        self._forwarding = Forwarding(self._backend, region, clock)
        self.pool_id: str = ""
        self.at_their_own_host: set[str] = set()
        """Callbacks and sign-out addresses to which browsers go from pages of the same host alone."""
        self._index = UserIndex({})

    # The pool

    def create_pool(
        self,
        config: Mapping[str, Any],
        *,
        mfa: str,
        required: frozenset[str],
        pool_id: str | None = None,
        first_factors: Sequence[str] = ("PASSWORD",),
        mfa_methods: Sequence[str] = (TOTP, SMS),
    ) -> str:
        """Create the pool that the authentication plane serves, and return its id."""
        policies = DEFAULT_USER_POOL_CONFIG["Policies"] | {
            "SignInPolicy": {"AllowedFirstAuthFactors": list(first_factors)}
        }
        schema = [
            {"Name": name, **entry, "Required": name == "sub" or name in required}
            for name, entry in CognitoIdpUserPoolAttribute.STANDARD_SCHEMA.items()
        ]
        pool = self._backend.create_user_pool(
            "local", {**config, "Policies": policies, "Schema": schema, "MfaConfiguration": mfa}
        )
        moto_records.rename_pool(self._backend, pool, pool_id or moto_records.new_pool_id(self._region))
        moto_records.stamp(pool, naive(self._clock()), created=True)
        self.pool_id = str(pool.id)
        self._index = UserIndex(pool.extended_config)
        if mfa != "OFF":
            pool.token_mfa_config = {"Enabled": TOTP in mfa_methods}
            role = f"arn:aws:iam::{self._backend.account_id}:role/local-sms"
            pool.sms_mfa_config = {"SmsConfiguration": {"SnsCallerArn": role}} if SMS in mfa_methods else None
            pool.email_mfa_config = _EMAIL_MFA if EMAIL in mfa_methods else None
        return self.pool_id

    @property
    def _pool(self) -> Any:
        pool = self._backend.user_pools.get(self.pool_id)
        if pool is None:
            msg = f"User pool {self.pool_id} does not exist."
            raise not_found(msg)
        return pool

    def check_pool(self, pool_id: str) -> None:
        """Refuse another pool's id: users live in one pool here.

        Raises:
            ServiceError: there is no such pool, or it is one that was made beside this one.
        """
        self._any_pool(pool_id)
        if pool_id != self.pool_id:
            raise self._without_users(pool_id)

    def _without_users(self, pool_id: str) -> ServiceError:
        msg = (
            f"User pool {pool_id} holds only configuration here: users, groups of users and sign-in are"
            f" supported in {self.pool_id}, the pool that this local user pool serves."
        )
        return ServiceError("UnsupportedOperationException", msg)

    @property
    def config(self) -> Mapping[str, Any]:
        """The pool's configuration as CreateUserPool names it."""
        config: Mapping[str, Any] = self._pool.extended_config
        return config

    @property
    def password_policy(self) -> Mapping[str, Any]:
        """The password policy."""
        policies = self.config.get("Policies") or {}
        policy: Mapping[str, Any] = policies.get("PasswordPolicy") or {}
        return policy

    def mfa_config(self, pool_id: str) -> dict[str, Any]:
        """Return what GetUserPoolMfaConfig answers.

        Raises:
            ServiceError: there is no such pool.
        """
        pool = self._any_pool(pool_id)
        members = {name: getattr(pool, where, None) for name, where in _MFA_MEMBERS.items()}
        return {"MfaConfiguration": pool.mfa_config} | {
            name: settings for name, settings in members.items() if settings is not None
        }

    def set_mfa_config(self, pool_id: str, mfa: str, settings: Mapping[str, Any]) -> None:
        """Store what SetUserPoolMfaConfig was given; a member that is not in `settings` stays."""
        pool = self._any_pool(pool_id)
        pool.mfa_config = mfa
        for name, value in settings.items():
            setattr(pool, _MFA_MEMBERS[name], value)

    def _any_pool(self, pool_id: str) -> Any:
        pool = self._backend.user_pools.get(pool_id)
        if pool is None:
            msg = f"User pool {pool_id} does not exist."
            raise not_found(msg)
        return pool

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
        config: Mapping[str, Any] = getattr(self._pool, _MFA_MEMBERS["WebAuthnConfiguration"], None) or {}
        return config

    @webauthn.setter
    def webauthn(self, config: Mapping[str, Any]) -> None:
        setattr(self._pool, _MFA_MEMBERS["WebAuthnConfiguration"], dict(config))

    @property
    def domain(self) -> str | None:
        """The host of the pool's domain, the custom one first."""
        domains = self._backend.user_pool_domains.values()
        own = [found for found in domains if found.user_pool_id == self.pool_id]
        custom = next((str(found.domain) for found in own if found.custom_domain_config), None)
        if custom is not None or not own:
            return custom
        return f"{own[0].domain}.auth.{self._region}.amazoncognito.com"

    @property
    def mfa(self) -> str:
        """OFF, OPTIONAL or ON."""
        return str(self._pool.mfa_config)

    @property
    def mfa_methods(self) -> frozenset[str]:
        """The second factors that the pool offers."""
        offered = {
            TOTP: bool((self._pool.token_mfa_config or {}).get("Enabled")),
            SMS: bool(self._pool.sms_mfa_config),
            EMAIL: bool(getattr(self._pool, "email_mfa_config", None)),
        }
        return frozenset(name for name in offered if offered[name] and self.mfa != "OFF")

    @property
    def schema(self) -> Schema:
        """The attributes that users can have."""
        return {
            name: Attribute(
                name=name,
                data_type=entry.data_type,
                mutable=entry.mutable,
                required=entry.required,
                constraints=entry.string_constraints or entry.number_constraints or {},
            )
            for name, entry in self._pool.schema_attributes.items()
        }

    def add_attributes(self, schemas: Sequence[Mapping[str, Any]]) -> None:
        """Add custom attributes, as SchemaAttributeType describes them.

        Raises:
            ServiceError: a name or a bound is not acceptable.
        """
        params = validation.validate(
            "AddCustomAttributes", {"UserPoolId": self.pool_id, "CustomAttributes": list(schemas)}
        )
        self.forward("AddCustomAttributes", params)

    # App clients

    def create_client(
        self, config: Mapping[str, Any], secret: str | None, *, client_id: str | None = None
    ) -> str:
        """Create an app client and return its id, which is drawn unless given."""
        client = self._backend.create_user_pool_client(self.pool_id, secret is not None, dict(config))
        moto_records.rename_client(self._backend, client, client_id or moto_records.new_client_id(), secret)
        moto_records.stamp(client, naive(self._clock()), created=True)
        return str(client.id)

    def client(self, client_id: str) -> Client:
        """Return an app client of the pool.

        Raises:
            ServiceError: there is none of that id, or it is another pool's.
        """
        record = self._pool.clients.get(client_id)
        if record is None:
            for pool_id, pool in self._backend.user_pools.items():
                if client_id in pool.clients:
                    raise self._without_users(pool_id)
            msg = f"User pool client {client_id} does not exist."
            raise not_found(msg)
        return Client.from_config(
            client_id, record.secret if record.generate_secret else None, record.extended_config
        )

    # What the domain needs

    def let_app_in(
        self, client_id: str, callback: str, logout: str, scopes: Sequence[str], *, named_by_browser: bool
    ) -> None:
        """Register a callback and a sign-out address of an app client, with the code grant.

        The oldest make way. Where they are as a browser names the host, anybody may have made that up:
        they are then good at that host alone.
        """

        def with_newest(name: str, address: str) -> list[str]:
            return [*(known for known in config.get(name, ()) if known != address), address][
                -_MOST_ADDRESSES:
            ]

        config = self._pool.clients[client_id].extended_config
        config |= {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": list(scopes),
            "CallbackURLs": with_newest("CallbackURLs", callback),
            "LogoutURLs": with_newest("LogoutURLs", logout),
        }
        if named_by_browser:
            kept = {*config["CallbackURLs"], *config["LogoutURLs"]}
            self.at_their_own_host = {callback, logout} | (self.at_their_own_host & kept)

    def add_resource_server(self, identifier: str, scopes: Sequence[str]) -> None:
        """Add a resource server.

        Raises:
            ServiceError: an identifier or a scope is not acceptable.
        """
        params = {
            "UserPoolId": self.pool_id,
            "Identifier": identifier,
            # An identifier may be an address, a name may not.
            "Name": re.sub(r"[^\w+=,.@-]", "-", identifier),
            "Scopes": [{"ScopeName": scope, "ScopeDescription": scope} for scope in scopes],
        }
        self.forward("CreateResourceServer", validation.validate("CreateResourceServer", params))

    @property
    def resource_servers(self) -> frozenset[str]:
        """The identifiers of the resource servers."""
        return frozenset(self._pool.resource_servers)

    @property
    def custom_scopes(self) -> frozenset[str]:
        """The scopes of the resource servers, as tokens name them."""
        return frozenset(
            f"{server.identifier}/{scope['ScopeName']}"
            for server in self._pool.resource_servers.values()
            for scope in server.scopes or ()
        )

    def add_provider(self, name: str, kind: str, mapping: Mapping[str, str]) -> None:
        """Add an identity provider.

        Raises:
            ServiceError: its name is not acceptable.
        """
        params = {
            "UserPoolId": self.pool_id,
            "ProviderName": name,
            "ProviderType": kind,
            "ProviderDetails": {"client_id": "local"},
            "AttributeMapping": dict(mapping),
        }
        self.forward("CreateIdentityProvider", validation.validate("CreateIdentityProvider", params))

    def provider(self, name: str) -> Mapping[str, Any] | None:
        """Return an identity provider as CreateIdentityProvider was given it."""
        found = self._pool.identity_providers.get(name)
        config: Mapping[str, Any] | None = None if found is None else found.extended_config
        return config

    def provider_of(self, identifier: str) -> str | None:
        """Return the name of the provider that has one of its IdpIdentifiers."""
        for name, found in self._pool.identity_providers.items():
            if identifier in (found.extended_config.get("IdpIdentifiers") or ()):
                return str(name)
        return None

    # Users

    @property
    def _users(self) -> UserIndex:
        """The users; a pool that was deleted has none."""
        _ = self._pool
        return self._index

    def fold(self, name: str) -> str:
        """Return a name as the pool compares names."""
        return self._index.fold(name)

    def find(self, name: str, *, by_sub: bool = True) -> User | None:
        """Find a user by Username, sub, username attribute or alias, in that order.

        Args:
            name: what was submitted.
            by_sub: accept the sub of a user whose Username is another; sign-in does not.
        """
        return self._users.find(name, by_sub=by_sub)

    def by_sub(self, sub: str) -> User | None:
        """Return the user of a sub."""
        return self._users.by_sub(sub)

    def holder(self, attribute: str, value: str) -> User | None:
        """Return the user who signs in with an alias."""
        return self._users.holder(attribute, value)

    def add_user(self, username: str | None, attributes: Mapping[str, str], status: str) -> User:
        """Add a user; without a Username the sub becomes it."""
        record = CognitoIdpUser(self.pool_id, "", None, UserStatus(status), [])
        record.id = str(uuid.uuid4())
        record.username = username or record.id
        record.update_attributes([{"Name": "sub", "Value": record.id}])
        record.create_date = naive(self._clock())
        user = User(record, self._clock, self._index.refresh)
        user.update(attributes)
        self._pool.users[record.username] = record
        self._index.add(user)
        return user

    def remove_user(self, user: User) -> None:
        """Delete a user and the memberships."""
        self._backend.admin_delete_user(self.pool_id, user.username)
        self._index.remove(user)

    def join(self, user: User, group: str) -> None:
        """Add a user to a group that exists."""
        self._backend.admin_add_user_to_group(self.pool_id, group, user.username)

    def ensure_group(self, name: str) -> None:
        """Create a group unless it is there.

        Raises:
            ServiceError: no group can have that name.
        """
        if name not in self._pool.groups:
            params = validation.validate("CreateGroup", {"UserPoolId": self.pool_id, "GroupName": name})
            self.forward("CreateGroup", params)

    # Operations that are moto's own

    def forward(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Let moto answer a directory operation.

        Raises:
            ServiceError: moto's refusal.
        """
        return self._forwarding(operation, params)
