"""The public keys of Application Load Balancers: one PEM file for each key id and Region.

There is no key set to compare an id with. What is known of an id is what the endpoint answered
when it was asked, so how often it may be asked is bounded here.
"""

import logging
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from cachetools import FIFOCache, LRUCache, TTLCache
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.download import key_download
from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.keys.unknown_kids import MOST_KIDS, Allowance
from fastapi_cognito_auth.runtime.forks import in_each_process
from fastapi_cognito_auth.runtime.single_flight import SingleFlight

logger: logging.Logger = logging.getLogger("fastapi_cognito_auth")

_LARGEST_ANSWER: Final = 4096  # bytes; a key is 178
_MOST_KEYS: Final = 64
_MOST_MISSED: Final = 4096
_NO_SUCH_KEY: Final = frozenset({403, 404})
"""The endpoint is a bucket, and a bucket that may not be listed answers 403 for what it lacks."""

_UNAVAILABLE: Final = "The keys of the load balancer cannot be fetched at the moment."

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Returns what is at an address, `None` where there is nothing, or raises `FetchError`."""


@dataclass
class _Known:
    public_key: EllipticCurvePublicKey
    stale_at: float


class AlbKeys:
    """Finds a load balancer's key by its address; its state is the keys that were found.

    A known key costs no I/O. Fetches of one key are shared by all who wait for it, and an id that
    the endpoint lacks is not asked for again during `cooldown`. An id that is named for the first
    time has a small allowance of fetches, and one that is named again a larger one: a key in use
    is named again and again, while a flood of ever new ids leaves the larger allowance alone.
    A failed fetch never drops a key; an answer that there is none does.

    Args:
        fetch: gets the key at an address.
        load_balancers: how many are declared; each has a key or two at a time.
        max_age: seconds after which a key is asked for again.
        cooldown: seconds during which a missing key, or a stale one after a failed fetch, is not
            asked for again.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        load_balancers: int = 1,
        max_age: float = 86_400.0,
        cooldown: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._cooldown = cooldown
        self._clock = clock
        self._fetches = Allowance(burst=2 * load_balancers + 3, refill=1, clock=clock)
        self._first_named = Allowance(burst=2 * load_balancers, refill=15, clock=clock)
        self._flights: SingleFlight[str, None] = SingleFlight()
        in_each_process(self._start_anew)

    def _start_anew(self) -> None:
        self._known: LRUCache[str, _Known] = LRUCache(_MOST_KEYS)
        self._missed: TTLCache[str, None] = TTLCache(_MOST_MISSED, ttl=self._cooldown, timer=self._clock)
        # By their hashes: made-up ids are many.
        self._named: FIFOCache[int, None] = FIFOCache(MOST_KIDS)
        # Event loops in several threads may share one app; reading changes these caches, too.
        self._lock = threading.Lock()

    async def key(self, uri: str) -> EllipticCurvePublicKey:
        """Return the key at an address.

        Raises:
            InvalidSignatureError: there is no such key.
            KeysUnavailableError: the key is unknown, and whether it exists cannot be told now.
        """
        with self._lock:
            known = self._known.get(uri)
            if known is not None and self._clock() < known.stale_at:
                return known.public_key
            if known is not None:
                # One request waits for the fetch; the others go on with the key that is known.
                known.stale_at = self._clock() + self._cooldown
            missed = uri in self._missed
            again = hash(uri) in self._named
            if known is None and not missed:
                self._named[hash(uri)] = None
        if known is not None:
            await self._renew(uri)
        elif not missed:
            await self._flights.run(uri, lambda: self._load_unknown(uri, again=again))
        return self._found(uri)

    async def _renew(self, uri: str) -> None:
        try:
            await self._flights.run(uri, lambda: self._load(uri))
        except FetchError as exc:
            logger.warning("keeping the known key of a load balancer: %s", exc)

    def _found(self, uri: str) -> EllipticCurvePublicKey:
        with self._lock:
            found = self._known.get(uri)
        if found is None:
            error = InvalidSignatureError("The load balancer's header was signed with an unknown key.")
            raise error.about("kid", found=uri.rpartition("/")[2], wanted="a key of the load balancer")
        return found.public_key

    async def _load_unknown(self, uri: str, *, again: bool) -> None:
        if not self._may_fetch(again=again):
            # And nothing to presume, however lately the endpoint was asked: it answers for one id alone.
            # Not logged: what forged headers can cause without end fills no log.
            raise KeysUnavailableError(_UNAVAILABLE, retry_after=1)
        try:
            await self._load(uri)
        except FetchError as exc:
            logger.warning("cannot look for the key of a load balancer: %s", exc)
            raise KeysUnavailableError(_UNAVAILABLE) from exc

    def _may_fetch(self, *, again: bool) -> bool:
        with self._lock:
            if not self._fetches.left() or not (again or self._first_named.left()):
                return False
            self._fetches.take()
            if not again:
                self._first_named.take()
            return True

    async def _load(self, uri: str) -> None:
        try:
            pem = await self._fetch(uri)
            key = None if pem is None else _parse_key(pem)
        except FetchError:
            raise
        except Exception as exc:
            # A proxy that needs a missing package, a port that is none: an outage, not a 500.
            raise FetchError(type(exc).__name__) from exc
        with self._lock:
            if key is None:
                self._missed[uri] = None
                self._known.pop(uri, None)
            else:
                self._known[uri] = _Known(key, self._clock() + self._max_age)


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
    return key_download(timeout=timeout, largest=_LARGEST_ANSWER, absent=_NO_SUCH_KEY)
