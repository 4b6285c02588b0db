"""The pool's public keys: fetched when needed, kept through outages (RFC 7517)."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

import httpx2
import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.single_flight import SingleFlight

logger = logging.getLogger("fastapi_cognito_auth")

ALGORITHM: Final = "RS256"
"""The only signature algorithm of Cognito's user pools (RFC 7518 section 3.3)."""

_SHORTEST_KEY: Final = 2048  # bits, RFC 7518 section 3.3
_LARGEST_KEY: Final = 8192  # bits; a longer one only costs time
_LARGEST_ANSWER: Final = 64 * 1024  # bytes; a pool's own is 1 KiB
_MOST_KIDS: Final = 4096
_RENEW_AT: Final = 0.8  # of the maximum age: leaves time for many tries before the set is too old

Fetch = Callable[[], Awaitable[bytes]]
"""Returns the key set as JSON, or raises `FetchError`."""


class FetchError(Exception):
    """The key set could not be fetched, or holds no usable key."""


class Key(NamedTuple):
    """A public key that may verify tokens, parsed once."""

    kid: str
    public_key: RSAPublicKey


class JWKSCache:
    """Finds a key by its `kid`; its state is the last good key set and when it was asked for.

    A known key costs no I/O: the set is fetched again in the background before it is too old. An
    unknown key leads to a fetch, shared by all who wait for it, at most once per `cooldown` for
    each `kid` and at a global rate, so that forged tokens cannot flood the endpoint. A failed
    fetch never empties the cache: known keys go on verifying.

    Args:
        fetch: gets the key set.
        max_age: seconds for which a set is trusted without asking again.
        cooldown: seconds during which a `kid` that a fresh set lacked is not asked for again, and
            between two tries to renew the set during an outage.
        burst: how many fetches for unknown keys may follow each other at once.
        refill: seconds after which one more of them is allowed.
        clock: seconds from any start, never going back.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        max_age: float = 86_400.0,
        cooldown: float = 10.0,
        burst: int = 3,
        refill: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._cooldown = cooldown
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._stale_at = self._renew_at = clock()
        self._begun = self._shown = 0  # numbers of fetches: the last begun, and the one the keys are from
        self._failing = False
        self._missed: TTLCache[str, None] = TTLCache(_MOST_KIDS, ttl=cooldown, timer=clock)
        self._allowance = float(burst)
        self._allowance_at = clock()
        self._flights: SingleFlight[None, None] = SingleFlight()

    def known(self, kid: str) -> Key | None:
        """Return the key with this id if that needs no waiting.

        The object stays the same from one key set to the next while the key does. `None` says
        that the key is not known, or the set too old to be trusted unasked: then `key` decides.
        """
        now = self._clock()
        if now >= self._renew_at:
            self._renew_in_background(now)
        return self._keys.get(kid) if now < self._stale_at else None

    async def key(self, kid: str) -> Key:
        """Return the key with this id, fetching the key set if need be.

        Raises:
            InvalidSignatureError: the pool has no such key.
            KeysUnavailableError: the key is unknown, and whether the pool has it cannot be told now.
        """
        known = self.known(kid)
        if known is not None:
            return known
        if kid in self._keys:
            await self._renew()
            # A key that the pool has withdrawn is no longer trusted.
            return self._keys.get(kid) or self._refuse(kid)
        if kid in self._missed:
            return self._refuse(kid)
        try:
            await self._flights.run(None, self._load_if_allowed)
        except FetchError as exc:
            raise KeysUnavailableError from exc
        found = self._keys.get(kid)
        if found is None:
            return self._refuse(kid)
        return found

    async def refresh(self) -> None:
        """Fetch the key set now, or join the fetch that is under way.

        Raises:
            FetchError: it failed; the keys known before stay.
        """
        await self._flights.run(None, self._load)

    def _renew_in_background(self, now: float) -> None:
        if now >= self._stale_at:
            return  # too late for that; `key` waits
        # Claimed first: one try per cool-down, on whichever event loop.
        self._renew_at = now + self._cooldown
        self._flights.start(None, self._load)

    async def _renew(self) -> None:
        now = self._clock()
        if self._failing and now < self._renew_at:
            return  # an outage: one request tries, the others go on with the keys they have
        self._renew_at = now + self._cooldown
        with suppress(FetchError):  # the known keys stay
            await self.refresh()

    async def _load(self) -> None:
        self._begun += 1
        number, begun_at = self._begun, self._clock()
        try:
            found = parse_key_set(await self._fetch())
        except FetchError as exc:
            # Once for each fetch, not for each request that waits for it.
            logger.warning("cannot fetch the key set: %s", exc)
            self._failing = True
            self._renew_at = max(self._renew_at, self._clock() + self._cooldown)
            raise
        if number < self._shown:
            return  # another event loop was faster with a later answer
        self._shown, self._failing = number, False
        self._keys = {kid: _same(self._keys.get(kid), key) for kid, key in found.items()}
        self._stale_at = begun_at + self._max_age
        self._renew_at = begun_at + self._max_age * _RENEW_AT

    async def _load_if_allowed(self) -> None:
        now = self._clock()
        self._allowance = min(self._burst, self._allowance + (now - self._allowance_at) / self._refill)
        self._allowance_at = now
        if self._allowance < 1:
            raise FetchError("too many fetches in a row")
        self._allowance -= 1
        await self._load()

    def _refuse(self, kid: str) -> Key:
        # Being asked for again must not prolong the wait.
        if kid not in self._missed:
            self._missed[kid] = None
        raise InvalidSignatureError("The token was signed with a key that the user pool does not have.")


def _same(before: Key | None, now: Key) -> Key:
    """Keep the object while the key is the same, so that what was verified with it can be told by it."""
    if before is not None and before.public_key.public_numbers() == now.public_key.public_numbers():
        return before
    return now


def parse_key_set(answer: bytes) -> Mapping[str, Key]:
    """Read a JWK Set (RFC 7517 section 5), keeping the keys that Cognito may sign with.

    A key of another type, use or algorithm, or a broken one, is left out; so are keys that share
    a `kid`, since which of them is meant cannot be told.

    Raises:
        FetchError: there is no usable key; such an answer must not replace good keys.
    """
    try:
        members = json.loads(answer)["keys"]
        candidates = [member for member in members if isinstance(member, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FetchError("the answer is not a key set") from exc
    keys: dict[str, Key] = {}
    ambiguous: set[str] = set()
    for member in candidates:
        key = _parse_key(member)
        if key is None:
            continue
        if key.kid in keys:
            ambiguous.add(key.kid)
        keys[key.kid] = key
    usable = {kid: key for kid, key in keys.items() if kid not in ambiguous}
    if not usable:
        raise FetchError("the key set holds no usable key")
    return usable


def _parse_key(member: dict[str, Any]) -> Key | None:
    kid = member.get("kid")
    if not isinstance(kid, str) or not kid:
        return None
    if member.get("kty") != "RSA" or member.get("use", "sig") != "sig" or member.get("alg") != ALGORITHM:
        return None
    try:
        # Only the public half is read, whatever else the answer holds.
        key = jwt.PyJWK({name: member[name] for name in ("kty", "n", "e", "alg")}).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        logger.warning("ignoring a broken key of the key set", extra={"kid": kid[:64]})
        return None
    if not isinstance(key, RSAPublicKey) or not _SHORTEST_KEY <= key.key_size <= _LARGEST_KEY:
        return None
    return Key(kid, key)


def http_fetch(uri: str, *, timeout: float) -> Fetch:
    """Return a function that fetches the key set over HTTP.

    Args:
        uri: the address; redirects are not followed.
        timeout: seconds for everything, however slowly the answer drips.
    """

    async def fetch() -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await _download(uri)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as exc:
            msg = f"cannot fetch {uri}: {type(exc).__name__}"
            raise FetchError(msg) from exc

    return fetch


async def _download(uri: str) -> bytes:
    # A client for each fetch: fetches are rare, and a client is bound to one event loop.
    # No compression: the cap below is then a cap on what is unpacked, too.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with (
        httpx2.AsyncClient(follow_redirects=False, headers=headers) as client,
        client.stream("GET", uri) as response,
    ):
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
