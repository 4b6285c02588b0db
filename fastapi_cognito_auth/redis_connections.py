"""Connections to Redis: those of each event loop, and one question at a time over them."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent

if TYPE_CHECKING:
    from redis.asyncio import Redis

_MOST_CONNECTIONS: Final = 64
"""Of one worker; whoever finds none waits, within the timeout."""


_REMEDIES: Final = {
    "AuthenticationError": "the user or the password in COGNITO_REDIS_URL is wrong, or missing",
    "NoPermissionError": "the user in COGNITO_REDIS_URL may not do this",
    "ResponseError": "look at COGNITO_REDIS_URL, such as the number of the database",
    "ConnectionError": "nobody answers at the host and port of COGNITO_REDIS_URL",
    "TimeoutError": "look at COGNITO_REDIS_URL, such as rediss:// or redis://, and at COGNITO_REDIS_TIMEOUT",
}
"""By the names of errors, since what Redis says may quote the command that it did not understand."""


class RedisUnavailableError(Exception):
    """Redis did not answer in time, or not sensibly; the text holds nothing secret."""


class _Connections(NamedTuple):
    """Those of one event loop."""

    client: "Redis"
    free: asyncio.Semaphore
    keeper: "AsyncGenerator[Redis]"
    """Closes them when the loop ends."""


class RedisConnections:
    """Asks Redis; its state is the connections of each event loop that uses it.

    A connection belongs to one event loop. Each loop gets its own, and they close when it ends:
    an asynchronous generator holds them, and ending a loop ends its generators.

    Args:
        url: `redis://`, `rediss://` or `unix://`; may hold a password.
        timeout: seconds for one question as a whole, connecting included.
        setting: what asks for Redis, such as `COGNITO_REVOCATION=redis`.

    Raises:
        ConfigurationError: the `[redis]` extra is not installed, or the address is none.
    """

    def __init__(self, url: str, *, timeout: float, setting: str) -> None:
        try:
            from redis.asyncio.connection import parse_url  # noqa: PLC0415 - an optional extra
        except ImportError as exc:
            msg = f"{setting} needs the extra: pip install 'fastapi-cognito-auth[redis]'"
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
        self._timeout = timeout
        self._lock = threading.Lock()
        self._open: dict[asyncio.AbstractEventLoop, _Connections] = {}
        in_each_child(self._start_anew)

    def _start_anew(self) -> None:
        leave_to_the_parent(self._open)
        self._lock = threading.Lock()
        self._open = {}

    async def ask(self, *command: str | int) -> Any:
        """Send one command, and return the answer.

        Raises:
            RedisUnavailableError: there is none.
        """
        try:
            # Around everything, so that redis-py need not set a timer for each step.
            async with asyncio.timeout(self._timeout):
                connections = await self._connections()
                async with connections.free:
                    return await connections.client.execute_command(*command)  # type: ignore[no-untyped-call]
        except Exception as exc:  # noqa: BLE001 - the protocol's parser trips over nonsense in many ways
            name = type(exc).__name__
            remedy = _REMEDIES.get(name)
            reason = name if remedy is None else f"{name}: {remedy}"
        # Outside the handler: what Redis says may quote the command that it did not understand.
        raise RedisUnavailableError(reason)

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
