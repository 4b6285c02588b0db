"""Fetches of the key set: when many ask at once, and when forged tokens name keys that do not exist.

Real time and the real verifier, over a key endpoint that takes 50 ms and counts. The flood holds
10,000 tokens, each with a `kid` of its own, in 10 s. In its course the pool rotates, early or late: a
second key is published, and a good token signed by it is tried every 10 ms until it is accepted.
Meanwhile a token of the first key is verified all the time; the slowest of those is shown, too.
The bars are held against the worst flood.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import Final, NamedTuple

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from benchmarks.signing import Key, with_unknown_kids
from fastapi_cognito_auth import CognitoAuth, CognitoAuthError, CognitoSettings
from fastapi_cognito_auth.tokens.verifier import TokenVerifier
from tests.support import CLIENT_ID, POOL_ID

AT_ONCE: Final = 200
PER_SECOND: Final = 1000
LATENCY: Final = 0.05
"""Seconds that a fetch takes."""

_STEP: Final = 0.01
"""Seconds between two handfuls of forged tokens."""


class _Endpoint:
    """The key endpoint of a pool; its state is what it publishes, and how often it was asked."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.fetches = 0

    async def __call__(self) -> bytes:
        self.fetches += 1
        answer = json.dumps({"keys": [key.jwk for key in self.keys]}).encode()
        await asyncio.sleep(LATENCY)
        return answer

    def auth(self) -> CognitoAuth:
        return CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), fetch_keys=self)


def measure(plan: Plan) -> Section:
    """Run this part."""
    # What a flood writes to the log is not what is measured, nor is it a part of the report.
    logging.getLogger("fastapi_cognito_auth").addHandler(logging.NullHandler())
    return asyncio.run(_measure(plan.amount(10.0, 0.5), (0.5,) if plan.quick else (0.1, 0.5, 0.9)))


class _Flood(NamedTuple):
    """What a flood did; `moment` is when the pool rotated, in seconds."""

    moment: float
    tokens: int
    fetches: int
    pick_up: float
    slowest: float


async def _measure(seconds: float, moments: tuple[float, ...]) -> Section:
    first, second = Key("first"), Key("second")
    cold = _Endpoint(first)
    verifier = cold.auth().verifier
    token = first.token()
    await asyncio.gather(*(verifier.access_token(token) for _ in range(AT_ONCE)))
    floods = [await _flooded(first, second, seconds, moment) for moment in moments]
    rows = [
        [f"{AT_ONCE} requests at once, no key known yet", "", str(cold.fetches), "", ""],
        *(_row(flood, seconds) for flood in floods),
    ]
    head = ["", "tokens/s", "fetches", "rotation picked up after, ms", "slowest known token, ms"]
    bars = [
        Bar(f"key fetches, {AT_ONCE} concurrent cold requests", cold.fetches, "<=", 1),
        Bar("key fetches, 10,000 unknown kids in 10 s", max(flood.fetches for flood in floods), "<=", 3),
        Bar(
            "rotation inside the flood picked up after, s", max(flood.pick_up for flood in floods), "<=", 1.0
        ),
    ]
    text = f"Real time; the key endpoint takes {LATENCY * 1e3:.0f} ms."
    return Section("Keys", text, [Table(head, rows)], bars)


def _row(flood: _Flood, seconds: float) -> list[str]:
    return [
        f"{flood.tokens:,} unknown `kid`s in {seconds:.0f} s, a rotation after {flood.moment:.0f} s",
        f"{flood.tokens / seconds:.0f}",
        str(flood.fetches),
        f"{flood.pick_up * 1e3:.0f}",
        f"{flood.slowest * 1e3:.0f}",
    ]


async def _flooded(first: Key, second: Key, seconds: float, moment: float) -> _Flood:
    endpoint = _Endpoint(first)
    verifier = endpoint.auth().verifier
    known, rotated = first.token(), second.token()
    await verifier.access_token(known)
    warm = endpoint.fetches
    forged = with_unknown_kids(known, int(PER_SECOND * seconds))
    over = asyncio.Event()
    watching = asyncio.create_task(_slowest(verifier, known, over))
    flooding = asyncio.create_task(_flood(verifier, forged))
    await asyncio.sleep(seconds * moment)
    endpoint.keys.append(second)
    rotation = time.monotonic()
    picking_up = asyncio.create_task(_accepted_at(verifier, rotated))
    await flooding
    # Counted when the flood ends, and not before the rotation was picked up.
    pick_up = await picking_up - rotation
    over.set()
    return _Flood(seconds * moment, len(forged), endpoint.fetches - warm, pick_up, await watching)


async def _flood(verifier: TokenVerifier, forged: list[str]) -> None:
    handful = int(PER_SECOND * _STEP)
    start = time.monotonic()
    tries = []
    for number in range(0, len(forged), handful):
        await asyncio.sleep(start + number / PER_SECOND - time.monotonic())
        tries += [
            asyncio.create_task(_refused(verifier, token)) for token in forged[number : number + handful]
        ]
    await asyncio.gather(*tries)


async def _refused(verifier: TokenVerifier, token: str) -> None:
    with suppress(CognitoAuthError):
        await verifier.access_token(token)
        raise AssertionError("a forged token was accepted")


async def _accepted_at(verifier: TokenVerifier, token: str) -> float:
    while True:
        with suppress(CognitoAuthError):
            await verifier.access_token(token)
            return time.monotonic()
        await asyncio.sleep(_STEP)


async def _slowest(verifier: TokenVerifier, token: str, over: asyncio.Event) -> float:
    slowest = 0.0
    while not over.is_set():
        start = time.monotonic()
        await verifier.access_token(token)
        slowest = max(slowest, time.monotonic() - start)
        await asyncio.sleep(_STEP)
    return slowest
