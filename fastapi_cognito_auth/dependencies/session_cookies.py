"""The cookies of a session: how a ticket is split over them, read from a request and told to a browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.request_cookies import LOOPBACK, is_secure, request_cookies
from fastapi_cognito_auth.runtime.recent import Recent

_PART: Final = 3800
"""Characters of a cookie's value. Browsers drop cookies above 4096 bytes, name and attributes
included (RFC 6265bis section 5.6), and say so to nobody."""

MOST_COOKIES: Final = 4
"""What stands before an app takes 8 to 16 KB of headers, and this is most of it."""

LONGEST_TICKET: Final = MOST_COOKIES * _PART

_COUNTS: Final = frozenset(str(number) for number in range(1, MOST_COOKIES + 1))
_TELLING: Final = 64
"""Bytes at the end of a header that tell it from the others, mostly."""

_MOST_READ: Final = 128
_LONGEST_READ: Final = 2 * LONGEST_TICKET
"""Of what is remembered, since anybody can write cookies that look like a session's."""

_PERIOD: Final = 10.0
"""Seconds in which the cookies of a browser are read once."""

_PAST: Final = "Max-Age=0"

SameSite = Literal["lax", "none"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a request carries of a session."""

    place: str
    """The name of the first cookie, by which also the others are called."""

    ticket: str | None = field(repr=False)
    """`None` if cookies are missing, or there are some of two sessions."""

    names: tuple[str, ...]
    """All cookies of it that the request carries."""


class SessionCookies:
    """Reads and writes the cookies of a session.

    Args:
        name: what they are called, without `__Host-`.
        same_site: `none` if pages of other sites are to use the session.
        trusted_origins: whose pages may use it, wherever they are.
    """

    def __init__(self, name: str, same_site: SameSite, trusted_origins: Iterable[str] = ()) -> None:
        self._trusted = frozenset(origin.encode() for origin in trusted_origins)
        self._places = {secure: f"__Host-{name}" if secure else name for secure in (True, False)}
        self._names = {
            secure: tuple(_numbered(place, number) for number in range(MOST_COOKIES))
            for secure, place in self._places.items()
        }
        self._recent: dict[bool, Recent[bytes, tuple[bytes, Found]]] = {
            secure: Recent(_MOST_READ, _PERIOD) for secure in (True, False)
        }
        self._begun = f"{self._places[True]}=".encode()
        site = "None" if same_site == "none" else "Lax"
        # What Path and Domain a cookie has is part of its name to browsers: deleting has to repeat them.
        self._attributes = {
            True: f"Path=/; Secure; HttpOnly; SameSite={site}",
            # A page of another site can only use what goes over TLS.
            False: "Path=/; HttpOnly; SameSite=Lax",
        }

    def has(self, name: str) -> bool:
        """Tell whether a cookie of that name may be one of a session."""
        return any(name in names for names in self._names.values())

    def place(self, connection: HTTPConnection) -> str:
        """Return the name of the first cookie, as it is for this request."""
        return self._places[self._is_secure(connection)]

    def read(self, connection: HTTPConnection) -> Found | None:
        """Return what the request carries of a session, if anything."""
        secure = self._is_secure(connection)
        headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
        written = [value for name, value in headers if name == b"cookie"]
        if len(written) != 1:
            return self._found(connection, secure=secure) if written else None
        # A page sends many requests with the same cookies, and those of a session are long.
        header = written[0]
        # To compare one is faster than to hash it.
        name = header[-_TELLING:]
        known = self._recent[secure].get(name)
        if known is not None and known[0] == header:
            return known[1]
        found = self._found(connection, secure=secure)
        if found is not None and found.ticket is not None and len(header) <= _LONGEST_READ:
            self._recent[secure].put(name, (header, found))
        return found

    def _is_secure(self, connection: HTTPConnection) -> bool:
        """Tell whether the cookies go over TLS alone; where they did once, they go on so.

        A proxy that says nothing of itself is known by the page that asks, if that is elsewhere.
        """
        if is_secure(connection):
            return True
        headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
        for name, value in headers:
            if name == b"cookie":
                if self._begun in value:
                    return True
            elif name == b"origin" and self._is_elsewhere(value):
                return True
        return False

    def _is_elsewhere(self, origin: bytes) -> bool:
        scheme, _, host = origin.partition(b"://")
        return scheme == b"https" and origin not in self._trusted and LOOPBACK.fullmatch(host) is None

    def _found(self, connection: HTTPConnection, *, secure: bool) -> Found | None:
        names = self._names[secure]
        values: dict[str, str] = {}
        torn = set()
        for name, value in request_cookies(connection):
            if name in names and values.setdefault(name, value) != value:
                torn.add(name)
        if not values:
            return None
        whole = {name: value for name, value in values.items() if name not in torn} if torn else values
        return Found(self._places[secure], _joined(names, whole), tuple(values))

    def write(
        self, connection: HTTPConnection, ticket: str, *, max_age: int, before: Found | None
    ) -> list[str]:
        """Return the `Set-Cookie` headers for a ticket, those included that take away what was before."""
        secure = self._is_secure(connection)
        parts = [ticket[start : start + _PART] for start in range(0, len(ticket), _PART)]
        place, attributes = self._places[secure], self._attributes[secure]
        written = {_numbered(place, number): part for number, part in enumerate(parts)}
        written[place] = f"{len(parts)}.{parts[0]}"
        headers = [f"{name}={value}; Max-Age={max_age}; {attributes}" for name, value in written.items()]
        surplus = () if before is None else (name for name in before.names if name not in written)
        return headers + self._taken_away(surplus, secure=secure)

    def clear(self, connection: HTTPConnection, found: Found) -> list[str]:
        """Return the `Set-Cookie` headers that take away what the request carries."""
        return self._taken_away(found.names, secure=self._is_secure(connection))

    def _taken_away(self, names: Iterable[str], *, secure: bool) -> list[str]:
        return [f'{name}=""; {_PAST}; {self._attributes[secure]}' for name in names]


def _numbered(place: str, number: int) -> str:
    return f"{place}.{number}" if number else place


def _joined(names: tuple[str, ...], values: dict[str, str]) -> str | None:
    """Put the parts together; `None` if one is missing."""
    count, point, part = values.get(names[0], "").partition(".")
    if not point or count not in _COUNTS:
        return None
    parts = [part]
    for name in names[1 : int(count)]:
        if name not in values:
            return None
        parts.append(values[name])
    # A part that is left over from a longer ticket is none of this one; its browser is told so.
    return "".join(parts)
