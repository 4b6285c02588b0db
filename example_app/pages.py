"""The pages: files of `web/`, which are HTML and scripts as browsers take them, and what they ask for."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from fastapi_cognito_auth import CognitoAuth

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


def pages(auth: CognitoAuth, offers: dict[str, bool]) -> APIRouter:
    """Build the endpoints.

    Args:
        auth: who is signed in.
        offers: what of the pages is shown in this app.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home() -> FileResponse:
        """Show who is signed in, or every way to get there."""
        return FileResponse(WEB / "home.html", headers=HEADERS)

    @router.get("/offers")
    async def read_offers() -> dict[str, bool]:
        """Tell the home page what to show."""
        return offers

    @router.get("/dashboard", dependencies=[Depends(auth.current_user)])
    async def dashboard() -> FileResponse:
        """Show a page to whoever is signed in."""
        return FileResponse(WEB / "dashboard.html", headers=HEADERS)

    return router
