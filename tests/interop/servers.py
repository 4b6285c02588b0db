"""Servers that other people wrote, on a free port of loopback."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from tests.interop.environments import HERE

SIGN_UP_CODE = "123456"
"""The one that cognito-local sends, as its variable says; moto takes any."""
TEMPORARY = "Temporary-3!"
FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")


class Server(NamedTuple):
    """A server that is up."""

    url: str
    aws: Any
    """A client for what an administrator does there."""

    def new_pool(self, *, secret: bool) -> tuple[str, dict[str, str]]:
        """Make a pool and an app client."""
        policy = {"MinimumLength": 8, "RequireUppercase": True, "RequireNumbers": True}
        pool: str = self.aws.create_user_pool(
            PoolName="interop",
            AutoVerifiedAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": True},
            Policies={"PasswordPolicy": policy},
            MfaConfiguration="OPTIONAL",
        )["UserPool"]["Id"]
        self.aws.create_group(UserPoolId=pool, GroupName="analysts")
        client: dict[str, str] = self.aws.create_user_pool_client(
            UserPoolId=pool, ClientName="app", GenerateSecret=secret, ExplicitAuthFlows=FLOWS
        )["UserPoolClient"]
        return pool, client


@contextmanager
def moto_server(binaries: Path) -> Iterator[Server]:
    """Run moto's server."""
    port = _free_port()
    command = [str(binaries / "moto_server"), "--host", "127.0.0.1", "--port", str(port)]
    with _served(command, port, {}) as server:
        yield server


@contextmanager
def cognito_local(node: str) -> Iterator[Server]:
    """Run cognito-local."""
    port = _free_port()
    environment = {"PORT": str(port), "HOST": "127.0.0.1", "CODE": SIGN_UP_CODE}
    start = HERE / "node_modules" / "cognito-local" / "lib" / "bin" / "start.js"
    # Without it every pool takes e-mail addresses for usernames.
    defaults = {".cognito/config.json": '{"UserPoolDefaults": {"UsernameAttributes": []}}'}
    with _served([node, str(start)], port, environment, defaults) as server:
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _served(
    command: list[str], port: int, environment: Mapping[str, str], files: Mapping[str, str] | None = None
) -> Iterator[Server]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        for name, content in (files or {}).items():
            path = Path(folder) / name
            path.parent.mkdir()
            path.write_text(content)
        process = subprocess.Popen(
            command, cwd=folder, env={**inherited, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(process, port, Path(folder) / "log")
            url = f"http://127.0.0.1:{port}"
            yield Server(url, _administrator(url))
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text(errors="replace")
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace"))


def _administrator(url: str) -> Any:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return session.client("cognito-idp", endpoint_url=url, config=config)
