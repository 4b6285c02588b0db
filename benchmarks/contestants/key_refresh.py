"""Refreshes a key set over HTTPS, and tells how long the event loop was held meanwhile."""

import asyncio
import os
import struct
import subprocess
import sys
import time
from typing import Any

from benchmarks.material import Material
from benchmarks.worker import serve
from fastapi_cognito_auth import CognitoAuth, CognitoSettings

_SIZE = struct.calcsize("d")


class _Lateness:
    """How late the event loop reads what a ticker writes; the state is the latest so far."""

    def __init__(self, ticks: int) -> None:
        self._ticks = ticks
        self.most = 0.0

    def __call__(self) -> None:
        # The oldest tick of those that wait has waited longest.
        (written,) = struct.unpack_from("d", os.read(self._ticks, _SIZE * 4096))
        self.most = max(self.most, time.monotonic() - written)


def main(directory: str, port: str) -> None:
    """Refresh, or with `idle` wait as long as that takes, and answer with the longest block in seconds."""
    pool = Material(directory).pool
    settings = CognitoSettings(
        user_pool_id=pool["user_pool_id"],
        client_id=pool["client_id"],
        jwks_uri=f"https://localhost:{port}/keys",
    )
    keys = CognitoAuth(settings).keys
    ticker = subprocess.Popen([sys.executable, "-m", "benchmarks.contestants.ticker"], stdout=subprocess.PIPE)
    if ticker.stdout is None:
        raise AssertionError
    ticks = ticker.stdout.fileno()
    # Nobody reads between two questions, and what was written then says nothing.
    os.set_blocking(ticks, False)
    runner = asyncio.Runner()

    async def block(*, idle: bool) -> float:
        loop = asyncio.get_running_loop()
        late = _Lateness(ticks)
        while True:
            try:
                os.read(ticks, 1 << 20)
            except BlockingIOError:
                break
        loop.add_reader(ticks, late)
        await asyncio.sleep(0.02)
        late.most = 0.0
        await (asyncio.sleep(0.1) if idle else keys.refresh())
        await asyncio.sleep(0.02)
        loop.remove_reader(ticks)
        return late.most

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        return {"block": runner.run(block(idle=request["idle"]))}

    serve(answer)
    ticker.kill()
    ticker.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
