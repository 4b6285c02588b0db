"""The route that all pages are: what goes wrong is a page, too."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ClassVar

from fastapi import Request, Response

from fastapi_cognito_auth.exceptions import CognitoAuthError
from fastapi_cognito_auth.routers.route import Route

Refused = Callable[[Request, CognitoAuthError], Response]
"""Makes the page that says why something cannot be done."""


class PageRoute(Route):
    """Answers people."""

    refused: ClassVar[Refused]

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: Iterable[str] | None = None, **more: Any
    ) -> None:
        # Who looks whether a page is there asks for its head alone (RFC 9110 section 9.3.2).
        asked = {*(methods or ["GET"])}
        super().__init__(path, endpoint, methods=asked | {"HEAD"} if "GET" in asked else asked, **more)

    def refuses_other_queries(self) -> bool:
        """Return that it does not: links to pages get parameters of mail programs and of campaigns."""
        return False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler; called once, when the route is added."""
        handler = super().get_route_handler()
        refused = type(self).refused

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except CognitoAuthError as exc:
                return refused(request, exc)

        return handle


def page_route(refused: Refused) -> type[PageRoute]:
    """Return the kind of route whose pages of refusal are made so."""
    return type(PageRoute.__name__, (PageRoute,), {"refused": staticmethod(refused)})
