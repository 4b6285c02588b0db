"""Sign-ins at the pool's pages that are under way in a browser, each in a cookie of its own.

Two tabs do not disturb each other, and an answer that another browser was sent to is nobody's here.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.dependencies.request_cookies import is_secure, passing_attributes, request_cookies
from fastapi_cognito_auth.exceptions import LoginAttemptError

_LIFE: Final = 600
"""Seconds in which a browser has to come back."""

_KEPT: Final = 3600
"""Seconds in which one that comes back too late can still be told where it was going."""

_LARGEST: Final = 4096
"""What a browser takes of a cookie's name and value (RFC 6265bis section 5.6)."""

_MOST: Final = 5
"""How many may be under way: their cookies are sent with each request."""

_ROOM: Final = 4096
"""Characters of them in all: links of other sites can begin attempts, and a request whose headers are too
large for what stands before the app is refused, until they end."""

_TAKEN_AWAY: Final = 20
"""Cookies that are good for nothing, in one answer; the next one takes away more."""

_STATE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """What has to be known when the browser comes back."""

    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    redirect_uri: str
    next_path: str
    started_at: int
    entry: str = ""
    """The endpoint that began it, below that of the sign-in."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What the address of that endpoint asked for beside the path, such as a provider."""

    @property
    def code_challenge(self) -> str:
        """What the authorization request says of the verifier (RFC 7636 section 4.2)."""
        digest = hashlib.sha256(self.code_verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class LoginAttempts:
    """Begins attempts, and finds them again.

    Args:
        box: encrypts them.
        name: what their cookies are called, without `__Host-`.
        client_id: the app client that they are of; another's are none, so that no pool is told what
            another one answered (RFC 9700 section 4.4).
        clock: seconds since the epoch.
    """

    def __init__(self, box: Box, name: str, *, client_id: str, clock: Callable[[], float]) -> None:
        self._box = box
        self._client_id = client_id
        self._name = f"{name}-login-"
        self._clock = clock

    def begin(
        self,
        connection: HTTPConnection,
        *,
        redirect_uri: str,
        next_path: str,
        entry: str = "",
        asked: Mapping[str, str] | None = None,
    ) -> tuple[LoginAttempt, list[str]]:
        """Return a new attempt, and the `Set-Cookie` headers that keep it; the oldest make way.

        Args:
            connection: of the browser.
            redirect_uri: where it comes back.
            next_path: where it is sent on to.
            entry: the endpoint, below that of the sign-in.
            asked: what else its address asked for; left out of a cookie that would be too large.
        """
        attempt = LoginAttempt(
            state=secrets.token_urlsafe(32),
            # 43 characters, the least that RFC 7636 section 4.1 takes, with all the entropy it wants.
            code_verifier=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            redirect_uri=redirect_uri,
            next_path=next_path,
            started_at=int(self._clock()),
            entry=entry,
            asked=asked or {},
        )
        name = self._place(connection, attempt.state)
        value = self._closed(attempt, name)
        if len(name) + len(value) > _LARGEST:
            attempt = replace(attempt, asked={})
            value = self._closed(attempt, name)
        headers = [f"{name}={value}; Max-Age={_KEPT}; {passing_attributes(connection)}"]
        return attempt, headers + self._surplus(connection, _ROOM - len(name) - len(value))

    def take(self, connection: HTTPConnection, state: str | None) -> tuple[LoginAttempt, list[str]]:
        """Return the attempt of a state, and the `Set-Cookie` headers that end it.

        Raises:
            LoginAttemptError: there is none in this browser, or it is too old.
        """
        attempt = self.recall(connection, state)
        if attempt is None or self._clock() >= attempt.started_at + _LIFE:
            raise LoginAttemptError
        return attempt, [_gone(connection, self._place(connection, attempt.state))]

    def recall(self, connection: HTTPConnection, state: str | None) -> LoginAttempt | None:
        """Return the attempt of a state, be it too old to go on with, or None if this browser has none.

        It tells what was asked for; only `take` gives one to be finished.
        """
        if state is None or _STATE.fullmatch(state) is None:
            return None
        name = self._place(connection, state)
        values = {value for cookie, value in request_cookies(connection) if cookie == name}
        attempt = self._opened(values.pop(), name) if len(values) == 1 else None
        # The name has a part of the state alone.
        if attempt is None or not secrets.compare_digest(attempt.state, state):
            return None
        return attempt

    def _closed(self, attempt: LoginAttempt, name: str) -> str:
        return self._box.close(json.dumps(asdict(attempt)).encode(), f"{name} {self._client_id}")

    def _place(self, connection: HTTPConnection, state: str) -> str:
        prefix = "__Host-" if is_secure(connection) else ""
        return f"{prefix}{self._name}{hashlib.sha256(state.encode()).hexdigest()[:16]}"

    def _opened(self, value: str, name: str) -> LoginAttempt | None:
        try:
            attempt = LoginAttempt(**json.loads(self._box.open(value, f"{name} {self._client_id}")))
        except (ForeignBoxError, BrokenBoxError, ValueError, TypeError):
            return None
        return attempt if self._clock() < attempt.started_at + _KEPT else None

    def _surplus(self, connection: HTTPConnection, room: int) -> list[str]:
        prefix = f"{'__Host-' if is_secure(connection) else ''}{self._name}"
        values = {name: value for name, value in request_cookies(connection) if name.startswith(prefix)}
        opened = {name: self._opened(value, name) for name, value in values.items()}
        started = {name: attempt.started_at for name, attempt in opened.items() if attempt is not None}
        kept = set()
        for name in sorted(started, key=started.__getitem__, reverse=True)[: _MOST - 1]:
            room -= len(name) + len(values[name])
            if room < 0:
                break
            kept.add(name)
        gone = [name for name in values if name not in kept]
        # What is large goes first.
        gone.sort(key=lambda name: len(values[name]), reverse=True)
        return [_gone(connection, name) for name in gone[:_TAKEN_AWAY]]


def _gone(connection: HTTPConnection, name: str) -> str:
    return f'{name}=""; Max-Age=0; {passing_attributes(connection)}'
