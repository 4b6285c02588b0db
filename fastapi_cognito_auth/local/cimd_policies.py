"""Policies on clients that are named by the address of a document (CIMD), as they are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class CimdPolicy(Record):
    """One policy."""

    id: str
    client_id: str
    name: str
    seconds: int
    """CacheDuration."""
    patterns: tuple[str, ...]
    """URLPatterns."""
    created_at: float
    modified_at: float

    def summary(self, clients: Collection[str]) -> dict[str, Any]:
        """Return CIMDPolicySummaryType; an app client that is gone is not named."""
        return {
            "CIMDPolicyId": self.id,
            **({"ClientId": self.client_id} if self.client_id in clients else {}),
            "PolicyName": self.name,
            "CacheDuration": self.seconds,
            "CreationDate": self.created_at,
            "LastModifiedDate": self.modified_at,
        }

    def describe(self, pool_id: str, clients: Collection[str]) -> dict[str, Any]:
        """Return CIMDPolicyType."""
        return {**self.summary(clients), "UserPoolId": pool_id, "URLPatterns": [*self.patterns]}
