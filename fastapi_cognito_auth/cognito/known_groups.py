"""Whether there are the groups that somebody is to join, asked before anybody is there to join them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from cachetools import LRUCache

from fastapi_cognito_auth.exceptions import ResourceNotFoundError

_MOST_NAMES: Final = 10_000
"""As many as a pool has groups, at most; others are made up."""


class KnownGroups:
    """Asks once for each name; its state is what was answered.

    Args:
        get: gets a group by its name, or raises.
    """

    def __init__(self, get: Callable[[str], Awaitable[Any]]) -> None:
        self._get = get
        self._there: LRUCache[str, bool] = LRUCache(_MOST_NAMES)
        self._turn = asyncio.Lock()

    async def demand(self, names: Iterable[str]) -> None:
        """Refuse names that are of no group.

        Raises:
            ResourceNotFoundError: there is no group of a name.
            UserPoolError: a name cannot be one, or it cannot be found out.
        """
        # Rows that are under way at the same time name the same groups.
        async with self._turn:
            for name in names:
                if not await self._is_there(name):
                    msg = f"There is no group {name}."
                    raise ResourceNotFoundError(msg)

    async def _is_there(self, name: str) -> bool:
        there = self._there.get(name)
        if there is None:
            try:
                await self._get(name)
            except ResourceNotFoundError:
                there = False
            else:
                there = True
            self._there[name] = there
        return there
