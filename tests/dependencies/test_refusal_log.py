"""What the log says of a request that is refused: once, enough to mend it, and nothing secret."""

import json
import logging
from collections.abc import Iterator
from typing import Annotated, Any

import jwt
import pytest
from fastapi import Depends, FastAPI, Security, WebSocket
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User
from fastapi_cognito_auth.dependencies.refusal_log import log_refusal
from fastapi_cognito_auth.exceptions import UserPoolUnavailableError
from fastapi_cognito_auth.local import LocalUser
from tests.support import (
    CLIENT_ID,
    ISSUER,
    NOW,
    OTHER_SIGNER,
    POOL_ID,
    SECRET_KEY,
    SIGNER,
    SUB,
    UPDATED_ISSUER,
    Clock,
    KeyServer,
    access_claims,
    b64,
    id_claims,
)

NAME = "fastapi_cognito_auth.refusals"


class Heard(logging.Handler):
    """Keeps the records of refusals."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def heard() -> Iterator[Heard]:
    handler, logger = Heard(), logging.getLogger(NAME)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def client() -> TestClient:
    settings = CognitoSettings(
        user_pool_id=POOL_ID, client_id=CLIENT_ID, access_token_cookie="token", secret_key=(SECRET_KEY,)
    )
    auth = CognitoAuth(settings, fetch_keys=KeyServer(SIGNER.jwk()), clock=Clock())
    app = FastAPI()
    app.include_router(auth.account_router, prefix="/account")

    def add(name: str, dependency: Any) -> None:
        async def route(path: str = "") -> str:
            return path

        app.api_route(f"/{name}", methods=["GET", "POST"], dependencies=[dependency])(route)
        app.api_route(f"/{name}/{{path:path}}", methods=["GET", "POST"], dependencies=[dependency])(route)

    add("me", Depends(auth.current_user))
    add("id", Depends(auth.id_user))
    add("greeting", Depends(auth.optional_user))
    add("token", Depends(auth.access_token))
    add("groups", Depends(auth.require_groups("editors", "admins")))
    add("any-group", Depends(auth.require_any_group("editors", "admins")))
    add("scopes", Depends(auth.require_scopes("orders/read")))
    add("security", Security(auth.current_user, scopes=["orders/read"]))
    add("fresh", Depends(auth.require_fresh(max_age=30)))
    add("strong", Depends(auth.require_acr("urn:cognito:loa:3")))
    add("acted", Depends(auth.require_actor("support")))

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.close()

    @app.websocket("/accepted")
    async def accepted(websocket: WebSocket) -> None:
        await websocket.accept()
        await auth.current_user(websocket, Security(auth.current_user).scopes)

    return TestClient(app)


def record_of(
    heard: Heard, client: TestClient, path: str, token: str | None, **options: Any
) -> logging.LogRecord:
    """Return the one record of a request that is refused."""
    heard.records.clear()
    headers = options.pop("headers", {}) | ({} if token is None else {"Authorization": f"Bearer {token}"})
    answer = client.request(options.pop("method", "GET"), path, headers=headers, **options)
    assert answer.status_code in {401, 403, 503}, answer.text
    (record,) = heard.records
    assert (record.code, record.status) == (answer.json()["detail"]["code"], answer.status_code)  # type: ignore[attr-defined]
    return record


def shown(record: Any) -> tuple[Any, ...]:
    return record.code, record.claim, record.found, record.wanted


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        (
            "/me",
            {"iss": "https://evil.example"},
            ("invalid_issuer", "iss", "https://evil.example", f"{ISSUER}, {UPDATED_ISSUER}"),
        ),
        ("/me", {"client_id": "another"}, ("invalid_client", "client_id", "another", CLIENT_ID)),
        (
            "/me",
            {"aud": "https://other.example"},
            ("invalid_audience", "aud", "https://other.example", "none"),
        ),
        ("/me", {"token_use": "id"}, ("invalid_token_use", "token_use", "id", "access")),
        ("/me", {"exp": NOW - 60}, ("token_expired", "exp", str(NOW - 60), f"after {NOW}")),
        ("/me", {"iat": NOW + 60}, ("invalid_token", "iat", str(NOW + 60), f"{NOW} at most")),
        ("/me", {"auth_time": NOW + 60}, ("invalid_token", "auth_time", str(NOW + 60), f"{NOW} at most")),
        ("/me", {"sub": CLIENT_ID, "username": None}, ("invalid_token_use", "username", "none", "a user's")),
        ("/greeting", {"client_id": "another"}, ("invalid_client", "client_id", "another", CLIENT_ID)),
        ("/token", {"client_id": "another"}, ("invalid_client", "client_id", "another", CLIENT_ID)),
        ("/account", {"client_id": "another"}, ("invalid_client", "client_id", "another", CLIENT_ID)),
        (
            "/groups",
            {"cognito:groups": ["readers", "editors"]},
            ("permission_denied", "cognito:groups", "editors, readers", "admins, editors"),
        ),
        (
            "/any-group",
            {"cognito:groups": ["readers"]},
            ("permission_denied", "cognito:groups", "readers", "one of admins, editors"),
        ),
        ("/scopes", {"scope": "orders/write"}, ("permission_denied", "scope", "orders/write", "orders/read")),
        ("/security", {"scope": ""}, ("permission_denied", "scope", "none", "orders/read")),
        (
            "/fresh",
            {"auth_time": NOW - 60},
            ("step_up_required", "auth_time", str(NOW - 60), f"{NOW - 30} at least"),
        ),
        (
            "/strong",
            {"acr": "urn:cognito:loa:1"},
            ("step_up_required", "acr", "urn:cognito:loa:1", "urn:cognito:loa:3"),
        ),
        ("/acted", {}, ("permission_denied", "act", "none", "support")),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_wanted(
    heard: Heard, client: TestClient, path: str, changes: dict[str, Any], expected: tuple[str, ...]
) -> None:
    token = SIGNER.sign(access_claims(**changes))
    record = record_of(heard, client, path, token)
    assert shown(record) == expected
    assert (record.name, record.levelno) == (NAME, logging.INFO)
    code, claim, found, wanted = expected
    assert record.getMessage().startswith(f"refused GET {path}: {code}: ")
    assert record.getMessage().endswith(f" ({claim}: found {found}, wanted {wanted})")
    assert token not in record.getMessage()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (OTHER_SIGNER.sign(access_claims()), ("invalid_signature", "kid", "key-2", "key-1")),
        (
            OTHER_SIGNER.sign(access_claims(), kid="key-1"),
            ("invalid_signature", "kid", "key-1", "a signature of this key"),
        ),
        (jwt.encode(access_claims(), "k" * 64, "HS256"), ("invalid_token", "alg", "HS256", "RS256")),
        (
            SIGNER.sign(access_claims(), jku="https://evil.example"),
            ("invalid_token", "header", "jku", "alg, kid"),
        ),
        (SIGNER.sign(access_claims(), kid=None), ("invalid_token", "kid", "none", "text")),
        ("x" * 32_769, ("token_too_large", "size", "32769", "32768")),
        ("nonsense", ("invalid_token", "form", "1 of three parts", "three parts")),
        (None, ("not_authenticated", None, "none", "none")),
    ],
)
def test_a_token_that_is_not_the_pools_is_told_by_its_header(
    heard: Heard, client: TestClient, token: str | None, expected: tuple[str | None, ...]
) -> None:
    record = record_of(heard, client, "/me", token)
    assert shown(record) == expected


def test_an_access_token_for_an_id_token_is_told(heard: Heard, client: TestClient) -> None:
    record = record_of(heard, client, "/id", SIGNER.sign(access_claims()))
    assert shown(record) == ("invalid_token_use", "token_use", "access", "id")
    record = record_of(heard, client, "/id", SIGNER.sign(id_claims(aud="another")))
    assert shown(record) == ("invalid_client", "aud", "another", CLIENT_ID)


def test_a_page_of_another_site_is_told(heard: Heard, client: TestClient) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Cookie": "token=a.b.c"}
    record = record_of(heard, client, "/me", None, method="POST", headers=headers)
    assert shown(record) == (
        "cross_site_request",
        "origin",
        "Sec-Fetch-Site: cross-site, https://evil.example",
        # What stands before the app may have ended the TLS.
        "http://testserver, https://testserver",
    )
    assert (record.method, record.path) == ("POST", "/me")  # type: ignore[attr-defined]


def test_the_account_router_tells_of_a_sign_in_that_is_too_old(heard: Heard, client: TestClient) -> None:
    token = SIGNER.sign(access_claims(auth_time=NOW - 600))
    record = record_of(heard, client, "/account", token, method="DELETE")
    assert shown(record) == ("step_up_required", "auth_time", str(NOW - 600), f"{NOW - 300} at least")


def test_a_websocket_is_told_before_it_is_accepted(heard: Heard, client: TestClient) -> None:
    heard.records.clear()
    with pytest.raises(WebSocketDenialResponse), client.websocket_connect("/socket?token=secret"):
        pass
    (record,) = heard.records
    assert record.getMessage().startswith("refused WEBSOCKET /socket: not_authenticated: ")


def test_keys_that_are_missing_are_told_for_each_request(heard: Heard) -> None:
    server = KeyServer()
    server.down = True
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), fetch_keys=server)
    app = FastAPI(dependencies=[Depends(auth.current_user)])

    @app.get("/me")
    async def me() -> None: ...

    record = record_of(heard, TestClient(app), "/me", SIGNER.sign(access_claims()))
    assert shown(record) == ("keys_unavailable", None, "none", "none")


def test_what_is_let_in_is_not_logged(heard: Heard, client: TestClient) -> None:
    heard.records.clear()
    assert client.get("/me", headers={"Authorization": f"Bearer {SIGNER.sign(access_claims())}"}).is_success
    assert client.get("/greeting").is_success
    assert heard.records == []


def test_nothing_is_logged_where_nobody_asks_for_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Without configuration the level is WARNING: a flood of bad tokens fills no log."""
    with caplog.at_level(logging.WARNING):
        logging.getLogger(NAME).setLevel(logging.NOTSET)
        assert client.get("/me").status_code == 401
        logging.getLogger(NAME).setLevel(logging.INFO)
    assert caplog.records == []


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header))}.{b64(json.dumps(claims))}.{b64('x' * 256)}"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@given(ANYTHING, st.text(max_size=400), st.text("ab\n\r\x1b\x00\u202e%/ \\", max_size=600))
def test_what_a_client_writes_forges_no_line(
    heard: Heard, client: TestClient, issuer: Any, kid: str, path: str
) -> None:
    heard.records.clear()
    headers = {"Authorization": f"Bearer {unsigned({'alg': 'RS256', 'kid': kid}, {'iss': issuer})}"}
    quoted = "".join(f"%{byte:02x}" for byte in path.encode())
    if client.get(f"/me/{quoted}", headers=headers).status_code == 404:
        return  # a path with a line end may be none of a route
    (record,) = heard.records
    for text in (record.getMessage(), *shown(record), record.path):  # type: ignore[attr-defined]
        assert text is None or (text.isprintable() and len(text) < 5000)


@pytest.mark.parametrize("issuer", [["\U000e0001" * 256] * 20, ["\u202e" * 256] * 30, ["\n"] * 4000])
def test_a_list_of_hostile_names_is_cut(heard: Heard, client: TestClient, issuer: list[str]) -> None:
    head, payload = ({"alg": "RS256", "kid": "k"}, {"iss": issuer})
    written = (json.dumps(part, ensure_ascii=False) for part in (head, payload))
    record = record_of(heard, client, "/me", ".".join([*map(b64, written), b64("x" * 256)]))
    assert len(record.found) < 5000  # type: ignore[attr-defined]
    assert len(record.getMessage()) < 6000


@pytest.mark.parametrize(("length", "cut"), [(256, False), (257, True)])
def test_a_value_is_cut_where_it_is_longer_than_a_line(
    heard: Heard, client: TestClient, length: int, cut: bool
) -> None:
    record = record_of(heard, client, "/me", SIGNER.sign(access_claims(iss="i" * length)))
    assert record.found == "i" * 256 + "…" * cut  # type: ignore[attr-defined]


def test_twenty_groups_are_not_cut(heard: Heard, client: TestClient) -> None:
    groups = [f"group-{number:03d}" for number in range(20)]
    record = record_of(heard, client, "/groups", SIGNER.sign(access_claims(**{"cognito:groups": groups})))
    assert record.found == ", ".join(groups)  # type: ignore[attr-defined]


def test_what_cannot_be_printed_is_written_in_ascii(heard: Heard, client: TestClient) -> None:
    for found, written in (("é", "é"), ("a\u202eé", "a\\u202e\\xe9")):
        record = record_of(heard, client, "/me", SIGNER.sign(access_claims(iss=found)))
        assert record.found == written  # type: ignore[attr-defined]


def test_a_value_of_another_kind_is_told_by_its_type(heard: Heard, client: TestClient) -> None:
    record = record_of(heard, client, "/me", SIGNER.sign(access_claims(token_use={"a": 1})))
    assert record.found == "dict"  # type: ignore[attr-defined]


def test_a_refusal_without_a_claim_says_its_message(heard: Heard, client: TestClient) -> None:
    record = record_of(heard, client, "/me", "a.b.c")
    assert record.getMessage() == "refused GET /me: invalid_token: The token is malformed."


def test_what_is_no_refusal_of_ours_is_not_logged(heard: Heard) -> None:
    heard.records.clear()
    connection = HTTPConnection({"type": "http", "method": "GET", "path": "/", "headers": []})
    for error in (HTTPException(404), UserPoolUnavailableError(), ValueError("x")):
        log_refusal(connection, error)
    assert heard.records == []


def test_many_groups_are_cut(heard: Heard, client: TestClient) -> None:
    groups = [f"group-{number:03d}" + "x" * 118 for number in range(100)]
    record = record_of(heard, client, "/groups", SIGNER.sign(access_claims(**{"cognito:groups": groups})))
    assert record.found.endswith(" and 80 more")  # type: ignore[attr-defined]
    assert record.found.count("group-") == 20  # type: ignore[attr-defined]


def test_no_token_is_in_a_record_whatever_header_it_came_in(heard: Heard, client: TestClient) -> None:
    token = OTHER_SIGNER.sign(access_claims())
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"Authorization": token},
        {"Authorization": f"Token {token}"},
        {"Cookie": f"token={token}"},
    ):
        record = record_of(heard, client, f"/me?access_token={token}", None, headers=headers)
        assert all(part not in str(vars(record)) for part in token.split("."))
        assert SUB not in str(vars(record))


def test_the_endpoints_of_the_auth_router_tell_of_tokens_they_refuse(heard: Heard) -> None:
    user = LocalUser("ada", password="Correct-horse-1!")
    auth = CognitoAuth.local(users=[user], settings={"revocation": "local", "access_token_cookie": "token"})
    app = FastAPI()
    app.include_router(auth.router, prefix="/auth")
    headers = {"Cookie": "token=a.b.c; token=d.e.f"}
    options = {"method": "POST", "json": {}, "headers": headers}
    record = record_of(heard, TestClient(app), "/auth/sign-out", None, **options)
    assert (record.method, record.path) == ("POST", "/auth/sign-out")  # type: ignore[attr-defined]
