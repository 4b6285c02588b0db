"""The servers that real clients speak to: the emulator, and apps with a wire endpoint."""

import random
import socket
import string
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.local.kit import signing_keys

PASSWORD = "Correct-horse-1!"
TEMPORARY = "Temporary-horse-1!"
NAMES = ("wendy", "mia", "ann", "paul", "fay", "rob", "sue", "del")
KINDS = ("emulator", "wire", "wire with a client secret")


class Place(NamedTuple):
    """A pool, and where it is served."""

    pool: LocalUserPool
    endpoint: str
    admin: str
    """The pool's emulator: an administrator's operations, and the outbox."""

    @property
    def task(self) -> dict[str, str]:
        """What a client in another process has to know."""
        return {
            "endpoint": self.endpoint,
            "admin": self.admin,
            "poolId": self.pool.user_pool_id,
            "clientId": self.pool.client_id,
        }


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
    with hosting(kind, {"main": pool}) as places:
        yield places["main"]


Build = Callable[[str], LocalUserPool]
"""Makes a pool for the address of its endpoint, which has no slash at its end."""


@contextmanager
def hosting(kind: str, pools: Mapping[str, LocalUserPool | Build]) -> Iterator[dict[str, Place]]:
    """Serve pools under their names, as long as the context lasts: each has an emulator of its own."""
    app = FastAPI()
    with ExitStack() as stack:
        shared = stack.enter_context(listening())
        places = {}
        for name, made in pools.items():
            own = stack.enter_context(listening())
            endpoint = address_of(own) if kind == "emulator" else f"{address_of(shared)}/{name}/cognito"
            pool = made if isinstance(made, LocalUserPool) else made(endpoint)
            # Making RSA keys takes longer than all the rest of a test.
            pool._plane.tokens.keys = signing_keys()
            if kind != "emulator":
                app.include_router(CognitoAuth.local(pool).wire_router, prefix=f"/{name}/cognito")
            stack.enter_context(running(emulator(pool), own))
            places[name] = Place(pool, f"{endpoint}/", f"{address_of(own)}/")
        stack.enter_context(running(app, shared))
        yield places


def listening() -> socket.socket:
    """Take a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0))


def address_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def running(app: ASGIApp, server_socket: socket.socket, **more: Any) -> Iterator[None]:
    """Run an app in a thread. Connections stay open while a client is busy with its arithmetic."""
    options: dict[str, Any] = {
        "log_level": "error",
        "ws": "none",
        "lifespan": "off",
        "timeout_keep_alive": 300,
    } | more
    config = uvicorn.Config(app, **options)
    server = uvicorn.Server(config)
    # Answers are written in two parts: the second would wait for the first to be acknowledged.
    server_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    thread = threading.Thread(target=server.run, args=([server_socket],), daemon=True)
    thread.start()
    ready = threading.Event()
    while not server.started:
        assert thread.is_alive()
        ready.wait(0.01)
    yield
    server.should_exit = server.force_exit = True
    thread.join(10)
