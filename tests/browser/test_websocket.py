"""A page in a real browser opens a WebSocket with its access token."""

import socket
import threading
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import Depends, FastAPI, WebSocket
from fastapi.responses import HTMLResponse

from fastapi_cognito_auth import CognitoAuth, User
from fastapi_cognito_auth.local import LocalUser

OPEN = """([address, protocols]) => new Promise(tell => {
  const socket = new WebSocket(address, protocols);
  socket.onmessage = event => tell(`${socket.protocol} ${event.data}`);
  socket.onerror = () => tell("refused");
})"""


@pytest.fixture(scope="module")
def token_and_port() -> Iterator[tuple[str, int]]:
    user = LocalUser("ada", password="Correct-horse-1!")
    auth = CognitoAuth.local(users=[user], settings={"websocket_subprotocol": True})
    app = FastAPI()

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse("<title>A page</title>")

    @app.websocket("/updates")
    async def updates(websocket: WebSocket, user: Annotated[User, Depends(auth.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.receive()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off")
        )
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        tokens = auth.local_pool.call(
            "InitiateAuth",
            {
                "ClientId": auth.local_pool.client_id,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "ada", "PASSWORD": "Correct-horse-1!"},
            },
        )
        yield tokens["AuthenticationResult"]["AccessToken"], listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def test_a_page_of_the_app_is_let_in(page: Any, token_and_port: tuple[str, int]) -> None:
    token, port = token_and_port
    page.goto(f"http://localhost:{port}/")
    address = f"ws://localhost:{port}/updates"
    assert page.evaluate(OPEN, [address, ["bearer", token]]) == "bearer ada"
    assert page.evaluate(OPEN, [address, ["bearer", "nonsense"]]) == "refused"


def test_a_page_of_another_origin_is_not(page: Any, token_and_port: tuple[str, int]) -> None:
    token, port = token_and_port
    page.goto(f"http://127.0.0.1:{port}/")
    address = f"ws://localhost:{port}/updates"
    assert page.evaluate(OPEN, [address, ["bearer", token]]) == "refused"
