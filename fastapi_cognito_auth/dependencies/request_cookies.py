"""The cookies of a request, and whether a browser is to send them over TLS alone."""

import re
from collections.abc import Iterable
from typing import Final

from starlette.requests import HTTPConnection

LOOPBACK: Final = re.compile(rb"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
"""A `Host` that is this machine."""

_BLANK: Final = " \t"
_OVER_TLS: Final = frozenset({"https", "wss"})
_OF_PROXIES: Final = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-proto", b"x-real-ip"})


def request_cookies(connection: HTTPConnection) -> list[tuple[str, str]]:
    """Return names and values of the cookies of a request, as they came."""
    headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
    found = []
    for header, value in headers:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                name, _, content = pair.partition("=")
                found.append((name.strip(_BLANK), content.strip(_BLANK)))
    return found


def passing_attributes(connection: HTTPConnection) -> str:
    """Return the attributes of a cookie of something that is under way, apart from how long it is kept.

    Lax: links of other sites may lead to where it is needed, such as the way back from the pool's pages.
    """
    return f"Path=/; {'Secure; ' if is_secure(connection) else ''}HttpOnly; SameSite=Lax"


def is_secure(connection: HTTPConnection) -> bool:
    """Tell whether the browser is to send the cookies over TLS alone: everywhere but on this machine.

    What ends the TLS before the app may not say so, hence it goes by the name of the host, which a
    proxy may have changed; then there are headers of it, or it speaks HTTP/1.0, as no browser does.
    """
    if connection.scope.get("scheme") in _OVER_TLS or connection.scope.get("http_version") == "1.0":
        return True
    # As ASGI hands them over, with names in lower case: `connection.headers` takes longer.
    headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
    hosts = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name in _OF_PROXIES:
            return True
    return len(hosts) != 1 or LOOPBACK.fullmatch(hosts[0]) is None
