"""What every endpoint of administration may answer."""

from typing import Final

from fastapi_cognito_auth.exceptions import (
    AccessDeniedError,
    AwsConfigurationError,
    CrossSiteRequestError,
    InvalidClientError,
    InvalidIssuerError,
    InvalidParameterError,
    InvalidSignatureError,
    InvalidTokenError,
    InvalidTokenUseError,
    KeysUnavailableError,
    NotAuthenticatedError,
    PermissionDeniedError,
    RevocationUnavailableError,
    StepUpRequiredError,
    TokenExpiredError,
    TokenRevokedError,
    TooManyRequestsError,
    UnsupportedUserStateError,
    UserNotFoundError,
    UserPoolUnavailableError,
)

READS: Final = (
    NotAuthenticatedError,
    InvalidTokenError,
    TokenExpiredError,
    InvalidSignatureError,
    InvalidIssuerError,
    InvalidClientError,
    InvalidTokenUseError,
    TokenRevokedError,
    PermissionDeniedError,
    CrossSiteRequestError,
    InvalidParameterError,
    TooManyRequestsError,
    KeysUnavailableError,
    RevocationUnavailableError,
    UserPoolUnavailableError,
    AccessDeniedError,
    AwsConfigurationError,
)
"""Of what tells, and changes nothing."""

CHANGES: Final = (*READS, StepUpRequiredError)
"""Of what changes something."""

CHANGES_OF_USERS: Final = (*CHANGES, UserNotFoundError, UnsupportedUserStateError)
"""Of what changes a user."""
