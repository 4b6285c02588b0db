"""Whose address Cognito is told, and whose it is not."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.routers.client_address import client_address
from tests.routers.kit import seen_from
from tests.support import SECRET_KEY

PEER = "10.0.0.1"


def request(forwarded: str | None, peer: str | None = PEER) -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    client = None if peer is None else (peer, 1234)
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("forwarded", "trusted_proxies", "expected"),
    [
        pytest.param(None, 0, PEER, id="no proxy"),
        pytest.param("203.0.113.9", 0, PEER, id="an invented header without a proxy is not believed"),
        pytest.param("203.0.113.9", 1, "203.0.113.9", id="one proxy"),
        pytest.param(
            "1.1.1.1, 203.0.113.9", 1, "203.0.113.9", id="what the client itself sent is not believed"
        ),
        pytest.param("203.0.113.9, 10.0.0.2", 2, "203.0.113.9", id="two proxies"),
        pytest.param("2001:db8::1", 1, "2001:db8::1", id="IPv6"),
        pytest.param(None, 1, None, id="around the proxy"),
        pytest.param("203.0.113.9", 3, None, id="fewer hops than proxies"),
        pytest.param("nonsense", 1, None, id="no address"),
        pytest.param("203.0.113.9:4711", 1, None, id="an address with a port"),
        pytest.param(" , ,", 1, None, id="empty hops"),
    ],
)
def test_the_client_is_the_hop_before_the_trusted_proxies(
    forwarded: str | None, trusted_proxies: int, expected: str | None
) -> None:
    assert client_address(request(forwarded), trusted_proxies) == expected


def test_a_connection_without_a_peer_has_no_address() -> None:
    assert client_address(request(None, peer=None), 0) is None


class Recorder:
    """An app on a local pool, and what it told Cognito."""

    def __init__(self, **settings: Any) -> None:
        flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        pool = LocalUserPool(
            users=[LocalUser("ada", password="Correct-horse-1!", attributes={"email": "ada@example.com"})],
            explicit_auth_flows=flows,
        )
        self.told: dict[str, dict[str, Any]] = {}

        def before_send(request: Any, **more: Any) -> Any:
            operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
            self.told[operation] = json.loads(request.body)
            return pool.before_send(request, **more)

        auth = CognitoAuth(
            CognitoSettings(
                user_pool_id=pool.user_pool_id, client_id=pool.client_id, secret_key=SECRET_KEY, **settings
            ),
            before_send=before_send,
        )
        app = FastAPI()
        app.include_router(auth.router)
        self.http = TestClient(seen_from(PEER, app))

    def sign_in(self) -> None:
        answer = self.http.post("/sign-in", json={"username": "ada", "password": "Correct-horse-1!"})
        assert answer.json()["status"] == "signed_in"


def test_cognito_is_told_nothing_unless_asked_to() -> None:
    recorder = Recorder()
    recorder.sign_in()
    assert "UserContextData" not in recorder.told["InitiateAuth"]


def test_cognito_is_told_the_address_at_every_step_of_a_sign_in() -> None:
    recorder = Recorder(forward_client_address=True)
    recorder.sign_in()
    for operation in ("InitiateAuth", "RespondToAuthChallenge"):
        assert recorder.told[operation]["UserContextData"] == {"IpAddress": PEER}


@pytest.mark.parametrize(
    ("path", "body", "operation"),
    [
        (
            "/sign-up",
            {"username": "bob", "password": "Correct-horse-1!", "attributes": {"email": "b@example.com"}},
            "SignUp",
        ),
        ("/sign-up/confirm", {"username": "bob", "code": "123456"}, "ConfirmSignUp"),
        ("/sign-up/resend-code", {"username": "bob"}, "ResendConfirmationCode"),
        ("/password/forgot", {"username": "ada"}, "ForgotPassword"),
        (
            "/password/reset",
            {"username": "ada", "code": "123456", "password": "Correct-horse-1!"},
            "ConfirmForgotPassword",
        ),
    ],
)
def test_cognito_is_told_the_address_by_self_service(path: str, body: dict[str, Any], operation: str) -> None:
    recorder = Recorder(forward_client_address=True)
    recorder.http.post(path, json=body)
    assert recorder.told[operation]["UserContextData"] == {"IpAddress": PEER}


def test_the_admin_flow_tells_where_the_request_arrived_too() -> None:
    recorder = Recorder(forward_client_address=True, auth_flow="ADMIN_USER_PASSWORD_AUTH")
    recorder.sign_in()
    assert recorder.told["AdminInitiateAuth"]["ContextData"] == {
        "IpAddress": PEER,
        "ServerName": "testserver",
        "ServerPath": "/sign-in",
        "HttpHeaders": [],
    }


def test_an_address_that_cannot_be_told_is_left_out() -> None:
    recorder = Recorder(forward_client_address=True, trusted_proxies=2)
    recorder.sign_in()
    assert "UserContextData" not in recorder.told["InitiateAuth"]


def test_cognito_is_told_the_address_by_clients_that_do_srp_themselves() -> None:
    recorder = Recorder(forward_client_address=True)
    body = {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "ada", "SRP_A": "ff"}}
    recorder.http.post("/initiate-auth", json=body)
    assert recorder.told["InitiateAuth"]["UserContextData"] == {"IpAddress": PEER}
