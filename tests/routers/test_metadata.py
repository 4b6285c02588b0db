"""Protected resource metadata (RFC 9728)."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware.cors import CORSMiddleware

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.formats.metadata_uri import resource_metadata_uri
from fastapi_cognito_auth.routers.metadata import metadata_router
from tests.support import ISSUER

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def app_of(resource: str, **changes: Any) -> FastAPI:
    given: dict[str, Any] = {
        "authorization_servers": [ISSUER],
        "scopes_supported": ["orders/read", "orders/write"],
        "resource_name": "Orders",
        "resource_documentation": "https://api.example/docs",
    }
    app = FastAPI()
    app.include_router(metadata_router(resource=resource, **{**given, **changes}))
    return app


def test_the_metadata_tells_who_issues_the_tokens() -> None:
    answer = TestClient(app_of("https://api.example")).get(WELL_KNOWN)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "resource": "https://api.example",
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["orders/read", "orders/write"],
        "resource_name": "Orders",
        "resource_documentation": "https://api.example/docs",
    }


def test_what_is_not_known_is_left_out() -> None:
    """RFC 9728 section 3.2: no nulls, no empty lists."""
    app = app_of("https://api.example", scopes_supported=[], resource_name=None, resource_documentation=None)
    answer = TestClient(app).get(WELL_KNOWN).json()
    assert answer.keys() == {"resource", "authorization_servers", "bearer_methods_supported"}


@pytest.mark.parametrize(
    ("resource", "uri"),
    [
        ("https://api.example", f"https://api.example{WELL_KNOWN}"),
        ("https://api.example/", f"https://api.example{WELL_KNOWN}"),
        ("https://api.example:8443/mcp", f"https://api.example:8443{WELL_KNOWN}/mcp"),
        ("https://api.example/a/b", f"https://api.example{WELL_KNOWN}/a/b"),
        ("https://api.example/mcp/", f"https://api.example{WELL_KNOWN}/mcp/"),
        ("https://api.example/a%20b", f"https://api.example{WELL_KNOWN}/a%20b"),
        ("https://api.example/r?tenant=1", f"https://api.example{WELL_KNOWN}/r?tenant=1"),
        ("http://localhost:8000/mcp", f"http://localhost:8000{WELL_KNOWN}/mcp"),
    ],
)
def test_the_well_known_part_goes_between_host_and_path(resource: str, uri: str) -> None:
    """RFC 9728 section 3.1."""
    assert resource_metadata_uri(resource) == uri
    client = TestClient(app_of(resource), base_url="https://api.example")
    for place in (uri.partition("//")[2].partition("/")[2], WELL_KNOWN[1:]):
        assert client.get(f"/{place}", follow_redirects=False).json()["resource"] == resource


@pytest.mark.parametrize("resource", ["urn:orders", "orders", "", "https:", "file:///etc", "https://h/{x}"])
def test_what_is_no_web_address_has_no_metadata(resource: str) -> None:
    with pytest.raises(ConfigurationError, match="COGNITO_RESOURCE"):
        app_of(resource)


def test_pages_of_any_origin_may_read_it_and_caches_may_keep_it() -> None:
    client = TestClient(app_of("https://api.example/mcp"))
    for path in (WELL_KNOWN, f"{WELL_KNOWN}/mcp"):
        headers = client.get(path, headers={"Origin": "https://inspector.example"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cache-Control"] == "public, max-age=3600"
        assert "Access-Control-Allow-Credentials" not in headers


def test_a_header_that_needs_a_preflight_is_allowed() -> None:
    """Agents inside of a page send MCP-Protocol-Version."""
    asked = {
        "Origin": "https://inspector.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "mcp-protocol-version",
    }
    answer = TestClient(app_of("https://api.example")).options(WELL_KNOWN, headers=asked)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Headers"]) == (204, "*")


def test_cors_of_the_app_does_not_double_the_headers() -> None:
    app = app_of("https://api.example")
    app.add_middleware(CORSMiddleware, allow_origins=["https://spa.example"], allow_credentials=True)
    answer = TestClient(app).get(WELL_KNOWN, headers={"Origin": "https://spa.example"})
    assert answer.headers.get_list("Access-Control-Allow-Origin") == ["https://spa.example"]


def test_a_token_is_not_asked_for_and_not_looked_at() -> None:
    answer = TestClient(app_of("https://api.example")).get(WELL_KNOWN, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 200


def test_the_host_of_the_request_changes_nothing() -> None:
    answer = TestClient(app_of("https://api.example")).get(WELL_KNOWN, headers={"Host": "evil.example"})
    assert "evil" not in answer.text
