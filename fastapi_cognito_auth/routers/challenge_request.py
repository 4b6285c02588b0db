"""What an answer to a challenge looks like, and all that may be wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.openapi.models import Example

from fastapi_cognito_auth.exceptions import (
    AliasExistsError,
    CodeMismatchError,
    ExpiredCodeError,
    InvalidParameterError,
    InvalidPasswordError,
    InvalidSessionError,
    MFAMethodNotFoundError,
    NotAuthorizedError,
    PasswordHistoryPolicyViolationError,
    PasswordResetRequiredError,
    SoftwareTokenMFANotFoundError,
    TooManyRequestsError,
    UserLambdaValidationError,
    UserPoolUnavailableError,
)

_CODE: Final = {"session": "the session of the challenge", "code": "123456"}
_PASSWORD: Final = {"session": "the session of the challenge", "password": "Correct-horse-1!"}
_ANSWERS: Final[Sequence[tuple[str, Mapping[str, Any]]]] = (
    ("SOFTWARE_TOKEN_MFA", _CODE),
    ("SMS_MFA", _CODE),
    ("EMAIL_OTP", _CODE),
    ("SMS_OTP", _CODE),
    ("NEW_PASSWORD_REQUIRED", {"session": _CODE["session"], "new_password": "Battery-staple-2?"}),
    ("MFA_SETUP", {**_CODE, "device_name": "My telephone"}),
    ("SELECT_MFA_TYPE", {"session": _CODE["session"], "answer": "SOFTWARE_TOKEN_MFA"}),
    ("SELECT_CHALLENGE", {"session": _CODE["session"], "answer": "EMAIL_OTP"}),
    ("PASSWORD", _PASSWORD),
    ("PASSWORD_SRP", _PASSWORD),
    (
        "WEB_AUTHN",
        {
            "session": _CODE["session"],
            "credential": {
                "id": "Y3JlZGVudGlhbA",
                "rawId": "Y3JlZGVudGlhbA",
                "type": "public-key",
                "response": {
                    "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
                    "authenticatorData": "SZYN5YgOjGh0NBcP",
                    "signature": "MEUCIQDx",
                },
            },
        },
    ),
    ("CUSTOM_CHALLENGE", {"session": _CODE["session"], "answer": "what the trigger asks for"}),
)
ANSWER_EXAMPLES: Final[dict[str, Example]] = {
    name: {"value": {"challenge": name, **answer}} for name, answer in _ANSWERS
}


CHALLENGE_ERRORS: Final = (
    InvalidSessionError,
    NotAuthorizedError,
    CodeMismatchError,
    ExpiredCodeError,
    InvalidPasswordError,
    PasswordHistoryPolicyViolationError,
    InvalidParameterError,
    MFAMethodNotFoundError,
    SoftwareTokenMFANotFoundError,
    AliasExistsError,
    PasswordResetRequiredError,
    UserLambdaValidationError,
    TooManyRequestsError,
    UserPoolUnavailableError,
)
