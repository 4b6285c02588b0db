"""The public keys of Application Load Balancers: one PEM file for each key id and Region.

There is no key set to compare an id with. What is known of an id is what the endpoint answered
when it was asked, so how often it may be asked is bounded here.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx2
from cachetools import LRUCache, TTLCache
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.jwks import FetchError
from fastapi_cognito_auth.single_flight import SingleFlight

logger = logging.getLogger("fastapi_cognito_auth")

_LARGEST_ANSWER: Final = 4096  # bytes; a key is 178
_MOST_KEYS: Final = 64
_MOST_MISSED: Final = 4096
_NO_SUCH_KEY: Final = frozenset({403, 404})
"""The endpoint is a bucket, and a bucket that may not be listed answers 403 for what it lacks."""

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Returns what is at an address, `None` where there is nothing, or raises `FetchError`."""


@dataclass
class _Known:
    public_key: EllipticCurvePublicKey
    stale_at: float


class AlbKeys:
    """Finds a load balancer's key by its address; its state is the keys that were found.

    A known key costs no I/O. Fetches of one key are shared by all who wait for it, an id that the
    endpoint lacks is not asked for again during `cooldown`, and all fetches together keep to a
    rate. A failed fetch never drops a key; an answer that there is none does.

    Args:
        fetch: gets the key at an address.
        max_age: seconds after which a key is asked for again.
        cooldown: seconds during which a missing key, or a stale one after a failed fetch, is not
            asked for again.
        burst: how many fetches may follow each other at once.
        refill: seconds after which one more of them is allowed.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        max_age: float = 86_400.0,
        cooldown: float = 10.0,
        burst: int = 5,
        refill: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._cooldown = cooldown
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._known: LRUCache[str, _Known] = LRUCache(_MOST_KEYS)
        self._missed: TTLCache[str, None] = TTLCache(_MOST_MISSED, ttl=cooldown, timer=clock)
        self._allowance = float(burst)
        self._allowance_at = clock()
        self._flights: SingleFlight[str, None] = SingleFlight()

    async def key(self, uri: str) -> EllipticCurvePublicKey:
        """Return the key at an address.

        Raises:
            InvalidSignatureError: there is no such key.
            KeysUnavailableError: the key is unknown, and whether it exists cannot be told now.
        """
        known = self._known.get(uri)
        if known is not None and self._clock() < known.stale_at:
            return known.public_key
        if uri not in self._missed:
            await (self._load(uri) if known is None else self._renew(uri, known))
        found = self._known.get(uri)
        if found is None:
            raise InvalidSignatureError("The load balancer's header was signed with an unknown key.")
        return found.public_key

    async def _renew(self, uri: str, known: _Known) -> None:
        # One request waits for the fetch; the others go on with the key that is known.
        known.stale_at = self._clock() + self._cooldown
        try:
            await self._load(uri)
        except KeysUnavailableError:
            logger.warning("keeping the known key of a load balancer", extra={"uri": uri})

    async def _load(self, uri: str) -> None:
        try:
            await self._flights.run(uri, lambda: self._load_if_allowed(uri))
        except FetchError as exc:
            logger.warning("cannot fetch the key of a load balancer: %s", exc, extra={"uri": uri})
            raise KeysUnavailableError(
                "The keys of the load balancer cannot be fetched at the moment."
            ) from exc

    async def _load_if_allowed(self, uri: str) -> None:
        now = self._clock()
        self._allowance = min(self._burst, self._allowance + (now - self._allowance_at) / self._refill)
        self._allowance_at = now
        if self._allowance < 1:
            raise FetchError("too many fetches in a row")
        self._allowance -= 1
        pem = await self._fetch(uri)
        if pem is None:
            self._missed[uri] = None
            self._known.pop(uri, None)
        else:
            self._known[uri] = _Known(_parse_key(pem), self._clock() + self._max_age)


def _parse_key(pem: bytes) -> EllipticCurvePublicKey:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise FetchError("the answer is not a public key in PEM") from exc
    # RFC 7518 section 3.4: ES256 is P-256, and no other curve.
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise FetchError("the key is not on the curve P-256")
    return key


def http_fetch(*, timeout: float) -> Fetch:
    """Return a function that fetches a key over HTTP; redirects are not followed.

    Args:
        timeout: seconds for everything, however slowly the answer drips.
    """

    async def fetch(uri: str) -> bytes | None:
        try:
            async with asyncio.timeout(timeout):
                return await _download(uri)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as exc:
            msg = f"cannot fetch {uri}: {type(exc).__name__}"
            raise FetchError(msg) from exc

    return fetch


async def _download(uri: str) -> bytes | None:
    # No compression: the cap below is then a cap on what is unpacked, too.
    headers = {"Accept-Encoding": "identity"}
    async with (
        httpx2.AsyncClient(follow_redirects=False, headers=headers) as client,
        client.stream("GET", uri) as response,
    ):
        if response.status_code in _NO_SUCH_KEY:
            logger.warning("%s answered %s: there is no such key", uri, response.status_code)
            return None
        if response.status_code != 200:
            msg = f"{uri} answered {response.status_code}"
            raise FetchError(msg)
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _LARGEST_ANSWER:
                msg = f"{uri} answered more than {_LARGEST_ANSWER} bytes"
                raise FetchError(msg)
        return bytes(body)
