"""Sign-ins at the pool's pages that are under way in a browser, each in a cookie of its own.

Two tabs do not disturb each other, and an answer that another browser was sent to is nobody's here.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.dependencies.session_cookies import is_secure, request_cookies
from fastapi_cognito_auth.exceptions import LoginAttemptError

_LIFE: Final = 600
"""Seconds in which a browser has to come back."""

_MOST: Final = 5
"""How many may be under way: their cookies are sent with each request."""

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
        clock: seconds since the epoch.
    """

    def __init__(self, box: Box, name: str, *, clock: Callable[[], float]) -> None:
        self._box = box
        self._name = f"{name}-login-"
        self._clock = clock

    def begin(
        self, connection: HTTPConnection, *, redirect_uri: str, next_path: str
    ) -> tuple[LoginAttempt, list[str]]:
        """Return a new attempt, and the `Set-Cookie` headers that keep it; the oldest make way."""
        attempt = LoginAttempt(
            state=secrets.token_urlsafe(32),
            # 43 characters, the least that RFC 7636 section 4.1 takes, with all the entropy it wants.
            code_verifier=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            redirect_uri=redirect_uri,
            next_path=next_path,
            started_at=int(self._clock()),
        )
        name = self._place(connection, attempt.state)
        value = self._box.close(json.dumps(asdict(attempt)).encode(), name)
        headers = [f"{name}={value}; Max-Age={_LIFE}; {_attributes(connection)}"]
        return attempt, headers + self._surplus(connection)

    def take(self, connection: HTTPConnection, state: str | None) -> tuple[LoginAttempt, list[str]]:
        """Return the attempt of a state, and the `Set-Cookie` headers that end it.

        Raises:
            LoginAttemptError: there is none in this browser, or it is too old.
        """
        if state is None or _STATE.fullmatch(state) is None:
            raise LoginAttemptError
        name = self._place(connection, state)
        values = {value for cookie, value in request_cookies(connection) if cookie == name}
        if len(values) != 1:
            raise LoginAttemptError
        attempt = self._opened(values.pop(), name)
        # The name has a part of the state alone.
        if attempt is None or not secrets.compare_digest(attempt.state, state):
            raise LoginAttemptError
        return attempt, [_gone(connection, name)]

    def _place(self, connection: HTTPConnection, state: str) -> str:
        prefix = "__Host-" if is_secure(connection) else ""
        return f"{prefix}{self._name}{hashlib.sha256(state.encode()).hexdigest()[:16]}"

    def _opened(self, value: str, name: str) -> LoginAttempt | None:
        try:
            attempt = LoginAttempt(**json.loads(self._box.open(value, name)))
        except (ForeignBoxError, BrokenBoxError, ValueError, TypeError):
            return None
        return attempt if self._clock() < attempt.started_at + _LIFE else None

    def _surplus(self, connection: HTTPConnection) -> list[str]:
        prefix = f"{'__Host-' if is_secure(connection) else ''}{self._name}"
        attempts = {
            name: self._opened(value, name)
            for name, value in request_cookies(connection)
            if name.startswith(prefix)
        }
        started = {name: attempt.started_at for name, attempt in attempts.items() if attempt is not None}
        newest = sorted(started, key=started.__getitem__, reverse=True)[: _MOST - 1]
        return [_gone(connection, name) for name in attempts if name not in newest]


def _attributes(connection: HTTPConnection) -> str:
    # Lax: the way back from the pool's pages is a link from another site.
    return f"Path=/; {'Secure; ' if is_secure(connection) else ''}HttpOnly; SameSite=Lax"


def _gone(connection: HTTPConnection, name: str) -> str:
    return f'{name}=""; Max-Age=0; {_attributes(connection)}'
