"""The token of a browser's WebSocket: offered behind `bearer`, answered with `bearer`."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from fastapi_cognito_auth import CognitoAuth, CognitoSettings, User
from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.subprotocol import SubprotocolTransport
from fastapi_cognito_auth.dependencies.transports import NoToken
from tests.older import needs_refusals_of_websockets
from tests.support import CLIENT_ID, NOW, POOL_ID, SIGNER, Clock, KeyServer, access_claims

TOKEN = SIGNER.sign(access_claims())
OWN = {"Origin": "http://testserver"}


def chosen_of(websocket: WebSocketTestSession) -> str | None:
    """Return the subprotocol that the server chose, which the client's annotation leaves out."""
    chosen: str | None = vars(websocket)["accepted_subprotocol"]
    return chosen


def app_of(**settings: Any) -> FastAPI:
    given = {"websocket_subprotocol": True, "trusted_origins": ("https://spa.example",), **settings}
    auth = CognitoAuth(
        CognitoSettings(user_pool_id=POOL_ID, client_id=CLIENT_ID, **given),
        fetch_keys=KeyServer(SIGNER.jwk()),
        clock=Clock(),
    )
    app = FastAPI()

    @app.websocket("/plain")
    async def plain(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    @app.websocket("/chosen")
    async def chosen(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept(subprotocol="chat", headers=[(b"x-more", b"1")])
        await websocket.send_text(user.username)
        await websocket.close()

    @app.websocket("/twice")
    async def twice(
        websocket: WebSocket,
        user: Annotated[User, Depends(auth.current_user)],
        _: Annotated[User, Depends(auth.require_scopes("openid"))],
    ) -> None:
        await websocket.send({"type": "websocket.accept"})
        await websocket.send_text(user.username)
        await websocket.close()

    @app.websocket("/open")
    async def unguarded(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    @app.get("/me")
    async def me(user: Annotated[User, Depends(auth.current_user)]) -> str:
        return user.username

    return app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(app_of())


def refused(client: TestClient, offered: list[str], headers: dict[str, str], path: str = "/plain") -> str:
    with (
        pytest.raises(WebSocketDenialResponse) as denial,
        client.websocket_connect(path, subprotocols=offered, headers={**headers}),
    ):
        pass
    detail: dict[str, str] = denial.value.json()["detail"]
    assert all(part not in str(detail) for part in TOKEN.split("."))
    return detail["code"]


@pytest.mark.parametrize(
    "headers", [OWN, {"Origin": "https://spa.example"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_page_of_our_own_is_let_in_and_told_which_subprotocol(
    client: TestClient, headers: dict[str, str]
) -> None:
    with client.websocket_connect("/plain", subprotocols=["bearer", TOKEN], headers={**headers}) as websocket:
        assert chosen_of(websocket) == "bearer"
        assert websocket.receive_text() == "ada"
        websocket.send_text("more")
        assert websocket.receive_text() == "more"


def test_the_app_may_choose_a_subprotocol_of_its_own(client: TestClient) -> None:
    offered = ["chat", "bearer", TOKEN]
    with client.websocket_connect("/chosen", subprotocols=offered, headers={**OWN}) as websocket:
        assert (chosen_of(websocket), websocket.receive_text()) == ("chat", "ada")
        assert (b"x-more", b"1") in vars(websocket)["extra_headers"]


def test_a_route_that_accepts_by_hand_is_told_as_well(client: TestClient) -> None:
    token = SIGNER.sign(access_claims(scope="openid"))
    with client.websocket_connect("/twice", subprotocols=["bearer", token], headers={**OWN}) as websocket:
        assert (chosen_of(websocket), websocket.receive_text()) == ("bearer", "ada")


def test_a_route_without_a_guard_chooses_nothing(client: TestClient) -> None:
    with client.websocket_connect("/open", subprotocols=["bearer", TOKEN], headers={**OWN}) as websocket:
        assert chosen_of(websocket) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "chrome-extension://testserver"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_is_refused_whatever_token_it_has(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert refused(client, ["bearer", TOKEN], headers) == "cross_site_request"


@pytest.mark.parametrize(
    ("offered", "code"),
    [
        ([], "not_authenticated"),
        (["bearer"], "not_authenticated"),
        ([TOKEN], "not_authenticated"),
        ([TOKEN, "bearer"], "not_authenticated"),
        (["Bearer", TOKEN], "not_authenticated"),
        (["bearer", TOKEN, "bearer", TOKEN], "invalid_token"),
        (["bearer", "nonsense"], "invalid_token"),
        (["bearer", SIGNER.sign(access_claims(exp=NOW - 60))], "token_expired"),
    ],
)
def test_anything_but_the_pair_with_a_good_token_is_refused(
    client: TestClient, offered: list[str], code: str
) -> None:
    assert refused(client, offered, OWN) == code


def test_who_offers_no_token_is_told_so() -> None:
    connection = HTTPConnection({"type": "websocket", "headers": [], "subprotocols": ["bearer"]})
    found = SubprotocolTransport(SameOrigin()).read(connection)
    assert found == NoToken("The WebSocket offers bearer, and no access token behind it.")


def test_the_pair_is_no_credential_unless_the_settings_say_so() -> None:
    client = TestClient(app_of(websocket_subprotocol=False))
    assert refused(client, ["bearer", TOKEN], OWN) == "not_authenticated"


def test_the_header_of_a_plain_request_is_no_credential(client: TestClient) -> None:
    answer = client.get("/me", headers={"Sec-WebSocket-Protocol": f"bearer, {TOKEN}", **OWN})
    assert answer.status_code == 401


def test_a_token_in_the_authorization_header_counts_first(client: TestClient) -> None:
    headers = {"Authorization": "Bearer nonsense", **OWN}
    assert refused(client, ["bearer", TOKEN], headers) == "invalid_token"


def test_the_cookie_is_not_read_where_the_page_sends_a_token() -> None:
    client = TestClient(app_of(access_token_cookie="token"))
    headers = {"Cookie": f"token={TOKEN}", **OWN}
    assert refused(client, ["bearer", "nonsense"], headers) == "invalid_token"
    with client.websocket_connect("/plain", headers={**headers}) as websocket:
        assert (chosen_of(websocket), websocket.receive_text()) == (None, "ada")
        websocket.send_text("more")


@contextmanager
def serving(app: FastAPI, ws: str) -> Iterator[str]:
    """Serve on a free port of loopback, by one of uvicorn's implementations."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, ws=ws, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@needs_refusals_of_websockets
def test_a_real_server_and_a_real_client_agree(caplog: pytest.LogCaptureFixture) -> None:
    async def visit(host: str) -> None:
        url, offered = f"ws://{host}/plain", ["bearer", TOKEN]
        async with connect(url, subprotocols=offered, origin=f"http://{host}", proxy=None) as socket:  # type: ignore[arg-type]
            assert (socket.subprotocol, await socket.recv()) == ("bearer", "ada")
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url, subprotocols=offered, origin="https://evil.example", proxy=None)  # type: ignore[arg-type]
        assert refusal.value.response.status_code == 403

    with caplog.at_level(logging.INFO), serving(app_of(), "websockets-sansio") as host:
        asyncio.run(visit(host))
    assert "refused WEBSOCKET /plain: cross_site_request" in caplog.text
    assert all(part not in caplog.text for part in TOKEN.split("."))
