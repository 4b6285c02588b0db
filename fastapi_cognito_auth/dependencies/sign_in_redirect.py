"""Browsers that are refused for want of a sign-in are sent there, and programs get their 401.

An exception handler, and no dependency: a dependency cannot answer, only raise, and would have to be
repeated beside each guard. One handler covers whatever refuses, wherever in the app.
"""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi.exception_handlers import http_exception_handler
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fastapi_cognito_auth.dependencies.own_paths import OF_A_PATH, own_path
from fastapi_cognito_auth.dependencies.page_requests import is_page_request
from fastapi_cognito_auth.exceptions import (
    CognitoAuthError,
    ConfigurationError,
    StepUpRequiredError,
    TokenTooLargeError,
)

_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

Otherwise = Callable[[Request, Any], Response | Awaitable[Response]]
"""An exception handler, as FastAPI takes them."""


class SignInRedirect:
    """Sends a browser to sign in whose request for a page was refused with 401.

    Args:
        sign_in: the path of the page where one signs in, below the app's root path; it may have a query.
        otherwise: answers everybody else; as FastAPI does unless given.

    Raises:
        ConfigurationError: that is no path of this app.
    """

    def __init__(self, sign_in: str, otherwise: Otherwise | None = None) -> None:
        if not own_path(sign_in, ""):
            raise ConfigurationError(
                'sign_in_redirect takes the path of a page of this app: sign_in_redirect("/login")'
            )
        self._sign_in = sign_in
        self._path = sign_in.partition("?")[0].removesuffix("/")
        self._otherwise = otherwise or http_exception_handler

    async def __call__(self, request: Request, error: Any) -> Response:
        """Answer an error, as an exception handler."""
        if _sign_in_helps(error) and is_page_request(request):
            root = _root(request.scope)
            # That the page where one signs in asks who is signed in must not go round in circles.
            if _below(root, request.scope["path"]).removesuffix("/") != root + self._path:
                return RedirectResponse(self._address(request.scope, error), 303, _HEADERS)
        answer = self._otherwise(request, error)
        return await answer if isawaitable(answer) else answer

    def _address(self, scope: Mapping[str, Any], error: Exception) -> str:
        # Without the host, about which a request may lie.
        asked = {"next": own_path(_address_of(scope), "")}
        if isinstance(error, StepUpRequiredError):
            asked["max_age"] = "" if error.max_age is None else str(error.max_age)
            asked["acr_values"] = " ".join(error.acr_values)
        query = urlencode({name: value for name, value in asked.items() if value})
        joint = "&" if "?" in self._sign_in else "?"
        return f"{_root(scope)}{self._sign_in}{joint if query else ''}{query}"


def _sign_in_helps(error: Exception) -> bool:
    """Tell whether it is a 401 of ours; signing in again brings no smaller token."""
    return (
        isinstance(error, CognitoAuthError)
        and error.status_code == 401
        and not isinstance(error, TokenTooLargeError)
    )


def _address_of(scope: Mapping[str, Any]) -> str:
    """Return the path and the query of a request as its browser wrote them."""
    raw: bytes | None = scope.get("raw_path")
    path = quote(scope["path"]) if raw is None else _quoted(raw.partition(b"?")[0])
    query = _quoted(scope["query_string"])
    return _below(_root(scope), path) + (f"?{query}" if query else "")


def _quoted(written: bytes) -> str:
    """Escape what browsers leave as it is, such as braces, and no address needs as it is."""
    return quote(written, safe=f"%{OF_A_PATH}")


def _root(scope: Mapping[str, Any]) -> str:
    """Return where the app is to browsers; of an app that is mounted in another, where that one is."""
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return root.removesuffix("/")


def _below(root: str, path: str) -> str:
    """Return a path with the root before it, which servers put there themselves, or do not."""
    return path if path == root or path.startswith(f"{root}/") else root + path
