"""The settings as keywords, in the types that an editor and a type checker may know them by.

A field has one type, and takes more: a list or a set where it keeps a tuple, plain text where it keeps
a secret. Documentation and defaults stand with the fields; a test compares the names.
"""

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Literal, Required, TypedDict

from pydantic import SecretStr

if TYPE_CHECKING:
    from fastapi_cognito_auth.settings.trusted_pool import TrustedPool


class TrustedPoolKeywords(TypedDict, total=False):
    """What `TrustedPool` takes."""

    user_pool_id: Required[str]
    client_ids: Required[Collection[str]]
    group_prefix: str | None
    scopes: Collection[str]
    jwks_uri: str | None
    key_set: str | None
    key_set_file: "str | PathLike[str] | None"
    issuer: Collection[str]
    dns_suffix: str | None


class LocalSettings(TypedDict, total=False):
    """What `CognitoAuth.local(settings=…)` takes: the settings that name no pool."""

    accepted_client_ids: Collection[str]
    trusted_pools: "str | Sequence[TrustedPool | TrustedPoolKeywords]"
    resource: str | Sequence[str]
    totp_issuer: str
    token_url: str | None
    scheme_name: str
    fresh_sign_in_max_age: float | Literal["off"] | None
    admin_groups: str | Collection[str]
    admin_read_groups: str | Collection[str]
    pool_admin_groups: str | Collection[str]
    admin_fresh_sign_in_max_age: float | Literal["off"] | None
    forward_client_address: bool
    trusted_proxies: int
    max_body_size: int
    max_token_size: int
    clock_skew: float
    verified_token_cache: int
    profile_max_age: float
    jwks_max_age: float
    jwks_timeout: float
    revocation: Literal["off", "local", "redis", "probe"]
    redis_url: str | SecretStr | None
    redis_key_prefix: str
    redis_timeout: float
    revocation_when_unavailable: Literal["refuse", "accept"]
    probe_ttl: float
    access_token_cookie: str | None
    access_token_header: str | None
    websocket_subprotocol: bool
    trusted_origins: Collection[str]
    login_scopes: Collection[str]
    session_store: Literal["cookie", "redis"]
    session_cookie: str
    session_max_age: int
    session_idle_timeout: int | Literal["off"] | None
    session_same_site: Literal["lax", "none"]
    session_clear_site_data: Collection[Literal["cache", "cookies", "storage", "*"]]
    alb_arns: Collection[str]
    alb_keys_uri: str | None
    resource_name: str | None
    resource_documentation: str | None
    scopes_supported: Collection[str]
    connect_timeout: float
    read_timeout: float
    max_attempts: int
    max_connections: int
    max_wait: float


class SettingsKeywords(LocalSettings, total=False):
    """What `CognitoSettings` takes; what is left out comes from the environment, or is the default."""

    domain: str | None
    user_pool_id: str
    client_id: str
    client_secret: str | SecretStr | None
    machine_client_id: str | None
    machine_client_secret: str | SecretStr | None
    secret_key: str | SecretStr | Sequence[str | SecretStr]
    endpoint_url: str | None
    jwks_uri: str | None
    key_set: str | None
    key_set_file: "str | PathLike[str] | None"
    issuer: str | Sequence[str]
    dns_suffix: str | None
    replica_region: str | None
    auth_flow: Literal["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"]
    group_scopes: str | Mapping[str, Collection[str]]
    auth_session_validity: int | None
