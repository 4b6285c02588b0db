"""Every refusal of a protected route tells where the API describes itself (RFC 9728 section 5.1)."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Security, WebSocket
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, ConfigurationError
from fastapi_cognito_auth.exceptions import (
    InvalidTokenError,
    KeysUnavailableError,
    NotAuthenticatedError,
    PermissionDeniedError,
)
from tests.support import CLIENT_ID, ISSUER, NOW, POOL_ID, SIGNER, Clock, KeyServer, access_claims, id_claims

RESOURCE = "https://api.example/mcp"
URI = "https://api.example/.well-known/oauth-protected-resource/mcp"
NAMED = f'resource_metadata="{URI}"'


def make_auth(server: KeyServer | None = None, **settings: Any) -> CognitoAuth:
    given = {"resource": (RESOURCE,), "secret_key": ("x" * 32,), **settings}
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **given),
        fetch_keys=server or KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )


def client_of(auth: CognitoAuth) -> TestClient:
    app = FastAPI()
    if auth.settings.resource:
        app.include_router(auth.metadata_router)
    app.include_router(auth.account_router, prefix="/account")

    dependencies: dict[str, Callable[..., Any]] = {
        "user": auth.current_user,
        "principal": auth.current_principal,
        "optional": auth.optional_user,
        "token": auth.access_token,
        "id": auth.id_user,
        "groups": auth.require_groups("admins"),
        "any-group": auth.require_any_group("admins"),
        "scopes": auth.require_scopes("orders/read"),
        "fresh": auth.require_fresh(max_age=10),
        "acr": auth.require_acr("urn:cognito:loa:2"),
        "actor": auth.require_actor("agent"),
    }
    for name, dependency in dependencies.items():
        app.get(f"/{name}", dependencies=[Depends(dependency)])(lambda: None)
    app.get("/scoped", dependencies=[Security(auth.current_user, scopes=["orders/write"])])(lambda: None)

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, _: Annotated[Any, Depends(auth.current_user)]) -> None:
        await websocket.accept()

    return TestClient(app)


@pytest.fixture
def client() -> TestClient:
    return client_of(make_auth())


def bearer(**changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {SIGNER.sign(access_claims(**changes))}"}


def challenge(answer: Any) -> str:
    value: str = answer.headers["WWW-Authenticate"]
    return value


@pytest.mark.parametrize("path", ["user", "principal", "token", "id", "groups", "scopes", "fresh", "account"])
def test_who_sends_no_token_learns_where_to_begin(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}")
    assert answer.status_code == 401
    assert challenge(answer) == f"Bearer {NAMED}"


@pytest.mark.parametrize("path", ["user", "principal", "optional", "token", "groups", "account"])
def test_so_does_who_sends_a_bad_one(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}", headers=bearer(exp=NOW - 60))
    assert answer.status_code == 401
    assert challenge(answer) == (
        f'Bearer error="invalid_token", error_description="The token has expired.", {NAMED}'
    )


def test_an_access_token_where_an_id_token_is_asked_for_is_told_too(client: TestClient) -> None:
    assert challenge(client.get("/id", headers=bearer())).endswith(NAMED)
    token = {"Authorization": f"Bearer {SIGNER.sign(id_claims())}"}
    assert client.get("/id", headers=token).status_code == 200


@pytest.mark.parametrize("path", ["groups", "any-group", "scopes", "scoped", "actor"])
def test_who_lacks_a_permission_is_told_too(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}", headers=bearer())
    assert answer.status_code == 403
    assert challenge(answer).startswith('Bearer error="insufficient_scope"')
    assert challenge(answer).endswith(f", {NAMED}")


@pytest.mark.parametrize("path", ["fresh", "acr"])
def test_who_must_sign_in_again_is_told_too(client: TestClient, path: str) -> None:
    answer = client.get(f"/{path}", headers=bearer())
    assert answer.status_code == 401
    assert challenge(answer).startswith('Bearer error="insufficient_user_authentication"')
    assert challenge(answer).endswith(f", {NAMED}")


def test_a_refusal_of_the_account_is_told_too(client: TestClient) -> None:
    answer = client.delete("/account", headers=bearer(auth_time=NOW - 9999))
    assert answer.json()["detail"]["code"] == "step_up_required"
    assert challenge(answer).endswith(NAMED)


def test_a_websocket_is_told_too(client: TestClient) -> None:
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/socket"):
        pass
    assert challenge(denied.value) == f"Bearer {NAMED}"


def test_a_fault_of_ours_names_nothing() -> None:
    server = KeyServer()
    server.down = True
    answer = client_of(make_auth(server)).get("/user", headers=bearer())
    assert answer.status_code == 503
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("resource", [(), ("urn:example:orders",)])
def test_without_an_address_nothing_is_named(resource: tuple[str, ...]) -> None:
    answer = TestClient(app_with_user(make_auth(resource=resource))).get("/")
    assert challenge(answer) == "Bearer"


def app_with_user(auth: CognitoAuth) -> FastAPI:
    app = FastAPI()
    app.get("/", dependencies=[Depends(auth.current_user)])(lambda: None)
    return app


def test_the_address_that_is_named_describes_the_api(client: TestClient) -> None:
    address = challenge(client.get("/user")).partition('resource_metadata="')[2].rstrip('"')
    answer = client.get(address.removeprefix("https://api.example"))
    assert answer.json() == {
        "resource": RESOURCE,
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
    }


def test_the_first_resource_is_the_one_that_is_described() -> None:
    client = client_of(make_auth(resource=(RESOURCE, "https://other.example")))
    assert client.get("/.well-known/oauth-protected-resource/mcp").json()["resource"] == RESOURCE


def test_all_accepted_pools_are_named() -> None:
    auth = make_auth(
        issuer=("https://a.example", "https://b.example"),
        trusted_pools=[{"user_pool_id": "us-east-1_Other", "client_ids": ["x"]}],
        scopes_supported=("orders/read",),
        resource_name="Orders",
        resource_documentation="https://api.example/docs",
    )
    answer = client_of(auth).get("/.well-known/oauth-protected-resource").json()
    assert answer["authorization_servers"] == [
        "https://a.example",
        "https://b.example",
        "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other",
    ]
    assert (answer["resource_name"], answer["scopes_supported"]) == ("Orders", ["orders/read"])


def test_without_a_resource_there_is_nothing_to_describe() -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_RESOURCE"):
        _ = make_auth(resource=()).metadata_router


@pytest.mark.parametrize("resource", ['https://api.example/"x', "https://api.example/\\x"])
def test_an_address_that_would_break_the_header_is_not_named(resource: str) -> None:
    assert challenge(TestClient(app_with_user(make_auth(resource=(resource,)))).get("/")) == "Bearer"


def test_an_error_is_told_once() -> None:
    error = NotAuthenticatedError()
    error.name_resource(URI)
    error.name_resource(URI)
    assert (error.headers or {})["WWW-Authenticate"] == f"Bearer {NAMED}"


def test_errors_do_not_share_what_they_name() -> None:
    for kind in (InvalidTokenError, PermissionDeniedError, NotAuthenticatedError):
        kind().name_resource(URI)
        assert NAMED not in str(kind().headers)


def test_what_asks_for_no_credentials_stays_as_it_is() -> None:
    error = KeysUnavailableError()
    error.name_resource(URI)
    assert error.headers == {"Retry-After": "5"}
