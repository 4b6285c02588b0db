"""A list in Redis, which all workers of an app share."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi_cognito_auth.redis_connections import RedisConnections, RedisUnavailableError
from fastapi_cognito_auth.redis_lookups import RedisLookups
from fastapi_cognito_auth.revocation.deny_list import StoreUnavailable

_DENY: Final = """
local old = tonumber(redis.call('GET', KEYS[1]) or '')
if old == nil or old < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
return 1
"""
"""A later second replaces an earlier one and never the other way round, whoever comes last."""


class RedisStore:
    """Keeps names in Redis.

    Args:
        connections: to it.
        prefix: of all keys, so that several apps can share one Redis.
    """

    shared = True
    sign_in_floor = -1  # nothing is dropped to make room

    def __init__(self, connections: RedisConnections, *, prefix: str) -> None:
        self._connections = connections
        self._lookups = RedisLookups(connections)
        self._prefix = prefix

    async def find(self, user: str, names: Sequence[str]) -> tuple[int, bool]:
        """Look names up in one round trip (MGET)."""
        try:
            upto, *others = await self._lookups.get(*(self._prefix + name for name in (user, *names)))
            return -1 if upto is None else int(upto), any(value is not None for value in others)
        except RedisUnavailableError as exc:
            raise StoreUnavailable(str(exc)) from None
        except (TypeError, ValueError):
            raise StoreUnavailable("the answer is not one of ours") from None

    async def deny(self, name: str, upto: int, life: int) -> None:
        """Put a name on the list in one round trip (EVAL); Redis forgets it when it is not needed."""
        await self._ask("EVAL", _DENY, 1, self._prefix + name, upto, life)

    async def _ask(self, *command: str | int) -> Any:
        try:
            return await self._connections.ask(*command)
        except RedisUnavailableError as exc:
            raise StoreUnavailable(str(exc)) from None
