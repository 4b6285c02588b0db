"""What CreateIdentityProvider and UpdateIdentityProvider refuse, and what the service adds to the details.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
"""

from collections.abc import Iterable, Mapping
from typing import Final

from fastapi_cognito_auth.local.directory import Directory
from fastapi_cognito_auth.local.errors import invalid_parameter
from fastapi_cognito_auth.local.identities import SOCIAL

MOST_PROVIDERS: Final = 300
"""Identity providers of a pool."""

_OF_SOCIAL: Final = (
    ("client_id", "client_secret", "authorize_scopes"),
    "clientId, clientSecret and authorizeScopes are all required idp details.",
)
_REQUIRED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "Google": _OF_SOCIAL,
    "Facebook": _OF_SOCIAL,
    "LoginWithAmazon": _OF_SOCIAL,
    "SignInWithApple": (
        ("client_id", "private_key", "team_id", "key_id"),
        "clientId, privateKey, teamId, and keyId are all required idp details.",
    ),
    "OIDC": (
        ("client_id", "authorize_scopes", "oidc_issuer", "attributes_request_method"),
        "clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details.",
    ),
}
_METADATA: Final = ("MetadataURL", "MetadataFile")
_OWN_URLS: Final = ("oidc_issuer", "authorize_url", "token_url", "attributes_url", "jwks_uri")
_ADDED: Final[Mapping[str, Mapping[str, str]]] = {
    "OIDC": {"attributes_url_add_attributes": "false"},
    "Google": {
        "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
        "attributes_url_add_attributes": "true",
        "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "oidc_issuer": "https://accounts.google.com",
        "token_request_method": "POST",
        "token_url": "https://www.googleapis.com/oauth2/v4/token",
    },
    "LoginWithAmazon": {
        "attributes_url": "https://api.amazon.com/user/profile",
        "attributes_url_add_attributes": "false",
        "authorize_url": "https://www.amazon.com/ap/oa",
        "token_request_method": "POST",
        "token_url": "https://api.amazon.com/auth/o2/token",
    },
    "SignInWithApple": {
        "attributes_url_add_attributes": "false",
        "authorize_url": "https://appleid.apple.com/auth/authorize",
        "oidc_issuer": "https://appleid.apple.com",
        "token_request_method": "POST",
        "token_url": "https://appleid.apple.com/auth/token",
    },
}

Details = Mapping[str, str]


def check_name(name: str, kind: str) -> None:
    """Refuse a name that is not the provider's own: social providers are known by their type.

    Raises:
        ServiceError: it is not.
    """
    if (kind in SOCIAL or name in SOCIAL) and name != kind:
        msg = f"Provider {name} cannot be of type {kind}."
        raise invalid_parameter(msg)


def check_details(kind: str, details: Details) -> None:
    """Refuse ProviderDetails that lack what the type needs.

    Raises:
        ServiceError: they do.
    """
    if kind == "SAML":
        given = sum(bool(details.get(name)) for name in _METADATA)
        if given != 1:
            what = "Only one" if given else "At least one"
            msg = f"{what} of the MetadataURL or MetadataFile should be provided."
            raise invalid_parameter(msg)
        return
    names, refusal = _REQUIRED[kind]
    if not all(details.get(name) for name in names):
        raise invalid_parameter(refusal)
    if kind == "OIDC":
        _check_own_provider(details)


def _check_own_provider(details: Details) -> None:
    if any(not details[name].startswith("https://") for name in _OWN_URLS if name in details):
        raise invalid_parameter("OIDC endpoint must start with https://")
    if details["attributes_request_method"] not in {"GET", "POST"}:
        raise invalid_parameter("attributes_request_method: Member must satisfy enum value set: [POST, GET]")


def with_added(kind: str, details: Details) -> dict[str, str]:
    """Return ProviderDetails with what the service knows itself."""
    return {**_ADDED.get(kind, {}), **details}


def check_mapping(directory: Directory, mapping: Mapping[str, str]) -> None:
    """Refuse an AttributeMapping to what the pool's users cannot have.

    Raises:
        ServiceError: a target is not in the schema.
    """
    if unknown := [name for name in mapping if name != "username" and name not in directory.pool.schema]:
        msg = f"AttributeMapping contains invalid mapping: [{', '.join(unknown)}]"
        raise invalid_parameter(msg)


def check_identifiers(directory: Directory, name: str, identifiers: Iterable[str]) -> None:
    """Refuse IdpIdentifiers that lead to another provider.

    Args:
        directory: of the pool.
        name: of the provider that is to have them.
        identifiers: all that it is to have.

    Raises:
        ServiceError: one does.
    """
    for identifier in identifiers:
        if directory.provider_of(identifier) not in {None, name}:
            msg = f"The identifier {identifier} is already in use by another identity provider."
            raise invalid_parameter(msg)
