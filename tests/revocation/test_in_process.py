"""The list in the memory of one worker: bounded, and forgetting nothing that is needed."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.revocation.deny_list import DenyList
from fastapi_cognito_auth.revocation.in_process import InProcessStore
from fastapi_cognito_auth.revocation.outage import Outage
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
from tests.revocation.kit import DAY, POOLS, access, refused
from tests.support import NOW, Clock


def fill(store: InProcessStore, names: Iterator[str] | range, clock: Clock, life: int = DAY) -> None:
    async def deny() -> None:
        for name in names:
            await store.deny(str(name), int(clock.now), life)

    asyncio.run(deny())


def test_entries_go_when_nothing_can_need_them() -> None:
    clock = Clock()
    store = InProcessStore(clock=clock)
    fill(store, range(100), clock)
    clock.advance(DAY)
    fill(store, range(100, 101), clock)
    assert len(store) == 1
    assert store.floor == -1


def test_memory_stays_bounded() -> None:
    clock = Clock()
    store = InProcessStore(capacity=10, clock=clock)
    fill(store, range(1000), clock)
    assert len(store) == 10


def test_a_full_list_refuses_what_is_as_old_as_what_it_had_to_drop() -> None:
    clock = Clock()
    store = InProcessStore(capacity=2, clock=clock)
    listed = DenyList(store, Outage("refuse", "this process"), pools=POOLS, clock_skew=10, clock=clock)

    async def facts() -> list[bool]:
        for number in range(3):
            await listed.revoke_sign_in(access(origin_jti=f"sign-in {number}"))
            clock.advance(60)
        revoked = [access(origin_jti=f"sign-in {number}") for number in range(3)]
        others = [access(sub="another", origin_jti="x", iat=iat, auth_time=iat) for iat in (NOW, NOW + 1)]
        return [await refused(listed, token) for token in (*revoked, *others)]

    # The first was dropped and is refused all the same; so is a stranger's token of that age.
    assert asyncio.run(facts()) == [True, True, True, True, False]


def test_revoking_the_same_again_takes_no_more_room() -> None:
    clock = Clock()
    store = InProcessStore(capacity=2, clock=clock)
    for _ in range(10):
        fill(store, range(2), clock)
        clock.advance(1)
    assert (len(store), store.floor) == (2, -1)


def test_what_is_revoked_again_is_not_the_oldest_any_more() -> None:
    clock = Clock()
    store = InProcessStore(capacity=2, clock=clock)
    fill(store, range(2), clock)
    clock.advance(60)
    fill(store, range(1), clock)
    fill(store, range(2, 3), clock)
    assert store.floor == NOW
    assert asyncio.run(store.find("nobody", ["0"])) == (NOW, True)


def test_a_full_list_is_logged_once_in_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)
    with caplog.at_level(logging.ERROR):
        fill(store, range(10), clock)
        clock.advance(60)
        fill(store, range(10, 20), clock)
    assert len(caplog.records) == 2
    assert str(NOW) in caplog.text


def test_a_shorter_life_never_replaces_a_longer_one() -> None:
    clock = Clock()
    store = InProcessStore(clock=clock)
    fill(store, range(1), clock, life=DAY)
    fill(store, range(1), clock, life=10)
    clock.advance(60)
    fill(store, range(1, 2), clock)
    assert asyncio.run(store.find("nobody", ["0"])) == (-1, True)


def test_what_was_dropped_counts_beside_what_is_kept() -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)

    async def facts() -> tuple[int, bool]:
        await store.deny("dropped", NOW, DAY)
        await store.deny("sub:ada", NOW - 500, DAY)
        return await store.find("sub:ada", [])

    assert asyncio.run(facts()) == (NOW, False)


def test_dropping_something_older_takes_nothing_back() -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)

    async def fill_up() -> None:
        for upto in (NOW, NOW - 500, NOW - 500):
            await store.deny(f"{upto} {len(store)} {store.floor}", upto, DAY)

    asyncio.run(fill_up())
    assert store.floor == NOW


def refreshed(claims: AccessTokenClaims, clock: Clock) -> AccessTokenClaims:
    """Return what a refresh gives now: a newer token of the same sign-in."""
    now = int(clock.now)
    return claims.model_copy(update={"iat": now + 10, "exp": now + DAY, "jti": f"refreshed {now}"})


def test_a_full_list_refuses_what_is_refreshed_of_a_sign_in_it_had_to_drop() -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)
    listed = DenyList(store, Outage("refuse", "this process"), pools=POOLS, clock_skew=10, clock=clock)

    async def facts() -> list[bool]:
        ended = access(origin_jti="ended")
        await listed.revoke_sign_in(ended)
        clock.advance(60)
        await listed.revoke_sign_in(access(origin_jti="another"))
        clock.advance(60)
        begun_since = access(sub="eve", origin_jti="y", iat=NOW + 120, auth_time=NOW + 1)
        machine = access(sub="machine", origin_jti=None, auth_time=None, iat=NOW + 120)
        return [
            await refused(listed, refreshed(ended, clock)),
            await refused(listed, refreshed(access(origin_jti="of unknown age", auth_time=None), clock)),
            await refused(listed, begun_since),
            await refused(listed, machine),
        ]

    assert asyncio.run(facts()) == [True, True, False, False]


def test_old_sign_ins_are_good_again_when_no_dropped_one_needs_it() -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)
    listed = DenyList(store, Outage("refuse", "this process"), pools=POOLS, clock_skew=10, clock=clock)

    async def facts() -> list[bool]:
        await listed.revoke_sign_in(access(origin_jti="ended"))
        await listed.revoke_sign_in(access(origin_jti="another"))
        stranger = access(sub="eve", origin_jti="x", auth_time=NOW - 1000)
        before = await refused(listed, refreshed(stranger, clock))
        clock.advance(DAY + 10)
        return [before, await refused(listed, refreshed(stranger, clock))]

    assert asyncio.run(facts()) == [True, False]


def test_dropping_a_user_ends_nobody_elses_sign_in() -> None:
    clock = Clock()
    store = InProcessStore(capacity=1, clock=clock)
    listed = DenyList(store, Outage("refuse", "this process"), pools=POOLS, clock_skew=10, clock=clock)

    async def facts() -> bool:
        for sub in ("ada", "grace"):
            await listed.revoke_user(sub, access().iss)
        return await refused(listed, access(sub="eve", iat=NOW + 1, auth_time=NOW - 1000))

    assert not asyncio.run(facts())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["token", "sign_in", "user"]), st.integers(0, 5), st.integers(0, 90_000)),
        st.tuples(st.just("wait"), st.just(0), st.integers(0, 50_000)),
    ),
    max_size=30,
)


@given(capacity=st.integers(1, 8), steps=STEPS)
def test_what_was_revoked_is_refused_for_as_long_as_it_lives(
    capacity: int, steps: list[tuple[str, int, int]]
) -> None:
    """However small the list is, and in whatever order things come, nothing that is needed is forgotten."""
    clock = Clock()
    store = InProcessStore(capacity=capacity, clock=clock)
    listed = DenyList(store, Outage("refuse", "this process"), pools=POOLS, clock_skew=10, clock=clock)
    revoked: list[AccessTokenClaims] = []
    ended: list[tuple[AccessTokenClaims, int]] = []

    async def run() -> None:
        for number, (what, who, seconds) in enumerate(steps):
            if what == "wait":
                clock.advance(seconds)
                continue
            now = int(clock.now)
            iat = now - seconds if what == "user" else now
            claims = access(
                sub=f"user {who}",
                origin_jti=f"sign-in {number}",
                jti=f"{number}",
                iat=iat,
                exp=iat + DAY,
                # Now and then a sign-in is old, or Cognito's clock is ahead, or nothing is known of it.
                auth_time=(iat, iat - seconds, iat + 10, None)[number % 4],
            )
            if what == "user":
                await listed.revoke_user(claims.sub, claims.iss, iat)
            elif what == "token":
                await listed.revoke_token(claims)
            else:
                await listed.revoke_sign_in(claims)
            revoked.append(claims)
            if what == "sign_in":
                ended.append((claims, now + DAY))
            assert len(store) <= capacity
            for old in revoked:
                assert await refused(listed, old) or clock.now >= old.exp + 10
            for old, until in ended:
                assert await refused(listed, refreshed(old, clock)) or clock.now >= until

    asyncio.run(run())
