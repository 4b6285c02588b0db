"""The pool that a local user pool starts with, made or found again as it was left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local import configuration, validation
from fastapi_cognito_auth.local import custom_attributes as custom
from fastapi_cognito_auth.local.client_defaults import with_defaults as client_with_defaults
from fastapi_cognito_auth.local.client_records import ClientRecord, ClientSecret
from fastapi_cognito_auth.local.domain_options import DomainOptions
from fastapi_cognito_auth.local.drawn import new_client_secret
from fastapi_cognito_auth.local.local_machine import LocalMachine
from fastapi_cognito_auth.local.mfa import SMS, TOTP
from fastapi_cognito_auth.local.oauth_settings import DIRECTORY
from fastapi_cognito_auth.local.operations import app_clients, user_pools
from fastapi_cognito_auth.local.operations import custom_attributes as schema
from fastapi_cognito_auth.local.plane import Plane
from fastapi_cognito_auth.local.pool_defaults import with_defaults as pool_with_defaults
from fastapi_cognito_auth.local.pool_record import FIXED_AT_CREATION
from fastapi_cognito_auth.local.pools import Pools
from fastapi_cognito_auth.local.state.file import StateFileError
from fastapi_cognito_auth.local.state.seed import Seed

_APART = frozenset({"PoolName", "Schema", "MfaConfiguration"})


DEFAULT_FLOWS: Final = (
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
)
UNSAID_OF_POOL: Final[Mapping[str, Any]] = {
    "UsernameConfiguration": {"CaseSensitive": True},
    "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}},
    "Schema": [],
    "MfaConfiguration": "OPTIONAL",
}
UNSAID_OF_MFA: Final[Mapping[str, Any]] = configuration.mfa_methods("OPTIONAL", (TOTP, SMS))
UNSAID_OF_CLIENT: Final[Mapping[str, Any]] = {
    "ExplicitAuthFlows": list(DEFAULT_FLOWS),
    "PreventUserExistenceErrors": "ENABLED",
    "AuthSessionValidity": 3,
    "AccessTokenValidity": 3600,
    "IdTokenValidity": 3600,
    "RefreshTokenValidity": 30 * 86_400,
    "SupportedIdentityProviders": [DIRECTORY],
}
"""What `LocalUserPool` asks for where it is told nothing."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the first pool is asked to be.

    Args:
        pool: of CreateUserPool.
        mfa_settings: of SetUserPoolMfaConfig.
        attributes: of AddCustomAttributes.
        most_sessions: of a user; None leaves session tracking off.
        client_id: of its app client; drawn unless given.
        client: of CreateUserPoolClient.
        client_secret: True draws one, a text is one.
        domain: what it has for its domain.
        token_seconds: for which a machine's token is good.
    """

    pool: Mapping[str, Any]
    mfa_settings: Mapping[str, Any]
    attributes: Sequence[Mapping[str, Any]]
    most_sessions: int | None
    client_id: str | None
    client: Mapping[str, Any]
    client_secret: bool | str = field(repr=False)
    domain: DomainOptions
    token_seconds: int


@dataclass(frozen=True, kw_only=True)
class FirstPool:
    """The pool, its app client and its machines."""

    plane: Plane
    client: ClientRecord
    machines: tuple[LocalMachine, ...]


def set_up(pools: Pools, pool_id: str, wanted: Wanted) -> FirstPool:
    """Make the pool, or find it, and do what is asked for in another way than last time.

    Args:
        pools: where.
        pool_id: its id.
        wanted: what it is asked to be.

    Raises:
        ServiceError: a custom attribute is not acceptable.
        StateFileError: the pool is there and cannot become what is asked for.
    """
    seed = Seed(pools.facts)
    there = seed["pool_id"] == pool_id and pool_id in pools
    if not there:
        seed.clear()
        seed["pool_id"] = pool_id
    changed = seed.changes("pool", wanted.pool, UNSAID_OF_POOL)
    if there:
        plane = pools.get(pool_id)
        _change_pool(plane, changed)
    else:
        plane = user_pools.create(pools, wanted.pool, pool_id=pool_id)
    _set_mfa(plane, wanted, seed)
    if there:
        _refuse_other_attributes(plane, wanted.attributes)
    names = seed.new("attributes", wanted.attributes, lambda entry: entry["Name"])
    for batch in custom.batches([dict(entry) for entry in names]):
        params = {"UserPoolId": pool_id, "CustomAttributes": batch}
        schema.add(plane, validation.validate("AddCustomAttributes", params)["CustomAttributes"])
    most = seed.changes("sessions", {"most": wanted.most_sessions}, {"most": None}).get("most")
    if most is not None:
        plane.tokens.track_sessions(most)
    wanted.domain.set_up(plane, seed)
    client = _client(plane, wanted, seed)
    return FirstPool(
        plane=plane,
        client=client,
        machines=wanted.domain.add_machines(plane, wanted.token_seconds),
    )


def _refuse_other_attributes(plane: Plane, wanted: Sequence[Mapping[str, Any]]) -> None:
    for entry in wanted:
        name = f"{custom.PREFIX}{entry['Name']}"
        held = plane.directory.pool.schema.get(name)
        if held is not None and _form(held) != _form(entry):
            msg = (
                f"the pool of the state file has {name} as {_in_words(held)}, not as {_in_words(entry)},"
                " which no pool can change: give the new attribute another name"
            )
            raise StateFileError(msg)


def _in_words(attribute: Mapping[str, Any]) -> str:
    data_type, mutable, limits = _form(attribute)
    words = "".join(f", {name} {limit}" for name, limit in sorted(limits.items()))
    return f"{data_type} ({'mutable' if mutable else 'immutable'}{words})"


def _form(attribute: Mapping[str, Any]) -> tuple[Any, ...]:
    data_type = attribute["AttributeDataType"]
    return data_type, attribute["Mutable"], attribute.get(f"{data_type}AttributeConstraints") or {}


def _change_pool(plane: Plane, changed: Mapping[str, Any]) -> None:
    for name in FIXED_AT_CREATION:
        if name in changed:
            msg = f"the pool of the state file has another {name}, which no pool can change: leave it out"
            raise StateFileError(msg)
    pool = plane.directory.pool
    for entry in changed.get("Schema", ()):
        if not pool.schema[entry["Name"]]["Required"]:
            msg = (
                f"the pool of the state file does not require {entry['Name']}, which no pool can change:"
                " leave it out of required_attributes"
            )
            raise StateFileError(msg)
    members = {name: value for name, value in changed.items() if name not in _APART}
    if members:
        pool.config = pool_with_defaults({**pool.config, **members})
    pool.mfa = changed.get("MfaConfiguration", pool.mfa)


def _set_mfa(plane: Plane, wanted: Wanted, seed: Seed) -> None:
    pool = plane.directory.pool
    pool.mfa_settings = {**pool.mfa_settings, **seed.changes("mfa", wanted.mfa_settings, UNSAID_OF_MFA)}


def _client(plane: Plane, wanted: Wanted, seed: Seed) -> ClientRecord:
    clients, last = plane.directory.clients, seed["client_id"]
    if wanted.client_id not in {None, last} and last in clients:
        msg = f"the state file is of the app client {last}, not of {wanted.client_id}"
        raise StateFileError(msg)
    record = clients.get(wanted.client_id or last or "")
    changed = seed.changes("client", wanted.client, UNSAID_OF_CLIENT)
    if record is None:
        secret = new_client_secret() if wanted.client_secret is True else wanted.client_secret or None
        given = {**wanted.client, **({"ClientSecret": secret} if secret else {})}
        record = app_clients.create(plane, given, client_id=wanted.client_id)
    else:
        if changed:
            record.config = client_with_defaults({**record.config, **changed})
        _set_secret(record, wanted.client_secret, plane.clock())
    seed["client_id"] = record.id
    return record


def _set_secret(record: ClientRecord, wanted: bool | str, now: float) -> None:  # noqa: FBT001 - as asked for
    known = [secret.value for secret in record.secrets]
    if wanted is True:
        record.secrets = record.secrets or (ClientSecret.new(record.id, new_client_secret(), now),)
    elif wanted and wanted not in known:
        record.secrets = (ClientSecret.new(record.id, wanted, now),)
