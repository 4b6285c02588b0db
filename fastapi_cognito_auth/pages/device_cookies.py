"""What proves that a browser is one the pool remembers: for each user in a cookie of its own.

The secret opens nothing without the user's first factor. It is found by the name that the user signs in
with, whose digest stands inside of the cookie: the cookie of one user proves nothing for another.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.dependencies.request_cookies import is_secure
from fastapi_cognito_auth.pages.own_cookies import prefixed, single_values, taken_away

_KEPT: Final = 365 * 86_400
"""Seconds; each sign-in begins them anew."""

_MOST: Final = 3
"""How many users have a device in one browser; who has not signed in for longest makes way. Their cookies go
along with each request, beside those of the session, and what stands before the app takes some thousand
characters of cookies and no more."""

_MOST_LOGINS: Final = 3
"""By how many names a user is known in a browser: a username and aliases."""

_LARGEST: Final = 1024
"""Characters of a cookie; one has some 600."""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser, as one user has it."""

    sub: str
    logins: tuple[str, ...]
    """What the user has typed to sign in, as digests: names can be long."""

    device: str = field(repr=False)
    """As the pool's flows take it: only they can open it."""

    used_at: int

    def is_of(self, login: str) -> bool:
        """Tell whether it belongs to who signs in by this name."""
        return _digest(login.casefold()) in self.logins


class DeviceCookies:
    """Keeps devices.

    Args:
        box: encrypts them.
        name: what their cookies are called, without `__Host-`.
        client_id: the app client that they are of.
        clock: seconds since the epoch.
    """

    def __init__(self, box: Box, name: str, *, client_id: str, clock: Callable[[], float]) -> None:
        self._box = box
        self._name = f"{name}-device-"
        self._client_id = client_id
        self._clock = clock

    def find(self, connection: HTTPConnection, login: str) -> KnownDevice | None:
        """Return the device of who signs in by a name, if this browser has one."""
        known = [device for device in self._all(connection).values() if device.is_of(login)]
        return max(known, key=lambda device: device.used_at, default=None)

    def keep(self, connection: HTTPConnection, sub: str, login: str, device: str) -> list[str]:
        """Return the `Set-Cookie` headers that keep a device; those used longest ago make way.

        Args:
            connection: of the browser.
            sub: whose device it is.
            login: what the user typed to sign in.
            device: as the pool's flows take it.
        """
        place = self._place(connection, sub)
        there = self._all(connection)
        before = there.pop(place, None)
        logins = dict.fromkeys([_digest(login.casefold()), *(() if before is None else before.logins)])
        known = KnownDevice(sub, tuple(logins)[:_MOST_LOGINS], device, int(self._clock()))
        value = self._box.close(json.dumps(asdict(known)).encode(), self._purpose(place))
        if len(value) > _LARGEST:
            return []
        newest = sorted(there, key=lambda name: there[name].used_at, reverse=True)
        kept = {place, *newest[: _MOST - 1]}
        gone = {name for name in self._values(connection) if name not in kept}
        return [
            f"{place}={value}; Max-Age={_KEPT}; {_attributes(connection)}",
            *taken_away(connection, gone),
        ]

    def drop(self, connection: HTTPConnection, login: str) -> list[str]:
        """Return the `Set-Cookie` headers by which a browser forgets the devices of a name."""
        there = self._all(connection)
        return taken_away(connection, [name for name, device in there.items() if device.is_of(login)])

    def _all(self, connection: HTTPConnection) -> dict[str, KnownDevice]:
        found = {name: self._opened(name, value) for name, value in self._values(connection).items()}
        return {name: device for name, device in found.items() if device is not None}

    def _values(self, connection: HTTPConnection) -> dict[str, str]:
        prefix = prefixed(connection, self._name)
        return {name: value for name, value in single_values(connection).items() if name.startswith(prefix)}

    def _opened(self, place: str, value: str) -> KnownDevice | None:
        try:
            read: dict[str, Any] = json.loads(self._box.open(value, self._purpose(place)))
            return KnownDevice(**{**read, "logins": tuple(read["logins"])})
        except (ForeignBoxError, BrokenBoxError, ValueError, TypeError, KeyError):
            return None

    def _place(self, connection: HTTPConnection, sub: str) -> str:
        return f"{prefixed(connection, self._name)}{_digest(f'{self._client_id} {sub}')}"

    def _purpose(self, place: str) -> str:
        return f"{place} {self._client_id}"


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:9]
    return base64.urlsafe_b64encode(digest).decode()


def _attributes(connection: HTTPConnection) -> str:
    # Only forms of the pages need it, and those come from this site.
    return f"Path=/; {'Secure; ' if is_secure(connection) else ''}HttpOnly; SameSite=Strict"
