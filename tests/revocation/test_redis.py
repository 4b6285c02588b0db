"""The list in Redis: shared, and what happens when Redis is not there."""

import asyncio
import contextlib
import gc
import logging
import sys
import time
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest

from fastapi_cognito_auth.exceptions import ConfigurationError, RevocationUnavailableError
from fastapi_cognito_auth.revocation.protocol import Revocations
from tests.redis_server import PASSWORD, RedisServer
from tests.revocation.kit import DAY, access, refused, revocations
from tests.support import ISSUER, NOW, SUB, Clock


def on_redis(
    server: RedisServer,
    *,
    clock: Clock | None = None,
    timeout: float = 5.0,
    prefix: str = "test:",
    **changes: Any,
) -> Revocations:
    return revocations(
        "redis",
        clock=clock or Clock(),
        redis_url=server.url,
        redis_timeout=timeout,
        redis_key_prefix=prefix,
        **changes,
    )


async def judged(listed: Revocations) -> Literal["good", "revoked", "unavailable"]:
    try:
        return "revoked" if await refused(listed, access()) else "good"
    except RevocationUnavailableError:
        return "unavailable"


def test_workers_share_it(redis_server: RedisServer) -> None:
    one, other = on_redis(redis_server), on_redis(redis_server)
    asyncio.run(one.revoke_sign_in(access()))
    assert asyncio.run(refused(other, access()))


def test_apps_with_prefixes_of_their_own_do_not_share(redis_server: RedisServer) -> None:
    one, other = on_redis(redis_server), on_redis(redis_server, prefix="other:")
    asyncio.run(one.revoke_user(SUB, ISSUER))
    assert not asyncio.run(refused(other, access()))


def test_one_check_is_one_round_trip(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)

    async def facts() -> int:
        await listed.check("", access())
        before = commands(redis_server)
        await listed.check("", access())
        # Two: the check, and the INFO of before.
        return commands(redis_server) - before

    assert asyncio.run(facts()) == 1 + 2


def commands(server: RedisServer) -> int:
    """Return how many commands Redis has run; asking is an AUTH and an INFO."""
    stats = dict(line.split(":", 1) for line in server.ask("INFO", "stats").split("\r\n") if ":" in line)
    return int(stats["total_commands_processed"])


@pytest.mark.parametrize(
    ("key", "life"),
    [
        ("origin_jti:eu-central-1_Ab12Cd34E:0f6d1b8e-4d9f-4f0b-9c8e-2a4f1d3c5b7a", DAY + 10),
        ("jti:eu-central-1_Ab12Cd34E:5b1d7a52-0e6c-47ab-9f55-63c1c1a1a5ef", 3600 + 10),
        (f"sub:eu-central-1_Ab12Cd34E:{SUB}", DAY + 10 - 100),
    ],
)
def test_redis_forgets_what_no_token_needs_any_more(redis_server: RedisServer, key: str, life: int) -> None:
    listed = on_redis(redis_server)

    async def revoke() -> None:
        await listed.revoke_sign_in(access())
        await listed.revoke_token(access())
        await listed.revoke_user(SUB, ISSUER, NOW - 100)

    asyncio.run(revoke())
    left = int(redis_server.ask("TTL", f"test:{key}").strip().lstrip(":"))
    assert life - 60 <= left <= life


def test_an_earlier_cut_off_does_not_shorten_the_life_of_a_later_one(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)

    async def revoke() -> None:
        await listed.revoke_user(SUB, ISSUER, NOW)
        await listed.revoke_user(SUB, ISSUER, NOW - 80_000)

    asyncio.run(revoke())
    left = int(redis_server.ask("TTL", f"test:sub:eu-central-1_Ab12Cd34E:{SUB}").strip().lstrip(":"))
    assert left > DAY - 60


def test_nothing_stays_valid_when_all_workers_know() -> None:
    listed = revocations("redis", clock=Clock(), redis_url="redis://127.0.0.1:1")
    assert listed.still_valid_until(NOW, at_cognito=False) is None


@pytest.mark.parametrize(("choice", "verdict"), [("refuse", "unavailable"), ("accept", "good")])
def test_a_redis_that_is_down_means_what_was_chosen_and_heals(
    redis_server: RedisServer, choice: str, verdict: str
) -> None:
    listed = on_redis(redis_server, when_unavailable=choice)

    async def facts() -> list[str]:
        found = [await judged(listed)]
        redis_server.kill()
        found += [await judged(listed), await judged(listed)]
        redis_server.start()
        found += [await judged(listed)]
        await listed.revoke_sign_in(access())
        return [*found, await judged(listed)]

    assert asyncio.run(facts()) == ["good", verdict, verdict, "good", "revoked"]


def test_a_redis_killed_and_restarted_under_load_heals(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)

    async def burst() -> set[str]:
        return set(await asyncio.gather(*(judged(listed) for _ in range(200))))

    async def facts() -> list[set[str]]:
        found = [await burst()]
        under_way = asyncio.gather(*(judged(listed) for _ in range(200)))
        await asyncio.sleep(0)
        redis_server.kill()
        # Some were answered before, none is anything else.
        assert set(await under_way) <= {"good", "unavailable"}
        found.append(await burst())
        redis_server.start()
        return [*found, await burst()]

    assert asyncio.run(facts()) == [{"good"}, {"unavailable"}, {"good"}]


def test_a_restart_that_nobody_noticed_costs_no_request(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)

    async def facts() -> list[str]:
        found = await asyncio.gather(*(judged(listed) for _ in range(20)))
        redis_server.kill()
        redis_server.start()
        return [*found, *await asyncio.gather(*(judged(listed) for _ in range(20)))]

    assert set(asyncio.run(facts())) == {"good"}


def test_a_redis_that_does_not_answer_costs_no_more_than_the_timeout(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server, timeout=0.1)

    async def facts() -> list[str]:
        first = await judged(listed)
        redis_server.stop_answering()
        # Far above the timeout, and far below for ever.
        async with asyncio.timeout(20):
            found = await asyncio.gather(*(judged(listed) for _ in range(100)))
        redis_server.answer_again()
        return [first, *set(found)]

    assert asyncio.run(facts()) == ["good", "unavailable"]


def test_a_late_answer_is_not_taken_for_another_ones(redis_server: RedisServer) -> None:
    """What Redis says of one token, after its time, must not decide about the next."""
    listed = on_redis(redis_server, timeout=0.1)
    patient = on_redis(redis_server)
    asyncio.run(patient.revoke_sign_in(access(origin_jti="revoked")))

    async def facts() -> list[bool]:
        await judged(listed)
        redis_server.stop_answering()
        for _ in range(3):
            with contextlib.suppress(RevocationUnavailableError):
                await refused(listed, access(origin_jti="revoked"))
        redis_server.answer_again()
        while await judged(listed) == "unavailable":
            pass
        return [await refused(listed, access(origin_jti=name)) for name in ("a", "revoked", "b", "revoked")]

    assert asyncio.run(facts()) == [False, True, False, True]


def test_a_check_that_is_cancelled_leaves_no_answer_behind(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)
    asyncio.run(listed.revoke_sign_in(access(origin_jti="revoked")))

    async def facts() -> list[bool]:
        await judged(listed)
        for _ in range(50):
            gone = asyncio.ensure_future(refused(listed, access(origin_jti="revoked")))
            await asyncio.sleep(0)
            gone.cancel()
        return [await refused(listed, access(origin_jti="good")) for _ in range(50)]

    assert not any(asyncio.run(facts()))


@pytest.mark.parametrize("choice", ["refuse", "accept"])
def test_a_revocation_that_cannot_be_stored_is_never_taken_for_done(
    redis_server: RedisServer, choice: str
) -> None:
    listed = on_redis(redis_server, when_unavailable=choice)
    redis_server.kill()
    for revoke in (
        listed.revoke_token(access()),
        listed.revoke_sign_in(access()),
        listed.revoke_user(SUB, ISSUER),
    ):
        with pytest.raises(RevocationUnavailableError) as caught:
            asyncio.run(_awaited(revoke))
        assert caught.value.headers == {"Retry-After": "5"}


async def _awaited(revoke: object) -> None:
    await revoke  # type: ignore[misc]


@pytest.mark.parametrize("value", ["not a number", ""])
def test_what_somebody_else_stored_there_is_no_answer(redis_server: RedisServer, value: str) -> None:
    listed = on_redis(redis_server)
    redis_server.ask("SET", f"test:sub:eu-central-1_Ab12Cd34E:{SUB}", value)

    async def facts() -> list[str]:
        found = [await judged(listed)]
        # Revoking puts it right.
        await listed.revoke_user(SUB, ISSUER)
        return [*found, await judged(listed)]

    assert asyncio.run(facts()) == ["unavailable", "revoked"]


def test_a_redis_that_refuses_the_password_is_no_answer(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"redis://:wrong-password@127.0.0.1:{redis_server.port}"
    listed = revocations("redis", clock=Clock(), redis_url=url)
    with caplog.at_level(logging.DEBUG):
        assert asyncio.run(judged(listed)) == "unavailable"
    assert "AuthenticationError" in caplog.text
    assert "wrong-password" not in caplog.text


async def test_server(answer: bytes) -> AsyncIterator[int]:
    """Listen on loopback, and say the same to everything."""

    async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(say, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


test_server.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"+OK\r\n" * 50,
        b"$9999999999\r\n",
        b":1\r\n" * 50,
        b"\xff" * 999,
        b"*1\r\n" * 99_999,
        b"+" * 99_999,
    ],
)
def test_what_is_no_redis_is_no_answer(answer: bytes) -> None:
    async def facts() -> str:
        async for port in test_server(answer):
            listed = revocations(
                "redis", clock=Clock(), redis_url=f"redis://127.0.0.1:{port}", redis_timeout=1.0
            )
            return await judged(listed)
        raise AssertionError

    assert asyncio.run(facts()) == "unavailable"


def test_an_outage_is_logged_once_in_a_while_and_without_secrets(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    listed = on_redis(redis_server, when_unavailable="accept")
    redis_server.kill()

    async def facts() -> None:
        for _ in range(20):
            await judged(listed)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(facts())
    ours = [record for record in caplog.records if record.name == "fastapi_cognito_auth"]
    assert len(ours) == 1
    assert "accepting tokens that may be revoked" in caplog.text
    assert PASSWORD not in caplog.text
    assert PASSWORD.replace(" ", "%20") not in caplog.text


def test_the_error_holds_nothing_of_what_redis_said(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)
    redis_server.kill()
    with pytest.raises(RevocationUnavailableError) as caught:
        asyncio.run(refused(listed, access()))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "url", ["redis://host:port-of-letters", "redis://host:99999999", "http://secret@host"]
)
def test_an_address_that_is_none_is_a_mistake_that_shows_nothing(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        revocations("redis", clock=Clock(), redis_url=url)
    assert "COGNITO_REDIS_URL" in str(caught.value)
    assert url not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_redis_without_an_address_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_REDIS_URL"):
        revocations("redis", clock=Clock())


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio.connection", None)
    with pytest.raises(ConfigurationError, match=r"fastapi-cognito-auth\[redis\]"):
        revocations("redis", clock=Clock(), redis_url="redis://127.0.0.1")


def test_an_event_loop_that_ends_closes_its_connections(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)
    for _ in range(20):
        assert asyncio.run(judged(listed)) == "good"
    # Redis notices by itself a moment later.
    for _ in range(200):
        clients = redis_server.ask("CLIENT", "LIST").count(" laddr=")
        if clients == 1:
            break
        time.sleep(0.01)
    assert clients == 1
    assert listed._store._connections._open == {}  # type: ignore[attr-defined]


def test_an_event_loop_that_nobody_ended_well_is_forgotten(redis_server: RedisServer) -> None:
    listed = on_redis(redis_server)
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(judged(listed)) == "good"
    # Its connection closes, and its asynchronous generators are left alone.
    loop.run_until_complete(listed._store._connections._open[loop].client.connection_pool.disconnect())  # type: ignore[attr-defined]
    loop.close()
    assert asyncio.run(judged(listed)) == "good"
    assert listed._store._connections._open == {}  # type: ignore[attr-defined]
    gc.collect()
