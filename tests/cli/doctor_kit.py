"""A pool that is as an app needs it, behind an endpoint, and what the doctor says of it."""

import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from typer.testing import CliRunner, Result

from fastapi_cognito_auth.cli.app import cli
from fastapi_cognito_auth.cli.doctor.changes import whole_update
from fastapi_cognito_auth.local import LocalMachine, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from fastapi_cognito_auth.runtime.clock import wall_clock
from tests.local.kit import signing_keys
from tests.older import MODEL
from tests.support import SECRET_KEY

APP_URL = "https://app.example.com"
SECRET = "s3cretOfTheAppClient1234567"
MACHINE_SECRET = "s3cretOfTheMachine123456789"
READABLE = ["email", "email_verified", "phone_number", "phone_number_verified", "name", "custom:tenant"]


def right_pool() -> LocalUserPool:
    pool = LocalUserPool(
        client_secret=SECRET,
        callback_urls=[f"{APP_URL}/login/callback"],
        logout_urls=[f"{APP_URL}/"],
        relying_party_id="app.example.com",
        refresh_token_rotation=10,
        explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"],
        resource_servers={"orders": ["read"]},
        machine_clients=[
            LocalMachine(client_id="nightly", scopes=["orders/read"], client_secret=MACHINE_SECRET)
        ],
        groups=["analysts"],
        required_attributes=["email"],
        custom_attributes={"tenant": "String"},
    )
    pool._plane.tokens.keys = signing_keys()
    pool.call("CreateUserPoolDomain", {"UserPoolId": pool.user_pool_id, "Domain": "my-app"})
    Configuration(pool).update(
        pool={"DeletionProtection": "ACTIVE"},
        client={"WriteAttributes": ["email", "name"], "ReadAttributes": READABLE},
    )
    return pool


class Configuration:
    """How a pool is configured; its state is how it was."""

    def __init__(self, pool: LocalUserPool) -> None:
        self._pool = pool
        self._ids = {"UserPoolId": pool.user_pool_id}
        self._was = self.described()

    def described(self) -> dict[str, Any]:
        client = self._ids | {"ClientId": self._pool.client_id}
        return {
            "client": self._pool.call("DescribeUserPoolClient", client)["UserPoolClient"],
            "pool": self._pool.call("DescribeUserPool", self._ids)["UserPool"],
            "mfa": self._pool.call("GetUserPoolMfaConfig", self._ids),
        }

    def update(self, **changes: Mapping[str, Any]) -> None:
        """Change members, and keep all others as the service would not."""
        for name, change in changes.items():
            self._write(name, self.described()[name], change)

    def restore(self) -> None:
        for name, was in self._was.items():
            self._write(name, was, {})

    def _write(self, name: Any, described: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        operation = {
            "client": "UpdateUserPoolClient",
            "pool": "UpdateUserPool",
            "mfa": "SetUserPoolMfaConfig",
        }[name]
        shape = MODEL.operation_model(operation).input_shape
        self._pool.call(operation, whole_update(name, described, change, shape) | self._ids)


class Endpoint:
    """Serves a pool on loopback; its state is the clock by which it says what time it is."""

    def __init__(self, pool: LocalUserPool) -> None:
        self.pool = pool
        self.ahead = 0.0
        self.age: int | None = None
        self.calls: list[str] = []
        self.denied: frozenset[str] = frozenset()
        self.refusal = "AccessDeniedException"
        self.allowed: dict[str, int] = {}
        """How often an operation may still be called; as often as wanted unless said."""

        self._emulator = emulator(pool)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode().partition(".")[2]
        if target:
            self.calls.append(target)
        left = self.allowed.get(target)
        if left:
            self.allowed[target] = left - 1
        if target in self.denied or left == 0:
            body = json.dumps({"__type": self.refusal, "message": "not authorized"}).encode()
            await send({"type": "http.response.start", "status": 400, "headers": [(b"date", self._date())]})
            await send({"type": "http.response.body", "body": body})
            return

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                age = [] if self.age is None else [(b"age", str(self.age).encode())]
                message = {**message, "headers": [*message["headers"], (b"date", self._date()), *age]}
            await send(message)

        await self._emulator(scope, receive, dated)

    def _date(self) -> bytes:
        return formatdate(wall_clock() + self.ahead, usegmt=True).encode()

    @contextmanager
    def served(self) -> Iterator["Endpoint"]:
        server = uvicorn.Server(uvicorn.Config(self, log_level="error", lifespan="off", date_header=False))
        thread = threading.Thread(target=server.run, args=([self._socket],), daemon=True)
        thread.start()
        yield self
        server.should_exit = True
        thread.join(10)
        self._socket.close()

    @property
    def environment(self) -> dict[str, str]:
        """What the app is configured with, so that nothing is wrong."""
        return {
            "COGNITO_USER_POOL_ID": self.pool.user_pool_id,
            "COGNITO_CLIENT_ID": self.pool.client_id,
            "COGNITO_CLIENT_SECRET": SECRET,
            "COGNITO_SECRET_KEY": SECRET_KEY,
            "COGNITO_ENDPOINT_URL": self.address,
            "COGNITO_DOMAIN": "my-app",
            "COGNITO_LOGIN_SCOPES": "openid,email,aws.cognito.signin.user.admin",
            "COGNITO_MACHINE_CLIENT_ID": "nightly",
            "COGNITO_MACHINE_CLIENT_SECRET": MACHINE_SECRET,
            "COGNITO_ACCEPTED_CLIENT_IDS": "nightly",
            "COGNITO_GROUP_SCOPES": '{"analysts": ["reports/read"]}',
            "COGNITO_SCOPES_SUPPORTED": "orders/read",
            "COGNITO_AUTH_SESSION_VALIDITY": "3",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }


def environment(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set these variables, and none of the kind beside them."""
    for name in [*os.environ]:
        if name.startswith(("COGNITO_", "AWS_", "FORWARDED_", "WEB_")):
            monkeypatch.delenv(name)
    for name, value in variables.items():
        if value:
            monkeypatch.setenv(name, value)


def run(*options: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *options])


def levels(result: Result) -> dict[str, str]:
    """Return the level of each check, of the answer in JSON."""
    return {check["id"]: check["level"] for check in json.loads(result.stdout)["checks"]}


def found(result: Result) -> dict[str, str]:
    """Return what is not fine."""
    return {name: level for name, level in levels(result).items() if level != "ok"}
