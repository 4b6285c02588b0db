"""Keys of load balancers: fetched one by one, kept through outages, never a flood of fetches."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fastapi_cognito_auth.alb_keys import AlbKeys, http_fetch
from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.jwks import FetchError
from tests.alb_support import FOREIGN, KEYS_URI, LOAD_BALANCER, KeyBucket, LoadBalancer
from tests.support import SIGNER, Clock

URI = f"{KEYS_URI}/{LOAD_BALANCER.kid}"


def forged(n: int) -> str:
    return f"{KEYS_URI}/{UUID(int=n)}"


def run(test: Callable[[KeyBucket, AlbKeys, Clock], Awaitable[None]]) -> None:
    bucket, clock = KeyBucket(LOAD_BALANCER, FOREIGN), Clock()
    keys = AlbKeys(bucket, max_age=3600, cooldown=10, burst=5, refill=2, clock=clock)
    asyncio.run(test(bucket, keys, clock))  # type: ignore[arg-type]


async def refused(keys: AlbKeys, uri: str) -> type[Exception] | None:
    try:
        await keys.key(uri)
    except (InvalidSignatureError, KeysUnavailableError) as exc:
        return type(exc)
    return None


def test_200_cold_requests_share_one_fetch() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await asyncio.gather(*(keys.key(URI) for _ in range(200)))
        assert await keys.key(URI) is await keys.key(URI)
        assert bucket.fetched == [URI]

    run(test)


def test_an_outage_does_not_touch_known_keys() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await keys.key(URI)
        bucket.down = True
        clock.advance(10_000)
        assert await refused(keys, URI) is None
        assert len(bucket.fetched) == 2
        assert await refused(keys, URI) is None
        assert len(bucket.fetched) == 2
        clock.advance(10)
        assert await refused(keys, URI) is None
        assert len(bucket.fetched) == 3

    run(test)


def test_an_unknown_key_in_an_outage_is_503_and_found_afterwards() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        bucket.down = True
        assert await refused(keys, URI) is KeysUnavailableError
        bucket.down = False
        assert await refused(keys, URI) is None

    run(test)


def test_a_key_that_was_withdrawn_stops_being_trusted() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await keys.key(URI)
        del bucket.objects[URI]
        assert await refused(keys, URI) is None
        clock.advance(3600)
        assert await refused(keys, URI) is InvalidSignatureError

    run(test)


def test_a_key_that_is_missing_is_not_asked_for_again_at_once() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for _ in range(20):
            assert await refused(keys, forged(1)) is InvalidSignatureError
        assert len(bucket.fetched) == 1
        clock.advance(11)
        bucket.objects[forged(1)] = LOAD_BALANCER.pem
        assert await refused(keys, forged(1)) is None

    run(test)


def test_a_flood_of_forged_ids_costs_a_bounded_number_of_fetches_and_no_known_key() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await keys.key(URI)
        for n in range(10_000):
            assert await refused(keys, forged(n)) is not None
            clock.advance(0.001)
        assert len(bucket.fetched) <= 1 + 5 + 5
        assert await refused(keys, URI) is None

    run(test)


def test_after_a_flood_a_rotated_key_is_found() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(100):
            await refused(keys, forged(n))
        new = f"{KEYS_URI}/{FOREIGN.kid}"
        assert await refused(keys, new) is KeysUnavailableError
        clock.advance(2)
        assert await refused(keys, new) is None

    run(test)


def test_memory_stays_bounded() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(500):
            bucket.objects[forged(n)] = LOAD_BALANCER.pem
            await keys.key(forged(n))
            clock.advance(2)
        assert len(keys._known) == 64

    run(test)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>", id="a page"),
        pytest.param(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", id="garbage"),
        pytest.param(LoadBalancer("x", curve=ec.SECP384R1()).pem, id="P-384"),
        pytest.param(LoadBalancer("x", curve=ec.SECP256K1()).pem, id="secp256k1"),
        pytest.param(
            SIGNER.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            id="RSA",
        ),
    ],
)
def test_what_is_no_p256_key_is_no_key(answer: bytes) -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        bucket.objects[URI] = answer
        assert await refused(keys, URI) is KeysUnavailableError

    run(test)


# Over HTTP, on loopback.

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{LOAD_BALANCER.kid}"


def fixed(status: str, body: bytes, **headers: str) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def fetched(answer: Answer) -> bytes | None:
    async def test() -> bytes | None:
        async with serving(answer) as uri:
            return await http_fetch(timeout=0.3)(uri)

    return asyncio.run(test())


def test_a_key_is_fetched_over_http() -> None:
    assert fetched(fixed("200 OK", LOAD_BALANCER.pem)) == LOAD_BALANCER.pem


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found"])
def test_a_bucket_says_in_two_ways_that_there_is_no_such_key(status: str) -> None:
    assert fetched(fixed(status, b"<Error/>")) is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fixed("500 Oops", b""), id="500"),
        pytest.param(fixed("302 Found", b"", Location="http://127.0.0.1:1/"), id="redirect"),
        pytest.param(fixed("200 OK", b"x" * 5000), id="huge"),
        pytest.param(silence, id="silence"),
    ],
)
def test_an_answer_that_tells_nothing_is_an_error(answer: Answer) -> None:
    with pytest.raises(FetchError):
        fetched(answer)


def test_an_endpoint_that_is_down_is_an_error() -> None:
    async def test() -> None:
        with pytest.raises(FetchError):
            await http_fetch(timeout=0.3)(f"http://127.0.0.1:1/{LOAD_BALANCER.kid}")

    asyncio.run(test())
