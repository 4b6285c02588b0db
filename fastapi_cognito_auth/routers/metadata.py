"""Which tokens this API takes, and who issues them: protected resource metadata (RFC 9728)."""

from collections.abc import Sequence
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from fastapi_cognito_auth.exceptions import ConfigurationError
from fastapi_cognito_auth.formats.metadata_uri import WELL_KNOWN, resource_metadata_uri
from fastapi_cognito_auth.routers.route import new_router
from fastapi_cognito_auth.schemas.described import Described

_HEADERS: Final = {
    # Public facts, for clients inside of any page.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET",
    # Such as MCP-Protocol-Version.
    "Access-Control-Allow-Headers": "*",
    "Cache-Control": "public, max-age=3600",
}


class ResourceMetadata(Described):
    """Protected resource metadata (RFC 9728 section 2); what is not known is left out."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, defer_build=True)

    resource: str
    """The API's own identifier (RFC 8707)."""

    authorization_servers: tuple[str, ...]
    """The issuers whose tokens are accepted."""

    bearer_methods_supported: tuple[str, ...] = ("header",)
    """How a token is sent (RFC 6750 section 2)."""

    scopes_supported: tuple[str, ...] | None = None
    """The scopes that clients may ask for."""

    resource_name: str | None = None
    """The API's name, for people."""

    resource_documentation: str | None = None
    """A page for developers."""


def metadata_router(
    *,
    resource: str,
    authorization_servers: Sequence[str],
    scopes_supported: Sequence[str],
    resource_name: str | None,
    resource_documentation: str | None,
) -> APIRouter:
    """Build the endpoints.

    Raises:
        ConfigurationError: the resource's identifier is no web address.
    """
    uri = resource_metadata_uri(resource)
    path = unquote(urlsplit(uri).path) if uri else ""
    if not path or "{" in path:
        raise ConfigurationError("COGNITO_RESOURCE is wrong: metadata needs the https address of the API")
    answer = ResourceMetadata(
        resource=resource,
        authorization_servers=tuple(authorization_servers),
        # RFC 9728 section 3.2: what is empty is left out.
        scopes_supported=tuple(scopes_supported) or None,
        resource_name=resource_name,
        resource_documentation=resource_documentation,
    )
    router = new_router(tags=["metadata"])

    async def metadata(response: Response) -> ResourceMetadata:
        """Tell which tokens this API takes, and who issues them (RFC 9728)."""
        response.headers.update(_HEADERS)
        return answer

    async def preflight() -> Response:
        return Response(status_code=204, headers=_HEADERS)

    places = {path: "get_resource_metadata"}
    # Clients that know only the host look at the bare path.
    places.setdefault(WELL_KNOWN, "get_resource_metadata_of_host")
    for place, name in places.items():
        router.get(place, name=name, response_model_exclude_none=True)(metadata)
        router.options(place, include_in_schema=False)(preflight)
    return router
