"""/oauth2/userInfo, /oauth2/revoke, /logout and the discovery document."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fastapi_cognito_auth import CognitoAuth
from fastapi_cognito_auth.local.router import local_router
from tests.local.domain.kit import CALLBACK, HOST, LOGOUT, VERIFIER, Callback, DomainKit, Page, basic


@pytest.fixture(scope="module")
def kit() -> DomainKit:
    return DomainKit()


def test_user_info_shows_texts(kit: DomainKit) -> None:
    answer = kit.user_info(kit.domain_tokens()["access_token"])
    sub = kit.admin("AdminGetUser")["UserAttributes"][0]["Value"]
    shown = {"sub": sub, "username": "alice", "email": "alice@example.com", "email_verified": "true"}
    assert (answer.status_code, answer.json()) == (200, shown)
    assert answer.headers["cache-control"] == "no-store"


def test_user_info_shows_what_the_scopes_let_through(kit: DomainKit) -> None:
    answer = kit.user_info(kit.domain_tokens(scope="openid phone")["access_token"])
    assert set(answer.json()) == {"sub", "username"}


@pytest.mark.parametrize(
    ("make", "text", "realm"),
    [
        (lambda kit: "nonsense", "Access token format is not valid", False),
        (lambda kit: kit.domain_tokens()["id_token"], "Access token format is not valid", False),
        (
            lambda kit: kit.domain_tokens()["access_token"][:-8] + "AAAAAAAA",
            "Access token format is not valid",
            False,
        ),
        (
            lambda kit: kit.tokens()["AccessToken"],
            "Access token does not contain the 'openid' scope",
            True,
        ),
        (
            lambda kit: kit.domain_tokens(scope="email")["access_token"],
            "Access token does not contain the 'openid' scope",
            True,
        ),
    ],
)
def test_user_info_refuses_a_token_that_shows_nothing(
    kit: DomainKit, make: Any, text: str, realm: bool
) -> None:
    answer = kit.user_info(make(kit))
    told = {"error": "invalid_token", "error_description": text}
    assert (answer.status_code, answer.json()) == (401, told)
    named = f"realm={kit.pool.issuer}, " if realm else ""
    assert answer.headers["www-authenticate"] == f"Bearer {named}error=INVALID_TOKEN"


def test_user_info_refuses_a_request_without_a_token(kit: DomainKit) -> None:
    assert kit.http.get("/oauth2/userInfo").status_code == 401
    assert kit.http.get("/oauth2/userInfo", headers=basic("a", "b")).status_code == 401


@pytest.mark.parametrize(
    "end", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser", "time", "revoke"]
)
def test_user_info_ends_with_the_sign_in(end: str) -> None:
    kit = DomainKit()
    tokens = kit.domain_tokens()
    if end == "time":
        kit.clock.advance(3600)
    elif end == "revoke":
        data = {"token": tokens["refresh_token"], "client_id": kit.id}
        assert kit.http.post("/oauth2/revoke", data=data).status_code == 200
    else:
        kit.admin(end)
    answer = kit.user_info(tokens["access_token"])
    told = "Access token is expired or user has globally signed out, disabled, or been deleted"
    assert (answer.status_code, answer.json()["error_description"]) == (401, told)


# Revocation


def revoke(kit: DomainKit, **data: str) -> Any:
    return kit.http.post("/oauth2/revoke", data={"client_id": kit.id} | data)


def test_a_revoked_refresh_token_is_over_and_revoking_again_is_no_failure(kit: DomainKit) -> None:
    token = kit.domain_tokens()["refresh_token"]
    for _ in range(2):
        answer = revoke(kit, token=token)
        assert (answer.status_code, answer.content) == (200, b"")
    assert kit.refresh(token).json() == {"error": "invalid_grant"}
    assert revoke(kit, token="unknown").status_code == 200


def test_what_is_no_refresh_token_cannot_be_revoked(kit: DomainKit) -> None:
    answer = revoke(kit, token=kit.domain_tokens()["access_token"])
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_token_type"})
    answer = revoke(kit)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_a_client_without_revocation_says_so(kit: DomainKit) -> None:
    made = kit.pool.call(
        "CreateUserPoolClient",
        {"UserPoolId": kit.pool_id, "ClientName": "other", "EnableTokenRevocation": False},
    )
    answer = revoke(kit, token="x", client_id=made["UserPoolClient"]["ClientId"])
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_only_the_client_itself_revokes() -> None:
    kit = DomainKit(client_secret="s3cretOfTheClient12345678")
    secret = str(kit.pool.client_secret)
    token = kit.redeem(kit.sign_in().code, client_secret=secret).json()["refresh_token"]
    for data in ({}, {"client_secret": "wrong"}, {"client_id": "nobody"}):
        answer = revoke(kit, token=token, **data)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    other = kit.pool.call("CreateUserPoolClient", {"UserPoolId": kit.pool_id, "ClientName": "other"})
    answer = revoke(kit, token=token, client_id=other["UserPoolClient"]["ClientId"])
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert kit.refresh(token, client_secret=secret).status_code == 200
    answer = kit.http.post("/oauth2/revoke", data={"token": token}, headers=basic(kit.id, secret))
    assert answer.status_code == 200
    assert kit.refresh(token, client_secret=secret).status_code == 400


# Sign-out


def test_signing_out_ends_the_session_and_goes_to_the_registered_address(kit: DomainKit) -> None:
    browser = kit.browser()
    tokens = kit.redeem(kit.sign_in(browser).code).json()
    cookie = browser.http.cookies["cognito"]
    callback = browser.get(f"logout?client_id={kit.id}&logout_uri={LOGOUT}")
    assert callback.location == LOGOUT
    assert "cognito" not in browser.http.cookies
    assert isinstance(browser.authorize(**kit.asks()), Page)
    # A copy of the cookie is worth nothing, and tokens live on.
    browser.http.cookies.set("cognito", cookie, domain="domain.example", path="/")
    assert isinstance(browser.authorize(**kit.asks()), Page)
    assert kit.refresh(tokens["refresh_token"]).status_code == 200


def test_signing_out_may_go_on_to_the_next_sign_in(kit: DomainKit) -> None:
    browser = kit.browser()
    kit.sign_in(browser)
    query = "&".join(f"{name}={value}" for name, value in kit.asks(state="s").items())
    page = browser.get(f"logout?{query}")
    assert isinstance(page, Page)
    callback = browser.send(page, username="alice", password="Correct-horse-7")
    assert isinstance(callback, Callback)


@pytest.mark.parametrize(
    "query",
    [
        "client_id={id}",
        "client_id={id}&logout_uri=https://evil.example/",
        "client_id={id}&logout_uri=" + LOGOUT + "/",
        "client_id={id}&logout_uri=" + LOGOUT + "&logout_uri=https://evil.example/",
        "client_id={id}&redirect_uri=https://evil.example/",
        "logout_uri=" + LOGOUT,
        "client_id=nobody&logout_uri=" + LOGOUT,
    ],
)
def test_signing_out_goes_nowhere_that_is_not_registered(kit: DomainKit, query: str) -> None:
    browser = kit.browser()
    kit.sign_in(browser)
    answer = browser.http.get(f"{HOST}/logout?" + query.format(id=kit.id))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert isinstance(browser.authorize(**kit.asks()), Callback)


# Discovery


@pytest.mark.parametrize("base", ["", "/pools/local"])
def test_the_discovery_document_names_every_endpoint(base: str) -> None:
    kit = DomainKit()
    app = FastAPI()
    app.include_router(local_router(kit.pool), prefix=base)
    http = TestClient(app, base_url="http://localhost:8000")
    at = f"http://localhost:8000{base}"
    document = http.get(f"{at}/{kit.pool_id}/.well-known/openid-configuration").json()
    assert document == {
        "issuer": kit.pool.issuer,
        "jwks_uri": f"{at}/{kit.pool_id}/.well-known/jwks.json",
        "authorization_endpoint": f"{at}/oauth2/authorize",
        "token_endpoint": f"{at}/oauth2/token",
        "userinfo_endpoint": f"{at}/oauth2/userInfo",
        "revocation_endpoint": f"{at}/oauth2/revoke",
        "end_session_endpoint": f"{at}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
    assert http.get(document["jwks_uri"]).json() == kit.pool.jwks()
    assert http.get(document["authorization_endpoint"]).status_code == 400
    assert http.post(document["token_endpoint"]).json() == {"error": "invalid_request"}


def test_an_issuer_of_its_own_says_where_the_endpoints_are() -> None:
    kit = DomainKit(user_pool_id="eu-central-1_Local", issuer="https://pool.example/local/eu-central-1_Local")
    app = FastAPI()
    app.include_router(local_router(kit.pool), prefix="/local")
    http = TestClient(app, base_url="http://attacker.example")
    document = http.get("/local/eu-central-1_Local/.well-known/openid-configuration").json()
    assert document["token_endpoint"] == "https://pool.example/local/oauth2/token"
    assert "attacker" not in str(document)


def test_within_the_process_a_client_needs_no_network(kit: DomainKit) -> None:
    code = kit.sign_in().code

    async def exchange() -> dict[str, Any]:
        transport = httpx2.ASGITransport(app=kit.pool.domain_app)
        async with httpx2.AsyncClient(transport=transport, base_url="https://domain.invalid") as client:
            data = {
                "grant_type": "authorization_code",
                "client_id": kit.id,
                "code": code,
                "redirect_uri": CALLBACK,
                "code_verifier": VERIFIER,
            }
            tokens = (await client.post("/oauth2/token", data=data)).json()
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            shown: dict[str, Any] = (await client.get("/oauth2/userInfo", headers=headers)).json()
            return shown | {"token": tokens["access_token"]}

    shown = asyncio.run(exchange())
    assert shown["username"] == "alice"
    auth = CognitoAuth.local(kit.pool)
    verified = asyncio.run(auth.verifier.access_token(shown["token"]))
    assert "openid" in verified.scope
