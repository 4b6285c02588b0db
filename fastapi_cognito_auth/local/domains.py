"""The domains of a pool as they are kept, and which names they can have.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.state.record import Record

MOST_CUSTOM: Final = 4
"""Domains of one's own that an account can have."""
_RESERVED: Final = ("aws", "amazon", "cognito")
_FORM: Final = r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$"
_PREFIX: Final = re.compile(_FORM)
_LEAST_LABELS: Final = 3


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


def check_prefix(name: str) -> None:
    """Refuse what is no prefix of Cognito's own domain.

    Raises:
        ServiceError: it has another form, or one of its words is AWS's own.
    """
    if not _PREFIX.fullmatch(name):
        msg = (
            "The domain name contains an invalid character. Domain names can only contain lower-case "
            f"letters, numbers, and hyphens. Please enter a different name that follows this format: {_FORM}"
        )
        raise invalid_parameter(msg)
    # A longer word may begin like one of them.
    for word in _RESERVED:
        if word in name.split("-"):
            msg = f"Domain cannot contain reserved word: {word}"
            raise invalid_parameter(msg)


def check_custom(name: str) -> None:
    """Refuse a name that is not below a domain of one's own.

    Raises:
        ServiceError: it is none.
    """
    labels = name.split(".")
    if len(labels) < _LEAST_LABELS or not all(_PREFIX.fullmatch(label) for label in labels):
        raise invalid_parameter(
            "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent "
            "domain or domain parent is a top-level domain."
        )


def check_certificate(config: Mapping[str, Any]) -> None:
    """Refuse a certificate of another Region than the one from which certificates of domains are taken.

    Args:
        config: CustomDomainConfig.

    Raises:
        ServiceError: it is one.
    """
    _, _, service, region, *_ = config["CertificateArn"].split(":")
    if (service, region) != ("acm", "us-east-1"):
        raise invalid_parameter("The certificate of a custom domain is one of ACM in us-east-1.")
