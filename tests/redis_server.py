"""A real Redis for tests: on a free port of loopback, with a password, and storing nothing."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

PASSWORD: Final = "a password that is never shown"


class RedisServer:
    """Starts, kills, stops and continues one `redis-server`, always at the same address.

    Args:
        binary: the path of `redis-server`.
        directory: where it may write.
    """

    def __init__(self, binary: str, directory: Path) -> None:
        self._directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD]
        self._command += ["--save", "", "--appendonly", "no", "--dir", str(directory)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self._directory
        )
        assert self._process.stdout is not None
        said = b""
        while b"Ready to accept connections" not in said:
            line = self._process.stdout.readline()
            assert line, said.decode()
            said += line

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop_answering(self) -> None:
        """Keep the connections, and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def answer_again(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *words: str) -> str:
        """Send one command by hand, and return the raw answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            for command in (["AUTH", PASSWORD], list(words)):
                parts = [f"*{len(command)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in command)]
                link.sendall("".join(parts).encode())
                answer = link.recv(65536)
            return answer.decode()


@contextmanager
def running_redis(directory: Path) -> Iterator[RedisServer]:
    """Run a Redis, or skip the test aloud where there is none. In CI that is a failure."""
    binary = shutil.which("redis-server")
    if binary is None:
        if os.environ.get("CI"):
            pytest.fail("there is no redis-server, and CI must have one")
        pytest.skip("there is no redis-server on this machine")
    server = RedisServer(binary, directory)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Run one Redis for all tests of a process."""
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> Iterator[RedisServer]:
    """Give a test an empty Redis, whatever the test before did to it."""
    shared_redis.start()
    shared_redis.ask("FLUSHALL")
    yield shared_redis
    shared_redis.answer_again() if shared_redis._process else shared_redis.start()
