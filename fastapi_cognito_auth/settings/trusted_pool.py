"""Another user pool whose tokens are accepted."""

from typing import Annotated, ClassVar, Unpack

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from fastapi_cognito_auth.settings.issuers import issuer_hosts, issuers_of, region_of
from fastapi_cognito_auth.settings.keywords import TrustedPoolKeywords
from fastapi_cognito_auth.settings.values import ClientId, UserPoolId, as_text, has_no_password


class TrustedPool(BaseModel):
    """Another user pool whose tokens are accepted, beside the app's own.

    Its users have no account here: `auth.account_router` serves the app's own pool alone.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    def __init__(self, **settings: Unpack[TrustedPoolKeywords]) -> None:
        super().__init__(**settings)

    user_pool_id: UserPoolId
    client_ids: frozenset[ClientId] = Field(min_length=1)
    """The pool's app clients whose tokens are accepted."""

    group_prefix: str | None = Field(default=None, max_length=128)
    """Put before the names of the pool's groups, so that its `admins` are not the app's own. By
    default the pool's id and a slash; an empty one makes no difference between the pools."""

    scopes: frozenset[str] = frozenset()
    """The scopes that count in the pool's tokens. Whoever administers a pool can define any, those
    of this API too, so the others are left out."""

    jwks_uri: str | None = Field(default=None, pattern=r"^https?://")
    """The address of the key set; by default the pool's own."""

    key_set: str | None = None
    """The key set itself, as JSON, where its address cannot be reached."""

    key_set_file: Annotated[str | None, BeforeValidator(as_text)] = None
    """The path of a file that holds the key set."""

    issuer: frozenset[str] = frozenset()
    """The accepted values of `iss`; by default the pool's original and updated forms."""

    dns_suffix: str | None = Field(default=None, pattern=r"^[a-z0-9.-]+$")
    """The end of AWS's host names; by default the one of the Region's partition."""

    _no_password = field_validator("jwks_uri")(has_no_password)

    @field_validator("key_set", "key_set_file")
    @classmethod
    def _one_source(cls, source: str | None, info: ValidationInfo) -> str | None:
        others = [info.data.get(name) for name in ("jwks_uri", "key_set")]
        if source is not None and any(other is not None for other in others):
            raise ValueError("only one of jwks_uri, key_set and key_set_file may be given")
        return source

    @property
    def issuers(self) -> frozenset[str]:
        """The accepted issuers."""
        return self.issuer or issuers_of(self.user_pool_id, self.dns_suffix)

    @property
    def key_set_uri(self) -> str:
        """Where the key set is."""
        hosts = issuer_hosts(region_of(self.user_pool_id), self.dns_suffix)
        return self.jwks_uri or f"https://{hosts[0]}/{self.user_pool_id}/.well-known/jwks.json"

    @property
    def prefix(self) -> str:
        """What stands before the names of the groups."""
        return f"{self.user_pool_id}/" if self.group_prefix is None else self.group_prefix
