"""The emulator: a local pool at an address, for this machine only."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import Message, Scope

from fastapi_cognito_auth.local import LocalUserPool
from fastapi_cognito_auth.local.emulator import MAX_BODY, emulator
from tests.local.kit import PASSWORD, Kit, claims

HOST = "http://localhost:9229"


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit()


@pytest.fixture
def http(kit: Kit) -> TestClient:
    return TestClient(emulator(kit.pool), base_url=HOST)


def post(http: TestClient, operation: str, body: Any, **headers: str) -> Response:
    sent = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
    }
    return http.post("/", content=json.dumps(body), headers=sent | headers)


def sign_in(http: TestClient, kit: Kit, password: str = PASSWORD) -> Response:
    values = {"USERNAME": "alice", "PASSWORD": password}
    body = {"ClientId": kit.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": values}
    return post(http, "InitiateAuth", body)


def test_a_user_signs_in_and_the_key_set_verifies_the_token(kit: Kit, http: TestClient) -> None:
    token = sign_in(http, kit).json()["AuthenticationResult"]["AccessToken"]
    assert http.get(f"/{kit.pool_id}/.well-known/jwks.json").json() == kit.pool.jwks()
    assert claims(kit.pool, token, clock=kit.clock)["username"] == "alice"


def test_a_wrong_password_is_refused_as_the_service_does(kit: Kit, http: TestClient) -> None:
    answer = sign_in(http, kit, "Wrong-horse-7")
    assert answer.status_code == 400
    assert answer.json() == {
        "__type": "NotAuthorizedException",
        "message": "Incorrect username or password.",
    }


@pytest.mark.parametrize("headers", [{}, {"Authorization": "AWS4-HMAC-SHA256 Credential=local"}])
def test_operations_with_credentials_are_there_signed_or_not(
    kit: Kit, http: TestClient, headers: dict[str, str]
) -> None:
    body = {"UserPoolId": kit.pool_id, "Username": "alice"}
    assert post(http, "AdminGetUser", body, **headers).json()["Username"] == "alice"


def test_the_discovery_document_names_the_pools_issuer_and_the_keys_here(kit: Kit, http: TestClient) -> None:
    document = http.get(f"/{kit.pool_id}/.well-known/openid-configuration").json()
    assert document["issuer"] == kit.pool.issuer
    assert document["jwks_uri"] == f"{HOST}/{kit.pool_id}/.well-known/jwks.json"


def test_the_discovery_document_of_a_mounted_emulator_names_the_keys_under_its_path(kit: Kit) -> None:
    app = FastAPI()
    app.mount("/pools/one", emulator(kit.pool))
    http = TestClient(app, base_url=HOST)
    document = http.get(f"/pools/one/{kit.pool_id}/.well-known/openid-configuration?x=1").json()
    assert document["jwks_uri"] == f"{HOST}/pools/one/{kit.pool_id}/.well-known/jwks.json"
    assert http.get(document["jwks_uri"]).json() == kit.pool.jwks()


def test_with_an_issuer_of_its_own_the_keys_are_where_that_is() -> None:
    """Whoever can send a Host would else say where the keys are that a cache hands on."""
    issuer = "http://cognito:9229/us-east-1_Local"
    pool = LocalUserPool(user_pool_id="us-east-1_Local", issuer=f"{issuer}/")
    http = TestClient(emulator(pool, remote=True))
    for host in ("cognito:9229", "attacker.example", "[::1"):
        answer = http.get("/us-east-1_Local/.well-known/openid-configuration", headers={"Host": host})
        assert answer.json()["jwks_uri"] == f"{issuer}/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:9229", 200),
        ("[::1]:9229", 200),
        ("192.0.2.7:9229", 200),
        ("[2001:db8::7]:9229", 200),
        ("Emulator.example", 200),
        ("attacker.example", 400),
        ("localhost.attacker.example", 400),
        ("localhost:9229@attacker.example", 400),
        ("attacker.example@localhost", 400),
        ("localhost:x", 400),
        ("localhost/attacker.example", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_without_one_they_are_named_under_names_alone_that_it_was_told(
    kit: Kit, host: str, status: int
) -> None:
    names = ("192.0.2.7", "2001:db8::7", "emulator.example")
    http = TestClient(emulator(kit.pool, remote=True, names=names))
    answer = http.get(f"/{kit.pool_id}/.well-known/openid-configuration", headers={"Host": host})
    assert answer.status_code == status
    assert "attacker" not in answer.text


def test_the_outbox_shows_the_codes(kit: Kit, http: TestClient) -> None:
    assert post(http, "ForgotPassword", {"ClientId": kit.id, "Username": "bob"}).status_code == 200
    answer = http.get("/local/outbox")
    assert answer.headers["cache-control"] == "no-store"
    newest = answer.json()[0]
    assert (newest["username"], newest["code"]) == ("bob", kit.pool.outbox.latest("bob").code)


def test_a_name_that_somebody_pointed_here_is_refused(kit: Kit) -> None:
    """DNS rebinding: a page of another site reads what answers under its own name."""
    rebound = TestClient(emulator(kit.pool), base_url="http://attacker.example:9229")
    assert rebound.get("/local/outbox").status_code == 400
    assert post(rebound, "ListUsers", {"UserPoolId": kit.pool_id}).status_code == 400
    meant = TestClient(emulator(kit.pool, remote=True), base_url="http://emulator.example:9229")
    assert meant.get("/local/outbox").status_code == 200


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:5173", True),
        ("https://localhost", True),
        ("https://attacker.example", False),
        ("http://localhost.attacker.example", False),
        ("http://localhost:3000.attacker.example", False),
        ("null", False),
    ],
)
def test_only_pages_of_this_machine_may_read_the_answers(
    http: TestClient, origin: str, allowed: bool
) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-amz-target,content-type,cache-control,x-amz-user-agent",
    }
    answer = http.options("/", headers=asked)
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
    read = http.get("/local/outbox", headers={"Origin": origin})
    assert (read.headers.get("access-control-allow-origin") == origin) is allowed


def test_a_body_that_is_too_large_is_refused(http: TestClient) -> None:
    answer = http.post("/", content=b" " * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException")


def test_a_client_that_hangs_up_half_way_causes_no_failure(kit: Kit) -> None:
    messages: Iterator[Message] = iter([
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ])  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    asyncio.run(emulator(kit.pool)(scope, receive, send))
    assert sent[0]["status"] == 400


def test_it_answers_under_the_name_that_it_was_told_and_no_other() -> None:
    http = TestClient(emulator(LocalUserPool(), names=("127.0.0.2",)))
    for host, status in (("127.0.0.2", 200), ("localhost", 200), ("evil.example", 400)):
        assert http.get("/local/outbox", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "told"), [("http://localhost:3000", "http://localhost:3000"), ("https://app.example", "*")]
)
def test_what_goes_by_no_cookie_may_be_read_by_every_page(
    kit: Kit, http: TestClient, origin: str, told: str
) -> None:
    for path in (f"/{kit.pool_id}/.well-known/jwks.json", "/oauth2/userInfo"):
        answer = http.get(path, headers={"Origin": origin})
        assert answer.headers.get_list("access-control-allow-origin") == [told]
