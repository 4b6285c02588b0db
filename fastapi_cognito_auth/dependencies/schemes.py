"""What OpenAPI shows of credentials: the password form, and a token to paste.

All of it is found out when FastAPI makes the schema, since only then the app's routes are known.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from fastapi.openapi.models import HTTPBearer, OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.openapi.models import SecurityBase as SecuritySchemeModel
from fastapi.security.base import SecurityBase

from fastapi_cognito_auth.dependencies.documented import Documented, documented, show_in_operation

_PASSWORD: Final = (
    "Signs in with a username and a password; client_id and client_secret stay empty."  # noqa: S105 - words
    " Users who must answer a challenge sign in by the endpoints, and paste their access token instead."
)

_WITH_A_HOST: Final = re.compile(r"[^/]*://[^/]*(?P<path>.*)")

Kind = Literal["Auth", "AccessToken", "IdToken"]


class Schemes:
    """The security schemes of one user pool.

    Args:
        name: what their names begin with, unless another pool of the app has that name already.
        token_url: where the password form is sent: `auto` finds it in the app's routes, and `None`
            offers no form.
        places: where an access token is looked for, in words.
    """

    def __init__(self, name: str, token_url: str | None, places: Sequence[str]) -> None:
        self._name = name
        self._token_url = token_url
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
        """Return the password form, and show a token to paste beside it; without a form that token."""
        url = self._url(documented())
        if url is None:
            return self.access_token
        show_in_operation(self.name("AccessToken"), self.access_token)
        flow = OAuthFlowPassword(tokenUrl=url)
        return OAuth2(flows=OAuthFlows(password=flow), description=_PASSWORD)

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
