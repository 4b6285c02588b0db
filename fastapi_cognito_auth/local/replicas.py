"""Replicas of a pool in other Regions, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class Replica(Record):
    """One replica; it is being created for as long as nothing replicates."""

    region: str
    arn: str
    status: str = "CREATING"
    """ReplicaStatusType."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """Return UserPoolReplicaType."""
        return {
            "RegionName": self.region,
            "Status": self.status,
            "Role": "SECONDARY",
            "UserPoolArn": self.arn,
        }
