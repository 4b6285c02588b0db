"""How the pages of app clients look and what they link to, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi_cognito_auth.local.state.record import Record


@dataclass(kw_only=True)
class Branding(Record):
    """A style of managed login, of one app client."""

    id: str
    client_id: str
    provided: bool
    """UseCognitoProvidedValues."""
    settings: Any = None
    """A JSON document; None without one."""
    assets: tuple[Mapping[str, str], ...] = ()
    """AssetType, whose bytes are in base64."""
    created_at: float
    modified_at: float

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return ManagedLoginBrandingType."""
        settings = {} if self.settings is None else {"Settings": self.settings}
        assets = {"Assets": [dict(asset) for asset in self.assets]} if self.assets else {}
        return {
            "ManagedLoginBrandingId": self.id,
            "UserPoolId": pool_id,
            "UseCognitoProvidedValues": self.provided,
            **settings,
            **assets,
            "CreationDate": self.created_at,
            "LastModifiedDate": self.modified_at,
        }


@dataclass(kw_only=True)
class Customization(Record):
    """A style of the classic hosted UI, of one app client or of all others."""

    css: str | None = None
    image: str | None = field(default=None, repr=False)
    """The address of the logo, which holds it."""
    created_at: float
    modified_at: float

    def describe(self, pool_id: str, client_id: str) -> dict[str, Any]:
        """Return UICustomizationType."""
        shown = {"CSS": self.css, "ImageUrl": self.image}
        return {
            "UserPoolId": pool_id,
            "ClientId": client_id,
            **{name: value for name, value in shown.items() if value is not None},
            "CSSVersion": str(int(self.modified_at)),
            "LastModifiedDate": self.modified_at,
            "CreationDate": self.created_at,
        }


@dataclass(kw_only=True)
class Terms(Record):
    """The links of one kind of terms, of one app client."""

    id: str
    client_id: str
    name: str
    """`terms-of-use` or `privacy-policy`."""
    source: str
    enforcement: str
    links: Mapping[str, str]
    """By language."""
    created_at: float
    modified_at: float

    def summary(self) -> dict[str, Any]:
        """Return TermsDescriptionType."""
        return {
            "TermsId": self.id,
            "TermsName": self.name,
            "Enforcement": self.enforcement,
            "CreationDate": self.created_at,
            "LastModifiedDate": self.modified_at,
        }

    def describe(self, pool_id: str) -> dict[str, Any]:
        """Return TermsType."""
        return {
            **self.summary(),
            "UserPoolId": pool_id,
            "ClientId": self.client_id,
            "TermsSource": self.source,
            "Links": dict(self.links),
        }
