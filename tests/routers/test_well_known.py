"""The wire endpoint as an address: the pool's keys are beside it, and a slash at its end is not needed."""

import json
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth, CognitoSettings
from fastapi_cognito_auth.exceptions import KeysUnavailableError
from fastapi_cognito_auth.keys.key_set import FetchError
from fastapi_cognito_auth.local import LocalUserPool
from tests.routers.kit import ADA, PASSWORD

TARGET = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
}


@pytest.fixture(scope="module")
def auth() -> CognitoAuth:
    return CognitoAuth.local(LocalUserPool(users=(ADA,)))


def client_of(auth: CognitoAuth, prefix: str = "/cognito") -> TestClient:
    app = FastAPI()
    app.include_router(auth.wire_router, prefix=prefix)
    return TestClient(app, follow_redirects=False)


def sign_in(auth: CognitoAuth, http: TestClient, path: str) -> Any:
    body = {
        "ClientId": auth.settings.client_id,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD},
    }
    return http.post(path, content=json.dumps(body), headers=TARGET)


@pytest.mark.parametrize(
    ("prefix", "path"), [("", "/"), ("/cognito", "/cognito"), ("/cognito", "/cognito/"), ("/a/b", "/a/b")]
)
def test_the_endpoint_answers_with_and_without_a_slash(auth: CognitoAuth, prefix: str, path: str) -> None:
    assert sign_in(auth, client_of(auth, prefix), path).status_code == 200


@pytest.mark.parametrize("path", ["/cognitox", "/cognito/x", "/"])
def test_it_answers_nowhere_else(auth: CognitoAuth, path: str) -> None:
    assert sign_in(auth, client_of(auth), path).status_code == 404


def test_the_key_set_beside_it_verifies_the_tokens(auth: CognitoAuth) -> None:
    http = client_of(auth)
    token = sign_in(auth, http, "/cognito").json()["AuthenticationResult"]["AccessToken"]
    keys = http.get(f"/cognito/{auth.settings.user_pool_id}/.well-known/jwks.json").json()
    assert keys == auth.local_pool.jwks()
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, issuer=auth.local_pool.issuer)["username"] == "ada"


def test_the_discovery_document_names_the_issuer_and_no_endpoint_that_is_not_there(auth: CognitoAuth) -> None:
    document = client_of(auth).get(f"/cognito/{auth.settings.user_pool_id}/.well-known/openid-configuration")
    read = document.json()
    assert read["issuer"] == auth.local_pool.issuer
    assert read["jwks_uri"] == f"{read['issuer']}/.well-known/jwks.json"
    assert not [name for name in read if name.endswith("_endpoint")]


def test_the_keys_of_a_local_pool_are_where_its_issuer_is() -> None:
    """Cognito's own address has no keys of a local pool."""
    issuer = "http://testserver/cognito/us-east-1_Local"
    auth = CognitoAuth.local(LocalUserPool(user_pool_id="us-east-1_Local", issuer=issuer))
    http = client_of(auth)
    document = http.get(f"{issuer}/.well-known/openid-configuration").json()
    assert (document["issuer"], document["jwks_uri"]) == (issuer, f"{issuer}/.well-known/jwks.json")
    assert http.get(document["jwks_uri"]).json() == auth.local_pool.jwks()


def test_the_name_under_which_the_app_was_asked_is_not_repeated(auth: CognitoAuth) -> None:
    """A cache between could hand it on to others."""
    path = f"/cognito/{auth.settings.user_pool_id}/.well-known/openid-configuration"
    assert "evil" not in client_of(auth).get(path, headers={"Host": "evil.example"}).text


def test_another_pool_is_not_there(auth: CognitoAuth) -> None:
    assert client_of(auth).get("/cognito/us-east-1_other/.well-known/jwks.json").status_code == 404


def test_keys_that_cannot_be_fetched_are_an_outage() -> None:
    async def fetch() -> bytes:
        raise FetchError("down")

    settings = CognitoSettings(user_pool_id="us-east-1_AbCdEfGhI", client_id="c", secret_key=("s" * 48,))
    http = client_of(CognitoAuth(settings, fetch_keys=fetch))
    answer = http.get("/cognito/us-east-1_AbCdEfGhI/.well-known/jwks.json")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, KeysUnavailableError().code)
