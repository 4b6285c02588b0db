"""Where the key set comes from, and all that may be wrong there."""

import asyncio
import gzip
import json
import os
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.exceptions import ConfigurationError, InvalidSignatureError, KeysUnavailableError
from fastapi_cognito_auth.keys.download import _reason, key_download
from fastapi_cognito_auth.keys.jwks import JWKSCache
from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.keys.sources import file_fetch, http_fetch, key_set_fetch
from tests.support import CLIENT_ID, OTHER_SIGNER, POOL_ID, SIGNER, Clock, access_claims

KEY, OTHER_KEY = SIGNER.jwk(), OTHER_SIGNER.jwk()

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Answer, heads: list[bytes] | None = None) -> AsyncIterator[str]:
    """Serve a raw HTTP answer on loopback, and keep the heads of the requests."""
    connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections[writer] = task
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if heads is not None:
                heads.append(head)
            await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json"
        server.close()
        # What was accepted a moment ago takes the event loop some rounds to become a connection.
        for _ in range(10):
            await asyncio.sleep(0)
        for writer in connections:
            writer.transport.abort()
        await asyncio.gather(*connections.values())
        await asyncio.sleep(0)


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
    while True:
        writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        await writer.drain()


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
        pytest.param(fixed("200 OK", gzip.compress(GOOD), **{"Content-Encoding": "gzip"}), id="packed"),
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


def test_a_redirect_is_not_followed_even_to_a_key_set() -> None:
    async def test() -> None:
        async with (
            serving(fixed("200 OK", GOOD)) as elsewhere,
            serving(fixed("302 Found", b"", Location=elsewhere)) as uri,
        ):
            with pytest.raises(FetchError, match=r"answered 302$"):
                await http_fetch(uri, timeout=5)()

    asyncio.run(test())


def test_a_key_endpoint_that_is_down_is_a_failed_fetch() -> None:
    async def test() -> None:
        async with serving(silence) as uri:
            pass
        with pytest.raises(FetchError):
            await http_fetch(uri, timeout=1)()

    asyncio.run(test())


@pytest.mark.parametrize("content_type", ["application/jwk-set+json", "text/plain", "text/html", "nonsense"])
def test_a_key_set_is_known_by_what_it_holds_and_not_by_its_content_type(content_type: str) -> None:
    async def test() -> bytes:
        async with serving(fixed("200 OK", GOOD, **{"Content-Type": content_type})) as uri:
            return await http_fetch(uri, timeout=5)()

    assert asyncio.run(test()) == GOOD


def test_a_page_that_says_it_is_json_is_no_key_set() -> None:
    """A captive portal, or the error page of a proxy."""

    async def test() -> None:
        page = fixed("200 OK", b"<html>Please sign in</html>", **{"Content-Type": "application/json"})
        async with serving(page) as uri:
            keys = JWKSCache(http_fetch(uri, timeout=5))
            with pytest.raises(KeysUnavailableError):
                await keys.key("key-1")

    asyncio.run(test())


def test_what_is_said_of_a_failed_fetch_holds_no_password_and_no_query() -> None:
    async def test() -> None:
        fetch = http_fetch("http://ada:secret@127.0.0.1:1/jwks.json?token=secret#secret", timeout=1)
        with pytest.raises(
            FetchError, match=r"^cannot fetch http://127\.0\.0\.1:1/jwks\.json: ConnectError: [^@?]*$"
        ):
            await fetch()

    asyncio.run(test())


@pytest.mark.parametrize("uri", ["http://[", "http://a b/", "https://:99999999/", "http://a\x00/"])
def test_an_address_that_is_none_is_a_failed_fetch(uri: str) -> None:
    async def test() -> None:
        with pytest.raises(FetchError, match=f"^cannot fetch {re.escape(uri)}: \\w*(Error|URL|Protocol)"):
            await http_fetch(uri, timeout=1)()

    asyncio.run(test())


def settings(**changes: str) -> CognitoSettings:
    return CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **changes)  # type: ignore[arg-type]


def written(path: Path, *keys: object) -> None:
    """Write a key set as a deployment does: beside the old one, and then in its place."""
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"keys": keys}))
    beside.replace(path)


def test_tokens_are_verified_with_the_key_set_of_the_settings() -> None:
    auth = CognitoAuth(settings(key_set=GOOD.decode()), clock=Clock())
    assert asyncio.run(auth.verifier.access_token(SIGNER.sign(access_claims()))).username == "ada"
    with pytest.raises(InvalidSignatureError):
        asyncio.run(auth.verifier.access_token(OTHER_SIGNER.sign(access_claims())))


@pytest.mark.parametrize("broken", ["nonsense", "{}", '{"keys": []}', json.dumps(KEY)])
def test_a_broken_key_set_in_the_settings_is_an_error_at_the_start(broken: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^COGNITO_KEY_SET is wrong: the .* key"):
        CognitoAuth(settings(key_set=broken))


def test_replacing_the_file_of_the_key_set_rotates_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    written(path, KEY)
    auth = CognitoAuth(settings(key_set_file=str(path)), clock=Clock())

    async def test() -> None:
        await auth.verifier.access_token(SIGNER.sign(access_claims()))
        written(path, OTHER_KEY)
        await auth.verifier.access_token(OTHER_SIGNER.sign(access_claims()))
        with pytest.raises(InvalidSignatureError):
            await auth.verifier.access_token(SIGNER.sign(access_claims()))

    asyncio.run(test())


def test_a_file_of_the_key_set_that_is_gone_or_broken_leaves_the_known_keys(tmp_path: Path) -> None:
    path, clock = tmp_path / "jwks.json", Clock()
    written(path, KEY)
    keys = JWKSCache(file_fetch(str(path), timeout=5), max_age=3600, clock=clock)

    async def test() -> None:
        known = await keys.key("key-1")
        path.unlink()
        clock.advance(3600)
        assert await keys.key("key-1") is known
        assert keys.status().last_error == f"cannot read {path}: FileNotFoundError"
        path.write_text("{")
        clock.advance(10)
        assert await keys.key("key-1") is known
        assert keys.status().last_error == "the answer is not a key set"
        path.unlink()
        path.mkdir()
        clock.advance(10)
        assert await keys.key("key-1") is known

    asyncio.run(test())


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    keys = JWKSCache(file_fetch(str(path), timeout=5))
    with pytest.raises(KeysUnavailableError):
        asyncio.run(keys.key("key-1"))
    assert keys.status().last_error == "the key set has more than 65536 bytes"


def test_a_file_that_does_not_answer_is_a_failed_fetch(tmp_path: Path) -> None:
    """As one on a network that is down; a named pipe waits for its writer just so."""
    path = tmp_path / "jwks.json"
    os.mkfifo(path)

    async def test() -> None:
        with pytest.raises(FetchError, match=r"TimeoutError$"):
            await file_fetch(str(path), timeout=0.05)()
        path.open("r+b", buffering=0).close()  # lets the thread that reads it come to its end

    asyncio.run(test())


def file_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "key-set-file"]


def test_a_file_that_hangs_takes_no_thread_of_the_app_and_is_not_read_again_meanwhile(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jwks.json"
    os.mkfifo(path)
    fetch = file_fetch(str(path), timeout=0.02)

    async def test() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        with pytest.raises(FetchError, match=r"TimeoutError$"):
            await fetch()
        for _ in range(5):
            with pytest.raises(FetchError, match="an earlier try still hangs"):
                await fetch()
        (thread,) = file_threads()
        assert thread.daemon  # the process can end meanwhile
        async with asyncio.timeout(10):
            assert await asyncio.to_thread(lambda: "free") == "free"
        # What hung gets its answer, which nobody waits for any more.
        path.open("r+b", buffering=0).close()
        thread.join()
        path.unlink()
        written(path, KEY)
        assert await fetch() == GOOD

    asyncio.run(test())


def test_event_loops_in_two_threads_read_the_file_one_after_the_other(tmp_path: Path) -> None:
    """Who asks later gets what the file holds then, not what another one is reading."""
    path = tmp_path / "jwks.json"
    os.mkfifo(path)
    fetch = file_fetch(str(path), timeout=30)
    answers: list[bytes] = []

    async def ask() -> None:
        answers.append(await fetch())

    loops = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(2)]
    for loop in loops:
        loop.start()
    for text in (b"first", b"second"):
        # Opening waits for a reader, and the next reader comes when this one is done.
        with path.open("wb") as file:
            file.write(text)
        while text not in answers:
            time.sleep(0.001)
    for loop in loops:
        loop.join()
    assert answers == [b"first", b"second"]


def test_a_path_that_none_can_be_is_a_failed_fetch() -> None:
    keys = JWKSCache(file_fetch("jwks\0.json", timeout=5))
    with pytest.raises(KeysUnavailableError):
        asyncio.run(keys.key("key-1"))


def test_a_key_set_of_the_settings_is_wrong_by_its_own_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^COGNITO_KEY_SET is wrong: "):
        key_set_fetch(uri="", key_set="{}", file=None, timeout=5)
    with pytest.raises(ConfigurationError, match=r"^COGNITO_TRUSTED_POOLS is wrong: "):
        key_set_fetch(uri="", key_set="{}", file=None, timeout=5, setting="COGNITO_TRUSTED_POOLS")


def test_every_source_keeps_the_time_limit(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    os.mkfifo(path)

    async def test() -> None:
        with pytest.raises(FetchError, match=r"TimeoutError$"):
            await key_set_fetch(uri="", key_set=None, file=str(path), timeout=0.05)()
        path.open("r+b", buffering=0).close()
        async with serving(silence) as uri:
            with pytest.raises(FetchError, match=r"TimeoutError$"):
                await key_set_fetch(uri=uri, key_set=None, file=None, timeout=0.05)()

    asyncio.run(test())


def test_no_other_limit_cuts_the_time_for_a_fetch_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The HTTP client, by which proxies are asked, has one of five seconds of its own."""
    limits: list[httpx2.Timeout] = []

    class Watched(httpx2.AsyncClient):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            limits.append(self.timeout)

    async def test() -> None:
        async with serving(fixed("200 OK", GOOD)) as uri:
            monkeypatch.setenv("HTTP_PROXY", uri)
            assert await http_fetch("http://keys.invalid/k", timeout=60)() == GOOD

    monkeypatch.setattr(httpx2, "AsyncClient", Watched)
    asyncio.run(test())
    assert limits == [httpx2.Timeout(None)]


def test_nothing_compressed_is_asked_for() -> None:
    """A limit on what is read is one on what is unpacked, then."""
    heads: list[bytes] = []

    async def test() -> None:
        async with serving(fixed("200 OK", GOOD), heads) as uri:
            await http_fetch(uri, timeout=5)()

    asyncio.run(test())
    [head] = heads
    assert head.startswith(b"GET ")
    assert b"\r\naccept-encoding: identity\r\n" in head.lower()


def failed(
    said: str, *, below: Exception | None = None, context: Exception | None = None
) -> httpx2.HTTPError:
    """Return what the HTTP client raises, with what was at the bottom of it."""
    error = httpx2.ConnectError(said)
    error.__cause__, error.__context__ = below, context
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (failed("all attempts failed"), "ConnectError: all attempts failed"),
        (failed("x", below=OSError("Connection refused")), "ConnectError: Connection refused"),
        (failed("x", context=OSError("no route to host")), "ConnectError: no route to host"),
        (failed("its own words", below=ValueError("ours")), "ConnectError: its own words"),
        (failed("x", below=failed("y", context=OSError("deeper"))), "ConnectError: deeper"),
        (failed(""), "ConnectError"),
        (failed("é\n\u202e"), "ConnectError: \\xe9\\n\\u202e"),
        (failed("schön"), "ConnectError: schön"),
        (failed("no such user ada"), "ConnectError"),
        (failed("the password is hush"), "ConnectError"),
        (failed("at /k?token=1"), "ConnectError"),
    ],
)
def test_a_failed_fetch_is_told_in_the_words_of_its_cause(error: Exception, reason: str) -> None:
    assert _reason(error, "https://ada:hush@keys.example/k?token=1") == reason


def test_what_is_said_of_an_address_that_is_none_repeats_nothing_of_it() -> None:
    assert _reason(failed("[::1"), "http://[::1/k") == "ConnectError"


def test_an_answer_may_be_as_large_as_the_limit() -> None:
    async def test() -> None:
        download = key_download(timeout=5, largest=1000)
        async with serving(fixed("200 OK", b"x" * 1000)) as uri:
            assert await download(uri) == b"x" * 1000
        async with serving(fixed("200 OK", b"x" * 1001)) as uri:
            with pytest.raises(FetchError, match="answered more than 1000 bytes"):
                await download(uri)

    asyncio.run(test())


def test_the_address_is_used_unless_there_is_a_key_set_or_a_file() -> None:
    async def test() -> bytes:
        async with serving(fixed("200 OK", GOOD)) as uri:
            return await key_set_fetch(uri=uri, key_set=None, file=None, timeout=5)()

    assert asyncio.run(test()) == GOOD


@pytest.mark.parametrize(
    "given",
    [
        {"key_set": "{}", "key_set_file": "jwks.json"},
        {"key_set": "{}", "jwks_uri": "https://keys.example/jwks.json"},
        {"key_set_file": "jwks.json", "jwks_uri": "https://keys.example/jwks.json"},
    ],
)
def test_only_one_source_of_the_keys_may_be_given(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="only one of COGNITO_JWKS_URI, COGNITO_KEY_SET and"):
        settings(**given)


def test_the_key_set_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_KEY_SET", GOOD.decode())
    assert settings().key_set == GOOD.decode()
    monkeypatch.delenv("COGNITO_KEY_SET")
    monkeypatch.setenv("COGNITO_KEY_SET_FILE", "/run/secrets/jwks.json")
    assert settings().key_set_file == "/run/secrets/jwks.json"


def test_the_local_pool_takes_no_key_set_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_KEY_SET", "nonsense")
    monkeypatch.setenv("COGNITO_KEY_SET_FILE", "nonsense")
    assert CognitoAuth.local().settings.key_set is None
