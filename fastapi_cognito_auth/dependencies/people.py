"""Pages for people whose browser can go no further by itself: no scripts, no styles, every text escaped."""

from collections.abc import Mapping
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, *parts: str, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return a page.

    Args:
        title: its heading, as text.
        parts: what follows, made by the other functions here.
        status: of the answer.
        headers: of the answer, beside its own or in their place.
    """
    content = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<meta name=viewport content=width=device-width><title>{escape(title)}</title>"
        f"<h1>{escape(title)}</h1>{''.join(parts)}</html>"
    )
    return HTMLResponse(content, status, {**_HEADERS, **(headers or {})})


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def link(text: str, path: str) -> str:
    """Return a paragraph that is a link."""
    return f'<p><a href="{escape(path)}">{escape(text)}</a></p>'


def button(text: str) -> str:
    """Return a button that posts to the address of the page itself."""
    return f"<form method=post><button>{escape(text)}</button></form>"
