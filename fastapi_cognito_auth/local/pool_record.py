"""What a pool is configured with, in the words of the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.state.record import Record

Members = Mapping[str, Any]

FIXED_AT_CREATION: Final = ("UsernameAttributes", "AliasAttributes", "UsernameConfiguration")
"""Members of CreateUserPool that UpdateUserPool does not have."""


@dataclass(kw_only=True)
class PoolRecord(Record):
    """One pool."""

    id: str
    arn: str
    name: str
    issuer: str
    """The `iss` of its tokens."""
    config: Members
    """The members of CreateUserPool, with the defaults of what was left out."""
    schema: Mapping[str, Members]
    """SchemaAttributeType by the attributes' names, such as `email` and `custom:tenant`."""
    mfa: str = "OFF"
    """MfaConfiguration."""
    mfa_settings: Members = field(default_factory=dict)
    """The other members of SetUserPoolMfaConfig that are set."""
    tags: Mapping[str, str] = field(default_factory=dict)
    at_their_own_host: frozenset[str] = frozenset()
    """Callbacks and sign-out addresses to which browsers go from pages of the same host alone."""
    log_configurations: tuple[Members, ...] = ()
    """LogConfigurations."""
    signing_certificate: str = ""
    """Of SAML requests, in base64; empty until somebody asks for it."""
    created_at: float
    modified_at: float
