"""`POST /token`: OAuth2's password form, and the errors that OAuth2 clients read (RFC 6749)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from httpx2 import Response

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.exceptions import CognitoAuthError
from tests.routers.kit import PASSWORD, TEMPORARY, App
from tests.support import CLIENT_ID, POOL_ID, SECRET_KEY


@pytest.fixture(scope="module")
def app() -> App:
    return App()


def send(app: App, **form: str) -> Response:
    return app.http.post("/auth/token", data=form)


def oauth_error(answer: Response) -> tuple[int, str, str]:
    """Return the status, the code of ours, and the kind of error of OAuth2."""
    body: dict[str, Any] = answer.json()
    return answer.status_code, body["detail"]["code"], body["error"]


def test_a_password_gets_tokens(app: App) -> None:
    tokens = send(app, grant_type="password", username="ada", password=PASSWORD).json()
    assert app.me(tokens["access_token"]).json()["username"] == "ada"


def test_what_an_oauth2_client_sends_beside_is_ignored(app: App) -> None:
    beside = {"scope": "", "client_id": "x", "client_secret": "y"}
    assert send(app, username="ada", password=PASSWORD, **beside).status_code == 200


def test_a_wrong_password_is_an_invalid_grant(app: App) -> None:
    answer = send(app, username="ada", password="Wrong-password-1!")
    assert oauth_error(answer) == (400, "not_authorized", "invalid_grant")


def test_a_challenge_is_an_invalid_grant_that_says_where_to_go(app: App) -> None:
    answer = send(app, username="newcomer", password=TEMPORARY)
    assert oauth_error(answer) == (400, "challenge_required", "invalid_grant")
    assert answer.json()["error_description"] == answer.json()["detail"]["message"]


def test_another_grant_is_not_supported(app: App) -> None:
    answer = send(app, grant_type="client_credentials", username="ada", password=PASSWORD)
    assert oauth_error(answer) == (400, "invalid_request", "unsupported_grant_type")


@pytest.mark.parametrize(
    "twice",
    [
        [("username", "ada"), ("username", "ada")],
        [("username", "ada"), ("username", "nobody")],
        [("username", "ada"), ("password", "Wrong-password-1!")],
        [("username", "ada"), ("scope", ""), ("scope", "")],
        [("username", "ada"), ("grant_type", "password"), ("grant_type", "password")],
        [("username", "ada"), ("unknown", "1"), ("unknown", "2")],
    ],
)
def test_a_parameter_that_comes_twice_is_an_invalid_request(app: App, twice: list[tuple[str, str]]) -> None:
    """RFC 6749 section 3.2: which of them counts is up to who reads."""
    form = urlencode([("password", PASSWORD), *twice])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = app.http.post("/auth/token", content=form, headers=headers)
    assert oauth_error(answer) == (400, "invalid_request", "invalid_request")
    assert answer.json()["detail"]["errors"][0]["type"] == "field_repeated"


def test_openapi_tells_of_no_status_that_oauth2_has_not(app: App) -> None:
    """RFC 6749 section 5.2: 400 for all that is wrong with a request."""
    described = app.app.openapi()["paths"]["/auth/token"]["post"]["responses"]
    assert [*described] == ["200", "400", "413", "429", "503", "4XX"]


@pytest.mark.parametrize("form", [{}, {"username": "ada"}, {"username": "a b", "password": PASSWORD}])
def test_a_form_that_lacks_something_is_an_invalid_request(app: App, form: dict[str, str]) -> None:
    assert oauth_error(send(app, **form)) == (400, "invalid_request", "invalid_request")


def test_a_service_that_does_not_answer_is_temporary() -> None:
    nowhere = CognitoSettings(
        user_pool_id=POOL_ID,
        client_id=CLIENT_ID,
        secret_key=(SECRET_KEY,),
        endpoint_url="http://127.0.0.1:9",
        max_attempts=1,
    )
    app = FastAPI()
    app.include_router(CognitoAuth(nowhere).router)
    answer = TestClient(app).post("/token", data={"username": "ada", "password": PASSWORD})
    assert oauth_error(answer) == (503, "user_pool_unavailable", "temporarily_unavailable")


def test_an_error_is_not_for_caches(app: App) -> None:
    """RFC 6749 section 5.2."""
    assert send(app, username="ada").headers["Cache-Control"] == "no-store"


def test_an_apps_own_shape_of_errors_leaves_the_oauth2_members(app: App) -> None:
    own = FastAPI()
    own.include_router(app.auth.router)

    @own.exception_handler(CognitoAuthError)
    async def restyle(_: Request, error: CognitoAuthError) -> JSONResponse:
        return JSONResponse({"title": error.message}, error.status_code)

    answer = TestClient(own).post("/token", data={"username": "ada", "password": "Wrong-password-1!"})
    assert oauth_error(answer) == (400, "not_authorized", "invalid_grant")
