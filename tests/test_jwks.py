"""The key set, through rotation, outages and lies."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.jwks import FetchError, JWKSCache, http_fetch, parse_key_set
from tests.support import OTHER_SIGNER, SIGNER, Clock, KeyServer, Signer

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()


def cache(server: KeyServer, clock: Clock) -> JWKSCache:
    return JWKSCache(server, max_age=3600, cooldown=10, burst=3, refill=5, clock=clock)


async def refused(keys: JWKSCache, kid: str) -> type[Exception] | None:
    try:
        await keys.key(kid)
    except (InvalidSignatureError, KeysUnavailableError) as exc:
        return type(exc)
    return None


def run(test: Callable[[KeyServer, JWKSCache, Clock], Awaitable[None]], *keys: Any) -> None:
    server, clock = KeyServer(*(keys or (KEY,))), Clock()
    asyncio.run(test(server, cache(server, clock), clock))  # type: ignore[arg-type]


def test_a_known_key_is_fetched_once() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for _ in range(5):
            await keys.key("key-1")
        assert server.fetches == 1

    run(test)


def test_200_cold_requests_share_one_fetch() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        found = await asyncio.gather(*(keys.key("key-1") for _ in range(200)))
        assert ({key.kid for key in found}, server.fetches) == ({"key-1"}, 1)

    run(test)


def test_a_caller_that_gives_up_does_not_take_the_fetch_along() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        first = asyncio.ensure_future(keys.key("key-1"))
        second = asyncio.ensure_future(keys.key("key-1"))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).kid == "key-1"

    run(test)


def test_a_rotated_key_is_picked_up_by_the_next_request() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.keys = [OTHER_KEY]
        assert (await keys.key("key-2")).kid == "key-2"

    run(test)


def test_a_withdrawn_key_is_not_trusted_beyond_the_maximum_age() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.keys = [OTHER_KEY]
        clock.advance(3600)
        with pytest.raises(InvalidSignatureError):
            await keys.key("key-1")

    run(test)


def test_an_unknown_key_is_asked_for_once_in_a_cooldown() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for _ in range(5):
            assert await refused(keys, "forged") is InvalidSignatureError
        assert server.fetches == 1
        clock.advance(10)
        await refused(keys, "forged")
        assert server.fetches == 2

    run(test)


def test_asking_again_does_not_prolong_the_cooldown() -> None:
    """A key that the endpoint shows late is picked up, however often it is asked for meanwhile."""

    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await refused(keys, "key-2")
        server.keys = [KEY, OTHER_KEY]
        for _ in range(3):
            clock.advance(4)
            await refused(keys, "key-2")
        assert await refused(keys, "key-2") is None

    run(test)


class Hanging:
    """A key endpoint that takes its time, until it is told how to answer."""

    def __init__(self) -> None:
        self.fetches = 0
        self.done = asyncio.Event()
        self.answer: bytes | None = None

    async def __call__(self) -> bytes:
        self.fetches += 1
        await self.done.wait()
        if self.answer is None:
            raise FetchError("the key endpoint hangs")
        return self.answer


def test_during_an_outage_one_request_waits_and_the_others_do_not() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(3600)
        server.down = True
        await keys.key("key-1")
        clock.advance(10)
        keys._fetch = hanging = Hanging()
        first = asyncio.ensure_future(keys.key("key-1"))
        await asyncio.sleep(0)
        for _ in range(3):
            assert (await keys.key("key-1")).kid == "key-1"
        assert not first.done()
        hanging.done.set()
        assert (await first).kid == "key-1"
        assert hanging.fetches == 1

    run(test)


def test_beyond_the_maximum_age_all_wait_for_one_fetch_that_may_show_the_key_gone() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(3600)
        keys._fetch = hanging = Hanging()
        waiting = [asyncio.ensure_future(refused(keys, "key-1")) for _ in range(3)]
        await asyncio.sleep(0)
        hanging.answer = json.dumps({"keys": [OTHER_KEY]}).encode()
        hanging.done.set()
        assert await asyncio.gather(*waiting) == [InvalidSignatureError] * 3
        assert hanging.fetches == 1

    run(test)


async def background() -> None:
    """Let what runs in the background come to its end; nothing there takes time."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_known_key_is_found_without_waiting() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        assert keys.known("key-1") is None
        found = await keys.key("key-1")
        assert keys.known("key-1") is found
        assert keys.known("key-2") is None
        assert server.fetches == 1

    run(test)


def test_the_set_is_renewed_in_the_background_before_it_is_too_old() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(2879)
        keys.known("key-1")
        await background()
        assert server.fetches == 1
        clock.advance(1)
        for _ in range(5):
            assert keys.known("key-1") is not None
        await background()
        assert server.fetches == 2
        clock.advance(2879)
        assert keys.known("key-1") is not None
        await background()
        assert server.fetches == 2

    run(test)


def test_a_request_never_waits_for_the_renewal_in_the_background() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        found = await keys.key("key-1")
        clock.advance(3000)
        keys._fetch = hanging = Hanging()
        assert await keys.key("key-1") is found
        await background()
        assert await keys.key("key-1") is found
        assert hanging.fetches == 1

    run(test)


def test_a_withdrawn_key_is_no_longer_known_once_a_renewal_shows_it_gone() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.keys = [OTHER_KEY]
        clock.advance(3000)
        assert keys.known("key-1") is not None
        await background()
        assert keys.known("key-1") is None
        assert keys.known("key-2") is not None

    run(test)


def test_a_failing_renewal_is_tried_again_after_the_cooldown() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.down = True
        clock.advance(3000)
        for _ in range(30):
            assert keys.known("key-1") is not None
            await background()
            clock.advance(1)
        assert server.fetches == 1 + 3

    run(test)


def test_beyond_the_maximum_age_nothing_is_known_without_asking() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(3600)
        assert keys.known("key-1") is None
        await background()
        assert server.fetches == 1

    run(test)


def test_the_key_object_stays_while_the_key_does() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        before = await keys.key("key-1")
        server.keys = [OTHER_KEY, SIGNER.jwk(d="AQAB")]
        await keys.refresh()
        assert keys.known("key-1") is before

    run(test)


def test_another_key_of_the_same_kid_is_another_object() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        before = await keys.key("key-1")
        server.keys = [OTHER_SIGNER.jwk(kid="key-1")]
        await keys.refresh()
        after = keys.known("key-1")
        assert after is not None
        assert after is not before
        assert after.public_key.public_numbers() == OTHER_SIGNER.private_key.public_key().public_numbers()

    run(test)


def test_a_known_key_needs_no_event_loop() -> None:
    server, clock = KeyServer(KEY), Clock()
    keys = cache(server, clock)
    asyncio.run(keys.refresh())
    clock.advance(3000)
    assert keys.known("key-1") is not None
    assert server.fetches == 1


def test_a_renewal_that_its_event_loop_did_not_finish_is_made_up_by_the_next() -> None:
    server, clock = KeyServer(KEY), Clock()
    keys = cache(server, clock)

    async def ask() -> None:
        assert keys.known("key-1") is not None

    async def ask_and_stay() -> None:
        await ask()
        await background()

    asyncio.run(keys.refresh())
    clock.advance(3000)
    asyncio.run(ask())
    clock.advance(10)
    asyncio.run(ask_and_stay())
    clock.advance(2879)
    assert keys.known("key-1") is not None


def test_two_event_loops_renew_once() -> None:
    server, clock = KeyServer(KEY), Clock()
    keys = cache(server, clock)
    asyncio.run(keys.refresh())
    clock.advance(3000)

    async def ask() -> None:
        assert keys.known("key-1") is not None
        await background()

    async def ask_on_two_loops() -> None:
        keys._fetch = hanging = Hanging()
        await ask()
        await asyncio.to_thread(asyncio.run, ask())
        assert hanging.fetches == 1

    asyncio.run(ask_on_two_loops())


def test_an_answer_that_an_event_loop_got_later_is_not_overwritten_by_an_earlier_one() -> None:
    """An answer that shows a withdrawn key must not bring it back."""
    server, clock = KeyServer(OTHER_KEY), Clock()
    keys = cache(server, clock)

    async def slow() -> None:
        keys._fetch = hanging = Hanging()
        earlier = asyncio.ensure_future(keys.refresh())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        keys._fetch = server
        await asyncio.to_thread(asyncio.run, keys.refresh())
        hanging.answer = json.dumps({"keys": [KEY, OTHER_KEY]}).encode()
        hanging.done.set()
        await earlier

    asyncio.run(slow())
    assert keys.known("key-1") is None
    assert keys.known("key-2") is not None


def test_a_flood_of_unknown_keys_costs_few_fetches() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for number in range(1000):
            assert await refused(keys, f"forged-{number}") is not None
        assert server.fetches == 3

    run(test)


def test_a_flood_does_not_keep_known_keys_from_verifying() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for number in range(100):
            await refused(keys, f"forged-{number}")
        assert (await keys.key("key-1")).kid == "key-1"

    run(test)


def test_a_rotated_key_inside_a_flood_is_picked_up_once_the_rate_allows() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for number in range(100):
            await refused(keys, f"forged-{number}")
        server.keys = [KEY, OTHER_KEY]
        # 503 and not 401: whether the pool has the key cannot be told.
        assert await refused(keys, "key-2") is KeysUnavailableError
        clock.advance(5)
        assert (await keys.key("key-2")).kid == "key-2"

    run(test)


def test_known_keys_survive_an_outage_beyond_the_maximum_age() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.down = True
        clock.advance(100_000)
        assert (await keys.key("key-1")).kid == "key-1"

    run(test)


def test_an_outage_costs_one_try_in_a_cooldown() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.down = True
        clock.advance(3600)
        for _ in range(5):
            await keys.key("key-1")
        assert server.fetches == 2

    run(test)


def test_an_unknown_key_during_an_outage_is_not_called_invalid() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.down = True
        assert await refused(keys, "key-2") is KeysUnavailableError
        server.down, server.keys = False, [KEY, OTHER_KEY]
        assert await refused(keys, "key-2") is None

    run(test)


def test_an_outage_at_the_start_heals() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        server.down = True
        assert await refused(keys, "key-1") is KeysUnavailableError
        server.down = False
        assert await refused(keys, "key-1") is None

    run(test)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"{}",
        b'{"keys": null}',
        b'{"keys": []}',
        b'{"keys": [null, 1, "x", []]}',
        b"\xff\xfe",
        b'{"keys":' + b"[" * 100_000,
    ],
    ids=lambda answer: answer[:20].decode("latin-1"),
)
def test_an_answer_without_keys_never_replaces_good_ones(answer: bytes) -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.answer = answer
        assert await refused(keys, "key-2") is KeysUnavailableError
        assert await refused(keys, "key-1") is None

    run(test)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(SIGNER.jwk(kid="bad", kty="EC"), id="another type"),
        pytest.param(SIGNER.jwk(kid="bad", use="enc"), id="for encryption"),
        pytest.param(SIGNER.jwk(kid="bad", alg="RS512"), id="another algorithm"),
        pytest.param(SIGNER.jwk(kid="bad", alg="HS256"), id="a symmetric algorithm"),
        pytest.param({"kty": "oct", "kid": "bad", "alg": "RS256", "k": "c2VjcmV0"}, id="a shared secret"),
        pytest.param(SIGNER.jwk(kid="bad", n="!"), id="not base64"),
        pytest.param(SIGNER.jwk(kid="bad", n=7), id="n is a number"),
        pytest.param({**SIGNER.jwk(kid="bad"), "e": "AA"}, id="exponent zero"),
        pytest.param({"kty": "RSA", "kid": "bad", "alg": "RS256"}, id="no n and e"),
        pytest.param({**SIGNER.jwk(), "kid": 5}, id="kid is a number"),
        pytest.param({**SIGNER.jwk(), "kid": ""}, id="kid is empty"),
        pytest.param(Signer("bad", bits=1024).jwk(), id="too short"),
    ],
)
def test_one_bad_key_among_good_ones_is_left_out(bad: dict[str, Any]) -> None:
    found = parse_key_set(json.dumps({"keys": [bad, OTHER_KEY]}).encode())
    assert list(found) == ["key-2"]


def test_two_keys_with_one_kid_are_both_left_out() -> None:
    twin = OTHER_SIGNER.jwk(kid="key-1")
    found = parse_key_set(json.dumps({"keys": [KEY, twin, OTHER_KEY]}).encode())
    assert list(found) == ["key-2"]


def test_a_private_key_in_the_set_is_read_as_its_public_half() -> None:
    found = parse_key_set(json.dumps({"keys": [SIGNER.jwk(d="AQAB", p="AQ", q="AQ")]}).encode())
    assert found["key-1"].public_key.public_numbers() == SIGNER.private_key.public_key().public_numbers()


@given(
    st.binary(max_size=100) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_answer_is_read_or_refused(answer: bytes) -> None:
    with pytest.raises(FetchError):
        parse_key_set(answer)


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """Serve a raw HTTP answer on loopback."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json"


def fixed(status: str, body: bytes, **headers: str) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    try:
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()
    except ConnectionError:
        return


GOOD = json.dumps({"keys": [KEY]}).encode()


def test_the_key_set_is_fetched_over_http() -> None:
    async def test() -> bytes:
        async with serving(fixed("200 OK", GOOD)) as uri:
            return await http_fetch(uri, timeout=5)()

    assert asyncio.run(test()) == GOOD


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fixed("500 Internal Server Error", GOOD), id="server error"),
        pytest.param(fixed("404 Not Found", GOOD), id="not found"),
        pytest.param(fixed("302 Found", b"", Location="http://127.0.0.1:1/"), id="redirect"),
        pytest.param(fixed("200 OK", b"x" * 70_000), id="huge"),
        pytest.param(endless, id="endless"),
        pytest.param(drip, id="drip"),
        pytest.param(silence, id="silent"),
        pytest.param(hang_up, id="reset"),
        pytest.param(fixed("nonsense", b""), id="not HTTP"),
    ],
)
def test_a_key_endpoint_that_misbehaves_is_a_failed_fetch(answer: Answer) -> None:
    async def test() -> None:
        async with serving(answer) as uri:
            with pytest.raises(FetchError):
                await http_fetch(uri, timeout=0.2)()

    asyncio.run(test())


def test_a_key_endpoint_that_is_down_is_a_failed_fetch() -> None:
    async def test() -> None:
        async with serving(silence) as uri:
            pass
        with pytest.raises(FetchError):
            await http_fetch(uri, timeout=1)()

    asyncio.run(test())
