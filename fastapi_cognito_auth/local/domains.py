"""The domains of a pool as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class Domain(Record):
    """A prefix of Cognito's own domain, or a domain of one's own."""

    name: str
    """The prefix, or the whole name of a custom domain."""
    custom: Mapping[str, Any] | None = None
    """CustomDomainConfig, which makes it a custom domain."""
    login_version: int = 1
    """ManagedLoginVersion: 1 is the classic pages, 2 managed login."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else CreateUserPoolDomain was given."""

    def host(self, region: str) -> str:
        """Return the host of its pages."""
        return self.name if self.custom else f"{self.name}.auth.{region}.amazoncognito.com"
