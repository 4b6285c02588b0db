"""How a refusal leaves a route: by HTTP as it is, by a WebSocket as its server can tell it."""

from fastapi import WebSocketException, status
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import CognitoAuthError


def refusal(connection: HTTPConnection, error: CognitoAuthError) -> Exception:
    """Return what to raise for an error.

    Before a WebSocket is accepted, its handshake is answered like any request, if the server can.
    One that cannot would fail on that; there, the socket is closed with 1008, policy violation.
    """
    if connection.scope["type"] != "websocket":
        return error
    if "websocket.http.response" in connection.scope.get("extensions", {}):
        return error
    return WebSocketException(status.WS_1008_POLICY_VIOLATION, reason=error.code)
