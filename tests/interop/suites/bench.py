"""The emulator, and beside it what the tests of other emulators expect of theirs: to begin anew."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.interop.kit import address_of, listening, running


class Bench:
    """The emulator without a pool, with `POST /reset` and `POST /time?seconds=` beside it.

    Args:
        region: of its pools.
    """

    def __init__(self, region: str) -> None:
        self._ahead = 0.0
        pool = LocalUserPool(region=region, clock=lambda: time.time() + self._ahead)
        self._pools = pool._service.pools
        self._app = emulator(pool)
        self._begin()

    def _begin(self) -> None:
        self._ahead = 0.0
        for plane in [*self._pools]:
            self._pools.remove(plane.directory.pool_id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the emulator does, but for what only a suite asks for."""
        if scope["path"] == "/reset":
            self._begin()
        elif scope["path"] == "/time":
            self._ahead += float(parse_qs(scope["query_string"].decode())["seconds"][0])
        else:
            await self._app(scope, receive, send)
            return
        await Response(status_code=204)(scope, receive, send)


@contextmanager
def bench(region: str) -> Iterator[str]:
    """Serve it, as long as the context lasts, and return its address."""
    with listening() as server, running(Bench(region), server):
        yield address_of(server)
