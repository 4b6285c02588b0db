"""What OpenAPI shows of credentials: the password form, the pool's own pages, and a token to paste.

All of it is found out when FastAPI makes the schema, since only then the app's routes are known.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

from fastapi.openapi.models import (
    HTTPBearer,
    OAuth2,
    OAuthFlowAuthorizationCode,
    OAuthFlowPassword,
    OAuthFlows,
)
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.security.base import SecurityBase

from fastapi_cognito_auth.dependencies.documented import Documented, documented, show_in_operation

_PASSWORD: Final = (
    "Signs in with a username and a password; client_id and client_secret stay empty."  # noqa: S105 - words
    " Users who must answer a challenge sign in by the endpoints, and paste their access token instead."
)

_WITH_A_HOST: Final = re.compile(r"[^/]*://[^/]*(?P<path>.*)")

_CODE: Final = (
    "Signs in at the user pool's own pages, with every factor and provider, for an app client that is public"
    " and has the address of Swagger's oauth2-redirect among its callback URLs."
)

Kind = Literal["Auth", "AccessToken", "IdToken"]


class CodeFlow(NamedTuple):
    """Where the pool's domain takes the authorization code flow (RFC 6749 section 4.1)."""

    domain_url: str
    """Without a slash at its end."""

    scopes: Sequence[str]
    """Those to choose from; without one the app client has all of its own."""

    def shown(self) -> OAuthFlowAuthorizationCode:
        """Return what OpenAPI shows of it."""
        return OAuthFlowAuthorizationCode(
            authorizationUrl=f"{self.domain_url}/oauth2/authorize",
            tokenUrl=f"{self.domain_url}/oauth2/token",
            scopes=dict.fromkeys(self.scopes, ""),
        )


class Schemes:
    """The security schemes of one user pool.

    Args:
        name: what their names begin with, unless another pool of the app has that name already.
        token_url: where the password form is sent: `auto` finds it in the app's routes, and `None`
            offers no form.
        places: where an access token is looked for, in words.
        code_flow: of the pool's domain, if there is one that people can sign in at.
    """

    def __init__(
        self, name: str, token_url: str | None, places: Sequence[str], code_flow: CodeFlow | None = None
    ) -> None:
        self._name = name
        self._token_url = token_url
        self._code_flow = code_flow
        self._token_endpoint: Callable[..., Any] | None = None
        self.access_token: HTTPBearer = HTTPBearer(bearerFormat="JWT", description=_description(places))
        self.id_token: HTTPBearer = HTTPBearer(
            bearerFormat="JWT", description="An ID token of the user pool."
        )

    def offers(self, token_endpoint: Callable[..., Any]) -> None:
        """Let the password form be sent to an endpoint, wherever that is mounted."""
        self._token_endpoint = token_endpoint

    def name(self, kind: Kind) -> str:
        """Return a scheme's name: with a number behind it from the second pool of an app on."""
        before = self._before(documented())
        return f"{self._name}{kind}{len(before) + 1 if before else ''}"

    def auth(self) -> SecuritySchemeModel:
        """Return the ways to sign in, and show a token to paste beside them; without any, that token."""
        url = self._url(documented())
        if url is None and self._code_flow is None:
            return self.access_token
        show_in_operation(self.name("AccessToken"), self.access_token)
        flows, words = OAuthFlows(), []
        if url is not None:
            flows.password = OAuthFlowPassword(tokenUrl=url)
            words.append(_PASSWORD)
        if self._code_flow is not None:
            flows.authorizationCode = self._code_flow.shown()
            words.append(f"authorizationCode: {_CODE}" if url is not None else _CODE)
        return OAuth2(flows=flows, description="\n\n".join(words))

    def _before(self, app: Documented) -> list["Schemes"]:
        before: list[Schemes] = []
        for dependency in app.dependencies():
            schemes = getattr(dependency, "schemes", None)
            if schemes is self:
                break
            if isinstance(schemes, Schemes) and schemes._name == self._name and schemes not in before:
                before.append(schemes)
        return before

    def _url(self, app: Documented) -> str | None:
        if self._token_url != "auto":  # noqa: S105 - a word
            return self._token_url
        if self._token_endpoint is None:
            return None
        for route in app.endpoints():
            if getattr(route, "endpoint", None) is self._token_endpoint and "{" not in route.path_format:
                return _seen_from_swagger(app, route.path_format)
        return None


class AccessTokenScheme(SecurityBase):
    """What asks for an access token, as OpenAPI lists it, and so that `Security` with scopes works.

    Args:
        schemes: of the user pool.
    """

    def __init__(self, schemes: Schemes) -> None:
        self.schemes = schemes

    @property
    def scheme_name(self) -> str:  # type: ignore[override]
        """Its name in OpenAPI."""
        return self.schemes.name("Auth")

    @property
    def model(self) -> SecuritySchemeModel:  # type: ignore[override]
        """Its description in OpenAPI."""
        return self.schemes.auth()


def _description(places: Sequence[str]) -> str:
    if len(places) > 1:
        return f"An access token of the user pool, in {' or in '.join(places)}."
    return "An access token of the user pool."


def _seen_from_swagger(app: Documented, path: str) -> str:
    """Write a path so that Swagger finds it behind any proxy and in any sub-app.

    Swagger takes it relative to the server that is chosen, if that has a host, and otherwise
    relative to its own page.
    """
    server = _WITH_A_HOST.match(str(app.servers[0].get("url"))) if app.servers else None
    if server is not None:
        return posixpath.join(posixpath.basename(server["path"]), path.removeprefix("/"))
    page = next(
        (route.path for route in app.routes if str(getattr(route, "name", None)).endswith("swagger_ui_html")),
        "/",
    )
    return posixpath.relpath(path, posixpath.dirname(page))
