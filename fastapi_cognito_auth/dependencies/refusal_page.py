"""Browsers that a route of the app refuses are shown a page, and programs are told as before.

An exception handler, for the reasons of `SignInRedirect`. What it shows are the pages of `CognitoAuth.pages`,
which stand above this layer and are handed down.
"""

from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from starlette.requests import Request
from starlette.responses import Response

from fastapi_cognito_auth.dependencies.page_requests import is_page_request
from fastapi_cognito_auth.dependencies.sign_in_redirect import Otherwise
from fastapi_cognito_auth.exceptions import CognitoAuthError

ShowRefusal = Callable[[Request, CognitoAuthError], Awaitable[Response | None]]
"""Makes the page; nothing in an app that does not have the pages."""


class RefusalPage:
    """Shows what a request for a page was refused for.

    Args:
        shows: make the page, those of the newest pages last.
        otherwise: answers everybody else; as FastAPI does unless given.
    """

    def __init__(self, shows: Sequence[ShowRefusal], otherwise: Otherwise | None = None) -> None:
        self._shows = shows
        self._otherwise = otherwise or http_exception_handler

    async def __call__(self, request: Request, error: Any) -> Response:
        """Answer an error, as an exception handler."""
        if isinstance(error, CognitoAuthError) and is_page_request(request):
            for show in reversed(self._shows):
                page = await show(request, error)
                if page is not None:
                    return page
        answer = self._otherwise(request, error)
        return await answer if isawaitable(answer) else answer
