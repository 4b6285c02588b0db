"""The servers that real clients speak to: the emulator, and apps with a wire endpoint."""

import random
import socket
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn
from fastapi import FastAPI

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.local.kit import signing_keys

PASSWORD = "Correct-horse-1!"
TEMPORARY = "Temporary-horse-1!"
NAMES = ("wendy", "mia", "ann", "paul", "fay", "rob", "sue", "del")
KINDS = ("emulator", "wire", "wire with a client secret")


class Place(NamedTuple):
    """A server, and the pool behind it."""

    pool: LocalUserPool
    endpoint: str
    outbox: str


def crowd(size: int) -> list[LocalUser]:
    """Draw users with passwords of ASCII and of anything, so that numbers of every length occur."""
    draw = random.Random()
    strange = "äßéøñçλжש中文日本語한국어🙂🔑ﬁÅ\u0301\u200d"
    ascii_only = string.ascii_letters + string.digits + string.punctuation
    users = []
    for number in range(size):
        letters = ascii_only + (strange if number % 2 else "")
        middle = "".join(draw.choices(letters, k=draw.randint(4, 40)))
        users.append(LocalUser(f"user-{number}", password=f"aA1{middle}!"))
    return users


@contextmanager
def serving(kind: str, users: list[LocalUser]) -> Iterator[Place]:
    """Serve a pool, as long as the context lasts."""
    email = "{}@example.com".format
    named = [LocalUser(name, password=PASSWORD, attributes={"email": email(name)}) for name in NAMES]
    newcomer = LocalUser("newcomer", temporary_password=TEMPORARY)
    options: dict[str, Any] = {"device_tracking": "ALWAYS", "challenge_required_on_new_device": True}
    pool = LocalUserPool(users=[*named, newcomer, *users], client_secret=kind == KINDS[2], **options)
    # Making RSA keys takes longer than all the rest of a test.
    pool._plane.tokens.keys = signing_keys()
    if kind == "emulator":
        app, path = emulator(pool), "/"
    else:
        auth = CognitoAuth.local(pool)
        app, path = FastAPI(), "/cognito/"
        app.include_router(auth.wire_router, prefix="/cognito")
        app.include_router(auth.local_router, prefix="/local")
    with socket.create_server(("127.0.0.1", 0)) as listening, running(app, listening):
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Place(pool, base + path, f"{base}/local/outbox")


@contextmanager
def running(app: FastAPI, listening: socket.socket) -> Iterator[None]:
    """Run an app in a thread. Connections stay open while a client is busy with its arithmetic."""
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_keep_alive=300)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    ready = threading.Event()
    while not server.started:
        assert thread.is_alive()
        ready.wait(0.01)
    yield
    server.should_exit = server.force_exit = True
    thread.join(10)
