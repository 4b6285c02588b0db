"""Writes the cookies of a session on whatever answer a route gives."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fastapi_cognito_auth.dependencies.arrivals import Arrivals
from fastapi_cognito_auth.exceptions import ConfigurationError

_KEY: Final = "fastapi_cognito_auth.cookie_sessions"
_STARTS: Final = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
_PAGES: Final = frozenset({b"text/html", b"application/xhtml+xml"})

MISSING: Final = (
    "cookie sessions need their middleware, which writes the cookies:"
    " app.add_middleware(auth.session_middleware)"
)


class Outgoing:
    """What a browser is to be told with the answer; its state is that."""

    def __init__(self) -> None:
        self._headers: list[tuple[bytes, bytes]] = []
        self._unless: Callable[[], bool] | None = None
        self.varies: bool = False
        """Whether the answer depends on the session."""

        self.is_of_a_user: bool = False
        """Whether somebody is signed in by the session that the answer depends on."""

        self.clear_site_data: str | None = None
        """What the browser is to forget of the app."""

        self.is_over: bool = False
        """Whether the answer has started, so that nothing can be told any more."""

    def tell(self, set_cookies: Iterable[str], *, unless: Callable[[], bool] | None = None) -> None:
        """Have cookies set, in place of all that were to be set before.

        Args:
            set_cookies: the values of the headers.
            unless: asked when the answer starts, which may be long after; browsers heed whoever speaks last.
        """
        self._unless = unless
        self._headers = [(b"set-cookie", header.encode("latin-1")) for header in set_cookies]

    def add_to(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        """Write it into the message that starts the answer to the request of a scope."""
        self.is_over = True
        if self._unless is not None and self._unless():
            self._headers = []
        said = [*message.get("headers", ())]
        if self._headers:
            # A cache that keeps cookies for others gives the session to whoever asks next.
            said = [pair for pair in said if pair[0].lower() != b"cache-control" or _is_for_one(pair[1])]
        headers = [*said, *self._headers]
        if self.clear_site_data is not None:
            headers.append((b"clear-site-data", self.clear_site_data.encode("latin-1")))
        if self.varies:
            # RFC 9110 section 12.5.5, and RFC 9111 section 5.2.2.7 for what a route left open.
            headers.append((b"vary", b"Cookie"))
            by_name = {name.lower(): value for name, value in said}
            if b"cache-control" not in by_name:
                # The back button shows what a browser kept, to whoever sits there after a sign-out.
                kept_nowhere = self._headers or (
                    self.is_of_a_user and (_is_page(by_name.get(b"content-type", b"")) or _is_opened(scope))
                )
                headers.append((b"cache-control", b"private, no-store" if kept_nowhere else b"private"))
        message["headers"] = headers


def _is_page(content_type: bytes) -> bool:
    return content_type.partition(b";")[0].strip().lower() in _PAGES


def _is_opened(scope: Scope) -> bool:
    """Tell whether the browser has opened it as it does a page, whatever it is."""
    for name, value in scope["headers"]:
        if name == b"sec-fetch-mode":
            return bool(value == b"navigate")
    return False


def _is_for_one(cache_control: bytes) -> bool:
    """Tell whether no cache keeps it for others (RFC 9111 sections 5.2.2.5 and 5.2.2.7)."""
    directives = {directive.strip().lower() for directive in cache_control.split(b",")}
    return not directives.isdisjoint({b"no-store", b"private"})


class SessionMiddleware:
    """Lets what finds out who is signed in set cookies, on whatever answer there will be.

    Args:
        app: everything within.
        owner: whose cookies these are, where an app has several user pools.
        arrivals: browsers that have just come back from signing in.
    """

    def __init__(self, app: ASGIApp, owner: object, arrivals: Arrivals) -> None:
        self._app = app
        self._owner = owner
        self._arrivals = arrivals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and write into its answer what is to be told."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        arrived = scope["type"] == "http" and self._arrivals.is_marked(scope)
        outgoing = scope.setdefault(_KEY, {}).setdefault(self._owner, Outgoing())

        async def send_with_cookies(message: Message) -> None:
            if message["type"] in _STARTS and not outgoing.is_over:
                outgoing.add_to(message, scope)
                if arrived and message.get("status", 200) < 400:
                    gone = self._arrivals.forget(HTTPConnection(scope)).encode("latin-1")
                    message["headers"].append((b"set-cookie", gone))
            await send(message)

        await self._app(scope, receive, send_with_cookies)


def outgoing(connection: HTTPConnection, owner: object) -> Outgoing:
    """Return what is to be told with the answer to a request.

    Raises:
        ConfigurationError: the middleware is missing.
    """
    found: Outgoing | None = connection.scope.get(_KEY, {}).get(owner)
    if found is None:
        raise ConfigurationError(MISSING)
    return found
