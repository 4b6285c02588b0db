"""The directory: pools, app clients, users, groups and attributes, kept by moto.

This is the only module that knows moto. It reads and writes moto's records; nothing that moto
decides about passwords, codes, tokens or sessions is ever asked for.
"""

import json
import logging
import secrets
import string
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.cognitoidp.models import (
    DEFAULT_USER_POOL_CONFIG,
    CognitoIdpBackend,
    CognitoIdpUser,
    CognitoIdpUserPoolAttribute,
    UserStatus,
)
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.request import normalize_request

from fastapi_cognito_auth.local.attributes import Attribute, Schema
from fastapi_cognito_auth.local.clients import Client
from fastapi_cognito_auth.local.errors import ServiceError, invalid_parameter, not_found
from fastapi_cognito_auth.local.mfa import EMAIL, FIRST_FACTOR_NAMES, OTP_NAMES, SMS, TOTP
from fastapi_cognito_auth.local.users import User, naive

LOGGER = logging.getLogger("fastapi_cognito_auth.local")

FORWARDED: Final = frozenset({
    "CreateUserPool", "DescribeUserPool", "ListUserPools", "UpdateUserPool", "DeleteUserPool",
    "CreateUserPoolClient", "DescribeUserPoolClient", "ListUserPoolClients", "UpdateUserPoolClient",
    "DeleteUserPoolClient", "CreateUserPoolDomain", "DescribeUserPoolDomain", "UpdateUserPoolDomain",
    "DeleteUserPoolDomain", "CreateIdentityProvider", "DescribeIdentityProvider", "ListIdentityProviders",
    "UpdateIdentityProvider", "DeleteIdentityProvider", "CreateResourceServer", "DescribeResourceServer",
    "ListResourceServers", "CreateGroup", "GetGroup", "ListGroups", "UpdateGroup", "DeleteGroup",
    "AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminListGroupsForUser", "ListUsersInGroup",
    "ListUsers", "AddCustomAttributes",
})  # fmt: skip
"""What moto answers itself: configuration and lists, nothing of the authentication plane."""

_FIXED_AT_CREATION: Final = ("UsernameAttributes", "AliasAttributes", "UsernameConfiguration")
_MFA_MEMBERS: Final = {
    "SmsMfaConfiguration": "sms_mfa_config",
    "SoftwareTokenMfaConfiguration": "token_mfa_config",
    "EmailMfaConfiguration": "email_mfa_config",
    "WebAuthnConfiguration": "web_authn_config",
}
"""Where a pool's record keeps each member; the last two are not moto's own."""

_EMAIL_MFA: Final = {"Message": "Your code is {####}", "Subject": "Your sign-in code"}
_ALPHANUMERICS: Final = string.ascii_letters + string.digits


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_client_secret() -> str:
    """Draw a client secret in the service's form."""
    return _draw(string.ascii_lowercase + string.digits, 51)


class _Responses(CognitoIdpResponse):  # type: ignore[misc]
    """moto's own request handling, bound to one directory instead of to an account header."""

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self._backend = backend

    @property
    def backend(self) -> Any:
        return self._backend


class Directory:
    """The records of one local pool, in a backend of its own.

    moto's registry does not know that backend, so neither another pool nor a `mock_aws` of
    somebody's tests can see or reset it.
    """

    def __init__(self, region: str, clock: Callable[[], float]) -> None:
        self._region = region
        self._clock = clock
        self._backend = CognitoIdpBackend(region, _draw(string.digits, 12))
        self.pool_id = ""

    # The pool

    def create_pool(
        self,
        config: Mapping[str, Any],
        *,
        mfa: str,
        required: frozenset[str],
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
        self.pool_id = self._rename_pool(pool)
        if mfa != "OFF":
            pool.token_mfa_config = {"Enabled": TOTP in mfa_methods}
            role = f"arn:aws:iam::{self._backend.account_id}:role/local-sms"
            pool.sms_mfa_config = {"SmsConfiguration": {"SnsCallerArn": role}} if SMS in mfa_methods else None
            pool.email_mfa_config = _EMAIL_MFA if EMAIL in mfa_methods else None
        return self.pool_id

    def _rename_pool(self, pool: Any) -> str:
        # moto's ids have 32 hexadecimal digits; the service's have nine alphanumerics.
        del self._backend.user_pools[pool.id]
        new_id = f"{self._region}_{_draw(_ALPHANUMERICS, 9)}"
        pool.arn = pool.arn.replace(pool.id, new_id)
        pool.id = new_id
        self._backend.user_pools[new_id] = pool
        return new_id

    @property
    def _pool(self) -> Any:
        pool = self._backend.user_pools.get(self.pool_id)
        if pool is None:
            msg = f"User pool {self.pool_id} does not exist."
            raise not_found(msg)
        return pool

    def check_pool(self, pool_id: str) -> None:
        """Refuse another pool's id: users live in one pool here."""
        if pool_id != self.pool_id or pool_id not in self._backend.user_pools:
            msg = f"User pool {pool_id} does not exist."
            raise not_found(msg)

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

    # App clients

    def create_client(self, config: Mapping[str, Any], secret: str | None) -> str:
        """Create an app client and return its id."""
        client = self._backend.create_user_pool_client(self.pool_id, secret is not None, dict(config))
        return self._rename_client(client, secret)

    def _rename_client(self, client: Any, secret: str | None) -> str:
        # moto draws ids and secrets from a seedable generator, and its secrets have the wrong form.
        clients = self._backend.user_pools[client.user_pool_id].clients
        del clients[client.id]
        client.id = _draw(string.ascii_lowercase + string.digits, 26)
        client.secret = secret
        clients[client.id] = client
        return str(client.id)

    def client(self, client_id: str) -> Client:
        """Return an app client of the pool.

        Raises:
            ServiceError: there is none of that id.
        """
        record = self._pool.clients.get(client_id)
        if record is None:
            msg = f"User pool client {client_id} does not exist."
            raise not_found(msg)
        return Client.from_config(
            client_id, record.secret if record.generate_secret else None, record.extended_config
        )

    # Users

    def _users(self) -> list[User]:
        return [User(record, self._clock) for record in self._pool.users.values()]

    def _fold(self, name: str) -> str:
        sensitive = (self.config.get("UsernameConfiguration") or {}).get("CaseSensitive", True)
        return name if sensitive else name.casefold()

    def find(self, name: str, *, by_sub: bool = True) -> User | None:
        """Find a user by Username, username attribute, alias or sub, in that order.

        Args:
            name: what was submitted.
            by_sub: accept the sub of a user whose Username is another; sign-in does not.
        """
        wanted = self._fold(name)
        users = self._users()
        matches = (
            lambda user: self._fold(user.username) == wanted,
            lambda user: wanted in self._sign_in_names(user),
            lambda user: by_sub and user.sub == name,
        )
        for matches_by in matches:
            for user in users:
                if matches_by(user):
                    return user
        return None

    def _sign_in_names(self, user: User) -> set[str]:
        attributes = user.attributes
        names = [attributes.get(name) for name in self.config.get("UsernameAttributes") or ()]
        for alias in self.config.get("AliasAttributes") or ():
            usable = (
                user.status != "UNCONFIRMED"
                if alias == "preferred_username"
                else (attributes.get(f"{alias}_verified") == "true")
            )
            names += [attributes.get(alias)] if usable else []
        return {self._fold(name) for name in names if name}

    def by_sub(self, sub: str) -> User | None:
        """Return the user of a sub."""
        return next((user for user in self._users() if user.sub == sub), None)

    def holder(self, attribute: str, value: str) -> User | None:
        """Return the user who holds a verified alias."""
        for user in self._users():
            held = user.attributes
            if held.get(attribute) == value and held.get(f"{attribute}_verified", "true") == "true":
                return user
        return None

    def add_user(self, username: str | None, attributes: Mapping[str, str], status: str) -> User:
        """Add a user; without a Username the sub becomes it."""
        record = CognitoIdpUser(self.pool_id, "", None, UserStatus(status), [])
        record.id = str(uuid.uuid4())
        record.username = username or record.id
        record.update_attributes([{"Name": "sub", "Value": record.id}])
        record.create_date = naive(self._clock())
        user = User(record, self._clock)
        user.update(attributes)
        self._pool.users[record.username] = record
        return user

    def remove_user(self, user: User) -> None:
        """Delete a user and the memberships."""
        self._backend.admin_delete_user(self.pool_id, user.username)

    def join(self, user: User, group: str) -> None:
        """Add a user to a group that exists."""
        self._backend.admin_add_user_to_group(self.pool_id, group, user.username)

    def ensure_group(self, name: str) -> None:
        """Create a group unless it is there."""
        if name not in self._pool.groups:
            self._backend.create_group(self.pool_id, name, None, None, None)

    # Operations that are moto's own

    def forward(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Let moto answer a directory operation.

        Raises:
            ServiceError: moto's refusal.
        """
        self._check_first_factors(operation, params)
        fixed = self._fixed_config(operation, params)
        body = json.dumps(params).encode()
        headers = HTTPHeaders()
        headers["X-Amz-Target"] = f"AWSCognitoIdentityProviderService.{operation}"
        headers["Content-Type"] = "application/x-amz-json-1.1"
        url = f"https://cognito-idp.{self._region}.amazonaws.com/"
        request = normalize_request(
            AWSPreparedRequest(method="POST", url=url, headers=headers, body=body, stream_output=False)
        )
        try:
            status, _, answer = _Responses(self._backend)._dispatch(request, url, request.headers)
            data = json.loads(answer) if answer else {}
        except Exception as exc:  # noqa: BLE001
            # moto's handlers fail in their own ways on odd input, such as a page token of another list.
            LOGGER.warning("the directory could not handle %s: %s", operation, type(exc).__name__)
            raise invalid_parameter("The directory could not handle the request.") from None
        if status >= 400:
            name = str(data.get("__type", "")).rpartition("#")[2]
            # moto's paginator refuses with a name that the service does not have.
            name = name if name.endswith("Exception") else "InvalidParameterException"
            raise ServiceError(name, str(data.get("message") or data.get("Message") or ""))
        return self._amend(operation, params, data, fixed)

    def _check_first_factors(self, operation: str, params: Mapping[str, Any]) -> None:
        if operation not in {"CreateUserPool", "UpdateUserPool"}:
            return
        pool = self._backend.user_pools.get(params.get("UserPoolId"))
        mfa = params.get("MfaConfiguration") or (pool.mfa_config if pool is not None else "OFF")
        policy = (params.get("Policies") or {}).get("SignInPolicy") or {}
        factors = {*(policy.get("AllowedFirstAuthFactors") or ("PASSWORD",))}
        if not factors <= FIRST_FACTOR_NAMES:
            raise invalid_parameter("SOFTWARE_TOKEN cannot be a first factor")
        if mfa == "ON" and factors <= OTP_NAMES:
            raise invalid_parameter(
                "MFA cannot be required where one-time passwords are the only first factors"
            )

    def _fixed_config(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        # moto's UpdateUserPool starts from an empty configuration; these members cannot change.
        pool = self._backend.user_pools.get(params.get("UserPoolId"))
        if operation != "UpdateUserPool" or pool is None:
            return {}
        return {
            name: pool.extended_config[name] for name in _FIXED_AT_CREATION if name in pool.extended_config
        }

    def _amend(
        self, operation: str, params: Mapping[str, Any], data: dict[str, Any], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        if operation == "CreateUserPool":
            pool = self._backend.user_pools[data["UserPool"]["Id"]]
            pool_id = self._rename_pool(pool)
            data["UserPool"] |= {"Id": pool_id, "Arn": pool.arn}
        elif operation == "DescribeUserPool":
            # The service shows the defaults of what nobody has set.
            policies = data["UserPool"].setdefault("Policies", {})
            policies.setdefault("SignInPolicy", {"AllowedFirstAuthFactors": ["PASSWORD"]})
            for domain in self._backend.user_pool_domains.values():
                if domain.user_pool_id == params["UserPoolId"]:
                    data["UserPool"]["Domain"] = domain.domain
        elif operation == "UpdateUserPool":
            pool = self._backend.user_pools[params["UserPoolId"]]
            pool.extended_config.update(fixed)
            pool.mfa_config = params.get("MfaConfiguration", pool.mfa_config)
        elif operation == "CreateUserPoolClient":
            made = data["UserPoolClient"]
            client = self._backend.user_pools[made["UserPoolId"]].clients[made["ClientId"]]
            made["ClientId"] = self._rename_client(
                client, new_client_secret() if client.generate_secret else None
            )
            if client.secret is not None:
                made["ClientSecret"] = client.secret
        for user in data.get("Users", ()):
            # moto adds what AdminGetUser shows, from settings that it does not keep here.
            for member in ("UserPoolId", "MFAOptions", "UserMFASettingList", "PreferredMfaSetting"):
                user.pop(member, None)
        return data
