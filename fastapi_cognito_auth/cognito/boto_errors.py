"""What boto3 raises, as errors of ours; what is logged of it, and what may be tried again."""

import logging
import os
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi_cognito_auth.cognito.limits import broken_limits
from fastapi_cognito_auth.cognito.names import names_at_fault
from fastapi_cognito_auth.cognito.remedies import NO_COGNITO, NO_POOL_OR_CLIENT, remedy_of
from fastapi_cognito_auth.exceptions import (
    AwsConfigurationError,
    DevicesNotTrackedError,
    InternalErrorError,
    InternalServerError,
    InvalidParameterError,
    InvalidUserPoolConfigurationError,
    ResourceNotFoundError,
    TooManyRequestsError,
    UnknownOperationError,
    UserPoolError,
    UserPoolUnavailableError,
)
from fastapi_cognito_auth.runtime.outgoing import CA_VARIABLES, socks_proxy

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_WORTH_ANOTHER_TRY: Final = (TooManyRequestsError, InternalErrorError, InternalServerError)
_NOT_REPEATED: Final = frozenset(
    {
        "AddUserPoolClientSecret",
        "CreateCIMDPolicy",
        "CreateUserImportJob",
        "CreateUserPool",
        "CreateUserPoolClient",
        "DeleteUser",
        "GetTokensFromRefreshToken",
        "GlobalSignOut",
        "InitiatePointInTimeRecovery",
        "StartUserImportJob",
        "StopUserImportJob",
    }
)
"""After a fault these may have taken effect. With rotation a second call would end the session, and the
token of one who has signed out or is deleted is refused: as if nothing had been done. What has an id of
Cognito's making would be there twice, and a job that has begun, or ended, is refused."""


_UNFIT_FOR_A_NAME: Final = re.compile(r"[^\w.:#-]", re.ASCII)
_LONGEST_NAME: Final = 128  # characters of an error's name that are logged

_ONLY_THE_POOL: Final = frozenset(
    {
        "AssociateSoftwareToken",
        "ChangePassword",
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "DeleteUser",
        "DeleteUserAttributes",
        "ForgotPassword",
        "GetTokensFromRefreshToken",
        "GetUser",
        "GetUserAttributeVerificationCode",
        "GetUserAuthFactors",
        "GlobalSignOut",
        "ListUserSessions",
        "ListWebAuthnCredentials",
        "ResendConfirmationCode",
        "RevokeToken",
        "SetUserMFAPreference",
        "SetUserSettings",
        "SignUp",
        "UpdateUserAttributes",
        "VerifySoftwareToken",
        "VerifyUserAttribute",
    }
)
"""Operations that name no resource beside the pool and the app client."""

_OF_THE_SET_UP: Final = frozenset(
    {FileNotFoundError, IsADirectoryError, PermissionError, UnicodeEncodeError, ValueError}
)


def worth_another_try(operation: str, error: UserPoolError) -> bool:
    """Tell whether a call that failed may be made again."""
    if operation in _NOT_REPEATED:
        return isinstance(error, TooManyRequestsError)
    return isinstance(error, _WORTH_ANOTHER_TRY)


def translate(operation: str, exc: Exception, shape: Any, params: Mapping[str, Any]) -> UserPoolError | None:
    """Return our error for one of boto3 about a call, or `None` if it is about something else.

    Its cause is the original, unless that may hold a secret.
    """
    from botocore.exceptions import (  # noqa: PLC0415
        ClientError,
        ConnectionError,  # noqa: A004 - botocore's name
        HTTPClientError,
        IncompleteReadError,
        ParamValidationError,
    )
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    ours: UserPoolError
    # It overflows at moments that are none in UTC.
    if isinstance(exc, (ParamValidationError, OverflowError)):
        # Its own words quote values.
        ours = InvalidParameterError(broken_limits(shape, params))
        ours.__cause__ = names_at_fault(operation, shape, params)
        return ours
    if isinstance(exc, ClientError):
        if exc.operation_name != operation:
            return None  # of the service that was asked for credentials
        ours = _of_the_service(operation, exc)
    elif isinstance(exc, (ConnectionError, HTTPClientError, IncompleteReadError, ResponseParserError)):
        if _is_of_the_set_up(exc):
            return None
        logger.warning("%s failed: %s", operation, _reason(exc), extra={"operation": operation})
        unavailable = UserPoolUnavailableError()
        # Where there was no connection, nothing was sent.
        unavailable.may_have_happened = not isinstance(exc, ConnectionError)
        ours = unavailable
    else:
        return None
    ours.__cause__ = exc
    return ours


def unreached(error: Exception) -> str | None:
    """Return why no user pool answered, for whoever runs the app; `None` where one did.

    Args:
        error: of a call.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    cause = error.__cause__
    if not isinstance(error, UserPoolUnavailableError) or not isinstance(cause, Exception):
        return None
    if isinstance(cause, ClientError):
        return f"{NO_COGNITO} ({cause.response['ResponseMetadata']['HTTPStatusCode']})"
    return f"the user pool cannot be reached: {_reason(cause)}"


def _reason(exc: Exception) -> str:
    from botocore.exceptions import (  # noqa: PLC0415
        ConnectTimeoutError,
        EndpointConnectionError,
        ProxyConnectionError,
        SSLError,
    )
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    name = type(exc).__name__
    if isinstance(exc, (EndpointConnectionError, ConnectTimeoutError)):
        # Without the rest: a variable may have put a password into it.
        address = urlsplit(str(exc.kwargs.get("endpoint_url")))
        return f"{name}: {address.hostname}:{address.port or address.scheme}"
    if isinstance(exc, ResponseParserError):
        # Without its own words, which quote the answer.
        return f"{name}: {NO_COGNITO}, or the answer was cut short"
    if isinstance(exc, SSLError):
        return f"{name}: {exc}"
    variable = socks_proxy() if isinstance(exc, ProxyConnectionError) else None
    return f"{name}: {variable} names a SOCKS proxy, which boto3 cannot use" if variable else name


def _is_of_the_set_up(exc: Exception) -> bool:
    """Tell whether a request failed over certificates that cannot be read, or a header that is none."""
    reason = getattr(exc, "kwargs", {}).get("error")
    inner = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    return any(type(each) in _OF_THE_SET_UP for each in (reason, inner))


def misconfigured(exc: Exception) -> AwsConfigurationError:
    """Return the error for what boto3 trips over before it asks Cognito, and log what it was."""
    from botocore import exceptions as botos  # noqa: PLC0415

    fit_for_a_log = (
        botos.ConfigNotFound,
        botos.ConfigParseError,
        botos.NoCredentialsError,
        botos.NoRegionError,
        botos.PartialCredentialsError,
        botos.ProfileNotFound,
        botos.UnauthorizedSSOTokenError,
    )
    error = AwsConfigurationError()
    why = type(exc).__name__
    if isinstance(exc, fit_for_a_log):
        why = f"{why}: {exc}"
        error.__cause__ = exc
    elif isinstance(exc, OSError):
        why = f"{why}: {exc.filename}"
    elif isinstance(exc, botos.CredentialRetrievalError):
        # Of the rest nobody knows what a program has written there.
        why = f"{why}: {exc.kwargs.get('provider')}"
    elif isinstance(exc, ValueError) and (wrong := _variables_without_a_scheme()):
        why = f"{', '.join(wrong)} must begin with http:// or https://"
    read = (name for name in os.environ if name.startswith("AWS_") or name in CA_VARIABLES)
    given = ", ".join(sorted(read)) or "none"
    logger.error("the app's AWS settings are wrong: %s; variables that are set: %s", why, given)
    return error


def _variables_without_a_scheme() -> list[str]:
    """Return which variables that hold an endpoint's address hold none; the addresses may hold a password."""
    named = (name for name in os.environ if name.startswith("AWS_ENDPOINT_URL"))
    return sorted(name for name in named if not os.environ[name].startswith(("http://", "https://")))


def _of_the_service(operation: str, exc: Any) -> UserPoolError:
    error = exc.response.get("Error", {})
    status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    ours = UserPoolError.from_cognito(
        str(error.get("Code", "")), str(error.get("Message", "")), status=status
    )
    if isinstance(ours, InvalidUserPoolConfigurationError) and "Device" in operation:
        # In words of our own: the service's may speak of roles, and users read them.
        ours = DevicesNotTrackedError()
    if isinstance(ours, ResourceNotFoundError) and operation in _ONLY_THE_POOL:
        logger.error("%s failed: %s", operation, NO_POOL_OR_CLIENT)
        return InvalidUserPoolConfigurationError()
    # The status stands for the name of an error where there is none.
    nameless = isinstance(ours, UserPoolUnavailableError) and str(error.get("Code", "")).isdecimal()
    remedy = NO_COGNITO if nameless else remedy_of(str(error.get("Message", "")))
    log = logger.warning if ours.status_code >= 500 or remedy is not None else logger.info
    # Another server than AWS may call its error anything, line ends included.
    name = _UNFIT_FOR_A_NAME.sub("?", str(error.get("Code"))[:_LONGEST_NAME])
    why = "" if remedy is None else f": {remedy}"
    log("%s failed: %s%s", operation, name, why, extra={"operation": operation})
    if status >= 500 and not isinstance(ours, (*_WORTH_ANOTHER_TRY, UnknownOperationError)):
        return InternalServerError()
    return ours


def refused_without_a_name(error: UserPoolError) -> bool:
    """Tell whether a refusal names no error of the API, as that of a server without the operation may."""
    response = getattr(error.__cause__, "response", None) or {}
    return response.get("Error", {}).get("Code") in {"404", "500", "501"}
