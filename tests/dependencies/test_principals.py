"""Users, machines, ID tokens and actors, told apart over HTTP with real tokens."""

import asyncio
import copy
import json
import pickle
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Security, WebSocket
from fastapi.security import SecurityScopes
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, IdUser, Machine, TrustedPool, User
from fastapi_cognito_auth import exceptions as errors
from fastapi_cognito_auth.dependencies.guards import Guard
from fastapi_cognito_auth.tokens.claims import AccessTokenClaims
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

MACHINE = {"sub": CLIENT_ID, "username": None, "origin_jti": None, "scope": "orders/read"}


@pytest.fixture
def auth() -> CognitoAuth:
    return CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )


@pytest.fixture
def client(auth: CognitoAuth) -> TestClient:
    app = FastAPI()

    @app.get("/principal")
    async def principal(who: Annotated[User | Machine, Depends(auth.current_principal)]) -> User | Machine:
        return who

    @app.get("/orders")
    async def orders(
        who: Annotated[User | Machine, Security(auth.current_principal, scopes=["orders/read"])],
    ) -> str:
        return type(who).__name__

    @app.get("/user")
    async def user(who: Annotated[User, Depends(auth.current_user)]) -> str:
        return who.username

    @app.get("/optional")
    async def optional(who: Annotated[User | None, Depends(auth.optional_user)]) -> bool:
        return who is None

    @app.get("/id")
    async def id_user(who: Annotated[IdUser, Depends(auth.id_user)]) -> IdUser:
        return who

    return TestClient(app)


def bearer(claims: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {SIGNER.sign(claims)}"}


def test_a_machine_is_a_principal(client: TestClient) -> None:
    answer = client.get("/principal", headers=bearer(access_claims(**MACHINE)))
    assert answer.json() == {
        "sub": CLIENT_ID,
        "client_id": CLIENT_ID,
        "issuer": ISSUER,
        "scopes": ["orders/read"],
        "expires_at": "2026-09-21T15:13:20Z",
    }


def test_a_user_is_a_principal(client: TestClient) -> None:
    assert client.get("/principal", headers=bearer(access_claims())).json()["username"] == "ada"


@pytest.mark.parametrize("path", ["/user", "/optional"])
def test_a_machine_is_no_user(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=bearer(access_claims(**MACHINE)))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token_use")


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"username": None}, id="a sub that is no client, and no username"),
        pytest.param({"username": ""}, id="an empty username"),
        pytest.param({"sub": CLIENT_ID, "username": ""}, id="a client with an empty username"),
        pytest.param({"sub": CLIENT_ID}, id="a client with a username"),
    ],
)
@pytest.mark.parametrize("path", ["/principal", "/user"])
def test_what_is_neither_user_nor_machine_is_refused(
    client: TestClient, path: str, claims: dict[str, Any]
) -> None:
    answer = client.get(path, headers=bearer(access_claims(**claims)))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token_use")


def test_a_users_token_with_scopes_is_no_machine(client: TestClient) -> None:
    answer = client.get("/orders", headers=bearer(access_claims(scope="orders/read")))
    assert answer.json() == "User"


def test_security_scopes_are_demanded_of_machines(client: TestClient) -> None:
    assert client.get("/orders", headers=bearer(access_claims(**MACHINE))).json() == "Machine"
    answer = client.get("/orders", headers=bearer(access_claims(**{**MACHINE, "scope": "orders/write"})))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "permission_denied")


def test_an_id_token_names_its_user(client: TestClient) -> None:
    answer = client.get("/id", headers=bearer(id_claims(email_verified=True, name="Ada")))
    assert answer.json() == {
        "sub": SUB,
        "username": "ada",
        "client_id": CLIENT_ID,
        "issuer": ISSUER,
        "groups": [],
        "acr": None,
        "amr": [],
        "auth_time": "2026-09-21T14:12:20Z",
        "expires_at": "2026-09-21T15:13:20Z",
        "email": "ada@example.com",
        "email_verified": True,
        "phone_number": None,
        "phone_number_verified": False,
        "name": "Ada",
    }


@pytest.mark.parametrize(
    ("claim", "verified"), [(True, True), ("true", True), (False, False), ("false", False), ("1", False)]
)
def test_an_address_counts_as_verified_only_if_the_pool_says_so(
    client: TestClient, claim: object, verified: bool
) -> None:
    answer = client.get("/id", headers=bearer(id_claims(email_verified=claim)))
    assert answer.json()["email_verified"] is verified


def test_an_access_token_is_refused_where_an_id_token_is_asked_for(client: TestClient) -> None:
    answer = client.get("/id", headers=bearer(access_claims()))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token_use")


def test_an_id_token_is_refused_as_a_principal(client: TestClient) -> None:
    answer = client.get("/principal", headers=bearer(id_claims()))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (401, "invalid_token_use")


def test_no_id_token_is_401(client: TestClient) -> None:
    assert client.get("/id").json()["detail"]["code"] == "not_authenticated"


def status(guard: Guard, **claims: Any) -> tuple[int, Any]:
    app = FastAPI()

    @app.get("/", dependencies=[Depends(guard)])
    async def route() -> None: ...

    answer = TestClient(app).get("/", headers=bearer(access_claims(**claims)))
    return answer.status_code, answer


DELEGATED = {"act": {"sub": "assistant", "act": {"sub": "broker"}}}


def test_the_actor_of_a_delegated_token_is_at_hand(client: TestClient) -> None:
    """RFC 8693 section 4.1."""
    answer = client.get("/principal", headers=bearer(access_claims(**DELEGATED)))
    assert answer.json()["actor"] == {"sub": "assistant", "act": {"sub": "broker", "act": None}}
    assert answer.json()["username"] == "ada"


def test_a_guard_lets_in_only_certain_actors(auth: CognitoAuth) -> None:
    guard = auth.require_actor("assistant", "helper")
    assert status(guard, **DELEGATED)[0] == 200
    assert status(guard, act={"sub": "other"})[0] == 403
    assert status(guard)[0] == 403


def test_a_former_actor_is_not_the_actor(auth: CognitoAuth) -> None:
    """RFC 8693 section 4.1: nested claims are not for access control."""
    assert status(auth.require_actor("broker"), **DELEGATED)[0] == 403


def test_a_guard_lets_in_only_users_themselves(auth: CognitoAuth) -> None:
    assert status(auth.require_no_actor())[0] == 200
    assert status(auth.require_no_actor(), **DELEGATED)[0] == 403


@pytest.mark.parametrize("act", ["assistant", [], {}, {"sub": ""}, {"sub": 1}, {"sub": "a", "act": "b"}])
def test_an_actor_that_is_malformed_makes_the_token_invalid(auth: CognitoAuth, act: Any) -> None:
    """Else a guard against actors would take the token for the user's own."""
    code, answer = status(auth.require_no_actor(), act=act)
    assert (code, answer.json()["detail"]["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("names", [(), ("",)])
def test_a_guard_for_nobody_is_a_mistake(auth: CognitoAuth, names: tuple[str, ...]) -> None:
    for make in (auth.require_actor, auth.require_acr):
        with pytest.raises(ValueError, match="name at least one"):
            make(*names)


def test_require_acr_wants_one_of_the_strengths(auth: CognitoAuth) -> None:
    guard = auth.require_acr("urn:cognito:loa:3", "urn:cognito:loa:4")
    assert status(guard, acr="urn:cognito:loa:4")[0] == 200
    assert status(guard, acr="urn:cognito:loa:1")[0] == 401
    assert status(guard, acr="urn:cognito:loa:34")[0] == 401
    assert status(guard)[0] == 401


def test_a_weak_sign_in_is_told_what_would_do(auth: CognitoAuth) -> None:
    """RFC 9470 section 3."""
    _, answer = status(auth.require_acr("urn:cognito:loa:4", "urn:cognito:loa:3"))
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", '
        'error_description="Sign in again first: this needs a stronger sign-in.", '
        'acr_values="urn:cognito:loa:4 urn:cognito:loa:3"'
    )
    assert answer.json()["detail"]["acr_values"] == ["urn:cognito:loa:4", "urn:cognito:loa:3"]


@pytest.mark.parametrize("value", ['a"b', "a b", "a\\b", "é", "a\n"])
def test_a_strength_that_a_header_cannot_carry_is_a_mistake(auth: CognitoAuth, value: str) -> None:
    with pytest.raises(ValueError, match="no space"):
        auth.require_acr(value)


async def handshake(app: FastAPI, headers: dict[str, str]) -> list[Message]:
    """Open a WebSocket on a server that cannot answer a handshake with a response."""
    sent: list[Message] = []
    scope = {
        "type": "websocket",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [],
    }

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    ("claims", "reason"),
    [({"exp": NOW - 60}, "token_expired"), ({}, "permission_denied")],
)
def test_a_socket_is_closed_properly_where_a_handshake_cannot_be_answered(
    auth: CognitoAuth, claims: dict[str, Any], reason: str
) -> None:
    app = FastAPI()

    @app.websocket("/")
    async def socket(
        websocket: WebSocket, who: Annotated[User, Depends(auth.require_groups("admins"))]
    ) -> None:
        await websocket.accept()

    sent = asyncio.run(handshake(app, bearer(access_claims(**claims))))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": reason}]


def test_an_anonymous_socket_is_let_in_where_the_user_is_optional(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.websocket("/")
    async def socket(websocket: WebSocket, who: Annotated[User | None, Depends(auth.optional_user)]) -> None:
        await websocket.accept()
        await websocket.close(4000 if who is None else 4001)

    assert asyncio.run(handshake(app, {}))[-1]["code"] == 4000


def test_a_socket_that_is_closed_later_was_let_in(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.websocket("/")
    async def socket(
        websocket: WebSocket, who: Annotated[User | Machine, Depends(auth.current_principal)]
    ) -> None:
        await websocket.accept()
        await websocket.close(4002, reason=who.client_id)

    with (
        TestClient(app).websocket_connect("/", headers=bearer(access_claims(**MACHINE))) as session,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        session.receive_text()
    assert (closed.value.code, closed.value.reason) == (4002, CLIENT_ID)


def test_what_was_found_shows_no_token(auth: CognitoAuth) -> None:
    token = SIGNER.sign(access_claims())
    scope = {"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]}
    found = asyncio.run(auth.current_user._principals.find(HTTPConnection(scope)))
    assert found.access_token == token
    assert token not in repr(found)


def test_an_id_token_holds_no_scope(auth: CognitoAuth) -> None:
    app = FastAPI()

    @app.get("/")
    async def route(who: Annotated[IdUser, Security(auth.id_user, scopes=["orders/read"])]) -> None: ...

    answer = TestClient(app).get("/", headers=bearer(id_claims(scope="orders/read")))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "permission_denied")
    assert 'scope="orders/read"' in answer.headers["WWW-Authenticate"]


async def refusal_of(dependency: Any, token: str | None, *scopes: str) -> errors.CognitoAuthError:
    headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    connection = HTTPConnection({"type": "http", "method": "GET", "path": "/", "headers": headers})
    with pytest.raises(errors.CognitoAuthError) as refused:
        await dependency(connection, SecurityScopes([*scopes]))
    logged: object = connection.scope["fastapi_cognito_auth.logged_refusal"]
    assert logged is refused.value
    return refused.value


def test_a_refused_id_token_says_which_scopes_it_lacks(auth: CognitoAuth, caplog: Any) -> None:
    caplog.set_level("INFO", "fastapi_cognito_auth")
    error = asyncio.run(refusal_of(auth.id_user, SIGNER.sign(id_claims()), "orders/read"))
    assert isinstance(error, errors.PermissionDeniedError)
    assert set(error.required) == {"orders/read"}


@pytest.mark.parametrize("name", ["current_user", "current_principal", "access_token", "id_user"])
def test_every_dependency_refuses_and_logs(auth: CognitoAuth, name: str, caplog: Any) -> None:
    caplog.set_level("INFO", "fastapi_cognito_auth")
    error = asyncio.run(refusal_of(getattr(auth, name), None))
    assert error.code == "not_authenticated"


def test_the_account_of_the_apps_own_pool_can_ask_for_scopes(caplog: Any) -> None:
    caplog.set_level("INFO", "fastapi_cognito_auth")
    trusted = TrustedPool(
        user_pool_id="eu-west-1_Other1234",
        client_ids={CLIENT_ID},
        key_set=json.dumps({"keys": [SIGNER.jwk()]}),
    )
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, trusted_pools=[trusted]),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    token = SIGNER.sign(access_claims(scope="openid"))
    error = asyncio.run(refusal_of(auth._home_user, token, "orders/read"))
    assert isinstance(error, errors.PermissionDeniedError)
    assert (set(error.required), set(error.held)) == ({"orders/read"}, {"openid"})


@pytest.mark.parametrize("kind", ["user", "machine", "id"])
def test_nothing_that_requests_share_can_be_changed(auth: CognitoAuth, kind: str) -> None:
    """From its second use on, a token's user is the same for all requests."""
    app = FastAPI()
    dependency: Any = auth.id_user if kind == "id" else auth.current_principal

    @app.get("/")
    async def route(who: Annotated[Any, Depends(dependency)]) -> Any:
        changes: list[Callable[[], object]] = [
            lambda: who.claims.update(x=1),
            lambda: who.claims.pop("sub"),
            lambda: who.claims.setdefault("x", 1),
            lambda: who.claims.__setitem__("sub", "root"),
            lambda: who.claims["deep"].__delitem__("list"),
            lambda: who.claims["deep"]["list"].append(1),
        ]
        for change in changes:
            with pytest.raises((TypeError, AttributeError)):
                change()
        return who.claims

    deep = {"deep": {"list": [1]}}
    claims = {
        "user": access_claims(**deep),
        "machine": access_claims(**MACHINE, **deep),
        "id": id_claims(**deep),
    }
    answers = [TestClient(app).get("/", headers=bearer(claims[kind])).json() for _ in range(3)]
    assert answers == [claims[kind]] * 3


def test_a_group_cannot_be_added_to_verified_claims(auth: CognitoAuth) -> None:
    claims = asyncio.run(auth.verifier.access_token(SIGNER.sign(access_claims(**{"cognito:groups": ["a"]}))))
    assert not hasattr(claims.groups, "append")


def test_claims_can_be_copied_and_pickled() -> None:
    claims = AccessTokenClaims.model_validate(access_claims(deep={"list": [1]}))
    user = User(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW).with_claims(claims)
    for same in (pickle.loads(pickle.dumps(user)), copy.copy(user), copy.deepcopy(user)):
        assert same.claims == access_claims(deep={"list": (1,)})


def test_a_user_of_ones_own_making_has_no_claims_but_those_given() -> None:
    user = User(sub="s", username="eve", client_id=CLIENT_ID, expires_at=NOW)
    assert user.claims == {}
    assert user.with_claims({"tenant": "acme"}).claims == {"tenant": "acme"}


def test_a_socket_that_was_accepted_before_is_closed_and_not_answered(auth: CognitoAuth) -> None:
    app = FastAPI()

    async def accepting(websocket: WebSocket) -> None:
        await websocket.accept()

    @app.websocket("/", dependencies=[Depends(accepting)])
    async def socket(websocket: WebSocket, who: Annotated[User, Depends(auth.current_user)]) -> None: ...

    with TestClient(app).websocket_connect("/") as session, pytest.raises(WebSocketDisconnect) as closed:
        session.receive_text()
    assert (closed.value.code, closed.value.reason) == (1008, "not_authenticated")


@pytest.mark.parametrize("scope", ["größe/€", 'a"b', "a b", "a\\b"])
def test_a_scope_that_cannot_be_is_a_mistake(auth: CognitoAuth, scope: str) -> None:
    """RFC 6749 section 3.3."""
    with pytest.raises(ValueError, match="printable ASCII"):
        auth.require_scopes(scope)
    app = FastAPI()

    @app.get("/")
    async def route(who: Annotated[User, Security(auth.current_user, scopes=[scope])]) -> None: ...

    assert TestClient(app).get("/", headers=bearer(access_claims())).status_code == 403


@pytest.mark.parametrize("max_age", [0, -1, float("inf"), float("nan")])
def test_an_age_without_an_end_is_a_mistake(auth: CognitoAuth, max_age: float) -> None:
    with pytest.raises(ValueError, match="has an end"):
        auth.require_fresh(max_age=max_age)


@pytest.mark.parametrize(
    "name",
    [
        "require_groups",
        "require_any_group",
        "require_scopes",
        "require_fresh",
        "require_acr",
        "require_actor",
        "require_no_actor",
    ],
)
def test_a_guard_that_was_not_made_guards_no_route(auth: CognitoAuth, name: str) -> None:
    """Without its parentheses it would be a dependency that lets everybody in."""
    app = FastAPI()
    with pytest.raises(errors.ConfigurationError, match="call it, as in Depends"):

        @app.get("/", dependencies=[Depends(getattr(auth, name))])
        async def route() -> None: ...


def test_a_list_of_groups_is_a_mistake(auth: CognitoAuth) -> None:
    with pytest.raises(ValueError, match="argument of its own"):
        auth.require_groups(["a", "b"])  # type: ignore[arg-type]
