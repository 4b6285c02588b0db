"""Refusals of hostile bodies: how long the event loop is held, and how much is answered.

One request at a time goes straight to the app, without a server, so that the processor's time is the
app's own. Every body is as long as the default limit allows; what is refused for its length alone
is left out, since it is not read.
"""

import asyncio
import json
import time
from statistics import median
from typing import Final, NamedTuple

from fastapi import FastAPI
from starlette.types import Message, Scope

from benchmarks.plan import Plan
from benchmarks.report import Bar, Section, Table
from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.formats.untrusted_json import DEEPEST, MOST_VALUES
from fastapi_cognito_auth.routers.bodies import LONGEST_FORM
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY

LARGEST: Final[int] = CognitoSettings.model_fields["max_body_size"].default
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_WIRE: Final = "application/x-amz-json-1.1"
_SIGN_IN: Final = {"username": "ada", "password": "x"}


class _Body(NamedTuple):
    label: str
    path: str
    kind: str
    content: bytes


def _fill(piece: str, *, size: int = LARGEST) -> str:
    """Repeat a piece, with commas between, up to a size."""
    return ",".join([piece] * (size // (len(piece) + 1)))


def _members(count: int, value: object = 1) -> dict[str, object]:
    return {f"k{number}": value for number in range(count)}


def _bodies() -> list[_Body]:
    sign_up = {"ClientId": CLIENT_ID, "Username": "ada"}
    attributes = {**sign_up, "UserAttributes": [{}] * (MOST_VALUES - 3)}
    deep = "[" * (DEEPEST - 1) + _fill('"x"', size=MOST_VALUES * 3) + "]" * (DEEPEST - 1)
    bodies = {
        "unknown members, as many as there may be": json.dumps(_members(MOST_VALUES)),
        "unknown members, more than there may be": "{" + _fill('"k":1') + "}",
        "distinct unknown members": json.dumps(_members(10_000)),
        "metadata that is no text": json.dumps({**_SIGN_IN, "client_metadata": _members(MOST_VALUES - 3)}),
        "long names": json.dumps({"x" * 100 + str(number): 1 for number in range(MOST_VALUES)}),
        "lists": f"[{_fill('[]')}]",
        "numbers": f"[{_fill('1', size=LARGEST - 2)}]",
        "fractions": f"[{_fill('1.2345e-300')}]",
        "numbers of thousands of digits": f"[{_fill('9' * 4300)}]",
        "nested deep": "[" * (LARGEST // 2) + "]" * (LARGEST // 2),
        "nested as deep as it may be": deep,
        "escapes": '{"username":"' + "\\u00e9" * (LARGEST // 6 - 20) + '"}',
        "a long text": json.dumps({"username": "x" * (LARGEST - 20)}),
        "no JSON": "x" * LARGEST,
    }
    return [
        *(_Body(label, "/sign-in", _JSON, content.encode()) for label, content in bodies.items()),
        _Body("a challenge of no kind", "/challenge", _JSON, json.dumps(_members(MOST_VALUES)).encode()),
        _Body("a form of many fields", "/token", _FORM, b"a=1&" * (LARGEST // 4)),
        _Body("a form of as many fields as there may be", "/token", _FORM, b"a=1&" * (MOST_VALUES - 1)),
        _Body("a form that is escaped", "/token", _FORM, b"username=" + b"%41" * (LARGEST // 3 - 9)),
        _Body("a shorter one", "/token", _FORM, b"username=" + b"%41" * (LONGEST_FORM // 3 - 9)),
        _Body("wire: attributes without members", "/", _WIRE, json.dumps(attributes).encode()),
        _Body("wire: lists", "/", _WIRE, f"[{_fill('[]')}]".encode()),
    ]


def measure(plan: Plan) -> Section:
    """Run this part."""
    settings = CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, secret_key=(SECRET_KEY,))
    auth = CognitoAuth(settings)
    app = FastAPI()
    app.include_router(auth.router)
    app.include_router(auth.wire_router)
    rows, times, sizes = [], [], []
    for body in _bodies():
        taken, status, size = asyncio.run(_refuse(app, body, plan.amount(50, 2)))
        times.append(taken * 1e3)
        sizes.append(size)
        rows.append([body.label, f"{len(body.content):,}", str(status), f"{times[-1]:.2f}", f"{size:,}"])
    bars = [
        Bar("hostile body: the processor's time, the dearest, ms", max(times), "<", 5.0),
        Bar("hostile body: the largest refusal, bytes", max(sizes), "<", 8192),
    ]
    head = ["body", "bytes", "status", "processor, ms", "answer, bytes"]
    return Section("Hostile bodies", "Medians, in the event loop.", [Table(head, rows)], bars)


async def _refuse(app: FastAPI, body: _Body, times: int) -> tuple[float, int, int]:
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": body.path,
        "raw_path": body.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", body.kind.encode()),
            (b"x-amz-target", b"AWSCognitoIdentityProviderService.SignUp"),
        ],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 5000),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body.content, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    taken = []
    for number in range(times + 1):
        sent.clear()
        start = time.process_time()
        await app(dict(scope), receive, send)
        if number:
            taken.append(time.process_time() - start)
    return median(taken), sent[0]["status"], sum(len(message.get("body", b"")) for message in sent)
