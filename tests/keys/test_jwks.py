"""The key set, through rotation, outages and lies."""

import asyncio
import gc
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.jwks import FetchError, JWKSCache, KeySetStatus
from tests.support import OTHER_SIGNER, SIGNER, Clock, KeyServer

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()


def cache(server: KeyServer, clock: Clock) -> JWKSCache:
    return JWKSCache(server, max_age=3600, cooldown=10, clock=clock)


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


def test_a_refusal_names_the_key_that_there_is_not_and_those_that_there_are() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        with pytest.raises(InvalidSignatureError) as refusal:
            await keys.key("key-9")
        error = refusal.value
        assert (error.claim, error.found, error.wanted) == ("kid", "key-9", ("key-1",))

    run(test)


def test_all_keys_are_those_of_a_key_set_that_is_not_too_old() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        assert [key.kid for key in await keys.all()] == ["key-1"]
        server.keys = [OTHER_KEY]
        clock.advance(3599)
        assert [key.kid for key in await keys.all()] == ["key-1"]
        clock.advance(1)
        assert [key.kid for key in await keys.all()] == ["key-2"]

    run(test)


def test_all_keys_of_a_key_set_that_cannot_be_had_are_none() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        server.down = True
        with pytest.raises(KeysUnavailableError):
            await keys.all()

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


def test_the_cooldown_counts_from_when_the_renewal_failed() -> None:
    """An endpoint that takes long to fail is not asked without a pause."""

    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(3000)
        keys._fetch = hanging = Hanging()
        keys.known("key-1")
        await background()
        clock.advance(8)
        hanging.done.set()
        await background()
        clock.advance(9)
        keys.known("key-1")
        await background()
        assert hanging.fetches == 1
        clock.advance(1)
        keys.known("key-1")
        await background()
        assert hanging.fetches == 2

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


def test_a_fetch_that_was_under_way_does_not_prove_that_a_key_is_missing() -> None:
    """The key may have rotated in since; only a fetch that began later answers for it."""

    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        keys._fetch = hanging = Hanging()
        hanging.answer = json.dumps({"keys": [KEY]}).encode()
        before = asyncio.ensure_future(keys.refresh())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rotated = asyncio.ensure_future(keys.key("key-2"))
        await asyncio.sleep(0)
        keys._fetch, server.keys = server, [KEY, OTHER_KEY]
        hanging.done.set()
        await before
        assert (await rotated).kid == "key-2"

    run(test)


def test_a_fetch_that_shows_a_withdrawn_key_answers_for_its_tokens() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.refresh()
        server.keys = [OTHER_KEY]
        await keys.refresh()
        for _ in range(5):
            assert await refused(keys, "key-1") is InvalidSignatureError
        assert server.fetches == 2

    run(test)


def test_a_key_that_comes_back_is_trusted_again() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.keys = [OTHER_KEY]
        await keys.refresh()
        server.keys = [KEY, OTHER_KEY]
        clock.advance(10)
        assert await refused(keys, "key-1") is None

    run(test)


def test_a_kid_too_long_for_any_key_is_refused_without_a_fetch() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        assert await refused(keys, "k" * 257) is InvalidSignatureError
        assert server.fetches == 0

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


@pytest.mark.parametrize("error", [RuntimeError("secret"), OSError("secret"), KeyError("secret")], ids=repr)
def test_a_fetch_function_that_breaks_is_an_outage(error: Exception) -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        async def broken() -> bytes:
            raise error

        keys._fetch = broken
        assert await refused(keys, "key-1") is KeysUnavailableError
        keys._fetch = server
        assert await refused(keys, "key-1") is None
        keys._fetch = broken
        clock.advance(3600)
        assert await refused(keys, "key-1") is None
        assert keys.status().last_error == type(error).__name__

    run(test)


def test_an_outage_is_logged_once_a_fetch_and_not_once_a_request(caplog: pytest.LogCaptureFixture) -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        server.down = True
        with caplog.at_level(logging.WARNING):
            await asyncio.gather(*(refused(keys, "key-1") for _ in range(50)))
        assert [record.getMessage() for record in caplog.records] == [
            "cannot fetch the key set: the key endpoint is down"
        ]

    run(test)


def test_the_status_before_the_first_fetch() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        assert keys.status() == KeySetStatus(
            kids=(), age=None, stale=True, fetches=0, failures=0, last_error=None
        )
        assert server.fetches == 0

    run(test)


def test_the_status_through_an_outage() -> None:
    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(60)
        assert keys.status() == KeySetStatus(
            kids=("key-1",), age=60, stale=False, fetches=1, failures=0, last_error=None
        )
        server.down = True
        clock.advance(3600)
        await keys.key("key-1")
        assert keys.status() == KeySetStatus(
            kids=("key-1",),
            age=3660,
            stale=True,
            fetches=2,
            failures=1,
            last_error="the key endpoint is down",
        )
        server.down, server.keys = False, [OTHER_KEY]
        clock.advance(10)
        await refused(keys, "key-1")
        assert keys.status() == KeySetStatus(
            kids=("key-2",), age=0, stale=False, fetches=3, failures=1, last_error=None
        )

    run(test)


def test_the_age_counts_from_when_the_set_was_asked_for() -> None:
    """What the endpoint withdrew while it answered is in the answer."""

    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        keys._fetch = hanging = Hanging()
        hanging.answer = json.dumps({"keys": [KEY]}).encode()
        fetching = asyncio.ensure_future(keys.refresh())
        await background()
        clock.advance(5)
        hanging.done.set()
        await fetching
        assert keys.status().age == 5
        clock.advance(3595)
        assert keys.status().stale
        assert keys.known("key-1") is None

    run(test)


def test_an_event_loop_that_ends_during_a_renewal_leaves_no_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, clock = KeyServer(KEY), Clock()
    keys = cache(server, clock)
    asyncio.run(keys.refresh())
    clock.advance(3000)
    keys._fetch = Hanging()

    async def ask() -> None:
        assert keys.known("key-1") is not None
        await background()

    asyncio.run(ask())
    gc.collect()
    assert not caplog.records


def test_keys_that_rotate_under_load_are_all_found() -> None:
    """Tokens of the old and the new key come mixed, while the endpoint forgets one and learns another."""

    async def test(server: KeyServer, keys: JWKSCache, clock: Clock) -> None:
        for round_ in range(20):
            server.keys = [SIGNER.jwk(kid=f"key-{round_}"), SIGNER.jwk(kid=f"key-{round_ + 1}")]
            kids = [f"key-{round_ + number % 2}" for number in range(50)]
            assert await asyncio.gather(*(refused(keys, kid) for kid in kids)) == [None] * 50
            clock.advance(60)
        assert server.fetches == 20

    run(test)


class FetchedMeanwhile(str):
    """The id of a key that another thread fetches while this one is about to."""

    __slots__ = ("cache",)
    cache: JWKSCache

    def __len__(self) -> int:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self.cache.refresh()).result()
        return super().__len__()


def test_a_key_that_another_thread_has_fetched_meanwhile_is_not_fetched_again() -> None:
    server = KeyServer(SIGNER.jwk())
    kid = FetchedMeanwhile(SIGNER.jwk()["kid"])
    kid.cache = JWKSCache(server, clock=Clock())
    assert asyncio.run(kid.cache.key(kid)).kid == kid
    assert server.fetches == 1
