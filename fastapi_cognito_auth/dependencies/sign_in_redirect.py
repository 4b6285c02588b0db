"""Browsers that are refused for want of a sign-in are sent there, and programs get their 401.

An exception handler, and no dependency: a dependency cannot answer, only raise, and would have to be
repeated beside each guard. One handler covers whatever refuses, wherever in the app.
"""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any, Final
from urllib.parse import urlencode

from fastapi.exception_handlers import http_exception_handler
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fastapi_cognito_auth.dependencies import people
from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.dependencies.own_paths import below, own_path, path_to_come_back_to, root_of
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
        arrivals: browsers that have just come back from there.

    Raises:
        ConfigurationError: that is no path of this app.
    """

    def __init__(
        self, sign_in: str, otherwise: Otherwise | None = None, *, arrivals: Arrivals | None = None
    ) -> None:
        if not own_path(sign_in, ""):
            raise ConfigurationError(
                'sign_in_redirect takes the path of a page of this app: sign_in_redirect("/login")'
            )
        self._sign_in = sign_in
        self.path: str = sign_in.partition("?")[0].removesuffix("/")
        """Of the page where one signs in, below the app's root path."""

        self._own = otherwise is not None
        self._otherwise = otherwise or http_exception_handler
        self._arrivals = arrivals

    async def __call__(self, request: Request, error: Any) -> Response:
        """Answer an error, as an exception handler."""
        if _sign_in_helps(error) and is_page_request(request):
            root = root_of(request.scope)
            # That the page where one signs in asks who is signed in must not go round in circles.
            if below(root, request.scope["path"]).removesuffix("/") != root + self.path:
                address = self._address(request.scope, error)
                if self._arrivals is None or not self._arrivals.is_marked(request.scope):
                    return RedirectResponse(address, 303, _HEADERS)
                response = await self._not_enough(request, error, address)
                response.headers.append("set-cookie", self._arrivals.forget(request))
                return response
        return await self._answer(request, error)

    async def _answer(self, request: Request, error: Any) -> Response:
        answer = self._otherwise(request, error)
        return await answer if isawaitable(answer) else answer

    async def _not_enough(self, request: Request, error: Any, address: str) -> Response:
        """Answer a browser that comes from signing in: once more helps only if a person does more."""
        if self._own:
            return await self._answer(request, error)
        return people.page(
            "Signing in was not enough",
            people.paragraph(error.message),
            people.paragraph("You have just signed in, and this page wants more than that."),
            people.link("Sign in once more", address),
            status=error.status_code,
            headers=error.headers,
        )

    def _address(self, scope: Mapping[str, Any], error: Exception) -> str:
        # Without the host, about which a request may lie.
        asked = {"next": path_to_come_back_to(scope)}
        if isinstance(error, StepUpRequiredError):
            asked["max_age"] = "" if error.max_age is None else str(error.max_age)
            asked["acr_values"] = " ".join(error.acr_values)
        query = urlencode({name: value for name, value in asked.items() if value})
        joint = "&" if "?" in self._sign_in else "?"
        return f"{root_of(scope)}{self._sign_in}{joint if query else ''}{query}"


def _sign_in_helps(error: Exception) -> bool:
    """Tell whether it is a 401 of ours; signing in again brings no smaller token."""
    return (
        isinstance(error, CognitoAuthError)
        and error.status_code == 401
        and not isinstance(error, TokenTooLargeError)
    )
