"""The groups of a pool."""

from dataclasses import dataclass
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class Group(Record):
    """One group; its members are in their own records."""

    name: str
    description: str | None = None
    role_arn: str | None = None
    precedence: int | None = None
    created_at: float
    modified_at: float

    @property
    def strength(self) -> tuple[bool, int, str]:
        """What groups are sorted by: the strongest, which has the least precedence, comes first."""
        return (self.precedence is None, self.precedence or 0, self.name)

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return GroupType."""
        described = {
            "GroupName": self.name,
            "UserPoolId": pool_id,
            "Description": self.description,
            "RoleArn": self.role_arn,
            "Precedence": self.precedence,
            "LastModifiedDate": self.modified_at,
            "CreationDate": self.created_at,
        }
        return {name: value for name, value in described.items() if value is not None}
