"""Where a request was sent to."""

from starlette.datastructures import URL
from starlette.requests import HTTPConnection


def address_of(connection: HTTPConnection) -> URL:
    """Return the address without its query, which may hold bytes that are no text."""
    return URL(scope={**connection.scope, "query_string": b""})
