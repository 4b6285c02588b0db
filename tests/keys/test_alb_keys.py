"""Keys of load balancers: fetched one by one, kept through outages, never a flood of fetches."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.alb_keys import AlbKeys, http_fetch
from fastapi_cognito_auth.keys.key_set import FetchError
from tests.alb_support import FOREIGN, KEYS_URI, LOAD_BALANCER, Bucket, KeyBucket, LoadBalancer, serving
from tests.support import SIGNER, Clock

URI = f"{KEYS_URI}/{LOAD_BALANCER.kid}"


def forged(n: int) -> str:
    return f"{KEYS_URI}/{UUID(int=n)}"


def run(test: Callable[[KeyBucket, AlbKeys, Clock], Awaitable[None]]) -> None:
    bucket, clock = KeyBucket(LOAD_BALANCER, FOREIGN), Clock()
    keys = AlbKeys(bucket, max_age=3600, cooldown=10, clock=clock)
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


def test_two_keys_at_once_are_two_keys() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        uris = [URI, f"{KEYS_URI}/{FOREIGN.kid}"]
        expected = [signer.private_key.public_key() for signer in (LOAD_BALANCER, FOREIGN)]
        for number in range(1, 3):
            assert await asyncio.gather(*(keys.key(uri) for uri in uris)) == expected
            assert sorted(bucket.fetched) == sorted(uris * number)
            clock.advance(3600)

    bucket, clock = KeyBucket(LOAD_BALANCER, FOREIGN), Clock()
    keys = AlbKeys(bucket, load_balancers=2, max_age=3600, cooldown=10, clock=clock)
    asyncio.run(test(bucket, keys, clock))


def test_a_refusal_names_the_key_that_there_is_not() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        with pytest.raises(InvalidSignatureError) as refusal:
            await keys.key(forged(1))
        assert (refusal.value.claim, refusal.value.found) == ("kid", str(UUID(int=1)))

    run(test)


@pytest.mark.parametrize("known", [True, False])
def test_an_outage_is_logged_with_its_cause(known: bool, caplog: pytest.LogCaptureFixture) -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        if known:
            await keys.key(URI)
        bucket.down = True
        clock.advance(3600)
        await refused(keys, URI)

    run(test)
    [record] = caplog.records
    assert isinstance(record.args, tuple)
    assert isinstance(record.args[0], FetchError)
    assert record.getMessage().endswith(f": {record.args[0]}")


@pytest.mark.parametrize(("load_balancers", "first", "again"), [(1, 2, 5), (3, 6, 9)])
def test_a_burst_goes_by_the_number_of_load_balancers(load_balancers: int, first: int, again: int) -> None:
    async def test() -> None:
        for _ in range(2):
            for number in range(20):
                await refused(keys, forged(number))
            counts.append(len(bucket.fetched))

    counts: list[int] = []
    bucket, clock = KeyBucket(), Clock()
    bucket.down = True
    keys = AlbKeys(bucket, load_balancers=load_balancers, clock=clock)
    asyncio.run(test())
    assert counts == [first, again]


def test_one_fetch_more_is_allowed_with_each_second() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        bucket.down = True
        for _ in range(2):
            for number in range(20):
                await refused(keys, forged(number))
        before = len(bucket.fetched)
        for _ in range(3):
            clock.advance(1)
            for number in range(20):
                await refused(keys, forged(number))
        assert len(bucket.fetched) == before + 3

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


@pytest.mark.parametrize(
    "fault", [ImportError("socksio"), ExceptionGroup("all failed", [OverflowError()]), RuntimeError()]
)
def test_whatever_a_fetch_raises_is_an_outage(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """As an environment with a proxy that needs a missing package, or an address with no such port."""
    faults: list[Exception] = []
    bucket, clock = KeyBucket(LOAD_BALANCER, FOREIGN), Clock()

    async def fetch(uri: str) -> bytes | None:
        for each in faults:
            raise each
        return await bucket(uri)

    async def test() -> None:
        keys = AlbKeys(fetch, max_age=3600, cooldown=10, clock=clock)
        known = await keys.key(URI)
        faults.append(fault)
        clock.advance(3600)
        assert await keys.key(URI) is known
        assert await refused(keys, f"{KEYS_URI}/{FOREIGN.kid}") is KeysUnavailableError
        faults.clear()
        clock.advance(10)
        assert await refused(keys, f"{KEYS_URI}/{FOREIGN.kid}") is None

    asyncio.run(test())
    assert type(fault).__name__ in caplog.text


@pytest.mark.parametrize("uri", ["http://127.0.0.1:99999/k", "http://[::1/k", "http://a..b/k"])
def test_an_address_that_is_none_is_an_outage(uri: str) -> None:
    assert asyncio.run(refused(AlbKeys(http_fetch(timeout=30)), uri)) is KeysUnavailableError


def test_a_flood_of_forged_headers_is_logged_once_for_each_fetch(caplog: pytest.LogCaptureFixture) -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        bucket.down = True
        for n in range(200):
            assert await refused(keys, forged(n)) is KeysUnavailableError
        assert len(caplog.records) == len(bucket.fetched) == 2

    run(test)


def test_who_may_not_be_looked_for_is_told_to_come_back_soon() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(2):
            await refused(keys, forged(n))
        with pytest.raises(KeysUnavailableError) as caught:
            await keys.key(forged(2))
        assert caught.value.headers == {"Retry-After": "1"}
        assert "load balancer" in caught.value.message

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


def test_a_flood_of_ever_new_ids_costs_next_to_nothing_and_no_known_key() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await keys.key(URI)
        for n in range(10_000):
            assert await refused(keys, forged(n)) is not None
            clock.advance(0.001)
        assert len(bucket.fetched) <= 3
        assert await refused(keys, URI) is None

    run(test)


def test_a_key_that_was_rotated_in_during_a_flood_is_found_when_it_is_named_again() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(1000):
            await refused(keys, forged(n))
        new = f"{KEYS_URI}/{FOREIGN.kid}"
        assert await refused(keys, new) is KeysUnavailableError
        assert await refused(keys, new) is None

    run(test)


def test_a_flood_that_names_each_id_twice_is_bounded_too() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(5000):
            for _ in range(2):
                assert await refused(keys, forged(n)) is not None
            clock.advance(0.002)
        assert len(bucket.fetched) <= 5 + 10

    run(test)


def test_a_stale_key_is_renewed_whatever_else_is_asked_for() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        await keys.key(URI)
        clock.advance(3600)
        for n in range(100):
            await refused(keys, forged(n // 2))
        del bucket.objects[URI]
        assert await refused(keys, URI) is InvalidSignatureError

    run(test)


def test_memory_stays_bounded() -> None:
    async def test(bucket: KeyBucket, keys: AlbKeys, clock: Clock) -> None:
        for n in range(500):
            bucket.objects[forged(n)] = LOAD_BALANCER.pem
            await keys.key(forged(n))
            clock.advance(15)
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


def fetched(bucket: Bucket) -> bytes | None:
    async def test() -> bytes | None:
        return await http_fetch(timeout=30)(f"{bucket.uri}/{LOAD_BALANCER.kid}")

    return asyncio.run(test())


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with serving(LOAD_BALANCER) as server:
        yield server


def test_a_key_is_fetched_over_http(bucket: Bucket) -> None:
    assert fetched(bucket) == LOAD_BALANCER.pem
    assert bucket.asked == [f"/{LOAD_BALANCER.kid}"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_bucket_says_in_two_ways_that_there_is_no_such_key(bucket: Bucket, status: int) -> None:
    bucket.status = status
    assert fetched(bucket) is None


@pytest.mark.parametrize("status", [500, 302, 301, 429, 206])
def test_an_answer_that_tells_nothing_is_an_error(bucket: Bucket, status: int) -> None:
    """A redirect is not followed: it could lead anywhere."""
    bucket.status = status
    with pytest.raises(FetchError):
        fetched(bucket)
    assert len(bucket.asked) == 1


def test_a_huge_answer_is_an_error(bucket: Bucket) -> None:
    bucket.objects[f"/{LOAD_BALANCER.kid}"] = b"x" * 5000
    with pytest.raises(FetchError):
        fetched(bucket)


def test_silence_is_an_error() -> None:
    async def test(uri: str) -> None:
        with pytest.raises(FetchError, match=r": TimeoutError$"):
            await http_fetch(timeout=0.2)(uri)

    # It is connected by the backlog, and nobody ever answers.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(test(f"http://127.0.0.1:{silent.getsockname()[1]}/{LOAD_BALANCER.kid}"))


def test_an_endpoint_that_is_down_is_an_error() -> None:
    async def test() -> None:
        with pytest.raises(FetchError):
            await http_fetch(timeout=30)(f"http://127.0.0.1:1/{LOAD_BALANCER.kid}")

    asyncio.run(test())


def test_what_is_said_of_a_failed_fetch_holds_no_password() -> None:
    async def test() -> None:
        with pytest.raises(FetchError, match=r"^cannot fetch http://127\.0\.0\.1:1/k: ConnectError: [^@?]*$"):
            await http_fetch(timeout=30)("http://ada:secret@127.0.0.1:1/k?secret")

    asyncio.run(test())


@pytest.mark.parametrize("status", [403, 500])
def test_an_answer_without_a_key_is_logged_without_the_password(
    bucket: Bucket, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    bucket.status = status
    uri = f"{bucket.uri.replace('//', '//ada:secret@')}/{LOAD_BALANCER.kid}"
    with caplog.at_level("WARNING", "fastapi_cognito_auth"):
        assert asyncio.run(refused(AlbKeys(http_fetch(timeout=30)), uri)) is not None
    said = [record.getMessage() for record in caplog.records if record.name == "fastapi_cognito_auth"]
    assert f"{bucket.uri}/{LOAD_BALANCER.kid} answered {status}" in said[0]
    assert "secret" not in "".join(said)
