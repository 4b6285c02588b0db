"""The cookies of a session: how a ticket is split over them, read from a request and told to a browser."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from starlette.requests import HTTPConnection

_PART: Final = 3800
"""Characters of a cookie's value. Browsers drop cookies above 4096 bytes, name and attributes
included (RFC 6265bis section 5.6), and say so to nobody."""

MOST_COOKIES: Final = 4
"""What stands before an app takes 8 to 16 KB of headers, and this is most of it."""

LONGEST_TICKET: Final = MOST_COOKIES * _PART

_BLANK: Final = " \t"
_OVER_TLS: Final = frozenset({"https", "wss"})
_LOOPBACK: Final = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
_OF_PROXIES: Final = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip"})
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
    """

    def __init__(self, name: str, same_site: SameSite) -> None:
        self._places = {secure: f"__Host-{name}" if secure else name for secure in (True, False)}
        self._names = {
            secure: tuple(_numbered(place, number) for number in range(MOST_COOKIES))
            for secure, place in self._places.items()
        }
        site = "None" if same_site == "none" else "Lax"
        # What Path and Domain a cookie has is part of its name to browsers: deleting has to repeat them.
        self._attributes = {
            True: f"Path=/; Secure; HttpOnly; SameSite={site}",
            # A page of another site can only use what goes over TLS.
            False: "Path=/; HttpOnly; SameSite=Lax",
        }

    def place(self, connection: HTTPConnection) -> str:
        """Return the name of the first cookie, as it is for this request."""
        return self._places[is_secure(connection)]

    def read(self, connection: HTTPConnection) -> Found | None:
        """Return what the request carries of a session, if anything."""
        secure = is_secure(connection)
        names = self._names[secure]
        values: dict[str, set[str]] = {}
        for name, value in request_cookies(connection):
            if name in names:
                values.setdefault(name, set()).add(value)
        if not values:
            return None
        return Found(self._places[secure], _joined(names, values), tuple(values))

    def write(
        self, connection: HTTPConnection, ticket: str, *, max_age: int, before: Found | None
    ) -> list[str]:
        """Return the `Set-Cookie` headers for a ticket, those included that take away what was before."""
        secure = is_secure(connection)
        parts = [ticket[start : start + _PART] for start in range(0, len(ticket), _PART)]
        place, attributes = self._places[secure], self._attributes[secure]
        written = {_numbered(place, number): part for number, part in enumerate(parts)}
        written[place] = f"{len(parts)}.{parts[0]}"
        headers = [f"{name}={value}; Max-Age={max_age}; {attributes}" for name, value in written.items()]
        surplus = () if before is None else (name for name in before.names if name not in written)
        return headers + self._taken_away(surplus, secure=secure)

    def clear(self, connection: HTTPConnection, found: Found) -> list[str]:
        """Return the `Set-Cookie` headers that take away what the request carries."""
        return self._taken_away(found.names, secure=is_secure(connection))

    def _taken_away(self, names: Iterable[str], *, secure: bool) -> list[str]:
        return [f'{name}=""; {_PAST}; {self._attributes[secure]}' for name in names]


def _numbered(place: str, number: int) -> str:
    return f"{place}.{number}" if number else place


def request_cookies(connection: HTTPConnection) -> Iterable[tuple[str, str]]:
    """Return names and values of the cookies of a request, as they came."""
    headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
    for header, value in headers:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                name, _, content = pair.partition("=")
                yield name.strip(_BLANK), content.strip(_BLANK)


def _joined(names: tuple[str, ...], values: dict[str, set[str]]) -> str | None:
    """Put the parts together; `None` if one is missing, or there is a part too many or twice."""
    first = values.get(names[0])
    if first is None or len(first) != 1:
        return None
    [written] = first
    count, point, part = written.partition(".")
    if not point or count not in {str(number) for number in range(1, MOST_COOKIES + 1)}:
        return None
    parts = [part]
    for name in names[1 : int(count)]:
        others = values.get(name)
        if others is None or len(others) != 1:
            return None
        parts += others
    # A part that is left over from a longer ticket is none of this one; its browser is told so.
    return "".join(parts)


def is_secure(connection: HTTPConnection) -> bool:
    """Tell whether the browser is to send the cookies over TLS alone: everywhere but on this machine.

    What ends the TLS before the app may not say so, hence it goes by the name of the host, which a
    proxy may have changed; then there are headers of it.
    """
    if connection.scope.get("scheme") in _OVER_TLS:
        return True
    if not _OF_PROXIES.isdisjoint(connection.headers.keys()):
        return True
    hosts = connection.headers.getlist("host")
    return len(hosts) != 1 or _LOOPBACK.fullmatch(hosts[0]) is None
