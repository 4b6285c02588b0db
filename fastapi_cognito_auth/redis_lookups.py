"""What many requests look up in Redis at the same moment, in one round trip."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from fastapi_cognito_auth.redis_connections import RedisConnections, RedisUnavailableError
from fastapi_cognito_auth.runtime.forks import in_each_child, leave_to_the_parent

_MOST: Final = 256
"""Lookups of one command: Redis does nothing else meanwhile."""

Values = tuple[bytes | None, ...]


class _Lookup(NamedTuple):
    keys: tuple[str, ...]
    values: "asyncio.Future[Values]"


class RedisLookups:
    """Looks keys up; its state is what each event loop collects before it asks.

    What is asked for in one turn of an event loop goes out together at the end of that turn (MGET),
    so nobody waits longer, and a worker under load asks a fraction of the questions. None joins a
    question that is out already: its answer may be older than the request.

    Args:
        connections: to Redis.
    """

    def __init__(self, connections: RedisConnections) -> None:
        self._connections = connections
        self._start_anew()
        in_each_child(self._leave_to_the_parent)

    def _start_anew(self) -> None:
        self._collected: dict[asyncio.AbstractEventLoop, list[_Lookup]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def _leave_to_the_parent(self) -> None:
        leave_to_the_parent(self._collected)
        leave_to_the_parent(self._under_way)
        self._start_anew()

    async def get(self, *keys: str) -> Values:
        """Return the values of the keys; `None` for what Redis does not have.

        Raises:
            RedisUnavailableError: there is no answer.
        """
        loop = asyncio.get_running_loop()
        collected = self._collected.get(loop)
        if collected is None or len(collected) >= _MOST:
            # Loops of other threads come and go meanwhile, hence the copy.
            for other in [other for other in self._collected.copy() if other.is_closed()]:
                self._collected.pop(other, None)
            collected = self._collected[loop] = []
            loop.call_soon(self._send, loop, collected)
        lookup = _Lookup(keys, loop.create_future())
        collected.append(lookup)
        return await lookup.values

    def _send(self, loop: asyncio.AbstractEventLoop, lookups: list[_Lookup]) -> None:
        if self._collected.get(loop) is lookups:
            del self._collected[loop]
        # At the end of a loop everybody has gone away, and nothing more may be begun.
        if all(lookup.values.done() for lookup in lookups):
            return
        task = loop.create_task(self._answer(lookups))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, lookups: Sequence[_Lookup]) -> None:
        keys = list(dict.fromkeys(key for lookup in lookups for key in lookup.keys))
        try:
            found = dict(zip(keys, await self._connections.ask("MGET", *keys), strict=True))
            unavailable = None
        except RedisUnavailableError as exc:
            unavailable = str(exc)
        except (TypeError, ValueError):
            unavailable = "the answer is not one of ours"
        except asyncio.CancelledError:
            unavailable = "the event loop ends"
        for wanted, values in lookups:
            # Whoever has gone away has cancelled it.
            if values.done():
                continue
            if unavailable is None:
                values.set_result(tuple(found[key] for key in wanted))
            else:
                values.set_exception(RedisUnavailableError(unavailable))
