"""Where somebody is on the way in: each attempt in cookies of its own, sealed, for a quarter of an hour.

The address of a page names the attempt, so that reloading it, going back and a second tab all find what
belongs to them, and a page that was left open finds that its time is over.
"""

import base64
import hashlib
import json
import re
import secrets
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.dependencies.request_cookies import passing_attributes, request_cookies
from fastapi_cognito_auth.pages.own_cookies import prefixed, single_values, taken_away

_LIFE: Final = 15 * 60
"""Seconds; a pool may give that long to answer a challenge (AuthSessionValidity)."""

_KEPT: Final = 3600
"""Seconds in which one that is over can still be told where it was going."""

_PART: Final = 3800
"""Characters of a cookie's value; browsers drop what is longer with its name (RFC 6265bis section 5.6)."""

_MOST_PARTS: Final = 3
_MOST: Final = 3
"""How many attempts a browser keeps; the oldest make way."""

_MOST_BEFORE: Final = 8
"""How many steps back a browser finds to where it is now."""

_ROOM: Final = 4096
"""Characters of their cookies in all, with their names: a request whose headers are too large for what
stands before the app is refused, until they end. One that is larger by itself, since the pool's own session
is, is kept alone."""

_LINE: Final = 7680
"""Characters of all cookies of a request, with some to spare below the 8 KiB that servers take."""

_LARGEST: Final = 256 * 1024
"""Bytes of an attempt, unpacked."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Step:
    """What has to be known to go on."""

    kind: str
    """Which page goes on with it."""

    next_path: str
    """Where the browser is sent in the end."""

    username: str = ""
    """As it was typed."""

    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the page needs, as JSON has it."""

    started_at: int = 0

    way: str = ""
    """The first factor that was chosen, by the name that challenges have for it."""

    wishes: Mapping[str, str] = field(default_factory=dict)
    """How recent or strong the sign-in has to be, as the address of the first page said."""

    step_id: str = ""
    """Its own id, once it is kept."""

    before: Sequence[str] = ()
    """What the cookies of the steps that led here were called, without the prefix."""

    def with_data(self, data: Mapping[str, Any]) -> "Step":
        """Return the same with other data."""
        return replace(self, data=data)


class StepTooLargeError(Exception):
    """It fits no cookies."""


class Steps:
    """Keeps attempts.

    Args:
        box: encrypts them.
        name: what their cookies are called, without `__Host-`.
        client_id: the app client that they are of.
        clock: seconds since the epoch.
    """

    def __init__(self, box: Box, name: str, *, client_id: str, clock: Callable[[], float]) -> None:
        self._box = box
        self._name = f"{name}-step-"
        self._client_id = client_id
        self._clock = clock

    def keep(
        self, connection: HTTPConnection, step: Step, *, instead_of: str | None = None
    ) -> tuple[str, list[str]]:
        """Return the id of an attempt, and the `Set-Cookie` headers that keep it.

        Args:
            connection: of the browser.
            step: where it is.
            instead_of: the id of the attempt that goes on so; it is over then.

        Raises:
            StepTooLargeError: it fits no cookies.
        """
        step_id = secrets.token_urlsafe(16)
        place = self._place(connection, step_id)
        kept = replace(
            step,
            started_at=int(self._clock()),
            step_id=step_id,
            before=self._led_here(connection, instead_of),
        )
        written = zlib.compress(json.dumps(asdict(kept)).encode())
        closed = self._box.close(written, self._purpose(place))
        parts = [closed[start : start + _PART] for start in range(0, len(closed), _PART)]
        if len(parts) > _MOST_PARTS:
            raise StepTooLargeError
        headers = [
            f"{_numbered(place, number)}={part}; Max-Age={_KEPT}; {passing_attributes(connection)}"
            for number, part in enumerate(parts)
        ]
        size = sum(_size(_numbered(place, number), part) for number, part in enumerate(parts))
        room = min(_ROOM, _LINE - self._others(connection)) - size
        return step_id, [*headers, *self._surplus(connection, room, instead_of)]

    def find(self, connection: HTTPConnection, step_id: str) -> tuple[Step | None, bool]:
        """Return the attempt of an id, if this browser has it, and whether there is still time for it."""
        if _ID.fullmatch(step_id) is None:
            return None, False
        place = self._place(connection, step_id)
        step = self._opened(connection, place)
        return step, step is not None and self._clock() < step.started_at + _LIFE

    def following(self, connection: HTTPConnection, step_id: str) -> Step | None:
        """Return the step to which one that is over has led, if this browser still has time for it."""
        called, prefix = _digest(step_id), self._prefix(connection)
        places = {name.partition(".")[0] for name in single_values(connection) if name.startswith(prefix)}
        for place in places:
            step = self._opened(connection, place)
            if step is not None and called in step.before and self._clock() < step.started_at + _LIFE:
                return step
        return None

    def _led_here(self, connection: HTTPConnection, step_id: str | None) -> list[str]:
        if step_id is None:
            return []
        last = self._opened(connection, self._place(connection, step_id))
        return [*(last.before if last is not None else ()), _digest(step_id)][-_MOST_BEFORE:]

    def end(self, connection: HTTPConnection, step_id: str) -> list[str]:
        """Return the `Set-Cookie` headers by which a browser forgets an attempt."""
        return self._gone(connection, {self._place(connection, step_id)})

    def _opened(self, connection: HTTPConnection, place: str) -> Step | None:
        cookies = single_values(connection)
        parts = [cookies.get(_numbered(place, number), "") for number in range(_MOST_PARTS)]
        try:
            packed = self._box.open("".join(parts), self._purpose(place))
            unpacker = zlib.decompressobj()
            written = unpacker.decompress(packed, _LARGEST)
            step = Step(**json.loads(written))
        except (ForeignBoxError, BrokenBoxError, ValueError, TypeError, zlib.error):
            return None
        return step if self._clock() < step.started_at + _KEPT else None

    def _others(self, connection: HTTPConnection) -> int:
        """Return how long the cookies are that are no attempts, such as those of a session."""
        prefix = self._prefix(connection)
        return sum(
            _size(name, value) for name, value in request_cookies(connection) if not name.startswith(prefix)
        )

    def _surplus(self, connection: HTTPConnection, room: int, instead_of: str | None) -> list[str]:
        prefix = self._prefix(connection)
        sizes: dict[str, int] = {}
        for name, value in single_values(connection).items():
            if name.startswith(prefix):
                place = name.partition(".")[0]
                sizes[place] = sizes.get(place, 0) + _size(name, value)
        over = {self._place(connection, instead_of)} if instead_of is not None else set()
        opened = {place: self._opened(connection, place) for place in sizes.keys() - over}
        ages = {place: step.started_at for place, step in opened.items() if step is not None}
        kept = set()
        for place in sorted(ages, key=ages.__getitem__, reverse=True)[: _MOST - 1]:
            room -= sizes[place]
            if room < 0:
                break
            kept.add(place)
        return self._gone(connection, sizes.keys() - kept)

    def _gone(self, connection: HTTPConnection, places: Collection[str]) -> list[str]:
        names = (name for name in single_values(connection) if name.partition(".")[0] in places)
        return taken_away(connection, names)

    def _purpose(self, place: str) -> str:
        return f"{place} {self._client_id}"

    def _prefix(self, connection: HTTPConnection) -> str:
        return prefixed(connection, self._name)

    def _place(self, connection: HTTPConnection, step_id: str) -> str:
        return f"{self._prefix(connection)}{_digest(step_id)}"


def _digest(step_id: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(step_id.encode()).digest()[:9]).decode()


def _numbered(place: str, number: int) -> str:
    return place if number == 0 else f"{place}.{number}"


def _size(name: str, value: str) -> int:
    """Return how much longer a request is with a cookie."""
    return len(f"{name}={value}; ")
