"""Keys that are fetched without an HTTP client, and when one is needed."""

import asyncio
import subprocess
import sys
from collections.abc import Callable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.keys.sources import http_fetch
from fastapi_cognito_auth.keys.straight import is_ordinary
from tests.keys.test_sources import GOOD, Answer, fixed, serving

ORDINARY = [
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E/.well-known/jwks.json",
    "http://127.0.0.1:9229/local_1/jwks.json",
    "http://localhost",
    "http://localhost:8000",
    "http://[::1]:8000/keys",
    "https://keys.example/a//b/?x=1&y=%2F~",
    "https://KEYS.example:443/k",
    "http://a.example:080/k",
]
UNUSUAL = [
    "https://ada:secret@keys.example/k",
    "https://schlüssel.example/k",
    "https://keys.example/ä",
    "https://keys.example/a/../k",
    "https://keys.example/a/./k",
    "https://keys.example/..",
    "https://keys.example/.?x",
    "https://keys.example/k#part",
    "https://keys.example/a b",
    "https://keys.example/k\r\nX-Other: 1",
    "https://keys.example\n/k",
    "https://keys.example?x",
    "https://keys.example:0/k",
    "https://keys.example:65536/k",
    "https://keys.example:/k",
    "https://keys.example:٤٤٣/k",
    "https://[fe80::1%eth0]/k",
    "https://.example/k",
    "https://a..b/k",
    "https://-a.example/k",
    f"https://{'a' * 64}.example/k",
    "https:///k",
    "HTTPS://keys.example/k",
    "ftp://keys.example/k",
    "file:///etc/passwd",
    "",
]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("uri", ORDINARY)
def test_an_ordinary_address_needs_no_client(uri: str) -> None:
    assert is_ordinary(uri)


@pytest.mark.parametrize("uri", UNUSUAL)
def test_an_unusual_address_is_left_to_the_client(uri: str) -> None:
    assert not is_ordinary(uri)


@given(st.text(alphabet="htps:/.@#?%[]\\ \r\nab0189é", max_size=40).map("http://h".__add__))
def test_what_is_ordinary_is_the_same_address_for_everybody(uri: str) -> None:
    if is_ordinary(uri):
        read = httpx2.URL(uri)
        assert (read.userinfo, read.fragment) == (b"", "")
        rest = uri.removeprefix("http://")
        authority, _, path = rest.partition("/")
        assert read.raw_path.decode() == f"/{path}"
        assert read.host == authority.partition(":")[0].lower()


def head_of(uri: Callable[[str], str], monkeypatch: pytest.MonkeyPatch | None = None) -> bytes:
    """Return the head of the request by which a key set is fetched."""
    heads: list[bytes] = []

    async def test() -> None:
        async with serving(fixed("200 OK", GOOD), heads) as served:
            base = served.removesuffix("/jwks.json")
            if monkeypatch is not None:
                monkeypatch.setenv("HTTP_PROXY", base)
            assert await http_fetch(uri(base), timeout=5)() == GOOD

    asyncio.run(test())
    [head] = heads
    return head


def test_what_is_sent_is_one_request_of_http() -> None:
    lines = head_of("{}/a//b?x=%2F~".format).decode().split("\r\n")
    assert lines[0] == "GET /a//b?x=%2F~ HTTP/1.1"
    host, *more = sorted(
        line.lower() for line in lines[1:] if line.lower().startswith(("host", "accept", "conn"))
    )[::-1]
    assert host.startswith("host: 127.0.0.1:")
    assert more == ["connection: close", "accept: */*", "accept-encoding: identity"]


def test_an_address_without_a_path_asks_for_the_root() -> None:
    assert head_of("{}".format).startswith(b"GET / HTTP/1.1\r\n")


def test_a_password_of_the_address_is_sent() -> None:
    head = head_of(lambda base: base.replace("//", "//ada:secret@") + "/k")
    assert b"\r\nauthorization: basic ywrhonnly3jlda==" in head.lower()


def test_a_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    head = head_of(lambda _: "http://keys.invalid/k", monkeypatch)
    assert head.startswith(b"GET http://keys.invalid/k HTTP/1.1\r\n")


def test_a_proxy_is_passed_over_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert head_of("{}/k".format).startswith(b"GET /k HTTP/1.1\r\n")


async def in_chunks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for byte in GOOD:
        writer.write(b"1\r\n" + bytes([byte]) + b"\r\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def to_the_end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD)
    await writer.drain()


@pytest.mark.parametrize("answer", [in_chunks, to_the_end])
def test_an_answer_is_read_however_it_is_framed(answer: Answer) -> None:
    async def test() -> bytes:
        async with serving(answer) as uri:
            return await http_fetch(uri, timeout=5)()

    assert asyncio.run(test()) == GOOD


def raw(written: bytes) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(written)
        await writer.drain()

    return answer


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "RemoteProtocolError: ", id="cut short"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "RemoteProtocolError: ", id="an endless head"
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "RemoteProtocolError: ", id="another protocol"),
        pytest.param(b"", "RemoteProtocolError: ", id="nothing"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\n\r\n{}",
            "something packed",
            id="packed, said in two headers",
        ),
    ],
)
def test_a_broken_answer_is_a_failed_fetch_that_says_why(written: bytes, reason: str) -> None:
    async def test() -> None:
        async with serving(raw(written)) as uri:
            with pytest.raises(FetchError, match=reason):
                await http_fetch(uri, timeout=5)()

    asyncio.run(test())


def fetch(uri: str) -> bytes:
    async def test() -> bytes:
        return await http_fetch(uri, timeout=5)()

    return asyncio.run(test())


async def hints_without_end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 \r\n\r\n" * 1000)
        await writer.drain()


def test_hints_without_end_are_no_answer() -> None:
    async def test() -> None:
        async with serving(hints_without_end) as uri:
            with pytest.raises(FetchError, match="says too much before the answer"):
                await http_fetch(uri, timeout=5)()

    asyncio.run(test())


@pytest.mark.parametrize(
    "uri", ["https://a..b/k?hush", "https://ada:hush@a..b/k", "http://localhost:99999/k"]
)
def test_an_address_without_a_server_is_a_failed_fetch_without_its_secrets(uri: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(uri)
    assert "hush" not in str(caught.value)


def test_a_proxy_that_is_none_is_a_failed_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "garbage://hush")
    with pytest.raises(FetchError, match="ValueError") as caught:
        fetch("http://keys.example/k")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_an_error_names_the_proxy_on_the_way_without_its_password(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://ada:hush@127.0.0.1:1")
    with pytest.raises(
        FetchError, match=rf"keys\.example/k \(through the proxy that {variable} names\)"
    ) as caught:
        fetch("http://keys.example/k")
    assert "hush" not in str(caught.value)


def test_a_refusal_by_a_proxy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with serving(fixed("407 Proxy Authentication Required", b"")) as served:
            monkeypatch.setenv("HTTP_PROXY", served.removesuffix("/jwks.json"))
            await http_fetch("http://keys.example/k", timeout=5)()

    with pytest.raises(FetchError, match=r"the proxy that HTTP_PROXY names\) answered 407"):
        asyncio.run(test())


def test_an_error_names_no_proxy_that_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(FetchError) as caught:
        fetch("http://127.0.0.1:1/k")
    assert "proxy" not in str(caught.value)


def test_no_library_logs_an_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")

    async def test() -> None:
        async with serving(fixed("200 OK", GOOD)) as uri:
            with caplog.at_level(0):
                await http_fetch(f"{uri}?X-Amz-Signature=hush", timeout=5)()

    asyncio.run(test())
    assert "hush" not in caplog.text


def test_fetching_keys_loads_no_http_client() -> None:
    """It takes longer to load than the fetch takes, while the first requests wait."""
    script = """
import asyncio, sys
from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.keys.sources import http_fetch
try:
    asyncio.run(http_fetch("https://127.0.0.1:1/jwks.json", timeout=5)())
except FetchError as error:
    print(error)
print(sorted({"httpx2", "httpcore2", "urllib3", "requests"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    error, loaded = done.stdout.splitlines()
    assert error.startswith("cannot fetch https://127.0.0.1:1/jwks.json: ConnectionRefusedError: ")
    assert loaded == "[]"
