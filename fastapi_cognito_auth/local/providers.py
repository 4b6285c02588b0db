"""Identity providers and resource servers as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class ProviderRecord(Record):
    """One identity provider."""

    name: str
    kind: str
    """ProviderType."""
    details: Mapping[str, str] = field(repr=False)
    """ProviderDetails, which may hold the provider's own secret."""
    mapping: Mapping[str, str]
    """AttributeMapping."""
    identifiers: tuple[str, ...] = ()
    """IdpIdentifiers."""
    acr_mapping: Mapping[str, str] = field(default_factory=dict)
    """AcrMapping, which is kept and not asked: no provider is spoken to."""
    created_at: float
    modified_at: float

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return IdentityProviderType."""
        return {
            "UserPoolId": pool_id,
            "ProviderName": self.name,
            "ProviderType": self.kind,
            "ProviderDetails": dict(self.details),
            "AttributeMapping": dict(self.mapping),
            "IdpIdentifiers": list(self.identifiers),
            **({"AcrMapping": dict(self.acr_mapping)} if self.acr_mapping else {}),
            "LastModifiedDate": self.modified_at,
            "CreationDate": self.created_at,
        }


@dataclass(kw_only=True)
class ResourceServer(Record):
    """One resource server."""

    identifier: str
    name: str
    scopes: tuple[Mapping[str, str], ...] = ()
    """ResourceServerScopeType."""

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return ResourceServerType."""
        scopes = {"Scopes": [dict(scope) for scope in self.scopes]} if self.scopes else {}
        return {"UserPoolId": pool_id, "Identifier": self.identifier, "Name": self.name, **scopes}
