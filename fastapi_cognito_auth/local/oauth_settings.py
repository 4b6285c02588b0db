"""What an app client may do at the pool's domain, in the words of CreateUserPoolClient."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

USER_ADMIN: Final = "aws.cognito.signin.user.admin"
"""The scope of a user's own operations; whoever signs in by the API has it alone."""
OIDC_SCOPES: Final = ("openid", "email", "phone", "profile")
DIRECTORY: Final = "COGNITO"
"""The name of the pool itself among the identity providers."""


@dataclass(frozen=True, kw_only=True)
class OAuthSettings:
    """The OAuth members of one app client."""

    flows: frozenset[str] = frozenset()
    """Of `code`, `implicit` and `client_credentials`; none unless the client is switched on for OAuth."""
    scopes: tuple[str, ...] = ()
    callback_urls: tuple[str, ...] = ()
    logout_urls: tuple[str, ...] = ()
    default_redirect_uri: str | None = None
    providers: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read what CreateUserPoolClient was given."""
        on = config.get("AllowedOAuthFlowsUserPoolClient") is True
        return cls(
            flows=frozenset(config.get("AllowedOAuthFlows") or ()) if on else frozenset(),
            scopes=tuple(config.get("AllowedOAuthScopes") or ()),
            callback_urls=tuple(config.get("CallbackURLs") or ()),
            logout_urls=tuple(config.get("LogoutURLs") or ()),
            default_redirect_uri=config.get("DefaultRedirectURI"),
            providers=tuple(config.get("SupportedIdentityProviders") or ()),
        )

    @property
    def custom_scopes(self) -> tuple[str, ...]:
        """The scopes of resource servers."""
        return tuple(scope for scope in self.scopes if scope not in OIDC_SCOPES and scope != USER_ADMIN)
