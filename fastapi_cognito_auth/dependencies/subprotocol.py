"""The access token of a browser's WebSocket, in the one thing that a page may add to a handshake.

`new WebSocket(url, ["bearer", token])` offers two subprotocols (RFC 6455 section 1.9), of which the
second is the token: it has no character that a subprotocol must not have.
"""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import Message
from starlette.websockets import WebSocket

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.dependencies.transports import NO_TOKEN, NoToken
from fastapi_cognito_auth.exceptions import InvalidTokenError

_NAME: Final = "bearer"


class SubprotocolTransport:
    """The subprotocol that a WebSocket offers behind `bearer`.

    No browser adds it by itself. All the same only pages of the app's own origin, and of declared
    ones, may use it, as with a cookie: who is no browser has the `Authorization` header.

    Args:
        same_origin: tells whose page opens the WebSocket.
    """

    places: tuple[str, ...] = (f"the subprotocol behind `{_NAME}` of a WebSocket",)

    def __init__(self, same_origin: SameOrigin) -> None:
        self._same_origin = same_origin

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the token as it came, and let the app's `accept` answer with `bearer`.

        What is no WebSocket, or offers no such pair, has none.

        Raises:
            InvalidTokenError: it offers `bearer` twice.
            CrossSiteRequestError: a page of another site opens it.
        """
        offered: list[str] = connection.scope.get("subprotocols") or []
        if _NAME not in offered:
            return NO_TOKEN
        if offered.count(_NAME) > 1:
            raise InvalidTokenError("The WebSocket offers the subprotocol bearer more than once.")
        behind = offered[offered.index(_NAME) + 1 :]
        if not behind:
            return NoToken("The WebSocket offers bearer, and no access token behind it.")
        self._same_origin.demand(connection)
        if isinstance(connection, WebSocket):
            _answer_with_the_name(connection)
        return behind[0]


def _answer_with_the_name(websocket: WebSocket) -> None:
    """Choose `bearer` where the app accepts without choosing a subprotocol.

    Browsers give up a WebSocket whose server chooses none of those that were offered.
    """
    send = websocket.send

    async def accepting(message: Message) -> None:
        if message["type"] == "websocket.accept":
            message = {**message, "subprotocol": message.get("subprotocol") or _NAME}
            websocket.send = send  # type: ignore[method-assign]
        await send(message)

    websocket.send = accepting  # type: ignore[method-assign]
