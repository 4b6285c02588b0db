"""`auth.routers`: the parts of `auth.router`, each mounted alone."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.exceptions import ConfigurationError
from tests.routers.kit import PASSWORD, App
from tests.support import CLIENT_ID, POOL_ID

PARTS = {
    "sign_up": {"/sign-up", "/sign-up/confirm", "/sign-up/resend-code"},
    "sign_in": {"/sign-in"},
    "token_form": {"/token"},
    "challenges": {"/challenge", "/challenge/totp"},
    "raw_auth": {"/initiate-auth", "/respond-to-auth-challenge"},
    "password": {"/password/forgot", "/password/reset"},
    "refresh_tokens": {"/refresh", "/sign-out"},
    "auth_events": {"/auth-events/feedback"},
    "config": {"/config"},
}


@pytest.fixture(scope="module")
def whole() -> App:
    return App()


def app_of(*routers: Any) -> FastAPI:
    app = FastAPI()
    for router in routers:
        app.include_router(router, prefix="/auth")
    return app


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_its_endpoints_and_no_others(whole: App, part: str) -> None:
    document = app_of(getattr(whole.auth.routers, part)).openapi()
    assert set(document["paths"]) == {f"/auth{path}" for path in PARTS[part]}
    tags = {tag for methods in document["paths"].values() for one in methods.values() for tag in one["tags"]}
    assert tags == {"auth"}


def test_the_parts_are_all_of_the_router(whole: App) -> None:
    assert set(whole.auth.routers._fields) == set(PARTS)
    parts = app_of(*whole.auth.routers).openapi()
    assert parts["paths"] == app_of(whole.auth.router).openapi()["paths"]


def test_what_is_left_out_is_not_found(whole: App) -> None:
    client = TestClient(app_of(whole.auth.routers.sign_in, whole.auth.routers.config))
    body = {"username": "ada", "password": PASSWORD}
    assert client.post("/auth/sign-in", json=body).json()["status"] == "signed_in"
    assert client.get("/auth/config").status_code == 200
    assert client.post("/auth/sign-up", json=body).status_code == 404


def test_a_part_refuses_a_malformed_body_as_the_whole_does(whole: App) -> None:
    answer = TestClient(app_of(whole.auth.routers.sign_in)).post("/auth/sign-in", json={"password": PASSWORD})
    assert answer.json()["detail"]["code"] == "invalid_request"
    assert PASSWORD not in answer.text


def test_parts_need_the_secret_key_that_the_whole_needs() -> None:
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID))
    with pytest.raises(ConfigurationError, match="COGNITO_SECRET_KEY"):
        _ = auth.routers
