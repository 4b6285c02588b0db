"""How a refusal leaves a route: by HTTP as it is, by a WebSocket as its server can tell it."""

from fastapi import WebSocketException, status
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketState

from fastapi_cognito_auth.dependencies.refusal_log import log_refusal
from fastapi_cognito_auth.exceptions import CognitoAuthError


def refusal(
    connection: HTTPConnection, error: CognitoAuthError, resource_metadata: str | None = None
) -> Exception:
    """Log an error, and return what to raise for it.

    Before a WebSocket is accepted, its handshake is answered like any request, if the server can.
    One that cannot would fail on that; there, and once it is accepted, the socket is closed with
    1008, policy violation.

    Args:
        connection: the request or the handshake.
        error: why it is refused.
        resource_metadata: where the API describes itself, for the client to read.
    """
    log_refusal(connection, error)
    if resource_metadata is not None:
        error.name_resource(resource_metadata)
    if not isinstance(connection, WebSocket):
        return error
    connecting = connection.application_state is WebSocketState.CONNECTING
    if connecting and "websocket.http.response" in (connection.scope.get("extensions") or {}):
        return error
    return WebSocketException(status.WS_1008_POLICY_VIOLATION, reason=error.code)
