"""What comes in with a request is bounded and text, at every endpoint."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message

from fastapi_cognito_auth.settings import CognitoSettings
from tests.routers.kit import PASSWORD, App, code_of
from tests.routers.test_wire import PREFIX
from tests.routers.test_wire import TYPE as AWS_JSON

LIMIT: int = CognitoSettings.model_fields["max_body_size"].default
LARGEST_REFUSAL = 8192
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def app() -> App:
    app = App()
    app.app.include_router(app.auth.wire_router, prefix="/cognito")
    return app


APP = App()
SECRET_APP = App(client_secret=True)
ROUTES = [
    (method.upper(), path, *described["requestBody"]["content"])
    for path, item in APP.app.openapi()["paths"].items()
    for method, described in item.items()
    if "requestBody" in described
]
"""Every endpoint that takes a body: method, path and content type."""

JSON_ROUTES = [(method, path) for method, path, kind in ROUTES if kind == "application/json"]


def path_of(template: str) -> str:
    return template.replace("{name}", "email").replace("{key}", "us-east-1_0-0")


def test_the_routes_are_all_there() -> None:
    assert len(JSON_ROUTES) > 15
    assert ("POST", "/auth/token", FORM) in ROUTES


class Exchange:
    """One request, as a server hands it over piece by piece."""

    def __init__(self, app: App, method: str, path: str, *headers: tuple[str, str]) -> None:
        self._app = app
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"testserver"),
                *((name.lower().encode(), value.encode()) for name, value in headers),
            ],
            "server": ("testserver", 80),
            "client": ("203.0.113.7", 5000),
        }
        self.pieces = 0

    def run(self, piece: bytes) -> tuple[int, Any]:
        """Send a piece without an end; return status and body of the answer."""
        return asyncio.run(self._run(piece))

    async def _run(self, piece: bytes) -> tuple[int, Any]:
        sent: list[Message] = []

        async def endless() -> AsyncGenerator[Message]:
            while True:
                self.pieces += 1
                yield {"type": "http.request", "body": piece, "more_body": True}

        messages = endless()

        async def receive() -> Message:
            return await anext(messages)

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app.app(self._scope, receive, send)
        await messages.aclose()
        return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent))


@pytest.mark.parametrize(("method", "path", "kind"), ROUTES)
def test_a_body_without_an_end_is_cut_off_where_the_limit_is(
    app: App, method: str, path: str, kind: str
) -> None:
    exchange = Exchange(app, method, path_of(path), ("Content-Type", kind))
    status, body = exchange.run(b" " * 1024)
    assert (status, body["detail"]["code"]) == (413, "request_too_large")
    assert exchange.pieces == LIMIT // 1024 + 1


@pytest.mark.parametrize(("method", "path", "kind"), ROUTES)
def test_a_body_that_says_it_is_too_long_is_not_read(app: App, method: str, path: str, kind: str) -> None:
    exchange = Exchange(
        app, method, path_of(path), ("Content-Type", kind), ("Content-Length", str(LIMIT + 1))
    )
    status, body = exchange.run(b" ")
    assert (status, body["detail"]["code"]) == (413, "request_too_large")
    assert exchange.pieces == 0


@pytest.mark.parametrize("length", ["10", "-1", "x", "", "\u00b2"])
def test_a_length_that_lies_helps_nobody(app: App, length: str) -> None:
    exchange = Exchange(app, "POST", "/auth/sign-in", ("Content-Type", "application/json"))
    exchange._scope["headers"].append((b"content-length", length.encode("latin-1")))  # type: ignore[attr-defined]
    assert exchange.run(b" " * 1024)[0] == 413
    assert exchange.pieces == LIMIT // 1024 + 1


def test_a_length_of_a_thousand_digits_is_too_long(app: App) -> None:
    exchange = Exchange(
        app, "POST", "/auth/sign-in", ("Content-Type", "application/json"), ("Content-Length", "9" * 5000)
    )
    assert exchange.run(b" ")[0] == 413


def test_a_body_of_just_the_limit_is_read(app: App) -> None:
    body = json.dumps({"username": "ada", "password": PASSWORD}).encode()
    answer = app.http.post(
        "/auth/sign-in", content=body.ljust(LIMIT), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200


def test_the_limit_is_a_setting() -> None:
    app = App(max_body_size=4096)
    body = {"username": "ada", "password": PASSWORD, "client_metadata": {"a": "x" * 4096}}
    assert code_of(app.post("/sign-in", **body)) == (413, "request_too_large")
    assert code_of(App(max_body_size=8192).post("/sign-in", **body | {"password": "no"})) == (
        401,
        "not_authorized",
    )


@pytest.mark.parametrize(("method", "path"), JSON_ROUTES)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{" + b",".join(b'"k%d":1' % n for n in range(1001)) + b"}", "json_too_many_values"),
        (b"[" * 64 + b"]" * 64, "json_too_deep"),
        (rb'{"a": "\ud800"}', "text_invalid"),
        (rb'{"a": "\u0000"}', "text_invalid"),
        (b'{"a": "\xed\xa0\x80"}', "json_invalid"),
        (b'{"username": "ada", "username": "grace"}', "json_member_twice"),
    ],
)
def test_a_body_beyond_the_limits_is_refused_as_a_whole(
    app: App, method: str, path: str, body: bytes, kind: str
) -> None:
    answer = app.http.request(
        method, path_of(path), content=body, headers={"Content-Type": "application/json"}
    )
    assert code_of(answer) == (422, "invalid_request")
    (fault,) = answer.json()["detail"]["errors"]
    assert (fault["loc"], fault["type"]) == (["body"], kind)


FREE_MAPS = [
    ("/sign-up", {"username": "eve", "password": PASSWORD}, "client_metadata"),
    ("/sign-up", {"username": "eve", "password": PASSWORD}, "attributes"),
    ("/sign-up/confirm", {"username": "eve", "code": "1"}, "client_metadata"),
    ("/sign-up/resend-code", {"username": "eve"}, "client_metadata"),
    ("/sign-in", {"username": "ada", "password": PASSWORD}, "client_metadata"),
    ("/password/forgot", {"username": "ada"}, "client_metadata"),
    ("/password/reset", {"username": "ada", "code": "1", "password": PASSWORD}, "client_metadata"),
    ("/refresh", {"refresh_token": "x"}, "client_metadata"),
    ("/initiate-auth", {"AuthFlow": "USER_PASSWORD_AUTH"}, "AuthParameters"),
    ("/respond-to-auth-challenge", {"ChallengeName": "SMS_MFA"}, "ChallengeResponses"),
]
NO_TEXT = st.tuples(
    st.text(max_size=4), st.sampled_from("\0\ud800\udbff\udc00\udfff"), st.text(max_size=4)
).map("".join)


@pytest.mark.parametrize("client_secret", [False, True], ids=["public", "confidential"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_half_characters_and_nul_never_reach_a_free_map(client_secret: bool, data: st.DataObject) -> None:
    app = SECRET_APP if client_secret else APP
    path, body, place = data.draw(st.sampled_from(FREE_MAPS))
    bad = data.draw(NO_TEXT)
    free = {bad: "x"} if data.draw(st.booleans()) else {"USERNAME": bad, "PASSWORD": "x"}
    content = json.dumps(body | {place: free})
    answer = app.http.post(f"/auth{path}", content=content, headers={"Content-Type": "application/json"})
    assert code_of(answer) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b"username=ada&password=%00",
        b"username=ada&password=%ff",
        b"username=ada&password=%ed%a0%80",
        b"username=ada&password=\xff",
        b"username=a%00da&password=x",
        b"%00=1&username=ada&password=x",
        b"a&" * 1000 + b"username=ada&password=x",
    ],
)
def test_a_form_is_text_or_400(app: App, body: bytes) -> None:
    answer = app.http.post("/auth/token", content=body, headers={"Content-Type": FORM})
    assert code_of(answer) == (400, "invalid_request")
    assert answer.json()["detail"]["errors"][0]["type"] == "text_invalid"


@pytest.mark.parametrize("username", ["ad%61", "ada"])
def test_a_form_in_utf_8_signs_in(app: App, username: str) -> None:
    body = f"grant_type=password&username={username}&password={PASSWORD}".encode()
    answer = app.http.post("/auth/token", content=body, headers={"Content-Type": f"{FORM}; charset=utf-8"})
    assert answer.status_code == 200


def test_a_form_is_no_longer_than_a_name_and_a_password_need(app: App) -> None:
    body = b"username=ada&password=" + b"%41" * 6000
    answer = app.http.post("/auth/token", content=body, headers={"Content-Type": FORM})
    assert code_of(answer) == (413, "request_too_large")


def test_a_form_of_another_type_is_told_which_one_is_taken(app: App) -> None:
    """RFC 6749 section 4.3.2."""
    form = {"username": (None, "ada"), "password": (None, PASSWORD)}
    answer = app.http.post("/auth/token", files=form)
    assert code_of(answer) == (400, "invalid_request")
    assert FORM in answer.json()["detail"]["errors"][0]["message"]


@pytest.mark.parametrize("name", ["a%00b", "%ff", "%ed%a0%80"])
def test_a_path_is_text_or_422(app: App, name: str) -> None:
    answer = app.http.delete(f"/account/attributes/{name}")
    assert code_of(answer) == (422, "invalid_request")
    assert answer.json()["detail"]["errors"][0]["loc"] == ["path"]


@pytest.mark.parametrize("query", ["next_token=%00", "next_token=%ff", "%ed%a0%80=1", "a&" * 1001])
def test_a_query_is_text_or_422(app: App, query: str) -> None:
    answer = app.http.get(f"/account/sessions?{query}")
    assert code_of(answer) == (422, "invalid_request")
    assert answer.json()["detail"]["errors"][0]["loc"] == ["query"]


# What is answered stays small


def test_ten_faults_are_listed_and_the_others_counted(app: App) -> None:
    answer = app.post("/sign-in", **{f"k{number}": 1 for number in range(100)})
    detail = answer.json()["detail"]
    assert (len(detail["errors"]), detail["more_errors"]) == (10, 91)


def test_few_faults_are_all_listed(app: App) -> None:
    detail = app.post("/sign-in", username="ada", password=PASSWORD, more=1).json()["detail"]
    assert detail["errors"] == [
        {"loc": ["body", "more"], "message": "There is no such member here", "type": "extra_forbidden"}
    ]
    assert "more_errors" not in detail


def test_a_member_s_name_is_repeated_in_part(app: App) -> None:
    answer = app.post("/sign-in", username="ada", password=PASSWORD, **{"x" * 1000: 1})
    assert answer.json()["detail"]["errors"][0]["loc"] == ["body", "x" * 64]


def test_a_challenge_that_there_is_not_is_answered_by_those_that_there_are(app: App) -> None:
    answer = app.post("/challenge", challenge="no such\u2028thing")
    (fault,) = answer.json()["detail"]["errors"]
    assert "'SOFTWARE_TOKEN_MFA'" in fault["message"]
    assert "no such" not in answer.text


NAMES = st.one_of(
    st.sampled_from(
        [
            "username",
            "password",
            "session",
            "challenge",
            "attributes",
            "client_metadata",
            "credential",
            "code",
        ]
    ),
    st.text(max_size=400),
    st.integers(0, 9).map(lambda number: "\x01" * 300 + str(number)),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400) | st.just("x" * 9000),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(NAMES, inner, max_size=20),
    max_leaves=60,
)
BODIES = st.one_of(
    ANYTHING,
    st.dictionaries(NAMES, ANYTHING, max_size=60),
    st.integers(0, 3000).map(lambda size: {f"{'é' * 70}{number}": 1 for number in range(size)}),
    st.integers(0, 3000).map(lambda size: {"client_metadata": dict.fromkeys(map(str, range(size)), 1)}),
)


@given(body=BODIES, route=st.sampled_from(JSON_ROUTES))
@settings(max_examples=150, deadline=None)
def test_any_refusal_is_small(body: Any, route: tuple[str, str]) -> None:
    method, path = route
    answer = APP.http.request(
        method,
        path_of(path),
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code < 500
    assert len(answer.content) < LARGEST_REFUSAL


WIRE = App()
WIRE.app.include_router(WIRE.auth.wire_router, prefix="/cognito")
MEMBERS = st.sampled_from(
    ["UserAttributes", "ClientMetadata", "Username", "Password", "ClientId", "AuthFlow", "AuthParameters"]
)


@given(
    body=st.one_of(
        st.dictionaries(MEMBERS, ANYTHING, max_size=7),
        st.integers(0, 3000).map(lambda size: {"UserAttributes": [{}] * size}),
        st.integers(0, 300).map(
            lambda size: {"UserAttributes": [{"Name": "\x01" * 300, "Value": ""}] * size}
        ),
    ),
    operation=st.sampled_from(["SignUp", "InitiateAuth", "ForgotPassword", "RespondToAuthChallenge"]),
)
@settings(max_examples=150, deadline=None)
def test_any_refusal_of_the_wire_endpoint_is_small(body: Any, operation: str) -> None:
    headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}{operation}"}
    answer = WIRE.http.post("/cognito/", content=json.dumps(body).encode(), headers=headers)
    assert answer.status_code in {400, 413}
    assert len(answer.content) < LARGEST_REFUSAL


def test_the_wire_endpoint_counts_the_values_too(app: App) -> None:
    headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}SignUp"}
    body = json.dumps({"UserAttributes": [{}] * 20_000}).encode()
    answer = app.http.post("/cognito/", content=body, headers=headers)
    assert (answer.status_code, answer.json()["Message"]) == (400, "The request body has too many values")


def test_the_wire_endpoint_takes_no_member_twice(app: App) -> None:
    headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}ForgotPassword"}
    body = b'{"ClientId": "c", "Username": "ada", "Username": "grace"}'
    answer = app.http.post("/cognito/", content=body, headers=headers)
    assert (answer.status_code, answer.json()["Message"]) == (400, "The request body names a member twice")


def test_the_wire_endpoint_tells_ten_problems_and_counts_the_others(app: App) -> None:
    headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}SignUp"}
    body = json.dumps({"ClientId": "c", "Username": "u", "UserAttributes": [{}] * 100}).encode()
    message = app.http.post("/cognito/", content=body, headers=headers).json()["message"]
    assert message.startswith("100 validation errors detected: ")
    assert message.count("failed to satisfy constraint") == 10
