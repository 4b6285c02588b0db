"""The cookies that the pages keep things in, each encrypted for its own place."""

from collections.abc import Iterable

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.request_cookies import is_secure, passing_attributes, request_cookies


def prefixed(connection: HTTPConnection, name: str) -> str:
    """Return what a cookie is called where the browser sends it over TLS alone."""
    return f"{'__Host-' if is_secure(connection) else ''}{name}"


def single_values(connection: HTTPConnection) -> dict[str, str]:
    """Return the cookies that come once; of two with one name somebody else may have set one."""
    found: dict[str, str] = {}
    twice = set()
    for name, value in request_cookies(connection):
        if name in found:
            twice.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


def taken_away(connection: HTTPConnection, names: Iterable[str]) -> list[str]:
    """Return the `Set-Cookie` headers by which a browser forgets cookies."""
    return [f'{name}=""; Max-Age=0; {passing_attributes(connection)}' for name in sorted(names)]
