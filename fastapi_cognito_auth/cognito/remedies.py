"""Which setting may be wrong where the pool refuses the app client: what the log says beside the refusal."""

from typing import Final

NO_POOL_OR_CLIENT: Final = (
    "the user pool or the app client does not exist: look at COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID"
)

NO_COGNITO: Final = "what answers is no Cognito, but another server or a proxy: look at COGNITO_ENDPOINT_URL"

_BY_WORDS: Final = {
    "is configured with secret but SECRET_HASH was not received": (
        "the app client has a secret, and COGNITO_CLIENT_SECRET is missing"
    ),
    "Unable to verify secret hash for client": (
        "COGNITO_CLIENT_SECRET is not the secret of the app client COGNITO_CLIENT_ID"
    ),
    "is not configured for secret but secret hash was received": (
        "the app client has no secret: leave COGNITO_CLIENT_SECRET out"
    ),
}
"""Cognito has no names of their own for these."""

_OF_THE_DOMAIN: Final = {
    "invalid_scope": "COGNITO_LOGIN_SCOPES asks for a scope that the app client does not have",
    "unauthorized_client": "the app client COGNITO_CLIENT_ID lacks the authorization code grant",
}


def remedy_of(message: str) -> str | None:
    """Return what may be wrong with the settings, by the words of a refusal of the API."""
    return next((remedy for words, remedy in _BY_WORDS.items() if words in message), None)


def remedy_at_callback(error: str, description: str | None) -> str | None:
    """Return what may be wrong with the settings, by what the domain says at the callback.

    A scope that is not allowed is `invalid_scope`, or `invalid_request` with that as its description.
    """
    return _OF_THE_DOMAIN.get(error) or _OF_THE_DOMAIN.get(description or "")
