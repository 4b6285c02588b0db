"""How a token travels between the client and the app."""

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import NotAuthenticatedError


class BearerTransport:
    """The `Authorization` header (RFC 6750 section 2.1), for requests and WebSocket handshakes."""

    def read(self, connection: HTTPConnection) -> str:
        """Return the token as it came; it is not verified yet.

        Raises:
            NotAuthenticatedError: there is no bearer token, or more than one `Authorization`.
        """
        values = connection.headers.getlist("authorization")
        if len(values) != 1:
            raise NotAuthenticatedError
        # RFC 9110 section 11.1: the scheme's name is not case-sensitive.
        scheme, _, token = values[0].partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticatedError
        return token.strip()
