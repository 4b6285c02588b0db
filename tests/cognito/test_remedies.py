"""An app that knows its app client wrongly: the log names the variable that is to be looked at."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.cognito.remedies import remedy_at_callback
from fastapi_cognito_auth.local import LocalUser, LocalUserPool
from fastapi_cognito_auth.local.emulator import emulator
from tests.interop.kit import running
from tests.local.kit import signing_keys
from tests.support import SECRET_KEY

PASSWORD = "Correct-horse-1!"
SIGN_IN = {"username": "ada", "password": PASSWORD}
ANOTHER_SECRET = "another1secret2of3the4same5length"


@pytest.fixture(scope="module", params=[False, True], ids=["public", "confidential"])
def service(request: pytest.FixtureRequest) -> Iterator[tuple[LocalUserPool, str]]:
    pool = LocalUserPool(users=[LocalUser("ada", password=PASSWORD)], client_secret=request.param)
    # Making RSA keys takes longer than all the rest of a test.
    pool._plane.tokens.keys = signing_keys()
    with socket.create_server(("127.0.0.1", 0)) as listening, running(emulator(pool), listening):
        yield pool, f"http://127.0.0.1:{listening.getsockname()[1]}"


def warned_of(
    service: tuple[LocalUserPool, str], caplog: pytest.LogCaptureFixture, path: str, body: Any, **wrong: Any
) -> tuple[int, list[str]]:
    """Ask an app whose settings are wrong in something."""
    pool, address = service
    given = {"user_pool_id": pool.user_pool_id, "client_id": pool.client_id, "secret_key": SECRET_KEY}
    auth = CognitoAuth(CognitoSettings(**{**given, "endpoint_url": address, **wrong}))
    app = FastAPI()
    app.include_router(auth.router, prefix="/auth")
    caplog.clear()
    answer = TestClient(app).post(f"/auth{path}", json=body)
    assert "COGNITO" not in answer.text
    assert ANOTHER_SECRET not in caplog.text + answer.text
    return answer.status_code, [
        record.getMessage() for record in caplog.records if record.levelname in {"WARNING", "ERROR"}
    ]


@pytest.mark.parametrize(
    ("path", "body", "operation"),
    [
        ("/sign-in", SIGN_IN, "signing in"),
        ("/password/forgot", {"username": "ada"}, "ForgotPassword"),
    ],
)
def test_an_app_client_that_there_is_not(
    service: tuple[LocalUserPool, str],
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: Any,
    operation: str,
) -> None:
    assert warned_of(service, caplog, path, body, client_id="1nobody45678901234567890ab") == (
        503,
        [
            (
                f"{operation} failed: the user pool or the app client does not exist:"
                " look at COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID"
            )
        ],
    )


@pytest.mark.parametrize("auth_flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
def test_a_secret_that_is_missing_wrong_or_needless(
    service: tuple[LocalUserPool, str], caplog: pytest.LogCaptureFixture, auth_flow: str
) -> None:
    body = {**SIGN_IN, "auth_flow": auth_flow}
    if service[0].client_secret is None:
        assert warned_of(service, caplog, "/sign-in", body, client_secret=ANOTHER_SECRET)[1] == [
            (
                "InitiateAuth failed: InvalidParameterException: the app client has no secret:"
                " leave COGNITO_CLIENT_SECRET out"
            )
        ]
        return
    assert warned_of(service, caplog, "/sign-in", body)[1] == [
        (
            "InitiateAuth failed: NotAuthorizedException: the app client has a secret,"
            " and COGNITO_CLIENT_SECRET is missing"
        )
    ]
    assert warned_of(service, caplog, "/sign-in", body, client_secret=ANOTHER_SECRET)[1] == [
        (
            "InitiateAuth failed: NotAuthorizedException: COGNITO_CLIENT_SECRET is not the secret"
            " of the app client COGNITO_CLIENT_ID"
        )
    ]


def test_what_users_do_wrong_is_no_fault_of_the_settings(
    service: tuple[LocalUserPool, str], caplog: pytest.LogCaptureFixture
) -> None:
    secret = service[0].client_secret
    body = {**SIGN_IN, "password": "Wrong-1!wrong"}
    assert warned_of(service, caplog, "/sign-in", body, client_secret=secret) == (401, [])


@pytest.mark.parametrize(
    ("said", "variable"),
    [
        (("invalid_scope", None), "COGNITO_LOGIN_SCOPES"),
        (("invalid_request", "invalid_scope"), "COGNITO_LOGIN_SCOPES"),
        (("unauthorized_client", None), "COGNITO_CLIENT_ID"),
    ],
)
def test_the_domain_says_a_fault_of_the_settings_in_one_of_these_ways(
    said: tuple[str, str | None], variable: str
) -> None:
    assert variable in str(remedy_at_callback(*said))


def test_of_anything_else_that_the_domain_says_nothing_is_known() -> None:
    assert remedy_at_callback("server_error", None) is None
