"""How a token travels between the client and the app."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.cross_site import SameOrigin
from fastapi_cognito_auth.exceptions import InvalidTokenError, NotAuthenticatedError

_BLANK: Final = " \t"
"""What may surround a value (RFC 9110 section 5.6.3) and what browsers strip off a cookie (RFC 6265
section 5.2). Python's own `strip` knows more blanks, and to browsers those are part of a name: one
that begins with such a character has no `__Host-` for them, so any host of the domain may set it."""

# What was sent is not repeated: it may be the token.
_SEND: Final = "send `Bearer`, a blank, and the access token."
_NO_SCHEME: Final = f"The Authorization header lacks its scheme: {_SEND}"
_ANOTHER_SCHEME: Final = f"The Authorization header has another scheme: {_SEND}"
_NOTHING_BEHIND: Final = f"The Authorization header has no token: {_SEND}"


class NoToken(NamedTuple):
    """That a request carries none: no error yet, since with cookie sessions none does."""

    message: str
    """What to say if there is nothing else."""

    def error(self) -> NotAuthenticatedError:
        """Return what to raise."""
        return NotAuthenticatedError(self.message)


NO_TOKEN: Final = NoToken(NotAuthenticatedError.message)


class Transport(Protocol):
    """Finds the token of a request."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where it looks, in words for the documentation of an API."""

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the token as it came, not verified yet, or what to say of a request without one.

        Raises:
            InvalidTokenError: which one is meant cannot be told.
            CrossSiteRequestError: a browser attached it to what another site made it send.
        """


class BearerTransport:
    """The `Authorization` header (RFC 6750 section 2.1), for requests and WebSocket handshakes."""

    places: tuple[str, ...] = ("the Authorization header",)

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the token as it came, not verified yet, or what to say of a request without one.

        Raises:
            InvalidTokenError: there is more than one `Authorization` header.
        """
        # As ASGI hands it over, with names in lower case: `connection.headers` takes longer.
        headers: Iterable[tuple[bytes, bytes]] = connection.scope["headers"]
        values = [value for name, value in headers if name == b"authorization"]
        if not values:
            return NO_TOKEN
        if len(values) > 1:
            raise InvalidTokenError("The request carries more than one Authorization header.")
        # RFC 9110 section 11.1: the scheme's name is not case-sensitive.
        scheme, _, token = values[0].decode("latin-1").partition(" ")
        token = token.strip(_BLANK)
        if scheme.lower() != "bearer":
            return NoToken(_NO_SCHEME if scheme.count(".") == 2 else _ANOTHER_SCHEME)
        if not token:
            return NoToken(_NOTHING_BEHIND)
        return token


class CookieTransport:
    """A cookie that the app has set; a browser attaches it by itself, so pages of others are refused.

    Args:
        name: the cookie's.
        same_origin: tells whose page sent it.
    """

    def __init__(self, name: str, same_origin: SameOrigin) -> None:
        self.name = name
        self.places: tuple[str, ...] = (f"the cookie `{name}`",)
        self._same_origin = same_origin

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the token as it came, not verified yet, or what to say of a request without one.

        Raises:
            InvalidTokenError: two of that name differ; another host of the domain may set one.
            CrossSiteRequestError: another site made the browser send it.
        """
        values = {
            value.strip(_BLANK)
            for header in connection.headers.getlist("cookie")
            for name, _, value in (pair.partition("=") for pair in header.split(";"))
            if name.strip(_BLANK) == self.name and value.strip(_BLANK)
        }
        if not values:
            return NO_TOKEN
        if len(values) > 1:
            raise InvalidTokenError("The request carries more than one access token cookie.")
        self._same_origin.demand(connection)
        return values.pop()


class HeaderTransport:
    """A header of its own, which a gateway adds for what it keeps in a cookie.

    Args:
        name: the header's.
        same_origin: tells whose page sent the request, for which the gateway vouches by a cookie.
    """

    def __init__(self, name: str, same_origin: SameOrigin) -> None:
        self.name = name
        self.places: tuple[str, ...] = (f"the header `{name}`",)
        self._same_origin = same_origin

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the value as it came, not verified yet, or what to say of a request without one.

        Raises:
            InvalidTokenError: there is more than one; a client may have added its own.
            CrossSiteRequestError: another site made the browser send the request.
        """
        values = [value.strip(_BLANK) for value in connection.headers.getlist(self.name)]
        if not values or values == [""]:
            return NO_TOKEN
        if len(values) > 1:
            msg = f"The request carries more than one {self.name} header."
            raise InvalidTokenError(msg)
        self._same_origin.demand(connection)
        return values[0]


class FirstOf:
    """Several transports in a fixed order: the first that finds a token is the one that counts.

    What the others carry is not looked at, so a token that is not valid is never made up for by
    another.

    Args:
        transports: at least one.
    """

    def __init__(self, transports: Sequence[Transport]) -> None:
        self._transports = tuple(transports)
        self.places: tuple[str, ...] = tuple(place for transport in transports for place in transport.places)

    def read(self, connection: HTTPConnection) -> str | NoToken:
        """Return the first token, not verified yet, or what to say of a request without one.

        Raises:
            InvalidTokenError: which one is meant cannot be told.
            CrossSiteRequestError: a browser attached it to what another site made it send.
        """
        first = None
        for transport in self._transports:
            found = transport.read(connection)
            if isinstance(found, str):
                return found
            # What is wrong with the header says more than that there is no cookie either.
            first = first or found
        return first or NO_TOKEN
