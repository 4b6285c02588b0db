"""Addresses of requests, as answers and the log have them."""

import pytest
from starlette.requests import HTTPConnection

from fastapi_cognito_auth.dependencies.addresses import address_of


@pytest.mark.parametrize("query", [b"", b"a=1", b"\xff"])
def test_the_query_is_no_part_of_an_address(query: bytes) -> None:
    scope = {
        "type": "http",
        "scheme": "https",
        "path": "/me",
        "query_string": query,
        "headers": [(b"host", b"app.example")],
    }
    assert str(address_of(HTTPConnection(scope))) == "https://app.example/me"
