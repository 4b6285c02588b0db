"""The service's own errors, and one constructor for each that recurs."""

from typing import Final

from fastapi_cognito_auth.formats.aws_json import ServiceError

__all__ = [
    "WRONG_CREDENTIALS",
    "ServiceError",
    "code_mismatch",
    "expired_code",
    "invalid_parameter",
    "invalid_session",
    "limit_exceeded",
    "missing_parameter",
    "not_authorized",
    "not_found",
    "user_not_found",
]

WRONG_CREDENTIALS: Final = "Incorrect username or password."


def not_authorized(message: str = WRONG_CREDENTIALS) -> ServiceError:
    """Refuse the caller."""
    return ServiceError("NotAuthorizedException", message)


def invalid_parameter(message: str) -> ServiceError:
    """Refuse the request's content."""
    return ServiceError("InvalidParameterException", message)


def missing_parameter(name: str) -> ServiceError:
    """Refuse a map of parameters that lacks one."""
    return invalid_parameter(f"Missing required parameter {name}")


def invalid_session(detail: str = "") -> ServiceError:
    """Refuse a challenge session; `detail` is the part after the comma."""
    return not_authorized(
        f"Invalid session for the user, {detail}." if detail else "Invalid session for the user."
    )


def not_found(message: str) -> ServiceError:
    """Say that a pool, client or other resource is not there."""
    return ServiceError("ResourceNotFoundException", message)


def user_not_found(message: str = "User does not exist.") -> ServiceError:
    """Say that a user is not there."""
    return ServiceError("UserNotFoundException", message)


def code_mismatch(message: str = "Invalid verification code provided, please try again.") -> ServiceError:
    """Refuse a wrong code."""
    return ServiceError("CodeMismatchException", message)


def expired_code(message: str = "Invalid code provided, please request a code again.") -> ServiceError:
    """Refuse a code that is used, replaced, too old or was never sent."""
    return ServiceError("ExpiredCodeException", message)


def limit_exceeded() -> ServiceError:
    """Refuse what was tried too often within the hour."""
    return ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
