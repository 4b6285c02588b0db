"""A server on loopback that answers as the user pools API does, and as it never should."""

import json
import socket
import socketserver
import struct
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, parse_qsl

from tests.support import b64

Reply = Callable[[socket.socket], None]
"""What is done to a connection once its request has been read."""

_TARGET = "AWSCognitoIdentityProviderService."


class Call(NamedTuple):
    """A request that came in; at the domain of the pool its path is the operation, and of a file `PUT`."""

    operation: str
    params: dict[str, Any]
    headers: dict[str, str]


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Answer with JSON, or with bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(content)),
        "Connection": "close",
        "x-amzn-requestid": "8b1f9c52-6a2e-4c0e-9f0a-3f4a7d3f1c11",
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in fields.items())]
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
    return lambda connection: connection.sendall(data)


def error(name: str, message: str = "No.", status: int = 400) -> Reply:
    """Refuse, as the service does."""
    return reply({"__type": name, "message": message}, status, {"x-amzn-errortype": name})


def hang_up(connection: socket.socket) -> None:
    """Close the connection without a byte."""


def reset(connection: socket.socket) -> None:
    """Tear the connection down."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection: socket.socket) -> None:
    """Say nothing until the client gives up."""
    connection.recv(1)


def break_off(connection: socket.socket) -> None:
    """Promise more than is sent."""
    reply({}, headers={"Content-Length": "4096"})(connection)


def stall(connection: socket.socket) -> None:
    """Send the beginning of an answer, and then nothing."""
    break_off(connection)
    silence(connection)


class Gate:
    """A reply that is held back until the test opens the gate."""

    def __init__(self, then: Reply) -> None:
        self._then = then
        self._open = Event()
        self._lock = Lock()
        self.waiting = 0
        self.most = 0

    def __call__(self, connection: socket.socket) -> None:
        with self._lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        self._open.wait(5)
        with self._lock:
            self.waiting -= 1
        self._then(connection)

    def open(self) -> None:
        self._open.set()


class _Handler(socketserver.StreamRequestHandler):
    server: "Upstream"

    def handle(self) -> None:
        first = self.rfile.readline().decode()
        if not first:
            return  # whoever connected has thought better of it
        method, path = first.split()[:2]
        headers: dict[str, str] = {}
        while line := self.rfile.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        if "x-amz-target" in headers:
            call = Call(headers["x-amz-target"].removeprefix(_TARGET), json.loads(body), headers)
        elif method == "PUT":
            call = Call(method, {"path": path, "body": body}, headers)
        elif path.startswith("/oauth2/"):  # the domain of the pool
            call = Call(path, dict(parse_qsl(body.decode(), keep_blank_values=True)), headers)
        else:  # the protocol of the service that gives credentials
            call = Call(parse_qs(body.decode())["Action"][0], {}, headers)
        self.server.answer(call)(self.request)


class Upstream(socketserver.ThreadingTCPServer):
    """The server; its state is what came in, and what each operation is to be answered with."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._calls_lock = Lock()
        self.forget()

    def __enter__(self) -> Self:
        Thread(target=lambda: self.serve_forever(poll_interval=0.01), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def forget(self) -> None:
        """Begin anew for another test."""
        self.calls: list[Call] = []
        self._plans: dict[str, list[Reply]] = {}

    def plan(self, operation: str, *replies: Reply) -> None:
        """Answer calls of an operation in this order; the last reply goes for all further ones."""
        self._plans[operation] = list(replies)

    def answer(self, call: Call) -> Reply:
        with self._calls_lock:
            self.calls.append(call)
            plan = self._plans.get(call.operation) or [error("UnplannedException")]
            return plan.pop(0) if len(plan) > 1 else plan[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def operations(self) -> list[str]:
        """The operations that were called, in order."""
        return [call.operation for call in self.calls]

    def only(self, operation: str) -> dict[str, Any]:
        """Return the parameters of the one call of an operation."""
        (call,) = (call for call in self.calls if call.operation == operation)
        return call.params


DELIVERY = {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}

TOKENS: dict[str, Any] = {
    "AuthenticationResult": {
        "AccessToken": f"{b64('{}')}.access.token",
        "IdToken": f"{b64('{}')}.id.token",
        "RefreshToken": "refresh-token",
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
    },
    "ChallengeParameters": {},
}


def challenge(name: str, **parameters: Any) -> dict[str, Any]:
    """Return a challenge in the API's shape."""
    return {"ChallengeName": name, "Session": "s" * 40, "ChallengeParameters": parameters}
