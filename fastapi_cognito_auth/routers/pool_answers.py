"""Answers of the pool's configuration as JSON, with no secret but the ones that were just made."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_SHOWS_ITS_SECRET: Final = frozenset({"CreateUserPoolClient", "AddUserPoolClientSecret"})
"""Operations that make a secret. It is shown once, in their answers."""

_SECRETS: Final = frozenset({"client_secret", "client_secret_value"})

_DETAILS: Final = "provider_details"
_PUBLIC_DETAILS: Final = frozenset(
    {
        "ActiveEncryptionCertificate",
        "EncryptedResponses",
        "IDPInit",
        "IDPSignout",
        "MetadataFile",
        "MetadataURL",
        "RequestSigningAlgorithm",
        "SLORedirectBindingURI",
        "SSORedirectBindingURI",
        "api_version",
        "attributes_request_method",
        "attributes_url",
        "attributes_url_add_attributes",
        "authorize_scopes",
        "authorize_url",
        "client_id",
        "jwks_uri",
        "key_id",
        "oidc_issuer",
        "team_id",
        "token_request_method",
        "token_url",
    }
)
"""Details of identity providers that are no secrets. The API does not say which are; the rest is hidden."""

_DATA: Final = frozenset({"attribute_mapping", "settings", "tags", "user_pool_tags"})
"""Members whose keys are somebody's own."""


def as_json(operation: str, answer: Any) -> Any:
    """Return an answer for a client.

    Args:
        operation: its name in the API.
        answer: in snake case.
    """
    return _shown(answer, secrets=operation in _SHOWS_ITS_SECRET)


def _shown(value: Any, *, secrets: bool, data: bool = False) -> Any:
    match value:
        case Mapping():
            hidden = frozenset() if secrets or data else _SECRETS
            return {
                name: _public(item)
                if name == _DETAILS and not data
                else _shown(item, secrets=secrets, data=data or name in _DATA)
                for name, item in value.items()
                if name not in hidden
            }
        case list():
            return [_shown(item, secrets=secrets, data=data) for item in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return value


def _public(details: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in details.items() if name in _PUBLIC_DETAILS}
