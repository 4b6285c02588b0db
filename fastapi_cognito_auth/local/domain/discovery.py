"""The discovery document with the endpoints of the domain (OpenID Connect Discovery, section 3)."""

from typing import Any

from fastapi_cognito_auth.local.oauth_settings import OIDC_SCOPES
from fastapi_cognito_auth.routers.well_known import discovery_document


def document(issuer: str, key_set_uri: str, domain: str) -> dict[str, Any]:
    """Return it.

    Args:
        issuer: the `iss` of the tokens.
        key_set_uri: where the keys are.
        domain: where the endpoints are, without a slash at its end.
    """
    return discovery_document(issuer, key_set_uri) | {
        "authorization_endpoint": f"{domain}/oauth2/authorize",
        "token_endpoint": f"{domain}/oauth2/token",
        "userinfo_endpoint": f"{domain}/oauth2/userInfo",
        "revocation_endpoint": f"{domain}/oauth2/revoke",
        "end_session_endpoint": f"{domain}/logout",
        "scopes_supported": list(OIDC_SCOPES),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
