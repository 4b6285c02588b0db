"""A list in Redis, which all workers of an app share."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.revocation.deny_list import StoreUnavailable
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent

if TYPE_CHECKING:
    from redis.asyncio import Redis

_MOST_CONNECTIONS: Final = 64
"""Of one worker; whoever finds none waits, within the timeout."""

_DENY: Final = """
local old = tonumber(redis.call('GET', KEYS[1]) or '')
if old == nil or old < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
return 1
"""
"""A later second replaces an earlier one and never the other way round, whoever comes last."""


class _Connections(NamedTuple):
    """Those of one event loop."""

    client: "Redis"
    free: asyncio.Semaphore
    keeper: "AsyncGenerator[Redis]"
    """Closes them when the loop ends."""


class RedisStore:
    """Keeps names in Redis; its state is the connections of each event loop that uses it.

    A connection belongs to one event loop. Each loop gets its own, and they close when it ends:
    an asynchronous generator holds them, and ending a loop ends its generators.

    Args:
        url: `redis://`, `rediss://` or `unix://`; may hold a password.
        prefix: of all keys, so that several apps can share one Redis.
        timeout: seconds for one question or one entry as a whole, connecting included.

    Raises:
        ConfigurationError: the `[redis]` extra is not installed, or the address is none.
    """

    shared = True
    sign_in_floor = -1  # nothing is dropped to make room

    def __init__(self, url: str, *, prefix: str, timeout: float) -> None:
        try:
            from redis.asyncio.connection import parse_url  # noqa: PLC0415 - an optional extra
        except ImportError as exc:
            msg = "COGNITO_REVOCATION=redis needs the extra: pip install 'fastapi-cognito-auth[redis]'"
            raise ConfigurationError(msg) from exc
        try:
            parse_url(url)
        except (ValueError, TypeError):
            readable = False
        else:
            readable = True
        if not readable:
            raise ConfigurationError("COGNITO_REDIS_URL is wrong: it is no address of a Redis")
        self._url = url
        self._prefix = prefix
        self._timeout = timeout
        self._lock = threading.Lock()
        self._open: dict[asyncio.AbstractEventLoop, _Connections] = {}
        in_each_child(self._start_anew)

    def _start_anew(self) -> None:
        leave_to_the_parent(self._open)
        self._lock = threading.Lock()
        self._open = {}

    async def find(self, user: str, names: Sequence[str]) -> tuple[int, bool]:
        """Look names up in one round trip (MGET)."""
        values = await self._ask("MGET", *(self._prefix + name for name in (user, *names)))
        try:
            upto, *others = values
            return -1 if upto is None else int(upto), any(value is not None for value in others)
        except (TypeError, ValueError):
            raise StoreUnavailable("the answer is not one of ours") from None

    async def deny(self, name: str, upto: int, life: int) -> None:
        """Put a name on the list in one round trip (EVAL); Redis forgets it when it is not needed."""
        await self._ask("EVAL", _DENY, 1, self._prefix + name, upto, life)

    async def _ask(self, *command: str | int) -> Any:
        try:
            # Around everything, so that redis-py need not set a timer for each step.
            async with asyncio.timeout(self._timeout):
                connections = await self._connections()
                async with connections.free:
                    return await connections.client.execute_command(*command)  # type: ignore[no-untyped-call]
        except Exception as exc:  # noqa: BLE001 - the protocol's parser trips over nonsense in many ways
            reason = type(exc).__name__
        # Outside the handler: what Redis says may quote the command that it did not understand.
        raise StoreUnavailable(reason)

    async def _connections(self) -> _Connections:
        loop = asyncio.get_running_loop()
        known = self._open.get(loop)
        if known is not None:
            return known
        keeper = self._connect(loop)
        # The first step waits for nothing, so no other task comes between.
        connections = _Connections(await anext(keeper), asyncio.Semaphore(_MOST_CONNECTIONS), keeper)
        with self._lock:
            for other in [other for other in self._open if other.is_closed()]:
                del self._open[other]
            self._open[loop] = connections
        return connections

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> "AsyncGenerator[Redis]":
        from redis.asyncio import ConnectionPool, Redis  # noqa: PLC0415 - an optional extra
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import ConnectionError  # noqa: A004, PLC0415

        pool = ConnectionPool.from_url(
            self._url,
            socket_timeout=None,
            socket_connect_timeout=None,
            # A connection from before a restart fails once, and the second try makes a new one.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[ConnectionError],
        )
        try:
            yield Redis(connection_pool=pool)
        finally:
            with self._lock:
                self._open.pop(loop, None)
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self._timeout):
                    await pool.disconnect()
