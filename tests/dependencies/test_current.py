"""`current_user`, `optional_user` and the guards, in small apps with real tokens."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Security, WebSocket
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, Machine, User
from fastapi_cognito_auth.dependencies.guards import Guard
from tests.support import (
    CLIENT_ID,
    ISSUER,
    NOW,
    POOL_ID,
    SIGNER,
    SUB,
    Clock,
    KeyServer,
    access_claims,
    id_claims,
)


def make_auth(**settings: Any) -> CognitoAuth:
    given = {"client_id": CLIENT_ID, "group_scopes": {"analysts": {"reports/export"}}, **settings}
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, **given),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )


def bearer(**changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {SIGNER.sign(access_claims(**changes))}"}


def guarded_by(guard: Guard) -> TestClient:
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(guard)]) -> str:
        return user.username

    return TestClient(app)


@pytest.fixture
def auth() -> CognitoAuth:
    return make_auth()


@pytest.fixture
def client(auth: CognitoAuth) -> TestClient:
    app = FastAPI()

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> User:
        return user

    @app.get("/greeting")
    async def greeting(user: Annotated[User | None, Depends(auth.optional_user)]) -> str | None:
        return user.username if user else None

    @app.get("/scoped")
    async def scoped(user: Annotated[User, Security(auth.current_user, scopes=["reports/export"])]) -> str:
        return user.username

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.close()

    return TestClient(app)


def test_a_valid_token_gives_the_user(client: TestClient) -> None:
    answer = client.get("/me", headers=bearer(**{"cognito:groups": ["b", "a"]}))
    assert answer.json() == {
        "sub": SUB,
        "username": "ada",
        "groups": ["a", "b"],
        "scopes": ["aws.cognito.signin.user.admin"],
        "client_id": CLIENT_ID,
        "issuer": ISSUER,
        "acr": None,
        "amr": [],
        "actor": None,
        "auth_time": "2026-09-21T14:12:20Z",
        "expires_at": "2026-09-21T15:13:20Z",
    }


def test_no_token_is_401_without_an_error_code(client: TestClient) -> None:
    answer = client.get("/me")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_not_case_sensitive(client: TestClient, scheme: str) -> None:
    """RFC 9110 section 11.1."""
    token = SIGNER.sign(access_claims())
    assert client.get("/me", headers={"Authorization": f"{scheme} {token}"}).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YWRhOnNlY3JldA==", SIGNER.sign(access_claims())]
)
def test_anything_but_a_bearer_token_is_no_credential(client: TestClient, header: str) -> None:
    answer = client.get("/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "not_authenticated")


def test_two_authorization_headers_are_refused(client: TestClient) -> None:
    token = f"Bearer {SIGNER.sign(access_claims())}"
    answer = client.get("/me", headers=[("Authorization", token), ("Authorization", token)])
    assert answer.status_code == 401


def test_a_token_in_the_query_is_not_read(client: TestClient) -> None:
    """RFC 6750 section 2.3 advises against it: addresses end up in logs."""
    token = SIGNER.sign(access_claims())
    assert client.get("/me", params={"access_token": token}).status_code == 401


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param(SIGNER.sign(access_claims(exp=NOW - 60)), "token_expired", id="expired"),
        pytest.param(SIGNER.sign(id_claims()), "invalid_token_use", id="ID token"),
        pytest.param(SIGNER.sign(access_claims(username=None)), "invalid_token_use", id="machine token"),
        pytest.param(
            SIGNER.sign(access_claims(username=None, sub=CLIENT_ID)),
            "invalid_token_use",
            id="client credentials",
        ),
        pytest.param(SIGNER.sign(access_claims(client_id="other")), "invalid_client", id="another client"),
        pytest.param(SIGNER.sign(access_claims(iss="https://evil.example")), "invalid_issuer", id="issuer"),
        pytest.param("nonsense", "invalid_token", id="nonsense"),
        pytest.param("x" * 20_000, "invalid_token", id="oversized"),
    ],
)
def test_a_bad_token_is_401_with_its_code(client: TestClient, token: str, code: str) -> None:
    answer = client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, code)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_optional_user_is_none_without_a_token(client: TestClient) -> None:
    assert client.get("/greeting").json() is None


def test_optional_user_is_the_user_with_a_token(client: TestClient) -> None:
    assert client.get("/greeting", headers=bearer()).json() == "ada"


def test_optional_user_still_refuses_a_bad_token(client: TestClient) -> None:
    assert client.get("/greeting", headers=bearer(exp=NOW - 60)).status_code == 401


def test_unreachable_keys_are_503_and_not_401() -> None:
    server = KeyServer()
    server.down = True
    auth = CognitoAuth(CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID), fetch_keys=server)
    answer = guarded_by(auth.require_groups("a")).get("/", headers=bearer())
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "keys_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("dependency", ["current_user", "optional_user", "current_principal", "id_user"])
def test_each_token_that_names_an_invented_key_is_401(auth: CognitoAuth, dependency: str) -> None:
    app = FastAPI()

    @app.get("/", dependencies=[Depends(getattr(auth, dependency))])
    async def route() -> None: ...

    client, told = TestClient(app), []
    for number in range(10):
        token = SIGNER.sign(access_claims(), kid=f"forged-{number}")
        answer = client.get("/", headers={"Authorization": f"Bearer {token}"})
        told.append((answer.status_code, answer.json()["detail"]["code"]))
    assert told == [(401, "invalid_signature")] * 10


@pytest.mark.parametrize(
    ("groups", "status"),
    [(["a", "b"], 200), (["a", "b", "c"], 200), (["a"], 403), (["A", "B"], 403), (None, 403)],
)
def test_require_groups_wants_all_of_them(auth: CognitoAuth, groups: list[str] | None, status: int) -> None:
    answer = guarded_by(auth.require_groups("a", "b")).get("/", headers=bearer(**{"cognito:groups": groups}))
    assert answer.status_code == status


@pytest.mark.parametrize(("groups", "status"), [(["a"], 200), (["b", "c"], 200), (["c"], 403), (["A"], 403)])
def test_require_any_group_wants_one_of_them(auth: CognitoAuth, groups: list[str], status: int) -> None:
    answer = guarded_by(auth.require_any_group("a", "b")).get(
        "/", headers=bearer(**{"cognito:groups": groups})
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"scope": "reports/read reports/export"}, 200),
        ({"scope": "reports/export", "cognito:groups": ["analysts"]}, 403),
        ({"scope": "reports/read", "cognito:groups": ["analysts"]}, 200),
        ({"scope": "reports/read"}, 403),
        ({"scope": "reports/read reports/exporter"}, 403),
        ({"scope": None}, 403),
    ],
)
def test_require_scopes_wants_all_of_them_from_token_or_groups(
    auth: CognitoAuth, changes: dict[str, Any], status: int
) -> None:
    guard = auth.require_scopes("reports/read", "reports/export")
    assert guarded_by(guard).get("/", headers=bearer(**changes)).status_code == status


def test_a_refusal_names_the_missing_scopes(auth: CognitoAuth) -> None:
    """RFC 6750 section 3.1."""
    answer = guarded_by(auth.require_scopes("reports/export")).get("/", headers=bearer())
    assert answer.json()["detail"]["code"] == "permission_denied"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="reports/export"'


def test_security_scopes_are_enforced(client: TestClient) -> None:
    assert client.get("/scoped", headers=bearer()).status_code == 403
    assert client.get("/scoped", headers=bearer(scope="reports/export")).status_code == 200


def test_a_custom_claim_named_groups_is_no_group(auth: CognitoAuth) -> None:
    """A trigger may add any claim; only `cognito:groups` is the pool's word on membership."""
    answer = guarded_by(auth.require_groups("admins")).get("/", headers=bearer(groups=["admins"]))
    assert answer.status_code == 403


def test_security_scopes_are_enforced_on_every_dependency(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.get("/optional")
    async def optional(user: Annotated[Any, Security(auth.optional_user, scopes=["orders/read"])]) -> bool:
        return user is not None

    @app.get("/token")
    async def token(raw: Annotated[str, Security(auth.access_token, scopes=["orders/read"])]) -> bool:
        return bool(raw)

    http = TestClient(app)
    for path in ("/optional", "/token"):
        assert http.get(path, headers=bearer()).status_code == 403
        assert http.get(path, headers=bearer(scope="orders/read")).json() is True
    assert http.get("/optional").json() is False


def test_two_authorization_headers_are_no_anonymous_request(client: TestClient) -> None:
    token = f"Bearer {SIGNER.sign(access_claims())}"
    answer = client.get("/greeting", headers=[("Authorization", token), ("Authorization", token)])
    assert answer.status_code == 401


def test_a_guard_without_a_token_is_401(auth: CognitoAuth) -> None:
    assert guarded_by(auth.require_groups("a")).get("/").status_code == 401


@pytest.mark.parametrize("names", [(), ("",), ("a", "")])
def test_a_guard_that_names_nothing_is_a_mistake(auth: CognitoAuth, names: tuple[str, ...]) -> None:
    for make in (auth.require_groups, auth.require_any_group, auth.require_scopes):
        with pytest.raises(ValueError, match="name at least one"):
            make(*names)


def test_a_token_is_verified_once_for_all_dependencies_of_a_request() -> None:
    verified: list[Any] = []

    def counting(claims: Any) -> bool:
        verified.append(claims)
        return True

    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, verified_token_cache=0),
        check_claims=counting,
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI(dependencies=[Depends(auth.require_groups("a"))])

    @app.get("/", dependencies=[Security(auth.current_user, scopes=["s"]), Depends(auth.require_scopes("s"))])
    async def route(
        user: Annotated[User, Depends(auth.current_user)],
        token: Annotated[str, Depends(auth.access_token)],
        optional: Annotated[User | None, Depends(auth.optional_user)],
        principal: Annotated[User | Machine, Depends(auth.current_principal)],
    ) -> bool:
        return user is optional is principal

    headers = bearer(scope="s", **{"cognito:groups": ["a"]})
    assert TestClient(app).get("/", headers=headers).json() is True
    assert len(verified) == 1


def test_two_pools_in_one_app_keep_their_users_apart() -> None:
    ours = make_auth()
    theirs = make_auth(client_id="another")
    app = FastAPI()

    @app.get("/", dependencies=[Depends(ours.current_user)])
    async def route(user: Annotated[User, Depends(theirs.current_user)]) -> str:
        return user.username

    answer = TestClient(app).get("/", headers=bearer())
    assert answer.json()["detail"]["code"] == "invalid_client"


def test_a_websocket_with_a_token_is_let_in(client: TestClient) -> None:
    with client.websocket_connect("/socket", headers=bearer()) as socket:
        assert socket.receive_text() == "ada"


def test_a_websocket_without_a_token_is_denied_with_401(client: TestClient) -> None:
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/socket"):
        pass
    assert denied.value.status_code == 401


def test_current_user_can_be_overridden_in_tests(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.require_groups("a"))]) -> str:
        return user.username

    someone = User(sub="s", username="eve", groups={"a"}, client_id=CLIENT_ID, expires_at=NOW)
    app.dependency_overrides[auth.current_user] = lambda: someone
    assert TestClient(app).get("/").json() == "eve"


def test_claims_are_at_hand_and_not_in_the_answer(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.get("/")
    async def route(user: Annotated[User, Depends(auth.current_user)]) -> Any:
        assert "claims" not in dict(user)
        return user.claims["device_key"]

    assert TestClient(app).get("/", headers=bearer(device_key="eu-central-1_x")).json() == "eu-central-1_x"


def test_a_user_does_not_change(auth: CognitoAuth) -> None:
    user = User(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW)
    with pytest.raises(AttributeError, match="cannot assign"):
        user.username = "admin"  # type: ignore[misc]
