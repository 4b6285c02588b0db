"""One record in the log for each request that is refused: what was found, and what was wanted.

The token is never in it, nor a query, a header or a body. What a client chose, such as `iss` and the
path, is cut and escaped, so that it can neither fill a log nor forge a line of it.
"""

import logging
from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import (
    CrossSiteRequestError,
    InvalidTokenError,
    KeysUnavailableError,
    LoginAttemptError,
    NotAuthenticatedError,
    PermissionDeniedError,
    RevocationUnavailableError,
    StepUpRequiredError,
)

logger = logging.getLogger("fastapi_cognito_auth.refusals")

_REFUSALS: Final = (
    NotAuthenticatedError,
    InvalidTokenError,
    PermissionDeniedError,
    StepUpRequiredError,
    CrossSiteRequestError,
    KeysUnavailableError,
    RevocationUnavailableError,
    LoginAttemptError,
)
_IN_GENERAL: Final = "refused %(method)s %(path)s: %(code)s: %(message)s"
_BY_CLAIM: Final = f"{_IN_GENERAL} (%(claim)s: found %(found)s, wanted %(wanted)s)"
_LOGGED: Final = "fastapi_cognito_auth.logged_refusal"
_LONGEST: Final = 256  # characters of one value
_MOST: Final = 20  # names of a list
_MOST_LOOKED_AT: Final = 200  # of those that are put in order
_LONGEST_LIST: Final = 4096  # characters


def log_refusal(connection: HTTPConnection, error: Exception) -> None:
    """Log that a request is refused, once however often it is told.

    The level is INFO: what is wrong is the client's, and what is ours has been logged where it
    failed. The record has `code`, `status`, `method`, `path`, `claim`, `found` and `wanted`.

    Args:
        connection: the request or the handshake.
        error: why it is refused. Errors of the user pool are logged where it is called.
    """
    if not isinstance(error, _REFUSALS) or not logger.isEnabledFor(logging.INFO):
        return
    scope = connection.scope
    if scope.get(_LOGGED) is error:
        return
    scope[_LOGGED] = error
    about = {
        "code": error.code,
        "status": error.status_code,
        "method": _written(scope.get("method", "WEBSOCKET")),
        "path": _written(scope["path"]),
        "claim": error.claim,
        "found": _written(error.found),
        "wanted": _written(error.wanted),
    }
    logger.info(
        _IN_GENERAL if error.claim is None else _BY_CLAIM,
        {**about, "message": _written(error.message)},
        extra=about,
    )


def _written(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        return cut if cut.isprintable() else cut.encode("unicode_escape").decode()
    if isinstance(value, int | float):
        return str(value)[:_LONGEST]
    if isinstance(value, frozenset | set | tuple | list):
        return _listed(value)
    return type(value).__name__


def _listed(values: Iterable[Any]) -> str:
    all_of_them = list(values)
    names = sorted(_written(value) for value in all_of_them[:_MOST_LOOKED_AT])
    shown = ", ".join(names[:_MOST]) or "none"
    # Escaped, a hostile name may be ten times as long as it was sent.
    shown = shown if len(shown) <= _LONGEST_LIST else f"{shown[:_LONGEST_LIST]}…"
    return shown if len(all_of_them) <= _MOST else f"{shown} and {len(all_of_them) - _MOST} more"
