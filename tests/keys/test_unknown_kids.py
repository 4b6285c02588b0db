"""Floods of forged tokens: what they may cost, and what they must not hold back."""

import asyncio
import base64
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapi_cognito_auth.exceptions import InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.jwks import JWKSCache
from fastapi_cognito_auth.keys.unknown_kids import MOST_KIDS, UnknownKids
from tests.support import OTHER_SIGNER, SIGNER, Clock, KeyServer

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()

Result = type[Exception] | None


class CountedServer(KeyServer):
    """Remembers when it was asked."""

    def __init__(self, clock: Clock, *keys: object) -> None:
        super().__init__(*keys)
        self.clock = clock
        self.times: list[float] = []

    async def __call__(self) -> bytes:
        self.times.append(self.clock())
        return await super().__call__()


async def asked(keys: JWKSCache, kid: str) -> Result:
    try:
        await keys.key(kid)
    except (InvalidSignatureError, KeysUnavailableError) as exc:
        return type(exc)
    return None


async def presumed(keys: JWKSCache, kid: str) -> Result:
    """Return what a request is told, which need not be as sure."""
    try:
        await keys.key(kid)
    except KeysUnavailableError as exc:
        return type(exc.presumably or exc)
    except InvalidSignatureError as exc:
        return type(exc)
    return None


def run(test: Callable[[CountedServer, JWKSCache, Clock], Awaitable[None]]) -> None:
    clock = Clock()
    server = CountedServer(clock, KEY)
    asyncio.run(test(server, JWKSCache(server, clock=clock), clock))  # type: ignore[arg-type]


async def flood(
    server: CountedServer,
    keys: JWKSCache,
    clock: Clock,
    forged: Iterator[str],
    *,
    rotation: float,
    every: float = 0.05,
) -> float:
    """Let 10,000 forged tokens come in 10 s, rotate, and return how long the new key was not found.

    From the rotation on, a token of the new key comes `every` so many seconds.
    """
    began, found, due = clock(), 0.0, rotation
    await keys.key("key-1")
    for _ in range(10_000):
        assert await asked(keys, next(forged)) is not None
        clock.advance(0.001)
        now = clock() - began
        if now >= due and not found:
            server.keys = [KEY, OTHER_KEY]
            due += every
            if await asked(keys, "key-2") is None:
                found = now
        assert keys.known("key-1") is not None
    assert found
    return found - rotation


def distinct() -> Iterator[str]:
    return (f"forged-{number}" for number in itertools.count())


def lookalikes() -> Iterator[str]:
    """Make kids as the pool's own are: 32 bytes in base64."""
    return (base64.b64encode(number.to_bytes(32)).decode() for number in itertools.count())


def twice() -> Iterator[str]:
    return (f"forged-{number // 2}" for number in itertools.count())


def cycling() -> Iterator[str]:
    return (f"forged-{number % 1000}" for number in itertools.count())


def the_same() -> Iterator[str]:
    return itertools.repeat("forged")


def twice_at_a_distance() -> Iterator[str]:
    return (f"forged-{number // 1000 * 500 + number % 500}" for number in itertools.count())


@pytest.mark.parametrize("rotation", [0.001, 0.07, 0.999, 3.3, 5.0, 8.9])
@pytest.mark.parametrize("forged", [distinct, lookalikes])
def test_a_flood_of_distinct_kids_costs_three_fetches_and_a_rotated_key_is_found_within_a_second(
    forged: Callable[[], Iterator[str]], rotation: float
) -> None:
    """The first fetch of all is counted, too."""

    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        assert await flood(server, keys, clock, forged(), rotation=rotation) <= 0.1
        assert server.fetches <= 3

    run(test)


@pytest.mark.parametrize("rotation", [0.001, 0.5, 3.3, 8.5])
@pytest.mark.parametrize("forged", [twice, cycling, the_same, twice_at_a_distance])
def test_a_flood_that_repeats_kids_costs_a_fetch_a_second_and_a_rotated_key_is_found_in_little_more(
    forged: Callable[[], Iterator[str]], rotation: float
) -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        assert await flood(server, keys, clock, forged(), rotation=rotation) <= 1.1
        assert server.fetches <= 1 + 3 + 10

    run(test)


@pytest.mark.parametrize("forged", [cycling, the_same])
def test_one_fetch_answers_for_all_kids_that_were_named_before_it(
    forged: Callable[[], Iterator[str]],
) -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await flood(server, keys, clock, forged(), rotation=5)
        assert server.fetches <= 4

    run(test)


def test_the_first_unknown_kid_after_a_quiet_time_is_looked_for_at_once() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.keys = [KEY, OTHER_KEY]
        assert await asked(keys, "key-2") is None

    run(test)


def test_a_kid_that_is_named_again_is_looked_for_at_once() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        for kid in itertools.islice(distinct(), 100):
            await asked(keys, kid)
        server.keys = [KEY, OTHER_KEY]
        # 503 and not 401: whether the pool has the key cannot be told.
        assert await asked(keys, "key-2") is KeysUnavailableError
        assert await asked(keys, "key-2") is None

    run(test)


def test_a_quiet_time_saves_up_no_more_than_three_fetches() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(3600)
        for kid in itertools.islice(twice(), 100):
            await asked(keys, kid)
        assert server.fetches == 1 + 3

    run(test)


def test_a_request_that_may_not_be_looked_for_is_told_to_come_back_soon() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        clock.advance(15)
        server.down = True
        await asked(keys, "forged")
        with pytest.raises(KeysUnavailableError) as caught:
            await keys.key("key-2")
        assert caught.value.headers == {"Retry-After": "1"}

    run(test)


@pytest.mark.parametrize("forged", [distinct, lookalikes, twice, cycling, the_same, twice_at_a_distance])
def test_all_of_a_flood_is_refused_where_the_pool_was_asked_a_moment_ago(
    forged: Callable[[], Iterator[str]],
) -> None:
    """For longer than any allowance takes to be filled up again."""

    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        told = set()
        for kid in itertools.islice(forged(), 4_000):
            told.add(await presumed(keys, kid))
            clock.advance(0.01)
        assert told == {InvalidSignatureError}

    run(test)


@pytest.mark.parametrize(
    ("seconds", "told"), [(14.9, InvalidSignatureError), (15, KeysUnavailableError)], ids=["fresh", "too old"]
)
def test_what_the_pool_said_long_ago_refuses_nobody(seconds: float, told: Result) -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        server.down = True
        await asked(keys, "forged")
        clock.advance(seconds)
        await asked(keys, "another")  # a fetch that fails, once it is allowed again
        assert await presumed(keys, "key-2") is told

    run(test)


def test_a_key_that_came_a_moment_ago_is_refused_once_in_a_flood() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        for kid in itertools.islice(distinct(), 100):
            await asked(keys, kid)
        server.keys = [KEY, OTHER_KEY]
        assert [await presumed(keys, "key-2") for _ in range(3)] == [InvalidSignatureError, None, None]

    run(test)


def test_what_is_presumed_says_as_much_as_what_is_known() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        await asked(keys, "forged")
        with pytest.raises(KeysUnavailableError) as caught:
            await keys.key("key-2")
        refused = caught.value.presumably
        assert refused is not None
        assert (refused.claim, refused.found, refused.wanted) == ("kid", "key-2", ("key-1",))

    run(test)


def test_a_set_past_its_maximum_age_refuses_nobody() -> None:
    clock = Clock()
    server = CountedServer(clock, KEY)
    keys = JWKSCache(server, max_age=5, clock=clock)

    async def test() -> None:
        await keys.key("key-1")
        await asked(keys, "forged")
        clock.advance(5)
        assert await presumed(keys, "key-2") is KeysUnavailableError

    asyncio.run(test())


def test_an_outage_during_a_flood_heals_within_a_second() -> None:
    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        server.down = True
        for kid in itertools.islice(distinct(), 1000):
            assert await asked(keys, kid) is KeysUnavailableError
            assert await asked(keys, "key-1") is KeysUnavailableError
            clock.advance(0.005)
        server.down = False
        clock.advance(1)
        assert await asked(keys, "key-1") is None
        assert server.fetches <= 3 + 6

    run(test)


def test_what_is_remembered_stays_bounded() -> None:
    unknown = UnknownKids(clock=Clock())
    for number in range(MOST_KIDS + 1000):
        unknown.ask(f"forged-{number}", 0)
    assert len(unknown._before) == MOST_KIDS
    assert unknown.ask("forged-0", 7) == (7, False)
    assert unknown.ask(f"forged-{MOST_KIDS}", 7) == (0, True)


class SlowServer(KeyServer):
    """Answers when the clock has moved on, with what it had when it was asked."""

    def __init__(self, clock: Clock, seconds: float, *keys: object) -> None:
        super().__init__(*keys)
        self.clock, self.seconds = clock, seconds
        self.waiting: list[tuple[float, asyncio.Event]] = []

    async def __call__(self) -> bytes:
        self.fetches += 1
        answer, done = json.dumps({"keys": self.keys}).encode(), asyncio.Event()
        self.waiting.append((self.clock() + self.seconds, done))
        await done.wait()
        return answer

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for due, done in self.waiting:
            if self.clock() >= due:
                done.set()


def test_a_flood_while_the_endpoint_takes_300_ms() -> None:
    """Forged tokens join the fetch; the rotated key is found all the same."""
    clock = Clock()
    server = SlowServer(clock, 0.3, KEY)
    keys = JWKSCache(server, clock=clock)

    async def test() -> None:
        found: list[float] = []

        async def new_token() -> None:
            if await asked(keys, "key-2") is None:
                found.append(clock())

        began = clock()
        async with asyncio.TaskGroup() as requests:
            for number in range(2_000):
                requests.create_task(asked(keys, f"forged-{number}"))
                # In the middle of the first fetch, which does not show it.
                if number >= 30 and number % 10 == 0:
                    server.keys = [KEY, OTHER_KEY]
                    requests.create_task(new_token())
                server.advance(0.005)
                await asyncio.sleep(0)
            server.advance(1)
        assert found[0] - began <= 0.15 + 1
        assert server.fetches <= 3

    asyncio.run(test())


Step = tuple[str, float]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["key-1", "key-2", "a", "b", "c", "new", "rotate", "back", "fail", "heal"]),
        st.floats(0, 3),
    ),
    max_size=150,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_comes_fetches_stay_bounded_and_known_keys_verify(steps: list[Step]) -> None:
    """At most 3 + w fetches in any w seconds, never a key that the pool does not have."""

    async def test(server: CountedServer, keys: JWKSCache, clock: Clock) -> None:
        await keys.key("key-1")
        new = distinct()
        for what, seconds in steps:
            match what:
                case "rotate":
                    server.keys = [KEY, OTHER_KEY]
                case "back":
                    server.keys = [KEY]
                case "fail" | "heal":
                    server.down = what == "fail"
                case _:
                    found = await asked(keys, next(new) if what == "new" else what)
                    assert found is None if what == "key-1" else True
                    assert found is not None if what in {"a", "b", "c", "new"} else True
            clock.advance(seconds)
        for first, last in itertools.combinations(range(1, len(server.times)), 2):
            assert last - first + 1 <= 3 + server.times[last] - server.times[first] + 1e-3

    run(test)
