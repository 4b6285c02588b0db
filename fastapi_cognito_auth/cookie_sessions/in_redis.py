"""Sessions in Redis: the browser keeps a random id, and all workers share the rest."""

import asyncio
import hashlib
import logging
import re
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi_cognito_auth.cookie_sessions.box import Box, BrokenBoxError, ForeignBoxError
from fastapi_cognito_auth.cookie_sessions.opened import OpenedSessions
from fastapi_cognito_auth.cookie_sessions.protocol import (
    Kept,
    SessionGoneError,
    SessionStoreUnavailableError,
    session_id,
)
from fastapi_cognito_auth.cookie_sessions.session import Session
from fastapi_cognito_auth.redis_connections import RedisConnections, RedisUnavailableError
from fastapi_cognito_auth.redis_lookups import RedisLookups
from fastapi_cognito_auth.runtime.clock import wall_clock
from fastapi_cognito_auth.runtime.pace import Pace

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_ID: Final = 32  # bytes
_TICKET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_LOCKED: Final = 60_000
"""Milliseconds that a worker has for a refresh, after which another one may try."""

_PAUSE: Final = 0.05  # seconds between two tries to get the lock
_LONGEST_WAIT: Final = 20.0
"""Seconds that a request waits for another worker's refresh."""

_ENDED: Final = "ended"
"""Stands for a session that has ended, for the requests that were under way."""

_LATE: Final = 60  # seconds that such a request may take to come

_MOST: Final = 100
"""Sessions of a user that are read: nobody looks through more, and somebody may sign in all day."""

_DOES_NOT_ANSWER: Final = (
    "Redis, which keeps the cookie sessions, does not answer (%s): who is signed in by one cannot be told;"
    " questions so far: %d"
)

_START: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
if redis.call('TTL', KEYS[2]) < tonumber(ARGV[2]) then
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return 1
"""
_RENEW: Final = """
local old = redis.call('GET', KEYS[1])
if not old or redis.sha1hex(old) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
"""A request that was slow revives no session that ended meanwhile, and undoes no newer refresh."""

_END_ONE: Final = """
local old = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
return old
"""
_END: Final = """
local ended, newest = 0, {}
for _, name in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
  if name ~= ARGV[3] and (ARGV[2] == '' or name == ARGV[2]) then
    local written = redis.call('GET', ARGV[1] .. name)
    redis.call('ZREM', KEYS[1], name)
    if written and written ~= ARGV[5] then
      redis.call('SET', ARGV[1] .. name, ARGV[5], 'EX', ARGV[6])
      ended = ended + 1
      if ended <= tonumber(ARGV[4]) then
        newest[#newest + 1] = name
        newest[#newest + 1] = written
      end
    end
  end
end
return {ended, newest}
"""
"""All at once, so that none of them can be used in between."""

_UNLOCK: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
"""


class RedisSessionStore:
    """Keeps sessions in Redis, encrypted; whoever reads Redis finds neither tokens nor ids.

    Args:
        connections: to it.
        box: encrypts them.
        prefix: of all keys, so that several apps can share one Redis.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        connections: RedisConnections,
        box: Box,
        *,
        prefix: str,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._connections = connections
        self._lookups = RedisLookups(connections)
        self._pace = Pace(logger.error, _DOES_NOT_ANSWER)
        self._box = box
        self._opened = OpenedSessions(box)
        self._prefix = f"{prefix}cookie_session:"
        self._clock = clock

    async def greet(self) -> None:
        """Ask it anything (PING)."""
        await self._ask("PING")

    async def find(self, ticket: str, _place: str) -> Kept:
        """Look it up in one round trip (MGET)."""
        if _TICKET.fullmatch(ticket) is None:
            raise SessionGoneError
        key = self._key(ticket)
        try:
            (written,) = await self._lookups.get(key)
        except RedisUnavailableError as exc:
            raise self._unavailable(exc) from None
        if not isinstance(written, bytes):
            raise SessionGoneError
        if written == _ENDED.encode():
            raise SessionGoneError(leave_cookie=True)
        try:
            return self._opened.open(written, key, ticket)
        except ForeignBoxError:
            raise SessionGoneError(another_key=True) from None
        except (BrokenBoxError, ValueError):
            raise SessionGoneError from None

    async def start(self, session: Session, _place: str) -> Kept:
        """Keep it under a random id, and in the list of its user."""
        ticket = secrets.token_urlsafe(_ID)
        key = self._key(ticket)
        written = self._box.close(session.dump(), key)
        await self._ask(
            "EVAL",
            _START,
            2,
            key,
            self._list(session.sub),
            written,
            self._life(session),
            int(self._clock()),
            session.ends_at,
            key.removeprefix(self._prefix),
        )
        return Kept(session, ticket, written.encode())

    async def renew(self, kept: Kept, session: Session, _place: str) -> Kept:
        """Replace it, if nobody else has meanwhile."""
        key = self._key(kept.ticket)
        written = self._box.close(session.dump(), key)
        if await self._ask("EVAL", _RENEW, 1, key, _version(kept.written), written, self._life(session)) != 1:
            raise SessionGoneError
        return Kept(session, kept.ticket, written.encode())

    async def end(self, kept: Kept) -> Session | None:
        """Delete it, and take it off the list of its user."""
        key = self._key(kept.ticket)
        name = key.removeprefix(self._prefix)
        keys = (key, self._list(kept.session.sub))
        written = await self._ask("EVAL", _END_ONE, 2, *keys, name, _ENDED, _LATE)
        if written is None or written == kept.written:
            return None
        return next(
            (session for _, session in self._read_of(kept.session.sub, [(name.encode(), written)])), None
        )

    @asynccontextmanager
    async def alone(self, ticket: str) -> AsyncGenerator[None]:
        """Wait until no other worker refreshes it (a lock with an end, as Redis describes it)."""
        name, token = f"{self._key(ticket)}:lock", secrets.token_urlsafe(16)
        give_up = time.monotonic() + _LONGEST_WAIT
        while await self._ask("SET", name, token, "NX", "PX", _LOCKED) is None:
            if time.monotonic() > give_up:
                raise SessionStoreUnavailableError("another worker refreshes it, and does not end")
            await asyncio.sleep(_PAUSE)
        try:
            yield
        finally:
            with suppress(SessionStoreUnavailableError):
                await self._ask("EVAL", _UNLOCK, 1, name, token)

    async def of_user(self, sub: str) -> list[tuple[str, Session]]:
        """Look them up in the list of the user."""
        now = int(self._clock())
        names = await self._ask("ZREVRANGEBYSCORE", self._list(sub), "+inf", now, "LIMIT", 0, _MOST)
        values = await self._ask("MGET", *(self._prefix + name.decode() for name in names)) if names else []
        return self._read_of(sub, zip(names, values, strict=True))

    async def end_of_user(self, sub: str, only: str | None, keep: str | None) -> tuple[int, list[Session]]:
        """Delete them, and take them off the list of the user."""
        arguments = (self._prefix, only or "", keep or "", _MOST, _ENDED, _LATE)
        ended, newest = await self._ask("EVAL", _END, 1, self._list(sub), *arguments)
        opened = self._read_of(sub, zip(newest[::2], newest[1::2], strict=True))
        return ended, [session for _, session in opened]

    def _read_of(self, sub: str, entries: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, Session]]:
        found = []
        for name, written in entries:
            with suppress(BrokenBoxError, ForeignBoxError, ValueError, AttributeError):
                key = name.decode()
                session = Session.load(self._box.open(written.decode("ascii"), self._prefix + key))
                if session.sub == sub:
                    found.append((key, session))
        return found

    def _key(self, ticket: str) -> str:
        # Not the ticket itself: whoever reads Redis cannot sign in with what stands there.
        return self._prefix + session_id(ticket)

    def _life(self, session: Session) -> int:
        return max(session.ends_at - int(self._clock()), 1)

    def _list(self, sub: str) -> str:
        return f"{self._prefix}of:{hashlib.sha256(sub.encode()).hexdigest()}"

    async def _ask(self, *command: str | int) -> Any:
        try:
            return await self._connections.ask(*command)
        except RedisUnavailableError as exc:
            raise self._unavailable(exc) from None

    def _unavailable(self, error: RedisUnavailableError) -> SessionStoreUnavailableError:
        self._pace.met(error)
        return SessionStoreUnavailableError(str(error))


def _version(written: bytes) -> str:
    # What Redis can compute itself; it tells texts apart that nobody chooses.
    return hashlib.sha1(written, usedforsecurity=False).hexdigest()
