"""Browsers that have just come back from signing in, so that nobody sends them there in circles.

A pool may pass over what it was asked for, such as a level that it does not know, and a browser may
drop cookies that are too large: then one more sign-in changes nothing, and no person is asked in between.
A browser that has got the page has arrived, and is sent to sign in as ever when it asks again.
"""

import hashlib
from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import Scope

from fastapi_cognito_auth.dependencies.own_paths import path_to_come_back_to
from fastapi_cognito_auth.dependencies.request_cookies import is_secure, request_cookies

_SECONDS: Final = 10
"""A browser that is sent on asks at once."""


class Arrivals:
    """Marks a browser that is sent on to a page, by a cookie; whoever makes one up is not sent to sign in.

    Args:
        name: what the session's cookies are called, without `__Host-`.
    """

    def __init__(self, name: str) -> None:
        self._name = f"{name}-arrived"
        self._written = self._name.encode()

    def mark(self, connection: HTTPConnection, path: str) -> str:
        """Return the `Set-Cookie` header for a browser that is sent on to a path."""
        return self._cookie(connection, _digest(path), _SECONDS)

    def is_marked(self, scope: Scope) -> bool:
        """Tell whether the browser of a request has just been sent on to the path that it asks for."""
        for name, value in scope["headers"]:
            if name == b"cookie" and self._written in value:
                connection = HTTPConnection(scope)
                pair = (self._place(connection), _digest(path_to_come_back_to(scope)))
                return pair in request_cookies(connection)
        return False

    def forget(self, connection: HTTPConnection) -> str:
        """Return the `Set-Cookie` header that takes the mark away."""
        return self._cookie(connection, '""', 0)

    def _place(self, connection: HTTPConnection) -> str:
        return f"__Host-{self._name}" if is_secure(connection) else self._name

    def _cookie(self, connection: HTTPConnection, value: str, seconds: int) -> str:
        secure = "Secure; " if is_secure(connection) else ""
        return f"{self._place(connection)}={value}; Max-Age={seconds}; Path=/; {secure}HttpOnly; SameSite=Lax"


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:32]
