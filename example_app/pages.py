"""The example's own pages: templates of `web/`, in the look of the ready ones."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from fastapi_cognito_auth import CognitoAuth, User

WEB: Final = Path(__file__).parent / "web"

# Scripts come from files of this app and from nowhere else, no text becomes HTML, and no page of
# another site puts these into a frame of its own.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def pages(
    auth: CognitoAuth,
    offers: dict[str, bool],
    people: Sequence[dict[str, str]] = (),
    sent: Callable[[], Sequence[Any]] | None = None,
) -> APIRouter:
    """Build the endpoints.

    Args:
        auth: who is signed in.
        offers: what of the pages is shown in this app.
        people: users to try, if there are any.
        sent: what the pool has sent, the newest first, if it tells.
    """
    router = APIRouter(include_in_schema=False)
    templates = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )

    def page(name: str, **context: Any) -> HTMLResponse:
        return HTMLResponse(templates.get_template(name).render(offers=offers, **context), headers=HEADERS)

    @router.get("/")
    async def home(
        request: Request, user: Annotated[User | None, Depends(auth.optional_user)]
    ) -> HTMLResponse:
        """Show the ways in, and to whoever is signed in what there is to do."""
        messages = sent()[:3] if sent else []
        origin = str(request.base_url).removesuffix("/")
        return page(
            "home.html",
            user=user,
            administers=user is not None and not user.groups.isdisjoint(auth.settings.admin_groups),
            people=people,
            messages=messages,
            origin=origin,
        )

    @router.get("/scripts")
    async def scripts() -> HTMLResponse:
        """Do without the ready pages, by scripts."""
        return page("scripts.html")

    @router.get("/offers")
    async def read_offers() -> dict[str, bool]:
        """Tell the page with the scripts what to show."""
        return offers

    @router.get("/dashboard", dependencies=[Depends(auth.current_user)])
    async def dashboard() -> HTMLResponse:
        """Show a page to whoever is signed in."""
        return page("dashboard.html")

    if sent is not None:

        @router.get("/outbox")
        async def outbox() -> HTMLResponse:
            """Show the codes that a real pool would send."""
            return page("outbox.html", messages=sent())

    return router
