"""The whole of an Amazon Cognito user pool behind a FastAPI app."""

from fastapi_cognito_auth.auth import CognitoAuth
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ConfigurationError,
    InvalidSessionError,
    InvalidTokenError,
    KeysUnavailableError,
    NotAuthenticatedError,
    PermissionDeniedError,
    UserPoolError,
)
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.settings.trusted_pool import TrustedPool
from fastapi_cognito_auth.user import IdUser, Machine, User

__all__ = [
    "CognitoAuth",
    "CognitoAuthError",
    "CognitoSettings",
    "ConfigurationError",
    "IdUser",
    "InvalidSessionError",
    "InvalidTokenError",
    "KeysUnavailableError",
    "Machine",
    "NotAuthenticatedError",
    "PermissionDeniedError",
    "TrustedPool",
    "User",
    "UserPoolError",
]
