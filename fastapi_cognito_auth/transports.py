"""How a token travels between the client and the app."""

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.exceptions import InvalidTokenError, NotAuthenticatedError


class BearerTransport:
    """The `Authorization` header (RFC 6750 section 2.1), for requests and WebSocket handshakes."""

    def read(self, connection: HTTPConnection) -> str:
        """Return the token as it came; it is not verified yet.

        Raises:
            NotAuthenticatedError: there is no bearer token.
            InvalidTokenError: there is more than one `Authorization` header.
        """
        values = connection.headers.getlist("authorization")
        if not values:
            raise NotAuthenticatedError
        if len(values) > 1:
            raise InvalidTokenError("The request carries more than one Authorization header.")
        # RFC 9110 section 11.1: the scheme's name is not case-sensitive.
        scheme, _, token = values[0].partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticatedError
        return token.strip()
