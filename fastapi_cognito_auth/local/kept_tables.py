"""What each table of a state file holds, so that a file in which it holds anything else is refused.

A record itself is held against its fields when it is read. Here is which records are in which table, and
what JSON alone does not say: what a pool is configured with is of the API's own form, a private key is one.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fastapi_cognito_auth.local import validation
from fastapi_cognito_auth.local.attributes import STANDARD
from fastapi_cognito_auth.local.cimd_policies import CimdPolicy
from fastapi_cognito_auth.local.client_records import ClientRecord
from fastapi_cognito_auth.local.codes import Code
from fastapi_cognito_auth.local.codes import Key as Purpose
from fastapi_cognito_auth.local.devices import Device, DeviceOffer
from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.domain.attempts import Attempt
from fastapi_cognito_auth.local.domain.authorization_codes import AuthorizationCode
from fastapi_cognito_auth.local.domain.browser_sessions import BrowserSession
from fastapi_cognito_auth.local.domains import Domain
from fastapi_cognito_auth.local.errors import ServiceError
from fastapi_cognito_auth.local.groups import Group
from fastapi_cognito_auth.local.import_jobs import ImportJob
from fastapi_cognito_auth.local.keys import KeptKey
from fastapi_cognito_auth.local.lockout import Failures
from fastapi_cognito_auth.local.login_branding import Branding, Customization, Terms
from fastapi_cognito_auth.local.mfa import Factors
from fastapi_cognito_auth.local.passkeys import Passkey, Registration
from fastapi_cognito_auth.local.passwords import Verifier
from fastapi_cognito_auth.local.pool_record import PoolRecord
from fastapi_cognito_auth.local.providers import ProviderRecord, ResourceServer
from fastapi_cognito_auth.local.recoveries import Recovery
from fastapi_cognito_auth.local.replicas import Replica
from fastapi_cognito_auth.local.sessions import Session
from fastapi_cognito_auth.local.srp_server import Handshake
from fastapi_cognito_auth.local.threat_protection import AuthHistory, RiskRecord, is_blocked
from fastapi_cognito_auth.local.tokens import Grant, HeldToken, SessionConfig
from fastapi_cognito_auth.local.users import User

_POOL_ID: Final = re.compile(r"[\w-]+_[0-9A-Za-z]+", re.ASCII)
_OF_EVENTS: Final = {
    *("EventId", "EventType", "CreationDate", "EventResponse", "ChallengeResponses", "EventContextData")
}
_DATED: Final = {"CreationDate", "EventFeedback"}
"""Members of an event whose moments are kept as numbers, which the model has in no request."""
_FOLLOWED: Final = {"users", "groups", "passwords", "factors", "passkeys"}
"""Tables whose changes are kept."""
_LEAST_SECRET: Final = 32
"""Characters of what apps seal with."""


def _pool(record: PoolRecord) -> None:
    _demand(_POOL_ID.fullmatch(record.id) is not None)
    _demand(record.schema.keys() >= STANDARD)
    validation.check_kept(_input("CreateUserPool"), record.config)
    validation.check_kept(_input("SetUserPoolMfaConfig"), record.mfa_settings)
    _demand("LambdaConfig" in record.config)
    for configuration in record.log_configurations:
        validation.check_kept(_shape("LogConfigurationType"), configuration)
    for name, entry in record.schema.items():
        # The model's limit of names is that of a request, which says nothing of their beginning.
        others = {member: value for member, value in entry.items() if member != "Name"}
        validation.check_kept(_shape("SchemaAttributeType"), others)
        _demand({"AttributeDataType", "Mutable", "Required"} <= others.keys())
        _demand(entry.get("Name", name) == name)


def _client(record: ClientRecord) -> None:
    validation.check_kept(_input("CreateUserPoolClient"), record.config)
    _demand("ClientName" in record.config)


def _domain(record: Domain) -> None:
    validation.check_kept(_input("CreateUserPoolDomain"), record.more)
    if record.custom is not None:
        validation.check_kept(_input("CreateUserPoolDomain"), {"CustomDomainConfig": record.custom})


def _server(record: ResourceServer) -> None:
    validation.check_kept(_input("CreateResourceServer"), {"Scopes": list(record.scopes)})


def _risk(record: RiskRecord) -> None:
    validation.check_kept(_input("SetRiskConfiguration"), record.settings)
    is_blocked(record.settings, "127.0.0.1")  # it reads the ranges


def _auth_history(record: AuthHistory) -> None:
    for event in record.events:
        _demand(event.keys() >= _OF_EVENTS)
        _adapter(float).validate_python(event["CreationDate"])
        others = {name: value for name, value in event.items() if name not in _DATED}
        validation.check_kept(_shape("AuthEventType"), others)


def _change(entry: tuple[float, str, Any, tuple[Any, ...]]) -> None:
    _, table, key, old = entry
    _demand(table in _FOLLOWED and len(old) <= 1)
    _adapter(_KINDS[table].key).validate_python(key)
    for record in old:
        demand_row(table, key, record)


def _key(record: KeptKey) -> None:
    _ = record.signing_key


def _fact(name: str, value: Any) -> None:
    kind: Any = dict[str, Any]
    if name in {"account_id", "secret_key", "seed:pool_id", "seed:client_id"}:
        kind = str
    elif name in {"seed:attributes", "seed:groups", "seed:users", "seed:providers"}:
        kind = tuple[str, ...]
    _adapter(kind).validate_python(value)
    _demand(name != "seed:pool_id" or _POOL_ID.fullmatch(value) is not None)
    _demand(name != "secret_key" or len(value) >= _LEAST_SECRET)


def _shape(name: str) -> Any:
    return validation.service_model().shape_for(name)


def _input(operation: str) -> Any:
    return validation.service_model().operation_model(operation).input_shape


def _demand(holds: bool) -> None:  # noqa: FBT001 - the one thing that it is about
    if not holds:
        raise ValueError("not a record of this table")


class _Kind(NamedTuple):
    key: Any
    value: Any
    by: str = ""
    """The attribute of a record that is its key, too."""
    check: Callable[[Any], None] | None = None


_KINDS: Final[Mapping[str, _Kind]] = {
    "attempts": _Kind(str, Attempt),
    "auth_histories": _Kind(str, AuthHistory, check=_auth_history),
    "authorization_codes": _Kind(str, AuthorizationCode),
    "brandings": _Kind(str, Branding, "id"),
    "browser_sessions": _Kind(str, BrowserSession),
    "cimd_policies": _Kind(str, CimdPolicy, "id"),
    "clients": _Kind(str, ClientRecord, "id", _client),
    "codes": _Kind(Purpose, Code),
    "customizations": _Kind(str, Customization),
    "decoys": _Kind(str, bytes),
    "device_handshakes": _Kind(str, Handshake),
    "device_offers": _Kind(str, DeviceOffer),
    "devices": _Kind(str, Device, "key"),
    "domains": _Kind(str, Domain, "name", _domain),
    "factors": _Kind(str, Factors),
    "facts": _Kind(str, Any),
    "failures": _Kind(str, Failures),
    "former_passwords": _Kind(str, tuple[Verifier, ...]),
    "grants": _Kind(str, Grant, "event_id"),
    "groups": _Kind(str, Group, "name"),
    "handshakes": _Kind(str, Handshake),
    "history": _Kind(int, tuple[float, str, Any, tuple[Any, ...]], check=_change),
    "history_facts": _Kind(str, float),
    "import_jobs": _Kind(str, ImportJob, "id"),
    "limits": _Kind(Purpose, list[float]),
    "passkeys": _Kind(bytes, Passkey, "id"),
    "passwords": _Kind(str, Verifier),
    "pools": _Kind(str, PoolRecord, "id", _pool),
    "providers": _Kind(str, ProviderRecord, "name"),
    "recoveries": _Kind(str, Recovery, "id"),
    "refresh_tokens": _Kind(str, HeldToken),
    "registrations": _Kind(bytes, Registration),
    "replicas": _Kind(str, Replica, "region"),
    "risks": _Kind(str, RiskRecord, check=_risk),
    "servers": _Kind(str, ResourceServer, "identifier", _server),
    "session_config": _Kind(Literal[""], SessionConfig),
    "sessions": _Kind(str, Session),
    "signing_keys": _Kind(Literal["access", "id"], KeptKey, check=_key),
    "terms": _Kind(str, Terms, "id"),
    "users": _Kind(str, User, "sub"),
}
READ_LATER: Final = ("attempts", "authorization_codes", "browser_sessions")
"""Tables of a pool that nobody reads before somebody comes to its pages."""


def demand_whole(directory: Directory) -> None:
    """Refuse a pool whose records do not belong together.

    Raises:
        ValueError: two users have one name, or one is in a group that is not there.
    """
    users = directory.users.values()
    _demand(len({directory.fold(user.username) for user in users}) == len(users))
    _demand({name for user in users for name in user.groups} <= directory.groups.keys())


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config=None if _is_class(kind) else ConfigDict(strict=True))


def _is_class(kind: Any) -> bool:
    return hasattr(kind, "__dataclass_fields__")


def demand_row(table: str, key: Any, value: Any) -> None:
    """Refuse what is none of a table's own.

    Args:
        table: its name.
        key: as it was read.
        value: the same.

    Raises:
        ValueError: the table holds something else.
    """
    kind = _KINDS[table]
    try:
        _adapter(kind.key).validate_python(key)
        if _is_class(kind.value):
            _demand(type(value) is kind.value)
        else:
            _adapter(kind.value).validate_python(value)
        _demand(not kind.by or getattr(value, kind.by) == key)
        if kind.check is not None:
            kind.check(value)
        if table == "facts":
            _fact(key, value)
    except (ValidationError, ServiceError):
        # Their words would repeat what is in the file.
        raise ValueError("not a record of this table") from None
